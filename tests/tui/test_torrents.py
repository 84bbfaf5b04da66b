"""Torrents: what is seen of them, and what keys have done about them."""

import attrs
import pytest
import urwid.testing

from uuutd.remote import Unreachable
from uuutd.tui.clipboard import sequence
from uuutd.tui.magnets import sources
from uuutd.tui.palette import palette
from uuutd.tui.torrent_desk import read_limits
from uuutd.wire import (
    AddTorrentRequest,
    FilesRequest,
    LabelsRequest,
    SpeedLimits,
    TorrentsEvent,
    TorrentsReply,
)

from ..uuut.fake_daemon import TORRENTS, changed, now, problem_reply, torrent
from .conftest import piloted

A, B = TORRENTS
MAGNET = "magnet:?xt=urn:btih:" + "9f" * 20 + "&dn=%5BSubsPlease%5D%20Frieren%20-%2009"


@pytest.fixture
async def listed(pilot):
    """The list of torrents: A, which downloads, and B, which seeds."""
    pilot.press("2")
    await pilot.until("2 of 2", "› ↓ [SubsPlease] Oshi no Ko")
    return pilot


def given(daemon, method: str) -> list[str]:
    return [path for asked, path in daemon.requests if asked == method]


async def test_the_list_at_80x24(listed):
    lines = listed.lines()
    assert lines[1].startswith(" 2 of 2 · sort: added↓")
    assert lines[1].rstrip().endswith("seedbox ✓")
    assert lines[2].startswith("› ↓ [SubsPlease] Oshi no Ko S3")
    assert lines[2].split()[-5:] == ["████▉░░░", "61%", "4.2M", "3m10", "0/0"]
    assert lines[3].startswith("  ▲ [Erai-raws] ワンピース - 1161")
    assert "100%" in lines[3]
    assert lines[-1].startswith(" space mark  p pause  d remove")


async def test_more_is_seen_where_there_is_room_and_less_where_there_is_not(listed):
    listed.resize(120, 40)
    wide = listed.lines()[2]
    assert wide.startswith("› down  ")
    assert wide.split()[-6:] == ["61%", "4.2M", "293K", "3m10", "0/0", "0.2"]
    listed.resize(60, 20)
    assert listed.lines()[2].split()[-3:] == ["61%", "4.2M", "3m10"]
    listed.resize(40, 12)
    lines = listed.lines()
    assert lines[2].startswith("› ↓ [SubsPlease] Oshi no Ko S3 - 06")
    assert lines[3].split() == ["61%", "1.4G", "4.2M/s", "3m10"]


async def test_what_went_wrong_stands_in_place_of_the_rates(listed, daemon):
    daemon.publish("torrents", changed(attrs.evolve(A, state="error", error="disk full")))
    text = await listed.until("disk full")
    assert "3m10" not in text
    assert "! [SubsPlease]" in text


async def test_it_is_live(listed, daemon):
    daemon.publish("torrents", changed(attrs.evolve(A, progress=0.87, eta=20)))
    await listed.until("87%", "20s")
    daemon.publish("torrents", TorrentsEvent(revision=3, removed=(A.hash,)))
    text = await listed.until("1 of 1")
    assert "Oshi no Ko" not in text


async def test_without_events_only_what_changed_is_asked_for(daemon, logins):
    daemon.events_supported = False
    async with piloted(daemon.url, logins, (80, 24)) as pilot:
        pilot.press("2")
        await pilot.until("61%")
        daemon.torrents[A.hash] = attrs.evolve(A, progress=0.7)
        await pilot.until("70%")
    assert {"since": "1"} in daemon.queries


async def test_what_did_not_change_stays(listed):
    news = TorrentsReply(torrents=(attrs.evolve(A, progress=0.9),), revision=9, full=False)
    listed.app.apply(news)
    assert "2 of 2" in listed.text()
    listed.app.apply(TorrentsReply(torrents=(), revision=10, full=False, removed=(A.hash,)))
    assert "1 of 1" in listed.text()


async def test_each_view_keeps_its_place(listed):
    listed.press("j", " ", "f", *"raws", "enter")
    await listed.until("1 of 2 · 1 marked · filter: raws")
    listed.press("1", "j", "tab")
    text = listed.text()
    assert "1 of 2 · 1 marked · filter: raws" in text
    assert "›● ▲" not in text
    assert "›●▲ [Erai-raws]" in text
    listed.press("shift tab")
    assert "› Oshi no Ko" in listed.text()


