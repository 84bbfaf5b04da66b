"""The typed client: tokens, failures and events."""

import asyncio
import contextlib
import itertools
import stat

import attrs
import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from uuutd.remote import (
    BadAnswer,
    Login,
    LoginNeeded,
    Logins,
    ProblemError,
    Remote,
    RemoteError,
    Resync,
    StreamDown,
    StreamUp,
    Unreachable,
    WatchlistChanged,
    server_url,
)
from uuutd.remote.events import Reader
from uuutd.testing.serving import serving
from uuutd.wire import DownloadRequest, TorrentsEvent

from .fake_daemon import TORRENTS, changed, problem_reply


@pytest.fixture
async def remote(daemon, logins):
    async with Remote(daemon.url, logins) as opened:
        yield opened


# --- where, and who


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("box.lan:8484", "http://box.lan:8484"),
        ("https://example.org/uuut/", "https://example.org/uuut"),
        ("[::1]:8484", "http://[::1]:8484"),
    ],
)
def test_addresses(text, url):
    assert server_url(text) == url


@pytest.mark.parametrize("text", ["", "ftp://x", "http://me:pw@box", "http://box:99999", "a b://"])
def test_what_is_no_address(text):
    with pytest.raises(RemoteError):
        server_url(text)


def test_the_server_comes_from_argument_environment_and_last_login(daemon, logins):
    environ = {"UUUT_CONFIG_DIR": str(logins.path.parent)}
    assert Remote.from_environment(environ=environ).server == daemon.url
    environ["UUUT_SERVER"] = "box:1"
    assert Remote.from_environment(environ=environ).server == "http://box:1"
    assert Remote.from_environment("box:2", environ).server == "http://box:2"


def test_tokens_are_readable_by_their_owner_alone(tmp_path):
    kept = Logins(tmp_path / "new" / "uuut")
    kept.put("http://a", Login(username="x", access_token="a1", refresh_token="r1"))
    kept.put("http://b", Login(username="y", access_token="a2", refresh_token="r2"))
    assert stat.S_IMODE(kept.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(kept.path.parent.stat().st_mode) == 0o700
    assert [file.name for file in kept.path.parent.iterdir()] == ["session.json"]
    assert kept.default() == "http://b"
    first = kept.get("http://a")
    assert first is not None
    assert first.refresh_token == "r1"
    assert "a1" not in repr(first)


def test_a_damaged_token_file_says_what_to_do(tmp_path):
    kept = Logins(tmp_path)
    kept.path.write_text("{")
    with pytest.raises(RemoteError, match="damaged"):
        kept.get("http://a")


# --- tokens


async def test_a_refused_access_token_is_renewed_once_and_kept(daemon, logins, remote):
    daemon.access = {"another"}
    assert (await remote.me()).username == "aneesh"
    assert [path for _, path in daemon.requests] == ["auth/me", "auth/token", "auth/me"]
    kept = logins.get(daemon.url)
    assert kept is not None
    assert kept.refresh_token in daemon.refresh


async def test_many_calls_at_once_renew_once(daemon, remote):
    daemon.access = {"another"}
    await asyncio.gather(*(remote.me() for _ in range(8)))
    assert daemon.requests.count(("POST", "auth/token")) == 1


async def test_two_clients_share_what_one_has_renewed(daemon, logins, remote):
    async with Remote(daemon.url, logins) as other:
        await remote.me()
        await other.me()
        daemon.access = {"another"}
        await asyncio.gather(remote.me(), other.me())
    assert daemon.requests.count(("POST", "auth/token")) == 1


async def test_an_ended_session_needs_a_new_login(daemon, logins, remote):
    daemon.access, daemon.refresh = set(), set()
    with pytest.raises(LoginNeeded):
        await remote.me()
    assert logins.get(daemon.url) is None


async def test_a_token_for_programs_is_used_as_it_is(daemon, logins):
    logins.forget(daemon.url)
    daemon.access.add("personal")
    async with Remote(daemon.url, logins, token="personal") as remote:
        await remote.me()
        daemon.access.clear()
        with pytest.raises(ProblemError) as caught:
            await remote.me()
    assert caught.value.problem.status == 401
    assert not daemon.called("POST", "auth/token")


# --- what can go wrong


async def test_a_problem_arrives_whole(daemon, remote):
    daemon.problems["GET", "jobs"] = problem_reply(
        503, "busy", "Busy.", hint="Wait.", retry_after=4.5
    )
    with pytest.raises(ProblemError) as caught:
        await remote.jobs()
    assert caught.value.problem.code == "busy"
    assert caught.value.retry_after == 4.5
    assert caught.value.hint == "Wait."


async def test_nobody_there(logins, unused_server):
    async with Remote(unused_server, logins) as remote:
        with pytest.raises(Unreachable):
            await remote.about()


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (502, b"<html>Bad gateway", Unreachable),
        (200, b"<html>Welcome", BadAnswer),
        (200, b"{}", BadAnswer),
        (302, b"", BadAnswer),
        (404, b"no such page", BadAnswer),
    ],
)
async def test_something_else_answers(logins, status, body, kind):
    async def answer(_: web.Request) -> web.Response:
        return web.Response(status=status, body=body, headers={"Location": "http://elsewhere/"})

    async with answering(answer) as url, Remote(url, logins) as remote:
        with pytest.raises(kind):
            await remote.about()


