"""Linking: what a user may paste, and what becomes of it."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import aiohttp
import attrs
import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from uuutd_anilist import AniList, AniListConfig, linking

from uuutd.domain import Secret
from uuutd.errors import BackendError, BadReply, Invalid, RateLimited, Refused, Unavailable
from uuutd.testing.misbehaving import Fault, Misbehaving

TOKEN = "eyJ0eXAi.eyJzdWIi.c2lnbmF0dXJl"


async def visit(url):
    """Go where a browser would, and return the address of the page it ends on."""
    async with (
        aiohttp.ClientSession() as browser,
        browser.get(url, allow_redirects=False) as answer,
    ):
        return answer.headers["Location"]


@pytest.fixture
def implicit(config, host):
    """A provider without a secret: it asks for tokens."""
    return AniList(attrs.evolve(config, client_secret=None), host)


async def test_a_code_is_exchanged_for_a_token(anilist, provider, ada):
    prompt = provider.link_prompt("", "a state")
    address = await visit(prompt.url)
    assert address.startswith(f"{anilist.site}/api/v2/oauth/pin?code=")
    account = await provider.link({"answer": address, "state": "a state"}, "")
    assert (account.id, account.name, account.writable) == (str(ada.id), "ada", True)
    assert anilist.bearer(account.credentials["token"].reveal()) == ada
    assert account.expires_at - anilist.now() > timedelta(days=364)


async def test_a_code_alone_works_once(anilist, provider, ada):
    code = (await visit(provider.link_prompt("", "").url)).partition("code=")[2]
    assert (await provider.link({"answer": f" {code}\n"}, "")).name == "ada"
    with pytest.raises(Invalid, match="does not accept this code"):
        await provider.link({"answer": code}, "")


async def test_our_own_page_can_be_where_anilist_sends_the_user_back(provider, ada):
    page = "http://127.0.0.1:8484/link/anilist"
    address = await visit(provider.link_prompt(page, "s").url)
    assert address.startswith(f"{page}?")
    assert (await provider.link({"answer": address, "state": "s"}, page)).name == "ada"


async def test_a_token_comes_in_the_fragment(implicit, ada):
    prompt = implicit.link_prompt("", "")
    assert "response_type=token" in prompt.url
    address = await visit(prompt.url)
    assert (await implicit.link({"answer": address}, "")).name == "ada"
    fragment = address.partition("#")[2]
    assert (await implicit.link({"answer": fragment}, "")).name == "ada"


async def test_a_token_alone_needs_no_client_of_ours(anilist, host, ada):
    provider = AniList(AniListConfig(url=anilist.url, site=anilist.site), host)
    assert provider.link_prompt("", "").url is None
    account = await provider.link({"answer": anilist.issue_token(ada)}, "")
    assert account.name == "ada"


async def test_a_name_links_for_reading(provider, ada):
    for name in ("ada", "@Ada", "https://anilist.co/user/ada/"):
        account = await provider.link({"username": name}, "")
        assert (account.id, account.name) == (str(ada.id), "ada")
        assert not account.writable
        assert account.credentials == {}


@pytest.mark.parametrize("name", ["nobody", "recluse", "a b", "a/b", "*", "ä" * 3])
async def test_a_name_that_nobody_or_a_private_user_has(anilist, provider, name):
    anilist.add_user("recluse", private=True)
    with pytest.raises(Invalid) as caught:
        await provider.link({"username": name}, "")
    assert [problem.path for problem in caught.value.problems] == ["username"]


async def test_a_private_user_links_with_a_token(anilist, provider):
    recluse = anilist.add_user("recluse", private=True)
    account = await provider.link({"answer": anilist.issue_token(recluse)}, "")
    assert await provider.watching(account) == []


async def test_a_token_that_anilist_does_not_take(anilist, provider, ada):
    token = anilist.issue_token(ada)
    anilist.revoke_token(token)
    with pytest.raises(Invalid, match="does not accept this token") as caught:
        await provider.link({"answer": token}, "")
    assert token not in str(caught.value)


async def test_an_expired_token_is_not_even_sent(anilist, provider, ada):
    token = anilist.issue_token(ada, lasts=timedelta(days=-1))
    with pytest.raises(Invalid, match="expired on"):
        await provider.link({"answer": token}, "")
    assert anilist.requests == []


async def test_a_code_without_a_secret_to_exchange_it_with(implicit):
    with pytest.raises(Invalid, match="cannot exchange"):
        await implicit.link({"answer": "def50200abc"}, "")


async def test_an_attempt_of_somebody_else(anilist, provider, ada):
    address = await visit(provider.link_prompt("", "mine").url)
    with pytest.raises(Invalid, match="another attempt"):
        await provider.link({"answer": address, "state": "yours"}, "")
    assert anilist.requests == []


async def test_a_user_who_says_no(provider):
    address = "https://example.org/?error=access_denied&error_description=No+thanks"
    with pytest.raises(Invalid, match="No thanks"):
        await provider.link({"answer": address}, "")


async def test_a_client_that_anilist_does_not_know_is_the_administrators(config, host, ada):
    provider = AniList(attrs.evolve(config, client_secret=Secret("wrong")), host)
    with pytest.raises(Refused) as caught:
        await provider.link({"answer": "def50200abc"}, "")
    assert "client_secret" in caught.value.hint


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (Fault(kind="status", status=404), BadReply),
        (Fault(kind="status", status=500), BadReply),
        (Fault(kind="html200"), BadReply),
        (Fault(kind="garbage"), BadReply),
        (Fault(kind="huge"), BadReply),
        (Fault(kind="cut"), BadReply),
        (Fault(kind="refuse"), Unavailable),
        (Fault(kind="status", status=429, retry_after="9"), RateLimited),
    ],
    ids=str,
)
async def test_a_token_page_that_fails(config, host, fault, expected):
    async with Misbehaving(fault) as pages:
        provider = AniList(attrs.evolve(config, site=pages.url), host)
        with pytest.raises(BackendError) as caught:
            await provider.link({"answer": "def50200abc"}, "")
    assert type(caught.value) is expected
    if expected is RateLimited:
        assert caught.value.retry_after == 9


@given(token=st.from_regex(r"[A-Za-z0-9_-]{1,40}(\.[A-Za-z0-9_-]{1,40}){2}", fullmatch=True))
def test_tokens_are_found_wherever_they_stand(token):
    query = urlencode({"access_token": token, "token_type": "Bearer", "expires_in": 1})
    for answer in (token, f"\n{token} ", f"https://a.b/c?d=e#{query}", f"#{query}", query):
        assert linking.understand(answer).token == token


@given(st.text(max_size=300))
def test_whatever_is_pasted_is_understood_or_refused(answer):
    try:
        brought = linking.understand(answer, "state")
    except Invalid:
        return
    assert (brought.token is None) != (brought.code is None)
    assert repr(brought) == "Brought()"


@given(st.none() | st.booleans() | st.integers() | st.floats() | st.text())
def test_the_expiry_is_the_tokens_own_word(exp):
    made = jwt.encode({"exp": exp}, "k" * 32, algorithm="HS256")
    sensible = type(exp) is int and 0 < exp < 253_402_300_800
    assert linking.expiry(made) == (datetime.fromtimestamp(exp, UTC) if sensible else None)


def test_an_expiry_that_makes_sense():
    made = jwt.encode({"exp": 2_000_000_000}, "k" * 32, algorithm="HS256")
    assert linking.expiry(made) == datetime(2033, 5, 18, 3, 33, 20, tzinfo=UTC)


def test_a_token_that_is_none():
    with pytest.raises(Invalid):
        linking.expiry(TOKEN)