# --- filter, order, marks


async def test_a_filter_counts_while_it_is_typed(listed):
    listed.press("f", *"size>1G d")
    await listed.until("filter: size>1G d_", "0 of 2")
    listed.press(*"own")
    text = await listed.until("1 of 2")
    assert "Erai-raws" not in text
    listed.press("enter")
    await listed.until("filter: size>1G down")
    listed.press("F")
    await listed.until("2 of 2", "Erai-raws")


async def test_a_bad_filter_is_said_and_the_last_good_one_stays(listed):
    listed.press("f", *"raws", *" (")
    text = await listed.until("character 7: a condition is missing here")
    assert "Oshi no Ko" not in text
    listed.press("enter")
    await listed.until("character 7")
    listed.press("esc")
    await listed.until("2 of 2", "Oshi no Ko")


async def test_a_filter_that_hides_all_says_how_to_go_back(listed):
    listed.press("f", *"nothing", "enter")
    await listed.until("F shows all again: the filter hides 2")


async def test_escape_takes_one_thing_after_the_other_away(listed):
    listed.press("f", *"raws", "enter", " ")
    await listed.until("1 marked")
    listed.press("esc")
    text = await listed.until("filter: raws")
    assert "marked" not in text
    listed.press("esc")
    text = await listed.until("2 of 2")
    assert "filter:" not in text


@pytest.mark.parametrize(
    ("key", "first"), [("n", "[Erai-raws]"), ("p", "[Erai-raws]"), ("d", "[SubsPlease]")]
)
async def test_sorted_by_what_the_menu_says_and_back(listed, key, first):
    listed.press("s")
    await listed.until("sort by", "n  name", "p  progress")
    listed.press(key)
    assert first in listed.lines()[2]
    listed.press("S")
    assert first in listed.lines()[3]


async def test_the_focus_stays_on_its_torrent_when_the_order_changes(listed):
    listed.press("s", "n")
    text = listed.text()
    assert text.index("Erai-raws") < text.index("› ↓ [SubsPlease]")


async def test_rows_wait_while_somebody_points_at_them(listed, daemon, monkeypatch):
    listed.press("s", "d")
    listed.lines()
    monkeypatch.setattr("uuutd.tui.app.REST", 100.0)
    daemon.publish("torrents", changed(attrs.evolve(B, down_rate=9_000_000, progress=0.5)))
    await listed.until("8.6M")
    assert "SubsPlease" in listed.lines()[2]
    monkeypatch.setattr("uuutd.tui.app.REST", 0.0)
    daemon.publish(
        "torrents", changed(attrs.evolve(B, down_rate=9_000_001, progress=0.6), revision=3)
    )
    await listed.until("60%")
    assert "Erai-raws" in listed.lines()[2]


async def test_marks_all_others_and_a_range(pilot, daemon):
    for number in range(5):
        daemon.torrents[f"{number}" * 40] = torrent(f"{number}" * 40, f"name {number}")
    daemon.publish("resync", {})
    pilot.press("2", "s", "n")
    await pilot.until("7 of 7")
    marks = pilot.app.view().marks
    assert marks == frozenset()
    pilot.press("g", "v", "j", "j", "v")
    assert len(pilot.app.view().marks) == 3
    pilot.press("!")
    assert len(pilot.app.view().marks) == 4
    pilot.press("*")
    assert len(pilot.app.view().marks) == 7
    pilot.press("*")
    assert pilot.app.view().marks == frozenset()


# --- what is done


async def test_p_pauses_and_what_is_paused_goes_on(listed, daemon):
    listed.press("p")
    await listed.until(f"paused {A.name}"[:60])
    assert given(daemon, "POST") == [f"torrents/{A.hash}/pause"]
    daemon.publish("torrents", changed(attrs.evolve(A, state="paused")))
    await listed.until("‖ [SubsPlease]")
    listed.press("p")
    await listed.until(f"resumed {A.name}"[:60])
    listed.press("u")
    await listed.wait(lambda: len(given(daemon, "POST")) == 3)
    assert given(daemon, "POST")[1:] == [f"torrents/{A.hash}/resume", f"torrents/{A.hash}/pause"]


