"""What is painted, at every size, and that no colour is needed to see the focus."""

import itertools

import pytest
import urwid
import urwid.testing

from uuutd.terminal.cells import ASCII, UNICODE
from uuutd.tui import keys
from uuutd.tui.app import App
from uuutd.tui.paint import canvas, exact, spread
from uuutd.tui.palette import palette
from uuutd.tui.state import Said

SIZES = [(200, 60), (120, 40), (80, 24), (60, 20), (50, 14), (40, 12), (30, 8), (20, 6), (1, 1)]

# The keys that open something, and what it shows then.
OPENED = [
    ("Sousou no Frieren S2",),
    ("r", "2 fit, 1 rejected"),
    ("?", "do what comes next"),
    ("2", "2 of 2"),
    ("2", "*", "2 marked"),
    ("2", "j", "enter", "192.0.2.7:6881"),
    ("2", "f", "filter: _"),
    ("2", "s", "sort by"),
    ("2", "y", "magnet link"),
    ("2", "*", "d", "Remove 2 torrents"),
    ("4", "1 failed"),
    ("4", "enter", "Start the torrent client."),
    ("a", "magnet link or info hash:"),
]


@pytest.mark.parametrize("opened", OPENED, ids=lambda opened: opened[-1])
async def test_every_view_fills_every_size_exactly(pilot, daemon, opened):
    *pressed, part = opened
    daemon.download_ends = "failed"
    pilot.press("enter")
    await pilot.until("connection refused")
    for key in pressed:
        pilot.press(key)
    await pilot.until(part)
    for size in SIZES:
        pilot.resize(*size)
        for _ in range(2):
            lines = pilot.lines()
            assert len(lines) == size[1]
            assert {urwid.calc_width(line, 0, len(line)) for line in lines} == {size[0]}
            if pilot.app.main_loop.widget.over is None:
                pilot.press("j", "page down")


@pytest.mark.parametrize("size", SIZES)
async def test_resizing_back_and_forth_changes_nothing(pilot, size):
    before = pilot.lines()
    pilot.resize(*size)
    pilot.lines()
    pilot.resize(80, 24)
    assert pilot.lines() == before


async def test_a_small_window_says_so_and_quits_on_q_only(pilot, daemon):
    pilot.resize(28, 7)
    assert pilot.lines()[0].strip() == "too small: 28x7"
    pilot.press("+", "enter")
    assert not pilot.app.done.done()
    pilot.press("q")
    assert pilot.app.done.result() == 0
    assert not daemon.called("POST", "watchlist/progress")


async def test_the_watch_view_at_80x24(pilot):
    lines = pilot.lines()
    assert lines[0].startswith(" 1 Watch  2 Torrents  4 Activity ")
    assert lines[0].split()[-2:] == ["aneesh", "✓"]
    assert lines[2].startswith("› Sousou no Frieren S2 ")
    assert lines[2].split()[-2:] == ["8/12", "READY"]
    assert lines[3].strip() == "ep 9 is out"
    cards = [line.split()[-1] for line in lines[2:16:2]]
    assert cards == ["READY", "%", "DISK", "LATE", "03h", "NONE", "DONE"]
    assert "ep 6 downloading 61 %, 4.2M/s, 3m10" in lines[5]
    assert lines[-1].startswith(" enter get ep 9")
    assert lines[-1].rstrip().endswith("1/7")


async def test_native_titles_stand_beside_when_there_is_room(pilot):
    assert "葬送のフリーレン 第2期" not in pilot.text()
    pilot.resize(120, 40)
    assert "Sousou no Frieren S2  葬送のフリーレン 第2期" in pilot.text()


async def test_releases_show_points_and_refusals(pilot):
    pilot.press("r")
    text = await pilot.until("2 fit, 1 rejected")
    assert "Watch › Sousou no Frieren S2 › ep 9" in text
    assert "1080p +96" in text
    assert "rejected: season 1, not 2" in text


@pytest.mark.parametrize("opened", [("watch",), ("2", "torrents"), ("4", "activity")])
async def test_help_lists_every_key_of_the_view(pilot, opened):
    *tab, view = opened
    pilot.resize(80, 50)
    pilot.press(*tab, "?")
    text = pilot.text()
    for binding in keys.of(view):
        assert binding.help in text


