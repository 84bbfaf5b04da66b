"""Keys become calls, events become what is seen, and trouble is said."""

import asyncio

import attrs
import pytest

from uuutd.tui.state import Said
from uuutd.wire import DownloadRequest, ProgressRequest, TorrentsEvent

from ..uuut.fake_daemon import HASH, TORRENTS, changed, problem_reply
from .conftest import piloted


async def test_enter_gets_the_next_episode_and_shows_every_step(pilot, daemon):
    daemon.download_ends = "never"
    pilot.press("enter")
    await pilot.until("resolve ⋯", "get: Sousou no Frieren S2 ep 9")
    given = daemon.body("POST", "watchlist/download", DownloadRequest)
    assert given == DownloadRequest(entry="1", provider="anilist", episode=9)
    daemon.download_ends = "done"
    await pilot.until("resolve ✓ search ✓ choose ✓ add ✓ link ✓", "ep 9 downloading 10 %")


async def test_enter_twice_gets_once(pilot, daemon):
    daemon.download_ends = "never"
    pilot.press("enter", "enter")
    await pilot.until("resolve ⋯")
    pilot.press("enter")
    await asyncio.sleep(0)
    assert daemon.requests.count(("POST", "watchlist/download")) == 1


async def test_progress_comes_live(pilot, daemon):
    daemon.publish("torrents", changed(attrs.evolve(TORRENTS[0], progress=0.87, eta=20)))
    await pilot.until("87 %", "20s")
    done = attrs.evolve(TORRENTS[0], progress=1.0, state="seeding", eta=None, down_rate=0)
    daemon.publish("torrents", changed(done, revision=3))
    await pilot.until("ep 6 is on the server")


async def test_what_was_sent_before_the_last_reading_is_old(pilot, daemon):
    daemon.publish("torrents", changed(attrs.evolve(TORRENTS[0], progress=0.9), revision=5))
    await pilot.until("90 %")
    daemon.publish("torrents", changed(attrs.evolve(TORRENTS[0], progress=0.1), revision=4))
    daemon.publish("torrents", changed(attrs.evolve(TORRENTS[1], up_rate=7), revision=6))
    await pilot.wait(lambda: pilot.app.state.revision == 6)
    assert "90 %" in pilot.text()


async def test_a_failed_step_is_named_and_enter_retries_it(pilot, daemon):
    daemon.download_ends = "failed"
    pilot.press("enter")
    await pilot.until("ep 9 ✗ add: connection refused", "enter try ep 9 again")
    pilot.press("enter")
    await pilot.until("ep 9 downloading 10 %")
    assert daemon.called("POST", "jobs/job1/retry")
    assert daemon.requests.count(("POST", "watchlist/download")) == 1


async def test_plus_marks_the_focused_show(pilot, daemon):
    pilot.press("G", "k")
    await pilot.until("6/7")
    pilot.press("+")
    await pilot.until("Girls Band Cry: ep 8 is watched")
    given = daemon.body("POST", "watchlist/progress", ProgressRequest)
    assert given == ProgressRequest(entry="6", episode=8, provider="anilist")


async def test_plus_never_lowers_what_was_watched_elsewhere(pilot, daemon):
    pilot.press("G", "k")
    await pilot.until("6/7")
    daemon.entries[5] = attrs.evolve(daemon.entries[5], progress=11, next_episode=12)
    pilot.press("+")
    await pilot.until("the list has changed meanwhile", "11/12")
    assert not daemon.called("POST", "watchlist/progress")
    pilot.press("+")
    await pilot.until("ep 12 is watched")


async def test_a_job_that_waits_says_for_what(pilot, daemon):
    daemon.download_ends = "waits"
    pilot.press("enter")
    text = await pilot.until("add ⋯ waiting: seedbox cannot be reached (tries again within 42s)")
    assert text.count("seedbox cannot be reached") == 2  # on the card, and in the message
    daemon.download_ends = "done"
    await pilot.until("ep 9 downloading 10 %")


