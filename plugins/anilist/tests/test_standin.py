"""The stand-in refuses what AniList refuses."""

from datetime import timedelta

import aiohttp
import pytest
from uuutd_anilist import queries

from uuutd.testing.anilist import AniListStandIn, Media

OURS = sorted(name for name in vars(queries) if name.isupper() and not name.startswith("_"))


@pytest.fixture
async def web():
    async with aiohttp.ClientSession(headers={"Referer": "a test"}) as session:
        yield session


async def ask(web, anilist, query, *, token=None, headers=None, **variables):
    headers = {**(headers or {}), **({"Authorization": f"Bearer {token}"} if token else {})}
    sent = {"query": query, "variables": variables}
    async with web.post(anilist.url, json=sent, headers=headers) as answer:
        return answer.status, await answer.json(), answer.headers


@pytest.mark.parametrize("name", OURS)
async def test_our_queries_are_valid(web, anilist, ada, finished, name):
    anilist.add_entry(ada, finished)
    values = {"user": ada.id, "media": finished.id, "chunk": 1, "progress": 1, "name": "ada"}
    token = anilist.issue_token(ada)
    query = getattr(queries, name)
    status, body, _ = await ask(web, anilist, query, token=token, search="u", **values)
    assert (status, body.get("errors")) == (200, None)


async def test_a_query_that_the_schema_forbids(web, anilist):
    status, body, _ = await ask(web, anilist, "{ Media(id: 1) { id colour } }")
    assert status == 400
    assert "colour" in body["errors"][0]["message"]
    assert (await ask(web, anilist, "{ Media("))[0] == 400


async def test_a_query_that_is_too_complex(web, anilist):
    many = " ".join(f"a{number}: Media(id: 1) {{ id }}" for number in range(251))
    status, body, _ = await ask(web, anilist, f"{{ {many} }}")
    assert status == 400
    assert body["errors"][0]["message"] == "Max query complexity should be 500 but got 502."


async def test_a_request_without_a_referer(web, anilist):
    status, body, _ = await ask(web, anilist, "{ __typename }", headers={"Referer": ""})
    assert status == 403
    assert "temporarily disabled" in body["errors"][0]["message"]


async def test_a_bad_token_spoils_what_is_public(web, anilist):
    status, body, _ = await ask(web, anilist, "{ Media(id: 1) { id } }", token="no.such.token")
    assert (status, body["data"]) == (400, {"Media": None})
    assert body["errors"][0]["message"] == "Invalid token"


async def test_tokens_expire(web, anilist, ada):
    token = anilist.issue_token(ada)
    assert 800 < len(token) < 2000
    assert (await ask(web, anilist, queries.VIEWER, token=token))[0] == 200
    anilist.advance(timedelta(days=366))
    assert (await ask(web, anilist, queries.VIEWER, token=token))[0] == 400


async def test_the_status_is_that_of_the_first_error(web, anilist, ada):
    status, body, _ = await ask(web, anilist, "{ Media(id: 1) { id } }")
    assert (status, body["data"], body["errors"][0]["status"]) == (404, {"Media": None}, 404)
    assert (await ask(web, anilist, queries.VIEWER))[0] == 401
    query, token = "mutation { SaveMediaListEntry(mediaId: 5) { id } }", anilist.issue_token(ada)
    status, body, _ = await ask(web, anilist, query, token=token)
    assert (status, list(body["errors"][0]["validation"])) == (400, ["mediaId"])


async def test_the_limit_is_told_and_kept(web):
    async with AniListStandIn(rate=2) as anilist:
        told = []
        for _ in range(3):
            status, _, headers = await ask(web, anilist, "{ __typename }")
            told.append((status, headers["X-RateLimit-Remaining"]))
        assert told == [(200, "1"), (200, "0"), (429, "0")]
        assert 0 < int(headers["Retry-After"]) <= 61
        anilist.advance(timedelta(seconds=61))
        assert (await ask(web, anilist, "{ __typename }"))[0] == 200


async def test_what_is_private_is_seen_by_its_owner_alone(web, anilist, ada, finished):
    recluse = anilist.add_user("recluse", private=True)
    anilist.add_entry(recluse, finished)
    anilist.add_entry(ada, finished, private=True)
    for user, hidden_status in ((recluse, 404), (ada, 404)):
        asked = {"user": user.id, "media": finished.id}
        assert (await ask(web, anilist, queries.ENTRY, **asked))[0] == hidden_status
        token = anilist.issue_token(user)
        assert (await ask(web, anilist, queries.ENTRY, token=token, **asked))[0] == 200


async def test_oauth_knows_its_client(web, anilist, ada):
    url = f"{anilist.site}/api/v2/oauth/token"
    sent = {"client_id": anilist.client_id, "client_secret": "wrong", "code": "x"}
    async with web.post(url, json=sent) as answer:
        assert (answer.status, (await answer.json())["error"]) == (401, "invalid_client")
    sent |= {"client_secret": anilist.client_secret, "grant_type": "authorization_code"}
    async with web.post(url, data=sent) as answer:
        assert answer.status == 400
    page = f"{anilist.site}/api/v2/oauth/authorize"
    async with web.get(page, params={"client_id": "7"}, allow_redirects=False) as answer:
        assert answer.status == 401


async def test_the_log_tells_what_came(web, anilist):
    anilist.fail("garbage")
    async with web.post(anilist.url, json={"query": "{ __typename }"}) as answer:
        assert answer.status == 200
    async with web.post(anilist.url, data=b"no json") as answer:
        assert answer.status == 400
    first, second = anilist.requests
    assert (first.fields, first.fault, first.authorized) == (("__typename",), "garbage", False)
    assert (second.status, second.referer) == (400, "a test")


def test_the_life_of_a_show(anilist):
    now = anilist.now()
    show = Media(id=1, episodes=2, airing={1: now, 2: now + timedelta(weeks=1)})
    assert show.status_at(now - timedelta(hours=1)) == "NOT_YET_RELEASED"
    assert show.status_at(now) == "RELEASING"
    assert show.next_airing(now) == (2, now + timedelta(weeks=1))
    assert show.status_at(now + timedelta(weeks=1)) == "FINISHED"
    assert show.next_airing(now + timedelta(weeks=1)) is None
