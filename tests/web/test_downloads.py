"""Downloads: answered when the client has the torrent, or when that takes too long."""

import msgspec
import pytest

from uuutd import wire
from uuutd.web.jobs import ANSWER_WITHIN

from .fakes import job
from .test_problems import problem

DOWNLOAD = "/api/v1/watchlist/download"
BODY = {"entry": "101", "episode": 7}


async def test_done_in_time(face):
    face.services.jobs.outcome = job("j9", "done", torrent="a" * 40)
    async with face.ask("POST", DOWNLOAD, by="ann", json=BODY) as response:
        assert response.status == 201
        assert response.headers["Location"] == "/api/v1/jobs/j9"
        assert msgspec.json.decode(await response.read(), type=wire.JobReply).torrent == "a" * 40
    assert face.services.jobs.waited == [("started", ANSWER_WITHIN)]
    assert ANSWER_WITHIN == 20


async def test_still_running(face):
    face.services.jobs.outcome = job("j9", "running")
    async with face.ask("POST", DOWNLOAD, by="ann", json=BODY) as response:
        assert response.status == 202
        assert response.headers["Location"] == "/api/v1/jobs/j9"
        assert "Preference-Applied" not in response.headers


async def test_failed(face):
    release = wire.ReleaseReply(
        id="r",
        title="A Show - 06",
        info_hash="c" * 40,
        indexer="nyaa",
        rejections=(wire.RejectionReply(code="R1", text="another episode"),),
    )
    face.services.jobs.outcome = job(
        "j9",
        "failed",
        problem=wire.FailureReply(
            code="no-release",
            title="No release fits",
            detail="d",
            step="choose",
            releases=(release,),
        ),
    )
    async with face.ask("POST", DOWNLOAD, by="ann", json=BODY) as response:
        said = await problem(response)
    assert (said.status, said.code, said.step, said.job) == (404, "no-release", "choose", "j9")
    assert said.releases == (release,)


async def test_failed_without_a_word(face):
    face.services.jobs.outcome = job("j9", "failed")
    async with face.ask("POST", DOWNLOAD, by="ann", json=BODY) as response:
        assert (await problem(response)).status == 500


async def test_cancelled_meanwhile(face):
    face.services.jobs.outcome = job("j9", "cancelled")
    async with face.ask("POST", DOWNLOAD, by="ann", json=BODY) as response:
        said = await problem(response)
    assert (said.status, said.code) == (409, "conflict")


@pytest.mark.parametrize(
    "prefer", ["respond-async", "wait=5, Respond-Async", "return=minimal,respond-async;x=1"]
)
async def test_whoever_prefers_it_does_not_wait(face, prefer):
    face.services.jobs.outcome = job("j9", "running")
    async with face.ask(
        "POST", DOWNLOAD, by="ann", json=BODY, headers={"Prefer": prefer}
    ) as response:
        assert response.status == 202
        assert response.headers["Location"] == "/api/v1/jobs/j9"
        assert response.headers["Preference-Applied"] == "respond-async"
    assert face.services.jobs.waited == []


async def test_another_preference_changes_nothing(face):
    headers = {"Prefer": "respond-asynchronously"}
    async with face.ask("POST", DOWNLOAD, by="ann", json=BODY, headers=headers) as response:
        assert response.status == 201


async def test_the_idempotency_key_is_passed_on(face):
    for key in ("k", "x" * 128, "!~", None):
        headers = {"Idempotency-Key": key} if key else {}
        async with face.ask("POST", DOWNLOAD, by="ann", json=BODY, headers=headers) as response:
            assert response.status == 201
    assert face.services.jobs.keys == ["k", "x" * 128, "!~", None]


@pytest.mark.parametrize("key", ["", "x" * 129, "a b", "schlüssel"])
async def test_an_idempotency_key_that_is_none(face, key):
    headers = {"Idempotency-Key": key}
    async with face.ask("POST", DOWNLOAD, by="ann", json=BODY, headers=headers) as response:
        said = await problem(response)
    assert said.status == 422
    assert [item.path for item in said.problems] == ["Idempotency-Key"]
    assert face.services.jobs.keys == []


async def test_progress_that_waits_for_its_provider(face):
    face.services.watchlists.queued = True
    async with face.ask("POST", "/api/v1/watchlist/progress", by="ann", json=BODY) as response:
        assert response.status == 202
        assert (await response.json())["progress"] == 7


async def test_removing_answers_with_a_job(face):
    async with face.ask("DELETE", f"/api/v1/torrents/{'a' * 40}", by="ann") as response:
        assert response.status == 202
        assert response.headers["Location"] == "/api/v1/jobs/rm"
        assert (await response.json())["kind"] == "remove"
