"""What strangers, mistakes and broken programs send; and what must never be in the log."""

import io

import aiohttp
import pytest

from uuutd.remote.errors import ProblemError

from .harness import PASSWORD, ask
from .places import Kinds

pytestmark = [
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.kinds(Kinds("libtorrent", "sqlite")),
]

SOMEBODYS = "ab" * 20


async def refused(user, box, method, path, **request):
    """Send something bad, and return the problem; afterwards everything works as before."""
    answer = await user.ask(method, path, **request)
    found = answer.problem
    assert (await user.ask("GET", "auth/me")).status == 200
    assert "Traceback" not in box.daemon.log
    return found[:2]


@pytest.mark.parametrize(
    ("method", "path", "body", "expected"),
    [
        ("POST", "torrents", {"source": "not a magnet"}, (422, "invalid")),
        ("POST", "torrents", {"source": "magnet:?xt=urn:btih:zz"}, (422, "invalid")),
        ("POST", "torrents", {"source": "magnet:?" + "&".join(["tr=x"] * 900)}, (422, "invalid")),
        ("POST", "torrents", {"source": 5}, (422, "invalid")),
        ("POST", "torrents", {"source": SOMEBODYS, "client": "none"}, (404, "not-found")),
        ("GET", f"torrents/{SOMEBODYS}", None, (404, "not-found")),
        ("DELETE", f"torrents/{SOMEBODYS}", None, (404, "not-found")),
        ("POST", f"torrents/{SOMEBODYS}/pause", None, (404, "not-found")),
        ("GET", "torrents/not-a-hash", None, (404, "not-found")),
        ("POST", "watchlist/download", {"entry": "1"}, (404, "not-found")),
        ("POST", "watchlist/download", {}, (422, "invalid")),
        ("POST", "watchlist/download", {"entry": "1", "episode": -1}, (422, "invalid")),
        ("POST", "watchlist/download", {"entry": "1", "provider": "none"}, (409, "not-linked")),
        ("POST", "watchlist/download", [], (422, "invalid")),
        ("GET", "jobs/0000", None, (404, "not-found")),
        ("GET", "no/such/thing", None, (404, "not-found")),
        ("PUT", "torrents", None, (405, "method-not-allowed")),
        ("DELETE", "watchlist", None, (405, "method-not-allowed")),
    ],
)
async def test_what_makes_no_sense_is_a_problem_document(box, method, path, body, expected):
    user = await box.somebody()
    request = {} if body is None else {"json": body}
    assert await refused(user, box, method, path, **request) == expected


@pytest.mark.parametrize(
    "data",
    [
        b"{",
        b'{"entry": "1"',
        b"\xff\xfe",
        b'{"entry": NaN}',
        b"[" * 40_000,
        b'{"entry":"1","entry":"2"}',
    ],
)
async def test_json_that_is_none_is_a_bad_request(box, data):
    user = await box.somebody()
    status, code = await refused(
        user,
        box,
        "POST",
        "watchlist/download",
        data=data,
        headers={"Content-Type": "application/json"},
    )
    assert (status, code) in {(400, "unreadable"), (422, "invalid")}


def much():
    return io.BytesIO(bytes(20 << 20))


async def test_twenty_megabytes_are_not_read(box):
    user = await box.somebody()
    headers = {"Content-Type": "application/json"}
    found = await refused(user, box, "POST", "watchlist/download", data=much(), headers=headers)
    assert found == (413, "too-large")


async def test_a_torrent_file_of_twenty_megabytes_is_not_read_either(box):
    user = await box.somebody()
    form = aiohttp.FormData()
    form.add_field("torrent", much(), filename="big.torrent")
    assert await refused(user, box, "POST", "torrents", data=form) == (413, "too-large")


async def test_a_torrent_file_that_is_none_is_invalid(box):
    user = await box.somebody()
    for content in (b"d4:infod", b"<html></html>", b"i1e", bytes(1000)):
        form = aiohttp.FormData()
        form.add_field("torrent", content, filename="x.torrent")
        assert await refused(user, box, "POST", "torrents", data=form) == (422, "invalid")


async def test_a_wrong_password_is_refused_whether_or_not_there_is_such_a_user(box):
    user = await box.somebody()
    bodies = []
    for name in (user.name, "nobody"):
        body = {"grant_type": "password", "username": name, "password": "not this one at all"}
        answer = await ask(f"{box.daemon.url}/api/v1/auth/token", "POST", json=body)
        assert answer.problem[:2] == (401, "bad-credentials")
        bodies.append({k: v for k, v in answer.body.items() if k != "request_id"})
    assert bodies[0] == bodies[1]


@pytest.mark.parametrize("token", ["", "Bearer", "Bearer x", "Basic eA==", "Bearer a.b.c"])
async def test_a_token_that_is_none_is_refused(box, token):
    await box.somebody()
    answer = await ask(f"{box.daemon.url}/api/v1/torrents", headers={"Authorization": token})
    assert answer.problem[:2] == (401, "not-logged-in")


async def test_what_belongs_to_somebody_else_is_not_there(town, box):
    one, two, show = await box.somebody(), await box.somebody("other"), await town.show()
    job = await one.get(show)
    for method, path in (
        ("GET", f"torrents/{show.info_hash}"),
        ("POST", f"torrents/{show.info_hash}/pause"),
        ("DELETE", f"torrents/{show.info_hash}?delete_files=true"),
        ("GET", f"jobs/{job.id}"),
        ("POST", f"jobs/{job.id}/cancel"),
    ):
        assert await refused(two, box, method, path) == (404, "not-found")
    assert show.info_hash not in {row.hash for row in (await two.remote.torrents()).torrents}
    assert (await one.finished(show.info_hash)).state == "seeding"
    assert (await box.settled()).clean


async def test_no_secret_is_ever_in_the_log(town, box):
    """After all that, and a sign-up, a log-in, a refresh and a link that fail or succeed."""
    user = await box.somebody()
    bad_token = "not-a-token-of-anybodys"
    with pytest.raises(ProblemError):
        await user.remote.link("anilist", {"answer": bad_token})
    login = user.remote.logins.get(user.remote.server)
    await ask(
        f"{box.daemon.url}/api/v1/auth/token",
        "POST",
        json={"grant_type": "refresh_token", "refresh_token": login.refresh_token},
    )
    wrong = "a password that is wrong"
    body = {"grant_type": "password", "username": user.name, "password": wrong}
    await ask(f"{box.daemon.url}/api/v1/auth/token", "POST", json=body)
    await ask(f"{box.daemon.url}/api/v1/torrents?access_token={login.access_token}")
    show = await town.show()
    town.nyaa.fail("drop", 100)  # more than anybody who is under way in this town can use up
    with pytest.raises(ProblemError):
        await user.get(show)
    town.nyaa.heal()
    await box.daemon.restart()
    log = box.daemon.log
    assert len(log) > 1000
    tokens = [person.token for person in box.people]
    for secret in (PASSWORD, wrong, bad_token, login.refresh_token, login.access_token, *tokens):
        assert secret not in log
    keys = (box.daemon.data / "keys.json").read_text("utf-8")
    assert all(word not in log for word in keys.split('"') if len(word) > 20)
    assert "Traceback" not in log