async def test_what_is_asked_about_a_download_stays_true(pilot, daemon):
    pilot.press("j", "enter")
    await pilot.until("downloading 61 %, 4.2M/s, 3m10: [SubsPlease]")
    name = "x" * 200
    daemon.publish("torrents", changed(attrs.evolve(TORRENTS[0], name=name, progress=0.87)))
    await pilot.until(" downloading 87 %, 4.2M/s, 3m10: xxx")
    done = attrs.evolve(TORRENTS[0], progress=1.0, state="seeding", eta=None, down_rate=0)
    daemon.publish("torrents", changed(done, revision=3))
    text = await pilot.until("ep 6 is at /srv/anime/[SubsPlease]")
    assert "downloading" not in text


async def test_a_removal_shows_at_once_and_so_does_its_undoing(pilot, daemon):
    card = daemon.entries[2]
    daemon.entries[2] = attrs.evolve(card, state="ready", torrent=None)
    gone = daemon.torrents.pop(card.torrent)
    daemon.publish("torrents", TorrentsEvent(revision=1, removed=(gone.hash,)))
    await pilot.until("ep 6 is out", "↓0B/s")
    daemon.entries[2] = card
    daemon.torrents[gone.hash] = gone
    daemon.publish("torrents", changed(gone, revision=1))
    await pilot.until("ep 6 downloading 61 %", "↓4.2M/s")


async def test_a_resync_reads_everything_again(pilot, daemon):
    daemon.entries.pop()
    daemon.torrents["a" * 40] = attrs.evolve(TORRENTS[0], progress=0.33)
    daemon.publish("resync", {})
    await pilot.until("watching 6", "33 %")


async def test_after_a_restart_events_count_from_anew(pilot, daemon):
    daemon.publish("torrents", changed(attrs.evolve(TORRENTS[0], progress=0.9), revision=500))
    await pilot.until("90 %")
    daemon.problems["GET", "about"] = problem_reply(503, "busy", "Starting.")
    daemon.end_streams()
    await pilot.until("Starting.")
    await pilot.wait(lambda: len(daemon.seen_ids) == 2)
    daemon.publish("torrents", changed(attrs.evolve(TORRENTS[0], progress=0.95), revision=1))
    await pilot.until("95 %")
    assert daemon.seen_ids == [None, str(daemon.event_id - 1)]


async def test_enter_on_the_others_says_how_they_stand(pilot, daemon):
    for expected in ("SubsPlease] Oshi no Ko S3", "is at /srv/anime/[Erai-raws]"):
        pilot.press("j", "enter")
        await pilot.until(expected)
    pilot.press("j", "j", "enter")
    await pilot.until("ep 4 airs")
    assert not daemon.called("POST", "watchlist/download")


async def test_a_release_of_ones_own_choice(pilot, daemon):
    pilot.press("r")
    await pilot.until("2 fit, 1 rejected")
    pilot.press("j", "enter")
    await pilot.until("ep 9 downloading")
    given = daemon.body("POST", "watchlist/download", DownloadRequest)
    assert (given.release, given.force) == ("r2", False)


async def test_a_rejected_release_needs_a_yes(pilot, daemon):
    pilot.press("r")
    await pilot.until("2 fit, 1 rejected")
    pilot.press("G", "enter")
    await pilot.until("this overrides: season 1, not 2")
    pilot.press("enter")
    assert "this overrides" not in pilot.text()
    assert not daemon.called("POST", "watchlist/download")
    pilot.press("enter", "y")
    await pilot.until("ep 9 downloading")
    given = daemon.body("POST", "watchlist/download", DownloadRequest)
    assert (given.release, given.force) == ("r3", True)


async def test_a_failed_search_says_why(pilot, daemon):
    daemon.problems["GET", "watchlist/anilist/1/releases"] = problem_reply(
        503, "unavailable", "nyaa does not answer.", hint="Try again in a minute."
    )
    pilot.press("r")
    await pilot.until("nyaa does not answer. Try again in a minute.")
    pilot.press("esc")
    await pilot.until("READY")


async def test_refresh_reads_again(pilot, daemon):
    daemon.entries[0] = attrs.evolve(daemon.entries[0], progress=9, next_episode=10)
    pilot.press("R")
    await pilot.until("9/12", "ep 10 is out", "read everything again")