@pytest.mark.parametrize("size", [(80, 24), (40, 12), (30, 8)])
async def test_all_of_the_help_can_be_read_at_every_size(pilot, size):
    pilot.resize(*size)
    pilot.press("?")
    read = ""
    for _ in keys.of("watch"):
        read += " ".join(" ".join(line.split()) for line in pilot.lines())
        pilot.press("j")
    for binding in keys.of("watch"):
        assert all(word in read for word in binding.help.split())
    assert f"1/{len(keys.of('watch'))}" in read


@pytest.mark.parametrize("size", [(80, 24), (40, 12), (30, 8)])
async def test_a_message_stands_beside_the_keys_and_not_over_them(pilot, size):
    pilot.resize(*size)
    assert pilot.lines()[-1].startswith(" enter get ep 9")
    pilot.app.apply(Said("a message"))
    lines = pilot.lines()
    assert lines[-2].startswith(" a message")
    assert lines[-1].startswith(" enter get ep 9")


@pytest.mark.parametrize("colors", [1, 16, 256, 2**24])
async def test_the_focus_is_visible_at_any_number_of_colours(pilot, colors):
    pilot.press("j")
    frame = pilot.app.main_loop.widget
    runs = urwid.testing.render_runs(frame, (80, 24), focus=True)
    resolved = urwid.testing.resolve_runs(runs, palette(), colors=colors)

    def look(row: int, text: str) -> object:
        return next(spec for spec, shown in resolved[row] if text in shown)

    assert look(4, "Oshi no Ko") != look(2, "Sousou")
    assert look(4, "5/12") != look(2, "8/12")
    assert look(5, "ep 6") != look(3, "ep 9")


async def test_the_cursor_goes_with_the_focus(pilot):
    frame = pilot.app.main_loop.widget
    places = []
    for _ in range(3):
        places.append(frame.render((80, 24), focus=True).cursor)
        pilot.press("j")
    assert places == [(0, 2), (0, 4), (0, 6)]


async def test_every_painted_attribute_has_a_palette_entry(pilot):
    known = {entry[0] for entry in palette()} | {None}
    frame = pilot.app.main_loop.widget
    for opened in ((), ("r",), ("?",), ("2",), ("d",), ("esc", "enter"), ("4",), ("a",)):
        pilot.press(*opened)
        runs = urwid.testing.render_runs(frame, (80, 24), focus=True)
        assert {attribute for row in runs for attribute, _ in row} <= known


def test_no_key_has_two_meanings_in_a_view():
    for view in (*keys.LISTS, *keys.OVERS):
        pressed = list(itertools.chain.from_iterable(b.keys for b in keys.of(view)))
        assert len(pressed) == len(set(pressed)), view


async def test_every_action_of_the_table_is_there(pilot):
    for tab, views in (
        ("1", ("watch", "releases")),
        ("2", ("torrents", "torrent")),
        ("4", ("activity", "job")),
    ):
        pilot.press(tab)
        for binding in itertools.chain.from_iterable(map(keys.of, views)):
            assert pilot.app.handler(binding.action), binding


@pytest.mark.parametrize("symbols", [UNICODE, ASCII])
def test_lines_are_exact(symbols):
    for cells in range(40):
        left = [("plain", " 葬送のフリーレン"), ("good", "x\x1b[2J")]
        for line in (exact(left, cells, symbols), spread(left, [("bad", "葬 9")], cells, symbols)):
            drawn = canvas([line], cells)
            (text,) = drawn.decoded_text
            assert urwid.calc_width(text, 0, len(text)) == cells
            assert "\x1b" not in text


def test_a_terminal_without_unicode_keeps_its_columns():
    urwid.set_encoding("ascii")
    try:
        line = exact([("plain", "葬送 ep 9")], 12, ASCII)
        assert canvas([line], 12).text == [b"???? ep 9   "]
    finally:
        urwid.set_encoding("utf-8")


def test_the_app_is_only_made_inside_a_loop():
    with pytest.raises(RuntimeError):
        App(None, urwid.testing.ScriptedScreen(), UNICODE, print)
