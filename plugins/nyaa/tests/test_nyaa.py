"""Nyaa against its stand-in: the contract, the queries, the faults."""

import asyncio
import hashlib
import logging

import pytest
from bencode2 import bencode
from uuutd_nyaa import Nyaa, NyaaConfig, feed, uuutd_indexers

from uuutd.domain import EntryId, Release, Titles, Wanted, Work
from uuutd.errors import BackendError, BadReply, RateLimited, Refused, TimedOut, Unavailable
from uuutd.fetch import get
from uuutd.testing.contracts.indexer import IndexerContract
from uuutd.testing.hosts import test_host
from uuutd.testing.misbehaving import Fault, Misbehaving
from uuutd.testing.nyaa import NyaaStandIn

FAST = {"burst": 1000, "rate": 1000.0}


def torrent(name, size=40_000):
    pieces = b"".join(hashlib.sha1(b"%d" % n).digest() for n in range(-(-size // 16384)))
    info = {b"length": size, b"name": name.encode(), b"piece length": 16384, b"pieces": pieces}
    return bencode({b"announce": b"http://127.0.0.1:1/announce", b"info": info})


def digits(number):
    return f"{number:040x}"


def wanted(episode=7, **titles):
    return Wanted(work=Work(id=EntryId("1"), titles=Titles(**titles)), episode=episode)


@pytest.fixture
async def site():
    async with NyaaStandIn() as site:
        yield site


@pytest.fixture
async def host(tmp_path):
    async with test_host(tmp_path, "nyaa") as host:
        yield host


@pytest.fixture
def nyaa(site, host):
    return Nyaa(NyaaConfig(url=site.url, **FAST), host)


class TestContract(IndexerContract):
    backend_class = Nyaa

    @pytest.fixture
    async def site(self):
        async with NyaaStandIn() as site:
            yield site

    @pytest.fixture
    def config(self, site):
        return self.config_for(site.url)

    def config_for(self, url):
        return NyaaConfig(url=url, **FAST)

    @pytest.fixture
    def stocked(self, site):
        site.add("[Group] Stocked Show - 01", torrent("a.mkv"))
        site.add("[Group] Stocked Show - 02", digits(2), size=1_500_000_000, seeders=3)
        return "stocked show", 2


def test_the_plugin_brings_it():
    assert list(uuutd_indexers()) == [Nyaa]


# --- what is asked --------------------------------------------------------------------------


async def test_a_text_is_searched_as_it_is(nyaa, site):
    site.add("[Group] Show & Tell - 07 (1080p)", digits(1))
    (release,) = await nyaa.search("  Show \t & Tell\0 (07|S01E07) ", limit=10)
    assert release.title == "[Group] Show & Tell - 07 (1080p)"
    (request,) = site.requests
    assert request.path == "/"
    assert request.query == {
        "page": "rss",
        "c": "1_2",
        "f": "0",
        "s": "seeders",
        "o": "desc",
        "q": "Show & Tell (07|S01E07)",
    }


async def test_both_titles_are_asked_for_and_what_both_find_comes_once(nyaa, site):
    site.add("[A] Sora no Michi - 07 (1080p)", digits(1))
    site.add("[B] The Way of Skies S01E07 1080p", digits(2))
    site.add("[C] Sora no Michi - The Way of Skies - 07", digits(3))
    site.add("[D] Something Else - 07", digits(4))
    releases = await nyaa.search(
        wanted(romaji="Sora no Michi", english="The Way of Skies"), limit=50
    )
    assert sorted(release.info_hash for release in releases) == [digits(n) for n in (1, 2, 3)]
    assert len(site.requests) >= 2


async def test_punctuation_that_the_site_trips_over_is_not_sent(nyaa, site):
    site.add("[A] Re Zero kara Hajimeru - 07", digits(1))
    releases = await nyaa.search(wanted(romaji="Re:Zero kara Hajimeru!"), limit=50)
    assert [release.info_hash for release in releases] == [digits(1)]


async def test_only_the_category_of_the_settings_is_searched(site, host):
    for number, category in enumerate(("1_2", "1_3", "1_4", "2_1", "3_1")):
        site.add("Show 07", digits(number + 1), category=category)
    for category, count in (("1_2", 1), ("1_0", 3)):
        nyaa = Nyaa(NyaaConfig(url=site.url, category=category, **FAST), host)
        assert len(await nyaa.search("show", limit=50)) == count


async def test_the_limit_takes_from_all_queries(nyaa, site):
    for number in range(1, 6):
        site.add(f"[A] Sora no Michi - 07 ({number})", digits(number))
    site.add("[B] The Way of Skies - 07", digits(9))
    show = wanted(romaji="Sora no Michi", english="The Way of Skies")
    found = {release.info_hash for release in await nyaa.search(show, limit=2)}
    assert len(found) == 2
    assert digits(9) in found


async def test_a_row_that_is_no_release_is_passed_over(nyaa, site):
    site.add("[A] Show - 07", digits(1))
    site.add("[B] Show - 07", "no hash at all")
    assert [release.title for release in await nyaa.search("show", limit=9)] == ["[A] Show - 07"]


async def test_check(nyaa, site):
    assert await nyaa.check() == "Nyaa RSS"
    assert await nyaa.check() == "Nyaa RSS"
    assert len(site.requests) == 2


# --- memory and pace ------------------------------------------------------------------------


async def test_the_same_query_is_sent_once(nyaa, site):
    site.add("Show 07", digits(1))
    results = await asyncio.gather(*(nyaa.search(f"{q} 07", limit=9) for q in ("show", "SHOW") * 5))
    assert [len(releases) for releases in results] == [1] * 10
    await nyaa.search("Show  07", limit=9)
    assert len(site.requests) == 1


async def test_when_asked_to_wait_nothing_is_sent_and_memory_answers(nyaa, site):
    site.add("Known 01", digits(1))
    await nyaa.search("known", limit=9)
    site.fail("ratelimit", retry_after="120")
    for _ in range(3):
        with pytest.raises(RateLimited) as caught:
            await nyaa.search("new", limit=9)
        assert 100 < caught.value.retry_after <= 120
    assert len(site.requests) == 2
    assert len(await nyaa.search("known", limit=9)) == 1


@pytest.mark.parametrize(
    ("kind", "retry_after", "wait"),
    [
        ("ratelimit", None, 60),
        ("ratelimit", "31536000", 900),
        ("challenge", None, 60),
        ("challenge", "5", 5),
    ],
)
async def test_refusals_make_us_wait(nyaa, site, kind, retry_after, wait):
    site.fail(kind, retry_after=retry_after)
    with pytest.raises(RateLimited) as caught:
        await nyaa.search("show", limit=9)
    assert caught.value.retry_after == pytest.approx(wait, abs=1)
    with pytest.raises(RateLimited, match="nothing is sent"):
        await nyaa.check()
    assert len(site.requests) == 1


async def test_out_of_order_with_and_without_a_time(nyaa, site):
    site.fail("status", status=503)
    with pytest.raises(Unavailable, match="out of order"):
        await nyaa.search("show", limit=9)
    assert await nyaa.search("show", limit=9) == []
    site.fail("status", status=503, retry_after="30")
    with pytest.raises(Unavailable) as caught:
        await nyaa.check()
    assert caught.value.retry_after == 30
    with pytest.raises(RateLimited):
        await nyaa.check()


# --- faults ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "status", "error", "text"),
    [
        ("html200", 200, BadReply, "text/html instead of a feed"),
        ("empty", 200, BadReply, "empty"),
        ("garbage", 200, BadReply, "not a feed"),
        ("cut", 200, BadReply, "broke off"),
        ("huge", 200, BadReply, "more than"),
        ("bomb", 200, BadReply, "more than"),
        ("drop", 200, Unavailable, "dropped"),
        ("redirect_home", 302, BadReply, "internal error"),
        ("status", 400, Refused, "HTTP 400"),
        ("status", 404, BadReply, "HTTP 404"),
        ("status", 500, BadReply, "HTTP 500"),
        ("status", 502, BadReply, "HTTP 502"),
    ],
)
async def test_faults_and_the_next_search(nyaa, site, kind, status, error, text):
    site.add("Show 07", digits(1))
    site.fail(kind, count=2 if kind == "drop" else 1, status=status)  # a drop is tried once more
    with pytest.raises(BackendError, match=text) as caught:
        await nyaa.search("show", limit=9)
    assert type(caught.value) is error
    assert len(await nyaa.search("show", limit=9)) == 1


async def test_a_site_that_hangs(site, tmp_path):
    import aiohttp

    patience = aiohttp.ClientTimeout(total=0.3)
    async with test_host(tmp_path, patience=patience) as host:
        nyaa = Nyaa(NyaaConfig(url=site.url, **FAST), host)
        site.fail("hang")
        with pytest.raises(TimedOut):
            await nyaa.search("show", limit=9)
        assert await nyaa.search("show", limit=9) == []


async def test_a_site_that_is_not_there_is_named_with_what_to_do(host):
    async with Misbehaving(Fault(kind="refuse")) as service:
        nyaa = Nyaa(NyaaConfig(url=service.url, **FAST), host)
        with pytest.raises(Unavailable, match="cannot be reached") as caught:
            await nyaa.search("show", limit=9)
    assert service.url in caught.value.detail
    assert "another address" in caught.value.hint


@pytest.mark.parametrize(
    ("location", "text"),
    [
        ("https://elsewhere.example/?page=rss", "redirects us to https://elsewhere.example"),
        ("/login", "another page"),
        ("http://[", "no address"),
        ("mailto:x", "no address"),
    ],
)
async def test_redirects_are_not_followed(host, location, text):
    from aiohttp import web

    from uuutd.testing.serving import serving

    async def redirect(_):
        return web.Response(status=302, headers={"Location": location})

    app = web.Application()
    app.router.add_get("/", redirect)
    async with serving(app) as url:
        with pytest.raises(BadReply, match=text):
            await Nyaa(NyaaConfig(url=url, **FAST), host).search("show", limit=9)


async def test_if_one_query_fails_the_others_count_and_the_log_says_so(nyaa, site, caplog):
    site.add("[A] Sora no Michi - 07", digits(1))
    site.add("[B] Sora no Michi - The Way of Skies - 07", digits(2))
    site.fail("status")
    show = wanted(romaji="Sora no Michi", english="The Way of Skies")
    with caplog.at_level(logging.WARNING):
        found = {release.info_hash for release in await nyaa.search(show, limit=9)}
    assert digits(2) in found
    assert "HTTP 500" in caplog.text


async def test_if_one_query_fails_and_the_others_find_nothing_that_is_a_failure(nyaa, site):
    site.fail("status")
    with pytest.raises(BadReply):
        await nyaa.search(wanted(romaji="Sora no Michi", english="The Way of Skies"), limit=9)


async def test_of_a_feed_that_breaks_the_beginning_is_used_and_nothing_remembered(
    nyaa, site, caplog
):
    site.add("[A] Show - \ufffe - 07", digits(1))  # no XML holds this character
    for number in (2, 3):
        site.add(f"[A] Show - 07 ({number})", digits(number))
    with caplog.at_level(logging.WARNING):
        releases = await nyaa.search("show", limit=9)
    assert [release.info_hash for release in releases] == [digits(3), digits(2)]
    assert "breaks off" in caplog.text
    await nyaa.search("show", limit=9)
    assert len(site.requests) == 2


# --- .torrent files -------------------------------------------------------------------------


async def test_a_torrent_file_is_fetched(nyaa, site):
    file = torrent("a.mkv")
    offer = site.add("Show 07", file)
    (release,) = await nyaa.search("show", limit=9)
    assert release.info_hash == offer.info_hash
    assert await nyaa.fetch(release) == file


async def test_a_magnet_alone_has_no_file(nyaa, site):
    site.add("Show 07", digits(1))
    (release,) = await nyaa.search("show", limit=9)
    assert release.torrent_url is None
    with pytest.raises(Refused, match=r"no \.torrent file"):
        await nyaa.fetch(release)


async def test_files_of_other_sites_are_not_fetched(nyaa, site):
    async with NyaaStandIn() as other:
        for url in (f"{other.url}/download/1.torrent", f"{site.url}@{other.url[7:]}/1.torrent"):
            release = Release(title="x", info_hash=None, indexer="nyaa", torrent_url=url)
            with pytest.raises(Refused):
                await nyaa.fetch(release)
        assert other.requests == []


@pytest.mark.parametrize(
    ("kind", "error"),
    [("html200", BadReply), ("empty", BadReply), ("cut", BadReply), ("huge", BadReply)],
)
async def test_what_is_no_torrent_file(nyaa, site, kind, error):
    site.add("Show 07", torrent("a.mkv"))
    (release,) = await nyaa.search("show", limit=9)
    site.fail(kind)
    with pytest.raises(error):
        await nyaa.fetch(release)


async def test_a_file_that_is_gone(nyaa, site):
    gone = f"{site.url}/download/7.torrent"
    with pytest.raises(BadReply, match="HTTP 404"):
        await nyaa.fetch(Release(title="x", info_hash=None, indexer="nyaa", torrent_url=gone))


# --- settings -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "settings",
    [
        {"url": "nyaa.si"},
        {"url": "ftp://nyaa.si"},
        {"url": "https://user:pw@nyaa.si"},
        {"url": "https://nyaa.si/?page=rss"},
        {"url": "https://"},
        {"url": "https://nyaa.si:99999"},
        {"category": "anime"},
        {"trackers": ("http://ok.example/announce", "wss://no.example/")},
        {"trackers": tuple(f"udp://t{n}.example:1/" for n in range(30))},
        {"burst": 0},
        {"rate": 0.0},
        {"in_flight": 0},
    ],
)
def test_settings_that_make_no_sense(settings):
    with pytest.raises(ValueError, match=r"must|tracker"):
        NyaaConfig(**settings)


def test_a_site_below_a_path_is_a_setting_too():
    assert NyaaConfig(url="http://127.0.0.1:8080/nyaa/").url.endswith("/nyaa/")


async def test_of_feeds_that_come_at_once_one_is_read_in_each_turn_of_the_loop(
    nyaa, site, monkeypatch
):
    site.add("[A] Show - 07", digits(1))
    answer = await get(nyaa.host.http, f"{site.url}/?page=rss", limit=feed.MAX_BYTES)
    turn, read, seen = 0, feed.read, []

    async def go_round():
        nonlocal turn
        while True:
            turn += 1
            await asyncio.sleep(0)

    def noting(body):
        seen.append(turn)
        return read(body)

    monkeypatch.setattr(feed, "read", noting)
    counting = asyncio.create_task(go_round())
    found = await asyncio.gather(*(nyaa._read(answer) for _ in range(10)))
    counting.cancel()
    assert {len(each.releases) for each in found} == {1}
    assert len(set(seen)) == len(seen) == 10