async def test_the_daemon_says_when_the_list_changed(pilot, daemon):
    daemon.entries.pop()
    daemon.publish("watchlist", {})
    await pilot.until("watching 6")


async def test_the_focus_stays_on_its_show(pilot, daemon):
    pilot.press("j", "j")
    await pilot.until("› One Piece")
    daemon.entries[5] = attrs.evolve(daemon.entries[5], state="ready")
    daemon.publish("watchlist", {})
    text = await pilot.until("› One Piece", "4/7")
    assert text.index("Girls Band Cry") < text.index("One Piece")


async def test_nothing_moves_while_somebody_points_at_it(pilot, daemon, monkeypatch):
    monkeypatch.setattr("uuutd.tui.app.REST", 100.0)
    pilot.press("j")
    daemon.entries[5] = attrs.evolve(daemon.entries[5], state="ready")
    daemon.publish("watchlist", {})
    text = await pilot.until("ep 8 is out")
    assert text.index("One Piece") < text.index("Girls Band Cry")


async def test_pasted_text_presses_no_keys(pilot, daemon):
    pasted = "magnet:?xt=urn:btih:q+rRq"
    pilot.press("begin paste", *pasted[:10])
    pilot.press(*pasted[10:], "enter", "end paste")
    pilot.press("esc")
    pilot.press("meta begin paste", "q", "end paste")
    await pilot.until("neither a magnet link")
    assert not pilot.app.done.done()
    assert not any(method == "POST" for method, _ in daemon.requests)


async def test_esc_and_a_key_typed_fast_are_two_keys(pilot):
    pilot.press("r")
    await pilot.until("get this")
    pilot.press("meta 2")
    await pilot.until("2 of 2")
    pilot.press("1")
    assert "get this" not in pilot.text()


async def test_q_quits(pilot):
    pilot.press("q")
    assert pilot.app.done.result() == 0


async def test_an_interrupt_goes_back_before_it_quits(pilot):
    pilot.press("?")
    pilot.app.interrupt(130)
    assert not pilot.app.done.done()
    pilot.app.interrupt(130)
    assert pilot.app.done.result() == 130


# --- the connection


async def test_without_events_it_asks_now_and_then(daemon, logins):
    daemon.events_supported = False
    async with piloted(daemon.url, logins, (80, 24)) as pilot:
        await pilot.until("READY", "✓")
        daemon.torrents["a" * 40] = attrs.evolve(TORRENTS[0], progress=0.7)
        await pilot.until("70 %")


async def test_a_lost_daemon_keeps_what_was_read(pilot, daemon):
    await asyncio.to_thread(daemon.__exit__)
    text = await pilot.until("✗", "next try in", "↓--")
    assert "Sousou no Frieren S2" in text
    pilot.press("j")
    assert "› Oshi no Ko" in pilot.text()
    pilot.press("+")
    await pilot.until("cannot be reached: Connection refused. Is")


async def test_that_nobody_answered_is_forgotten_once_somebody_does(pilot, daemon):
    for event, kept in (
        (Said("cannot be reached", "bad", until_up=True), ""),
        (Said("read everything again", "good"), "read everything again"),
    ):
        pilot.app.apply(event)
        assert event.text in pilot.text()
        before = len(daemon.seen_ids)
        daemon.end_streams()
        await pilot.wait(lambda: len(daemon.seen_ids) > before)  # noqa: B023 - awaited here
        await pilot.wait(lambda: pilot.app.state.link == "live")
        assert pilot.app.state.message == Said(kept, event.tone if kept else "plain")


async def test_an_action_that_nobody_answered_is_such_a_message(pilot, daemon):
    await asyncio.to_thread(daemon.__exit__)
    pilot.press("+")
    await pilot.wait(lambda: isinstance(m := pilot.app.state.message, Said) and m.until_up)


async def test_a_broken_stream_comes_back(pilot, daemon):
    daemon.entries.pop()
    daemon.end_streams()
    await pilot.until("watching 6", "✓")


