"""Jobs: their steps, what went wrong, and going on from there."""

import attrs

from uuutd.wire import ReasonReply, RejectionReply, ReleaseReply

from ..uuut.fake_daemon import TORRENTS, now


async def test_steps_come_live_and_stay(pilot, daemon):
    daemon.download_ends = "never"
    pilot.press("enter")
    await pilot.until("resolve ⋯")
    pilot.press("4")
    await pilot.until(
        "1 running · 0 failed · 0 done", "get     Sousou no Frieren S2 ep 9", "⋯ running"
    )
    daemon.download_ends = "done"
    await pilot.until("✓ done", "resolve ✓ search ✓ choose ✓ add ✓ link ✓  4.0 s")


async def test_a_failed_step_is_named_with_its_backend_and_tried_again(pilot, daemon):
    daemon.download_ends = "failed"
    pilot.press("enter", "4")
    await pilot.until(
        "✗ failed", "add: seedbox: connection refused  Start the torrent client.", "r retry add"
    )
    pilot.press("r")
    await pilot.wait(lambda: daemon.called("POST", "jobs/job1/retry"))
    await pilot.until("✓ done")
    assert daemon.requests.count(("POST", "watchlist/download")) == 1


async def test_only_what_failed_is_tried_again(pilot, daemon):
    pilot.press("enter", "4")
    await pilot.until("✓ done")
    assert "retry" not in pilot.lines()[-1]
    pilot.press("r")
    await pilot.until("this job is done, it has not failed")
    pilot.press("c")
    await pilot.until("this job is done already")
    assert not any("jobs/" in path for method, path in daemon.requests if method == "POST")


async def test_a_running_job_is_cancelled(pilot, daemon):
    daemon.download_ends = "never"
    pilot.press("enter", "4")
    await pilot.until("⋯ running", "c cancel")
    pilot.press("c")
    await pilot.until("cancelled")
    assert daemon.called("POST", "jobs/job1/cancel")


async def test_a_removal_that_waits_is_undone_here_too(pilot, daemon):
    pilot.press("2", "d", "y")
    await pilot.until("removed")
    pilot.press("4")
    await pilot.until(f"remove  {TORRENTS[0].name}"[:40], "c undo")
    pilot.press("c")
    await pilot.until("undone: it is back on your list")


async def test_one_job_in_full(pilot, daemon):
    daemon.download_ends = "failed"
    refused = ReleaseReply(
        id="x",
        title="[Judas] Frieren batch",
        info_hash=None,
        indexer="nyaa",
        size=1,
        seeders=1,
        score=0,
        reasons=(ReasonReply(text="1080p", points=40),),
        rejections=(RejectionReply(code="R1", text="season 1, not 2"),),
    )
    pilot.press("enter", "4")
    await pilot.until("✗ failed")
    job = daemon.jobs["job1"]
    problem = attrs.evolve(job.problem, releases=(refused,))
    pilot.app.apply(attrs.evolve(job, problem=problem))
    pilot.press("enter")
    text = await pilot.until(
        "Activity › get Sousou no Frieren S2 ep 9", "search    done      0.8 s"
    )
    for part in ("add       failed", "backend seedbox", "[Judas] Frieren batch  season 1, not 2"):
        assert part in text
    pilot.press("esc")
    await pilot.until("0 running · 1 failed")


async def test_an_empty_list_says_so(pilot):
    pilot.press("4")
    await pilot.until("nothing was done yet")
    pilot.press("r")
    await pilot.until("there is no job here")


async def test_what_comes_later_stands_first(pilot, daemon):
    pilot.press("enter")
    await pilot.until("ep 9 downloading")
    later = attrs.evolve(daemon.jobs["job1"], id="job2", title="Later", created_at=now())
    daemon.publish("job", later)
    pilot.press("4")
    text = await pilot.until("Later")
    assert text.index("Later") < text.index("Sousou")
