"""Lists that are asked for again and again."""

import attrs
import pytest

from uuutd.domain import ListStatus
from uuutd.services.listings import Ask

from .fakes import torrent

LISTS = ["/api/v1/watchlist", "/api/v1/torrents"]


@pytest.mark.parametrize("path", LISTS)
async def test_what_has_not_changed_is_not_sent_again(face, path):
    async with face.ask("GET", path, by="ann") as response:
        tag, first = response.headers["ETag"], await response.read()
        assert response.headers["Cache-Control"] == "private, no-cache"
        assert "Authorization" in response.headers["Vary"]
    strong = tag.removeprefix("W/")
    for known in (tag, f'"other", {tag}', strong, f"W/{strong}", "*"):
        async with face.ask("GET", path, by="ann", headers={"If-None-Match": known}) as response:
            assert response.status == 304
            assert response.headers["ETag"] == tag
            assert await response.read() == b""
    async with face.ask("GET", path, by="ann", headers={"If-None-Match": '"other"'}) as response:
        assert response.status == 200
        assert await response.read() == first


async def test_what_has_changed_is_sent(face):
    async with face.ask("GET", "/api/v1/torrents", by="ann") as response:
        headers = {"If-None-Match": response.headers["ETag"]}
    face.services.torrents.rows = (torrent(progress=0.6),)
    async with face.ask("GET", "/api/v1/torrents", by="ann", headers=headers) as response:
        assert response.status == 200
        assert (await response.json())["torrents"][0]["progress"] == 0.6


async def test_nobody_is_told_that_they_have_what_another_has(face):
    async with face.ask("GET", "/api/v1/torrents", by="ann") as response:
        headers = {"If-None-Match": response.headers["ETag"]}
    async with face.ask("GET", "/api/v1/torrents", by="ben", headers=headers) as response:
        assert response.status == 200
        assert (await response.json())["torrents"] == []


async def test_the_lists_to_show(face):
    for query, meant in (
        ("", {ListStatus.CURRENT, ListStatus.REPEATING}),
        ("?status=PLANNING", {ListStatus.PLANNING}),
        ("?status=CURRENT,%20PAUSED", {ListStatus.CURRENT, ListStatus.PAUSED}),
    ):
        async with face.ask("GET", "/api/v1/watchlist" + query, by="ann") as response:
            assert response.status == 200
        assert face.services.watchlists.statuses == meant


async def test_times_are_utc(face):
    async with face.ask("GET", "/api/v1/watchlist", by="ann") as response:
        assert (await response.json())["synced_at"] == "2026-11-22T12:00:00Z"


async def test_who_owns_a_torrent_is_for_administrators(face):
    async with face.ask("GET", "/api/v1/torrents/all", by="ada") as response:
        assert (await response.json())["torrents"][0]["owner_names"] == ["ann"]
    face.services.torrents.rows = tuple(
        attrs.evolve(torrent(), hash=f"{n:040x}") for n in range(5000)
    )
    async with face.ask("GET", "/api/v1/torrents", by="ann") as response:
        assert len((await response.json())["torrents"]) == 5000


# --- torrents -------------------------------------------------------------------------------

BIG = tuple(attrs.evolve(torrent(), hash=f"{n:040x}") for n in range(3000))


async def test_what_is_asked_of_the_torrents_is_passed_on(face):
    query = {"since": "1790000000000000", "filter": "size>2G | !down", "sort": "-added,name"}
    async with face.ask("GET", "/api/v1/torrents", by="ann", params=query) as response:
        assert response.status == 200
    asked = Ask(since=1790000000000000, filter="size>2G | !down", sort="-added,name")
    assert face.services.torrents.asked == asked
    query = {"limit": "50", "cursor": "abc"}
    async with face.ask("GET", "/api/v1/torrents/all", by="ada", params=query) as response:
        assert response.status == 200
    assert face.services.torrents.asked == Ask(limit=50, cursor="abc")


@pytest.mark.parametrize(
    ("query", "path"), [("since=x", "since"), ("limit=-1", "limit"), ("filters=a", "filters")]
)
async def test_a_query_that_is_none_is_refused(face, query, path):
    async with face.ask("GET", f"/api/v1/torrents?{query}", by="ann") as response:
        assert response.status == 422
        assert [p["path"] for p in (await response.json())["problems"]] == [path]


async def test_a_large_list_comes_whole(face):
    face.services.torrents.rows = BIG
    async with face.ask("GET", "/api/v1/torrents", by="ann") as response:
        assert "Content-Encoding" not in response.headers
        assert int(response.headers["Content-Length"]) > 2**20
        assert len((await response.json())["torrents"]) == len(BIG)
    async with face.ask("HEAD", "/api/v1/torrents", by="ann") as response:
        assert response.status == 200
        assert await response.read() == b""


async def test_a_large_list_is_compressed_for_who_is_elsewhere(face):
    face.services.torrents.rows = BIG
    elsewhere = {"X-Forwarded-For": "192.0.2.1"}
    async with face.ask("GET", "/api/v1/torrents", by="ann", headers=elsewhere) as response:
        assert response.headers["Content-Encoding"] == "gzip"
        assert "Accept-Encoding" in response.headers["Vary"]
        assert int(response.headers["Content-Length"]) < 2**18
        assert len((await response.json())["torrents"]) == len(BIG)
    plain = {**elsewhere, "Accept-Encoding": "identity"}
    async with face.ask("GET", "/api/v1/torrents", by="ann", headers=plain) as response:
        assert "Content-Encoding" not in response.headers
        assert len((await response.json())["torrents"]) == len(BIG)
