"""Upgrades over HTTP: what there is, the job, and none."""

import msgspec

from uuutd import wire

from .fakes import job
from .test_problems import problem

UPGRADE = "/api/v1/watchlist/anilist/101/upgrade"


async def test_what_is_there_and_what_is_newer(face):
    async with face.ask("GET", f"{UPGRADE}?episode=6", by="ann") as response:
        assert response.status == 200
        shown = msgspec.json.decode(await response.read(), type=wire.UpgradeReply)
    assert (shown.episode, shown.current.version, shown.available.id) == (6, 1, "r2")
    face.services.upgrades.newer = False
    async with face.ask("GET", UPGRADE, by="ann") as response:
        assert (response.status, (await response.json())["available"]) == (200, None)


async def test_an_upgrade_is_answered_like_a_download(face):
    face.services.jobs.outcome = job("j9", "done")
    async with face.ask("POST", UPGRADE, by="ann") as response:
        assert response.status == 201
        assert response.headers["Location"] == "/api/v1/jobs/j9"
    face.services.jobs.outcome = job("j9", "running")
    async with face.ask("POST", UPGRADE, by="ann") as response:
        assert response.status == 202
    headers = {"Prefer": "respond-async"}
    async with face.ask("POST", UPGRADE, by="ann", headers=headers) as response:
        assert response.status == 202
        assert response.headers["Preference-Applied"] == "respond-async"
    assert len(face.services.jobs.waited) == 2


async def test_none_and_a_bad_question(face):
    face.services.upgrades.newer = False
    async with face.ask("POST", UPGRADE, by="ann") as response:
        said = await problem(response)
    assert (said.status, said.code) == (404, "no-release")
    async with face.ask("GET", f"{UPGRADE}?episode=x", by="ann") as response:
        assert (await problem(response)).status == 422
