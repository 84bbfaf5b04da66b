"""Lists that are asked for again and again."""

import attrs
import pytest

from uuutd.domain import ListStatus

from .fakes import torrent

LISTS = ["/api/v1/watchlist", "/api/v1/torrents"]


@pytest.mark.parametrize("path", LISTS)
async def test_what_has_not_changed_is_not_sent_again(face, path):
    async with face.ask("GET", path, by="ann") as response:
        tag, first = response.headers["ETag"], await response.read()
        assert response.headers["Cache-Control"] == "private, no-cache"
        assert response.headers["Vary"] == "Authorization"
    for known in (tag, f'"other", {tag}', f"W/{tag}", "*"):
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
