"""AniList's ways of saying no."""

import traceback

import attrs
import pytest
from aiohttp import web
from uuutd_anilist import AniList
from uuutd_anilist.api import json_object

from uuutd.domain import Secret
from uuutd.errors import BadReply, Error, LinkExpired, RateLimited, Refused, Unavailable
from uuutd.testing.serving import serving


async def failure(provider, account):
    with pytest.raises(Error) as caught:
        await provider.watching(account)
    shown = "".join(traceback.format_exception(caught.value))
    assert account.credentials["token"].reveal() not in shown
    return caught.value


@pytest.mark.parametrize(
    ("kind", "status", "expected"),
    [
        ("error", 500, BadReply),
        ("error", 502, BadReply),
        ("error", 503, Unavailable),
        ("error", 400, Refused),
        ("error", 401, LinkExpired),
        ("status", 502, BadReply),
        ("status", 403, Unavailable),
        ("status", 404, BadReply),
        ("html200", 200, BadReply),
        ("cut", 200, BadReply),
        ("garbage", 200, BadReply),
        ("empty", 200, BadReply),
        ("huge", 200, BadReply),
        ("bomb", 200, BadReply),
        ("drop", 200, Unavailable),
    ],
)
async def test_each_fault_is_told_apart_and_over_with_the_next_answer(
    anilist, provider, account, kind, status, expected
):
    anilist.fail(kind, status=status)
    error = await failure(provider, account)
    assert type(error) is expected
    assert error.detail.isprintable()
    if status != 403:
        assert await provider.watching(account) == []


async def test_a_redirect_is_not_followed(anilist, config, host, account):
    async def elsewhere(_):
        raise web.HTTPTemporaryRedirect(anilist.url)

    app = web.Application()
    app.router.add_post("/", elsewhere)
    async with serving(app) as url:
        provider = AniList(attrs.evolve(config, url=url), host)
        assert isinstance(await failure(provider, account), BadReply)
    assert anilist.requests == []


async def test_a_late_answer_is_an_answer(anilist, provider, account):
    anilist.fail("slow", seconds=0.05)
    assert await provider.watching(account) == []


async def test_a_lost_answer_does_not_mean_that_nothing_was_written(
    anilist, provider, account, ada, finished
):
    anilist.fail("drop")
    with pytest.raises(Unavailable):
        await provider.set_progress(account, str(finished.id), 2)
    assert anilist.entry(ada, finished).progress == 2
    anilist.fail("error", status=500)
    with pytest.raises(BadReply):
        await provider.set_progress(account, str(finished.id), 3)
    assert anilist.entry(ada, finished).progress == 2


async def test_shut_out_there_are_no_requests_until_the_time_is_over(anilist, provider, account):
    anilist.fail("ratelimit", seconds=40)
    assert isinstance(error := await failure(provider, account), RateLimited)
    assert error.retry_after == pytest.approx(40, abs=1)
    again = await failure(provider, account)
    assert isinstance(again, RateLimited)
    assert 30 < again.retry_after < error.retry_after
    assert len(anilist.requests) == 1


async def test_too_many_requests_without_a_header_mean_a_minute(anilist, provider, account):
    anilist.fail("error", status=429)
    assert (await failure(provider, account)).retry_after == 60


async def test_the_limit_holds_for_all_users_together(anilist, config, host, account, reader):
    provider = AniList(config, host)
    anilist.fail("ratelimit")
    assert isinstance(await failure(provider, account), RateLimited)
    with pytest.raises(RateLimited):
        await provider.watching(reader)
    with pytest.raises(RateLimited):
        await provider.titles("anything")
    assert len(anilist.requests) == 1


async def test_switched_off_is_said_in_its_own_words_and_remembered(anilist, provider, account):
    anilist.fail("disabled")
    for _ in range(2):
        error = await failure(provider, account)
        assert isinstance(error, Unavailable)
        assert error.detail.startswith("The AniList API has been temporarily disabled")
        assert 290 < error.retry_after <= 300
    assert len(anilist.requests) == 1


async def test_switched_off_a_check_asks_all_the_same_and_what_it_hears_counts_for_all(
    anilist, provider, account
):
    anilist.fail("disabled", 2)
    await failure(provider, account)
    with pytest.raises(Unavailable):
        await provider.check()
    assert isinstance(await failure(provider, account), Unavailable)
    assert len(anilist.requests) == 2
    await provider.check()
    assert await provider.watching(account) == []


async def test_shut_out_a_check_is_not_sent_either(anilist, provider, account):
    anilist.fail("ratelimit", seconds=40)
    await failure(provider, account)
    with pytest.raises(RateLimited):
        await provider.check()
    assert len(anilist.requests) == 1


async def test_a_bad_token_is_one_users_trouble(anilist, provider, account, reader, ada, finished):
    anilist.add_entry(ada, finished)
    bad = attrs.evolve(account, credentials={"token": Secret("no.such.token")})
    assert isinstance(await failure(provider, bad), LinkExpired)
    assert len(await provider.watching(reader)) == 1
    assert len(await provider.watching(account)) == 1


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"3", b"{", b"[" * 10**6, b'{"a":' * 10**5, b"1" * 5000, b"\xff"]
)
def test_what_is_no_object_is_none(body):
    assert json_object(body) is None