@pytest.mark.parametrize("status", [200, 302, 404, 500, 502])
async def test_whatever_answers_for_the_daemon_it_comes_back(pilot, daemon, status, monkeypatch):
    monkeypatch.setattr("uuutd.tui.feed.LONGEST_PAUSE", 0.05)
    daemon.in_front = status
    daemon.end_streams()
    await pilot.until("✗", "next try in", "↓--")
    before = len(daemon.seen_ids)
    daemon.in_front = None
    await pilot.wait(lambda: len(daemon.seen_ids) > before)
    daemon.publish("torrents", changed(attrs.evolve(TORRENTS[0], progress=0.77)))
    await pilot.until("77 %", "✓")


async def test_a_daemon_that_fails_while_it_is_asked_is_asked_again(daemon, logins):
    daemon.events_supported = False
    async with piloted(daemon.url, logins, (80, 24)) as pilot:
        await pilot.until("READY", "✓")
        daemon.problems["GET", "jobs"] = problem_reply(500, "internal", "A bug in uuutd.")
        await pilot.until("A bug in uuutd.", "✗")
        daemon.problems.clear()
        daemon.torrents["a" * 40] = attrs.evolve(TORRENTS[0], progress=0.7)
        await pilot.until("70 %", "✓")


async def test_that_an_answer_is_missing_is_said(pilot, daemon, monkeypatch):
    monkeypatch.setattr("uuutd.tui.frame.SLOW", 0.05)
    monkeypatch.setattr("uuutd.tui.app.TICK", 0.01)
    pilot.app._tick()
    daemon.answers.clear()
    try:
        pilot.press("+")
        text = await pilot.until("no answer yet: asked 0s ago", "⋯")
        assert "✓" not in text.splitlines()[0]
    finally:
        daemon.answers.set()
    await pilot.until("ep 9 is watched", "✓")


async def test_a_narrow_screen_names_its_view(pilot):
    pilot.press("2")
    for size in ((40, 12), (30, 8)):
        pilot.resize(*size)
        assert pilot.lines()[0].startswith(" 2 Torrents ")


async def test_login_comes_over_the_view_and_then_does_what_was_asked(pilot, daemon, logins):
    daemon.access.clear()
    daemon.refresh.clear()
    pilot.press("+")
    await pilot.until("Log in", "password")
    pilot.press(*"aneesh", "tab", *"wrong", "enter")
    await pilot.until("Wrong user name or password")
    assert "wrong" not in pilot.text()
    pilot.press("begin paste", *"correct horse", "end paste", "enter")
    await pilot.until("ep 9 is watched")
    assert "Log in" not in pilot.text()
    assert daemon.requests.count(("POST", "watchlist/progress")) == 1


async def test_nobody_logged_in_yet(daemon, logins):
    logins.forget(daemon.url)
    async with piloted(daemon.url, logins, (80, 24)) as pilot:
        await pilot.until("Log in")
        pilot.press(*"aneesh", "enter", *"correct horse", "enter")
        await pilot.until("READY", "aneesh")
        assert logins.get(daemon.url) is not None


@pytest.mark.parametrize("size", [(200, 60), (80, 24), (40, 12), (30, 8), (20, 6)])
async def test_the_login_box_fits_or_stays_away(daemon, logins, size):
    logins.forget(daemon.url)
    async with piloted(daemon.url, logins, size) as pilot:
        await pilot.wait(lambda: pilot.app.state.message is not None)
        assert {len(line) for line in pilot.lines()} == {size[0]}


async def test_a_bug_is_said_and_does_not_end_the_program(pilot, caplog):
    async def broken() -> None:
        raise ZeroDivisionError("a mistake of ours")

    asyncio.get_running_loop().set_exception_handler(pilot.app.crashed)
    pilot.app.do("broken", broken)
    await pilot.until("a bug in uuut", "a mistake of ours")
    assert "ZeroDivisionError" in caplog.text
    assert not pilot.app.done.done()
    for _ in range(2):
        pilot.app.do("broken", broken)
    await pilot.wait(pilot.app.done.done)
    assert isinstance(pilot.app.done.exception(), ZeroDivisionError)


async def test_a_hash_from_a_job_is_shown_before_the_list_knows(pilot, daemon):
    pilot.press("enter")
    await pilot.until("ep 9 downloading")
    daemon.publish("torrents", changed(attrs.evolve(daemon.torrents[HASH], progress=0.5)))
    await pilot.until("50 %")