async def test_what_failed_of_many_is_said_and_stays_marked(listed, daemon):
    daemon.problems["POST", f"torrents/{B.hash}/pause"] = problem_reply(
        503, "unavailable", "It does not answer.", backend="seedbox", hint="Wait."
    )
    listed.resize(200, 24)
    listed.press("*", "p")
    text = await listed.until("paused 1 of 2; 1 failed and stay marked: It does not answer.")
    assert "(backend seedbox) Wait." in text
    assert listed.app.view().marks == {B.hash}


async def test_removal_is_only_done_by_y_and_keeps_files(listed, daemon):
    listed.press("d")
    await listed.until("Remove 1 torrent", "[x] keep", "[ ] delete", "y removes, keeps files")
    listed.press("d", "enter", " ", "x")
    await listed.until("Remove 1 torrent")
    listed.press("esc")
    assert "Remove" not in listed.text()
    assert not given(daemon, "DELETE")
    listed.press("d", "y")
    await listed.until("u undoes it for 10 s: removed, files stay: [SubsPlease]")
    assert given(daemon, "DELETE") == [f"torrents/{A.hash}"]
    assert daemon.queries[daemon.requests.index(("DELETE", f"torrents/{A.hash}"))] == {
        "delete_files": "false"
    }


async def test_what_is_lost_is_said_in_the_smallest_window(pilot, daemon):
    daemon.torrents = {
        f"{i:040x}": torrent(f"{i:040x}", f"[Group] Show - {i:02}.mkv", owners=1 + (i == 3))
        for i in range(7)
    }
    daemon.publish("resync", {})
    await pilot.wait(lambda: len(pilot.app.state.torrents) == 7)
    pilot.resize(30, 8)
    pilot.press("2", "*", "d")
    await pilot.until("Remove 7 torrents", "others here have", "[x] keep [ ] delete 5.1G f")
    pilot.press("f")
    await pilot.until("[ ] keep [x] delete 5.1G", "DELETES FILES", "[Group]")
    pilot.resize(80, 24)
    await pilot.until("and 2 more", "others here have [Group] Show - 03.mkv")


async def test_many_are_added_at_once_and_said_on_the_way(listed, daemon):
    pilot = listed
    daemon.answers.clear()
    try:
        pilot.press("begin paste", *"\n".join(f"{i:040x}" for i in range(30)), "end paste")
        await pilot.until("and 25 more")
        pilot.press("enter")
        await pilot.until(" adding")
        await pilot.wait(lambda: daemon.requests.count(("POST", "torrents")) == 8)
    finally:
        daemon.answers.set()
    await pilot.until("added 30")
    assert daemon.requests.count(("POST", "torrents")) == 30


async def test_files_go_only_when_asked_each_time(listed, daemon):
    listed.press("d", "f")
    await listed.until("[x] delete", "DELETES FILES")
    listed.press("y")
    await listed.until("FILES go too")
    assert {"delete_files": "true"} in daemon.queries
    listed.press("d")
    await listed.until("[x] keep")
    listed.press("esc", "D")
    await listed.until("[x] delete")


async def test_a_removal_is_undone(listed, daemon):
    listed.press("*", "d", "y")
    await listed.until("removed, files stay: 2 torrents")
    listed.press("u")
    await listed.until("undone: 2 of 2 are back on your list")
    assert daemon.called("POST", "jobs/job-remove/cancel")
    assert daemon.called("POST", "jobs/job-remove1/cancel")
    listed.press("u")
    await listed.until("there is nothing to undo")


async def test_of_several_removals_those_are_undone_that_still_can_be(listed, daemon):
    listed.press("*", "d", "y")
    await listed.until("removed, files stay: 2 torrents")
    daemon.problems["POST", "jobs/job-remove/cancel"] = problem_reply(
        409, "conflict", "It is over already."
    )
    listed.press("u")
    await listed.until("undone: 1 of 2 are back on your list; It is over already.")
    assert daemon.called("POST", "jobs/job-remove1/cancel")


async def test_marks_that_a_filter_hides_are_left_alone(listed, daemon):
    listed.press("*", "f", *"raws", "enter", "p")
    await listed.until(f"paused {B.name}"[:40])
    assert given(daemon, "POST") == [f"torrents/{B.hash}/pause"]
    assert listed.app.view().marks == {A.hash}


async def test_after_its_time_a_removal_is_not_undone(listed, daemon, monkeypatch):
    monkeypatch.setattr("uuutd.tui.torrent_actions.UNDO_SECONDS", 0)
    listed.press("d", "y")
    await listed.until("undoes it")
    listed.press("u")
    await listed.until("there is nothing to undo")
    assert not any("cancel" in path for path in given(daemon, "POST"))


