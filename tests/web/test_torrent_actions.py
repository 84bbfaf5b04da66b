"""What requests about one torrent, or about a whole client, must say."""

import pytest

from uuutd import wire

from .fakes import HASH

A = "/api/v1"


@pytest.mark.parametrize(
    ("path", "by"),
    [(f"{A}/torrents/{HASH}/limits", "ann"), (f"{A}/backends/client/libtorrent/limits", "ada")],
)
@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ({}, {"down", "up"}),
        ({"down": 4096}, {"up"}),
        ({"down": "fast", "up": None}, {"down"}),
        ({"down": 1.5, "up": None}, {"down"}),
        ({"down": None, "up": 2**31}, {"up"}),
        ({"down": None, "up": None, "alt": 1}, {"alt"}),
    ],
)
async def test_both_limits_are_said(face, path, by, body, wrong):
    async with face.ask("PATCH", path, by=by, json=body) as response:
        assert response.status == 422
        assert {each["path"] for each in (await response.json())["problems"]} == wrong


async def test_null_is_no_limit(face):
    body = {"down": None, "up": 4096}
    async with face.ask("PATCH", f"{A}/torrents/{HASH}/limits", by="ann", json=body) as response:
        assert response.status == 204
    assert face.services.torrent_actions.limits == wire.SpeedLimits(down=None, up=4096)


async def test_labels_are_not_wiped_out_by_forgetting_the_body(face):
    async with face.ask("PATCH", f"{A}/torrents/{HASH}/labels", by="ann") as response:
        assert response.status == 422


async def test_adopting_names_the_client_and_the_torrent(face):
    path = f"{A}/admin/torrents/libtorrent/{HASH}/adopt"
    async with face.ask("POST", path, by="ada") as response:
        assert response.status == 204
    assert face.services.stewardship.adopted == ("libtorrent", HASH)
