"""Texts from outside become one safe line."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from uuutd.text import clean

ANY_TEXT = st.text(st.characters())


@given(ANY_TEXT, st.integers(0, 600))
def test_cleaning_what_is_clean_changes_nothing(text, limit):
    once = clean(text, limit)
    assert clean(once, limit) == once
    assert len(once) <= limit


@given(ANY_TEXT)
def test_nothing_remains_that_a_terminal_could_obey(text):
    for char in clean(text):
        assert unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def test_escapes_and_hidden_characters_go():
    assert clean("\x1b[31mred\x07\u202egnp.exe\u200b\u2066") == "[31mredgnp.exe"
    assert clean("a\ufe0fb\U000e0100\U000f0000\ud800") == "ab"


def test_line_ends_and_tabs_are_spaces():
    assert clean(" one\ttwo\r\nthree\u2028four\u3000 five ") == "one two three four five"


def test_a_base_keeps_three_marks():
    assert clean("x" + "\u0301" * 40 + "y") == "x" + "\u0301" * 3 + "y"


def test_equal_texts_become_equal():
    assert clean("Poke\u0301mon") == clean("Pok\u00e9mon") == "Pok\u00e9mon"


def test_a_long_text_is_cut():
    assert clean("a" * 511 + " bcd") == "a" * 511
    assert clean("\u845b" * 600) == "\u845b" * 512