async def test_what_others_have_stays_and_is_said(listed, daemon):
    daemon.publish("torrents", changed(attrs.evolve(A, owners=2), attrs.evolve(B, foreign=True)))
    await listed.wait(lambda: listed.app.state.revision == 2)
    listed.press("*", "d", "f")
    await listed.until("others here have [SubsPlease]", "1 were in the client before", "delete 0B")


async def test_many_are_removed_only_when_their_number_is_typed(pilot, daemon):
    for number in range(21):
        name = f"{number:040x}"
        daemon.torrents[name] = torrent(name, f"name {number}")
    daemon.publish("resync", {})
    pilot.press("2")
    await pilot.until("23 of 23")
    pilot.press("*", "d", "y")
    await pilot.until("Remove 23 torrents", "and 18 more", "type 23 to be sure: _")
    pilot.press("2", "4", "y", "backspace", "3")
    await pilot.until("y removes, keeps files")
    assert not given(daemon, "DELETE")
    pilot.press("y")
    await pilot.wait(lambda: len(given(daemon, "DELETE")) == 23)


async def test_labels_limits_and_verifying(listed, daemon):
    listed.press("V")
    await listed.until("verifying")
    listed.press("b", *"weekly  best", "enter")
    await listed.until("labelled")
    body = daemon.body("PATCH", f"torrents/{A.hash}/labels", LabelsRequest)
    assert body == LabelsRequest(labels=("weekly", "best"))
    listed.press("L", *"fast", "enter")
    await listed.until("write down and up")
    listed.press("ctrl u", *"2M 500k", "enter")
    await listed.until("limited")
    assert daemon.limits == SpeedLimits(down=2 * 1024**2, up=500 * 1024)
    listed.press("u")
    await listed.until("limited as before")
    assert daemon.limits == SpeedLimits(down=None, up=None)


@pytest.mark.parametrize(
    ("text", "limits"),
    [
        ("2M", (2097152, None)),
        ("0 100", (None, 102400)),
        ("1k 1m", (1024, 1048576)),
        ("", None),
        ("-1", None),
        ("1 2 3", None),
        ("1G", None),
    ],
)
def test_how_limits_are_written(text, limits):
    assert read_limits(text) == (limits and SpeedLimits(down=limits[0], up=limits[1]))


@pytest.mark.parametrize(
    ("key", "copied"),
    [
        ("m", f"magnet:?xt=urn:btih:{A.hash}&dn=%5BSubsPlease%5D%20Oshi%20no%20Ko"),
        ("n", A.name),
        ("h", A.hash),
        ("p", f"/srv/anime/{A.name}"),
    ],
)
async def test_copying(listed, key, copied):
    listed.press("y")
    await listed.until("copy", "m  magnet link")
    listed.press(key)
    assert len(listed.copied) == 1
    assert listed.copied[0].startswith(copied)
    assert copied[:40] in listed.text()


def test_a_terminal_is_asked_to_copy_through_tmux_as_well():
    assert sequence("hi", in_tmux=False) == "\x1b]52;c;aGk=\x07"
    inside = sequence("hi", in_tmux=True).removeprefix(sequence("hi", in_tmux=False))
    assert inside == "\x1bPtmux;\x1b\x1b]52;c;aGk=\x07\x1b\\"


async def test_an_empty_list_says_what_to_do(pilot, daemon):
    daemon.torrents.clear()
    daemon.publish("resync", {})
    pilot.press("2")
    await pilot.until("no torrents yet: a, or a pasted magnet link, adds one")
    for key in ("p", "d", "V", "b", "L", "y"):
        pilot.press(key)
        await pilot.until("there is no torrent here to do that to")
        pilot.press("esc")
    pilot.press("enter", " ", "v", "*", "!")
    assert not given(daemon, "POST")


# --- one of them


async def test_one_in_full(listed, daemon):
    wanted = "rsync -P 'box:/srv/anime/[SubsPlease] Oshi no Ko S3 - 06 (1080p).mkv' ."
    daemon.publish("torrents", changed(attrs.evolve(A, fetch_commands=(wanted,), owners=3)))
    await listed.wait(lambda: listed.app.state.revision == 2)
    listed.resize(120, 40)
    listed.press("enter")
    text = await listed.until("files: 2", "trackers: 1", "peers: 1")
    for part in (A.hash, "you and 2 more", wanted, "a.mkv", "unregistered", "192.0.2.7:6881"):
        assert part in text
    listed.press("esc")
    await listed.until("2 of 2")