@contextlib.asynccontextmanager
async def answering(handler):
    """Answer every request with *handler*, and give the address."""
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handler)
    async with serving(app) as url:
        yield url


async def test_an_unchanged_watchlist_is_not_sent_again(daemon, remote):
    daemon.links = []  # or the time of reading would differ
    first = await remote.watchlist()
    assert (await remote.watchlist()).entries == first.entries
    daemon.entries.pop()
    assert len((await remote.watchlist()).entries) == len(first.entries) - 1


async def test_the_headers_of_a_download(logins):
    seen = []

    async def answer(request: web.Request) -> web.Response:
        seen.append((request.headers.get("Prefer"), request.headers.get("Idempotency-Key")))
        return web.Response(status=500)

    async with answering(answer) as url, Remote(url, logins, token="t") as remote:
        for wait in (False, True):
            with pytest.raises(BadAnswer):
                await remote.download(DownloadRequest(entry="1"), key="k", wait=wait)
    assert seen == [("respond-async", "k"), (None, "k")]


async def test_ids_cannot_leave_their_place_in_the_path(daemon, remote):
    with pytest.raises(RemoteError):
        await remote.torrent("../jobs?x=#")
    assert daemon.requests[-1][1].startswith("torrents/")


# --- events


async def test_events_come_as_values(daemon, remote):
    async with asyncio.timeout(10), contextlib.aclosing(remote.events()) as events:
        assert isinstance(await anext(events), StreamUp)
        daemon.publish("nobody-knows", {})
        daemon.publish("torrents", changed(TORRENTS[0]))
        daemon.publish("watchlist", {})
        daemon.publish("resync", {})
        got = [await anext(events) for _ in range(3)]
    assert got == [changed(TORRENTS[0]), WatchlistChanged(), Resync()]


async def test_a_large_event_arrives_whole(daemon, remote):
    many = tuple(attrs.evolve(TORRENTS[0], hash=f"{i:040x}") for i in range(3000))
    async with asyncio.timeout(20), contextlib.aclosing(remote.events()) as events:
        await anext(events)
        daemon.publish("torrents", changed(*many))
        event = await anext(events)
    assert isinstance(event, TorrentsEvent)
    assert len(event.torrents) == 3000


async def test_a_broken_stream_is_reported_and_taken_up_again(daemon, remote, monkeypatch):
    monkeypatch.setattr("uuutd.remote.events.FIRST_PAUSE", 0.01)
    async with asyncio.timeout(10), contextlib.aclosing(remote.events()) as events:
        assert isinstance(await anext(events), StreamUp)
        daemon.end_streams()
        down = await anext(events)
        assert isinstance(down, StreamDown)
        assert 0 < down.retry_in < 1
        assert isinstance(await anext(events), StreamUp)


async def test_a_stream_that_lived_ends_without_a_word(daemon, remote, monkeypatch):
    monkeypatch.setattr("uuutd.remote.events.LIVED", 0.0)
    monkeypatch.setattr("uuutd.remote.events.FIRST_PAUSE", 60.0)
    async with asyncio.timeout(10), contextlib.aclosing(remote.events()) as events:
        assert isinstance(await anext(events), StreamUp)
        daemon.end_streams()
        assert isinstance(await anext(events), StreamUp)
        await asyncio.to_thread(daemon.__exit__)
        assert isinstance(await anext(events), StreamDown)


async def test_how_long_a_call_has_waited_is_known(daemon, remote):
    assert remote.waiting() == 0
    daemon.answers.clear()
    try:
        asked = asyncio.create_task(remote.about())
        await asyncio.to_thread(daemon.wait_for_call, "GET", "about")
        first = remote.waiting()
        assert first > 0
        await asyncio.sleep(0.01)
        assert remote.waiting() > first
    finally:
        daemon.answers.set()
    await asked
    assert remote.waiting() == 0


async def test_a_daemon_without_events_says_so(daemon, remote):
    daemon.events_supported = False
    with pytest.raises(ProblemError):
        await anext(remote.events())


STREAM = (
    b": comment\n\nevent: a\nid: 7\ndata: one\ndata: two\n\n"
    b"data: \xe8\x91\xac\r\n\r\nevent: nothing\n\nid: 8\nevent: b\ndata:x\n\ndata: unfinished"
)


@given(st.lists(st.integers(0, len(STREAM)), max_size=20))
def test_the_stream_reads_the_same_in_any_pieces(cuts):
    reader = Reader()
    places = [0, *sorted(cuts), len(STREAM)]
    messages = [
        (message.name, message.data, message.id)
        for start, end in itertools.pairwise(places)
        for message in reader.feed(STREAM[start:end])
    ]
    assert messages == [("a", "one\ntwo", "7"), ("message", "葬", "7"), ("b", "x", "8")]


@given(st.lists(st.binary(max_size=200), max_size=10))
def test_garbage_never_breaks_the_reader(pieces):
    reader = Reader()
    for piece in pieces:
        for message in reader.feed(piece):
            assert isinstance(message.data, str)
