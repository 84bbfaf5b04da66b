"""What users want of releases, over HTTP: what may be said, and whose it is."""

import msgspec
import pytest

from uuutd import wire

from .test_problems import problem

MINE = "/api/v1/preferences"
OF_SHOW = "/api/v1/watchlist/anilist/101/preferences"


@pytest.mark.parametrize("address", [MINE, OF_SHOW])
async def test_what_is_said_is_what_is_set_until_it_is_forgotten(face, address):
    said = {"resolutions": ["720p"], "audio": "dub", "keep_group": "wait"}
    async with face.ask("PUT", address, by="ann", json=said) as response:
        assert response.status == 200
        put = await response.read()
    async with face.ask("GET", address, by="ann") as response:
        assert await response.read() == put
    shown = msgspec.json.decode(put)
    assert {name: value for name, value in shown["set"].items() if value is not None} == said
    assert shown["effective"]["resolutions"] == ["720p"]
    assert shown["from"] == {"groups": "default"}
    async with face.ask("DELETE", address, by="ann") as response:
        assert (response.status, await response.read()) == (204, b"")
    async with face.ask("GET", address, by="ann") as response:
        decoded = msgspec.json.decode(await response.read(), type=wire.PreferencesReply)
    assert decoded.set == wire.ShowPreferences()


async def test_putting_replaces_all_of_a_level_and_no_other(face):
    for address, said in ((MINE, {"audio": "dub"}), (OF_SHOW, {"language": "fr"})):
        async with face.ask("PUT", address, by="ann", json=said) as response:
            assert response.status == 200
    async with face.ask("PUT", OF_SHOW, by="ann", json={"counts_from": 13}) as response:
        shown = (await response.json())["set"]
    assert (shown["counts_from"], shown["language"], shown["audio"]) == (13, None, None)
    async with face.ask("GET", MINE, by="ann") as response:
        assert (await response.json())["set"]["audio"] == "dub"


@pytest.mark.parametrize(
    ("address", "said", "path"),
    [
        (MINE, {"resolution": ["1080p"]}, "resolution"),
        (MINE, {"counts_from": 13}, "counts_from"),  # is of one show only
        (OF_SHOW, {"counts_form": 13}, "counts_form"),
        (MINE, {"resolutions": "1080p"}, "resolutions"),
        (MINE, {"groups": ["A", 7]}, "groups[1]"),
        (MINE, {"batch": True}, "batch"),
        (MINE, {"audio": "raw"}, "audio"),
        (MINE, {"min_seeders": -1}, "min_seeders"),
        (MINE, {"min_seeders": "1"}, "min_seeders"),
        (OF_SHOW, {"keep_group": True}, "keep_group"),
        (OF_SHOW, {"earlier_group": "Kagami"}, "earlier_group"),
    ],
)
async def test_what_cannot_be_said_is_named_by_its_path(face, address, said, path):
    async with face.ask("PUT", address, by="ann", json=said) as response:
        refused = await problem(response)
    assert (refused.status, refused.code) == (422, "invalid")
    assert [item.path for item in refused.problems] == [path]
    assert face.services.preferences.said == {}


async def test_nobody_sees_or_changes_what_another_user_wants(face):
    async with face.ask("PUT", MINE, by="ann", json={"audio": "dub"}) as response:
        assert response.status == 200
    for who in ("ben", "ada"):
        async with face.ask("GET", MINE, by=who) as response:
            assert (await response.json())["set"]["audio"] is None
        async with face.ask("DELETE", MINE, by=who) as response:
            assert response.status == 204
    assert {who for who, _ in face.services.preferences.said} == {"ann"}


@pytest.mark.parametrize("address", [MINE, OF_SHOW])
async def test_nothing_is_wiped_by_forgetting_the_body(face, address):
    async with face.ask("PUT", address, by="ann", json={"audio": "dub"}) as response:
        assert response.status == 200
    async with face.ask("PUT", address, by="ann") as response:
        assert (await problem(response)).status == 422
    async with face.ask("GET", address, by="ann") as response:
        assert (await response.json())["set"]["audio"] == "dub"
    async with face.ask("PUT", address, by="ann", json={}) as response:
        assert (response.status, (await response.json())["set"]["audio"]) == (200, None)


@pytest.mark.parametrize("address", [MINE, OF_SHOW])
async def test_what_is_set_can_be_put_back_as_it_was_shown(face, address):
    async with face.ask("PUT", address, by="ann", json={"groups": ["Yuki"]}) as response:
        shown = await response.json()
    async with face.ask("GET", address, by="ann") as response:
        assert await response.json() == shown
    async with face.ask("PUT", address, by="ann", json=shown["set"]) as response:
        assert (response.status, await response.json()) == (200, shown)
