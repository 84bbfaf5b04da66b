"""Text in cells: exactly as wide as it should be, and never harmful."""

import unicodedata
from datetime import UTC, datetime, timedelta

import pytest
import urwid
from hypothesis import given
from hypothesis import strategies as st

from uuutd.terminal import words
from uuutd.terminal.cells import ASCII, UNICODE, bar, cut, fit, safe, width


@given(st.text(), st.integers(0, 40), st.booleans())
def test_a_fitted_text_has_exactly_its_cells(text, cells, right):
    fitted = fit(text, cells, right=right)
    assert width(fitted) == cells
    assert urwid.calc_width(fitted, 0, len(fitted)) == cells


@given(st.text())
def test_a_safe_text_holds_nothing_that_a_terminal_obeys(text):
    shown = safe(text)
    assert not {unicodedata.category(char) for char in shown} & {"Cc", "Cf", "Cs", "Co"}
    assert safe(shown) == shown


@pytest.mark.parametrize(
    ("text", "cells", "shown"),
    [
        ("Frieren", 7, "Frieren"),
        ("Frieren", 4, "Fri…"),
        ("葬送のフリーレン", 6, "葬送… "),
        ("葬送のフリーレン", 5, "葬送…"),
        ("ｶﾞｷﾞ", 4, "ｶﾞｷﾞ"),
        ("e\u0301e\u0301e\u0301", 2, "\u00e9…"),
        ("x", 0, ""),
    ],
)
def test_fit(text, cells, shown):
    assert fit(text, cells) == shown


def test_layout_keeps_its_spaces():
    assert safe("    ep 4 · 葬送  x") == "    ep 4 · 葬送  x"
    assert cut("  a  b", 4) == "  a…"


@given(st.floats(-1, 2), st.integers(0, 60), st.sampled_from([UNICODE, ASCII]))
def test_a_bar_has_its_cells_and_is_full_only_at_the_end(fraction, cells, symbols):
    drawn = bar(fraction, cells, symbols)
    assert len(drawn) == cells
    if cells:
        assert (drawn == symbols.full * cells) == (fraction >= 1)


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0B"),
        (999, "999B"),
        (1024, "1K"),
        (430_000_000, "410M"),
        (4_400_000, "4.2M"),
        (1.5e9, "1.4G"),
        (9e15, "8185T"),
    ],
)
def test_sizes(count, text):
    assert words.size(count) == text


@given(st.integers(0, 10**13))
def test_sizes_are_short(count):
    assert len(words.size(count)) <= 5


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0s"), (59.4, "59s"), (190, "3m10"), (3900, "1h05"), (187_200, "2d 04h"), (-5, "0s")],
)
def test_durations(seconds, text):
    assert words.duration(seconds) == text


def test_ages():
    now = datetime(2026, 1, 2, tzinfo=UTC)
    assert words.ago(now - timedelta(minutes=14), now) == "14m ago"
    assert words.ago(now, now) == "just now"
    assert words.percent(0.999) == "99 %"