async def test_files_are_wanted_or_not(listed, daemon):
    listed.resize(80, 40)
    listed.press("enter")
    await listed.until("[x]   100B", "[ ]     0B")
    while listed.app.view().walker.focus != "file 1":
        listed.press("j")
    await listed.until("space want")
    listed.press(" ")
    await listed.until("[x]     0B", "space leave out")
    body = daemon.body("PATCH", f"torrents/{A.hash}/files", FilesRequest)
    assert body == FilesRequest(wanted=(0, 1))


async def test_one_that_is_removed_elsewhere_says_so(listed, daemon):
    listed.press("enter")
    await listed.until("192.0.2.7")
    del daemon.torrents[A.hash]
    daemon.publish("torrents", TorrentsEvent(revision=4, removed=(A.hash,)))
    await listed.until("it is no longer among your torrents", "There is no such torrent.")


# --- adding


async def test_a_pasted_magnet_asks_before_it_is_added(pilot, daemon):
    pilot.press("begin paste", *MAGNET, "end paste")
    await pilot.until("Add", "[SubsPlease] Frieren - 09", "enter add")
    assert not given(daemon, "POST")
    pilot.press("enter")
    await pilot.until("added added")
    assert daemon.body("POST", "torrents", AddTorrentRequest) == AddTorrentRequest(source=MAGNET)


async def test_what_is_typed_is_added_or_refused(pilot, daemon):
    pilot.press("a", *"nonsense", "enter")
    await pilot.until("neither a magnet link nor an info hash")
    for _ in "nonsense":
        pilot.press("backspace")
    pilot.press(*"ab" * 20, "enter")
    await pilot.until("added added")
    assert daemon.body("POST", "torrents", AddTorrentRequest).source == "ab" * 20


async def test_what_the_daemon_refuses_is_said(pilot, daemon):
    bad = "magnet:?garbage"
    pilot.press("begin paste", *bad, "enter", *MAGNET, "end paste")
    await pilot.until("Add", "garbage")
    pilot.press("enter")
    await pilot.until("added added; 1 failed: This is no magnet link.")


def test_sources_are_found_in_any_text():
    text = f"look:\n{MAGNET}\n{'a' * 40} {MAGNET} word {'B' * 64} http://x/"
    assert sources(text) == [MAGNET, "a" * 40, "B" * 64]


# --- the connection


async def test_offline_rows_stay_and_rates_do_not(listed, daemon):
    listed.app.apply(changed(attrs.evolve(A, progress=0.62)))
    state = listed.app.state
    state.link, state.trouble = "offline", Unreachable("no answer")
    state.retry_at = now()
    text = listed.text()
    assert "62%" in text
    assert "4.2M" not in text
    assert "no answer" in text


async def test_a_daemon_that_does_not_answer_holds_nothing_up(listed, daemon):
    daemon.answers.clear()
    try:
        listed.press("p")
        await listed.wait(lambda: daemon.called("POST", f"torrents/{A.hash}/pause"))
        listed.press("j")
        assert "› ▲ [Erai-raws]" in listed.text()
        listed.press("4")
        assert "0 running" in listed.text()
    finally:
        daemon.answers.set()
    listed.press("2")
    await listed.until("paused")


async def test_a_login_that_ended_does_what_was_asked_once(listed, daemon):
    daemon.access.clear()
    daemon.refresh.clear()
    listed.press("*", "p")
    await listed.until("Log in")
    listed.press(*"aneesh", "enter", *"correct horse", "enter")
    await listed.until("paused 2 torrents")


# --- without colours


@pytest.mark.parametrize("colors", [1, 16, 2**24])
async def test_the_focus_and_the_tab_are_seen_at_any_number_of_colours(listed, colors):
    listed.press(" ")
    frame = listed.app.main_loop.widget
    runs = urwid.testing.render_runs(frame, (80, 24), focus=True)
    resolved = urwid.testing.resolve_runs(runs, palette(), colors=colors)

    def look(row: int, text: str) -> object:
        return next(spec for spec, shown in resolved[row] if text in shown)

    assert look(0, "2 Torrents") != look(0, "1 Watch")
    assert look(3, "Erai-raws") != look(2, "SubsPlease")
    assert listed.lines()[2].startswith(" ●↓")
    assert listed.lines()[3].startswith("› ▲")
