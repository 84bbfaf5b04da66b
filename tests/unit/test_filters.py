"""The filter language: what it means, and that nothing that can be typed breaks it."""

import re
import time
from datetime import UTC, datetime, timedelta

import attrs
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from uuutd.filters import Context, FilterError, parse
from uuutd.filters.expressions import Expression
from uuutd.wire import TorrentEntryReply, TorrentReply

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
GIB = 2**30
ROW = TorrentReply(
    hash="a" * 40,
    name="[SubsPlease] Haikyuu!! To the Top - 05 (1080p) [ABCD1234].mkv",
    state="downloading",
    progress=0.5,
    size=3 * GIB // 2,
    done_bytes=3 * GIB // 4,
    down_rate=1000,
    up_rate=0,
    ratio=0.5,
    client="main",
    eta=1800,
    seeders=3,
    added_at=NOW - timedelta(hours=36),
    entries=(TorrentEntryReply(provider="anilist", id="1", work="w", episode=1160),),
)


def fits(text, row=ROW, **context):
    return parse(text).matches(row, Context(now=NOW, **context))


def attempt(read, text):
    try:
        return read(text), None
    except FilterError as error:
        return None, error


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("", True),
        ("haikyuu!! TOP", True),
        ("haikyuu nothing", False),
        ('"to the top"', True),
        ('"top the"', False),
        ("down", True),
        ("DOWN", True),
        ('"down"', False),
        ("seed", False),
        ("error", False),
        ("stalled", False),
        ("seed | down", True),
        ("!seed", True),
        ("!!down", True),
        ("! ( seed | stalled ) top", True),
        ("seed top | nothing", False),
        ("nothing | seed | top down", True),
        ("size>1G", True),
        ("size>1.5G", False),
        ("size>=1.5GiB", True),
        ("size<1600M", True),
        ("size!=1536M", False),
        ("size=1536m", True),
        ("eta<1h", True),
        ("eta<30m", False),
        ("eta<=1800s", True),
        ("ratio>=0.5", True),
        ("ratio>=2", False),
        ("added<2d", True),
        ("added<1d", False),
        ("added>1d", True),
        ("seeds=0", False),
        ("seeds=3", True),
        ("seeds!=3", False),
        ("group=subsplease", True),
        ('group="SubsPlease"', True),
        ("group!=subsplease", False),
        ("group=erai-raws", False),
        ("ep>=1160", True),
        ("ep>1160", False),
        ("ep!=7", True),
        ("name~/top - 0[1-5]/", True),
        ("name~/^haikyuu/", False),
        (r"name~/\(1080p\) \[[0-9a-f]{8}\]\.mkv$/ down", True),
        ("(top)(down)", True),
    ],
)
def test_what_it_means(text, meant):
    assert fits(text) is meant


def test_what_is_not_known_fits_no_comparison():
    row = attrs.evolve(ROW, eta=None, added_at=None, entries=())
    for text in ("eta<1h", "eta>1h", "added<2d", "added>2d", "ep=1", "ep<9"):
        assert not fits(text, row), text
    assert fits("!eta<1h", row)


def test_the_last_part_of_a_name_may_be_the_group():
    row = attrs.evolve(ROW, name="Yoru.no.Toshokan.S01E05.1080p.WEB.H264-VARYG.mkv")
    assert fits("group=varyg", row)


def test_what_only_the_viewer_knows_is_asked():
    assert fits("mine")
    assert not fits("mine", mine=lambda _: False)
    assert fits("watched", watched=lambda row: row is ROW)
    assert fits("marked !watched", marked=lambda _: True)
    assert parse("Mine top | watched").words == {"mine", "watched"}


def test_what_changes_with_time_alone_is_told():
    assert parse("top (down | added<2d)").timed
    assert not parse('eta<1h "added<2d"').timed


@pytest.mark.parametrize(
    ("text", "position", "problem"),
    [
        ("size>x", 6, "700M or 1.5G"),
        ("top size>", 10, "value is missing"),
        ("eta<10", 5, "90s"),
        ("foo=3", 1, "quotes around a word"),
        ("top (down", 5, "belongs to this one"),
        ("top) down", 4, "closes nothing"),
        ("a |", 4, "condition is missing"),
        ("| a", 1, "condition is missing"),
        ("()", 2, "condition is missing"),
        ("!", 2, "condition is missing"),
        ('a "b', 4, "is missing"),
        ("name=top", 1, "name~/"),
        ("size~/x/", 1, "name~/"),
        ("name~top", 6, "expected /"),
        ("name~/a(b/", 8, "belongs to this one"),
        ("name~/*/", 7, "nothing that *"),
        ("name~/a**/", 9, "repeats what"),
        (r"name~/(a)\1/", 10, "not known"),
        ("name~/(?=a)/", 9, "not known"),
        ("name~/[b-a]/", 8, "no range"),
        ("name~/a{3,2}/", 8, "greater"),
        ("name~/(a{50}){50}/", 9, "too much"),
        ("group<x", 1, "= or !="),
        ("(" * 30 + "a" + ")" * 30, 21, "too deeply"),
        ("x" * 501, 501, "500 characters"),
    ],
)
def test_what_is_wrong_and_where(text, position, problem):
    with pytest.raises(FilterError, match=re.escape(problem)) as caught:
        parse(text)
    assert caught.value.position == position
    assert str(caught.value).startswith(f"character {position}: ")


@given(st.text(alphabet='ab \t!|()"~/\\<>=[]{}*+?^$.-,0159smGsize name~/ep', max_size=60))
@example('name~/\\"/')
def test_nothing_breaks_it(text):
    found, error = attempt(parse, text)
    if error is not None:
        assert 1 <= error.position <= len(text) + 1
    else:
        assert found.matches(ROW, Context(now=NOW)) in (True, False)


def filters():
    """Give filters as text, each with what it is for `ROW`."""
    leaves = st.sampled_from(
        [(text, fits(text)) for text in ("top", "seed", "size>1G", "ep=1", '"a b"', "name~/k.u/")]
    )

    def joined(parts):
        some = st.lists(parts, min_size=1, max_size=3)
        return st.one_of(
            parts.map(lambda part: (f"!({part[0]})", not part[1])),
            some.map(lambda p: ("(" + " ".join(t for t, _ in p) + ")", all(v for _, v in p))),
            some.map(lambda p: ("(" + "|".join(t for t, _ in p) + ")", any(v for _, v in p))),
        )

    return st.recursive(leaves, joined, max_leaves=12)


@given(filters())
def test_not_and_or_mean_what_they_say(made):
    text, meant = made
    assert fits(text) is meant


PATTERNS = st.recursive(
    st.sampled_from(
        ["a", "b", "-", ".", "[ab]", "[^a]", r"\d", r"\W", r"\.", "^", "$", "[a-c0-4]"]
    ),
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map("".join),
        st.tuples(inner, inner).map(lambda two: f"({two[0]}|{two[1]})"),
        st.tuples(inner, st.sampled_from(["*", "+", "?", "{2}", "{1,}", "{0,2}", "+?"])).map(
            lambda two: f"(?:{two[0]}){two[1]}"
        ),
    ),
    max_leaves=8,
)


@given(PATTERNS, st.text(alphabet="abAB-.03 x", max_size=12))
def test_an_expression_finds_what_that_of_the_library_finds(pattern, text):
    ours, error = attempt(Expression, pattern)
    if error is not None:
        assert "too" in error.problem  # large, much, deeply
        return
    # In a text without line breaks the library's `$` is the end as ours is.
    assert ours.found_in(text) is bool(re.search(pattern, text, re.IGNORECASE))


def test_no_expression_takes_long():
    began = time.process_time()
    for pattern in ("(a*)*z", "(a|a)*z", "(a|b)*a(a|b){20}z", ".*.*.*.*.*z", "(.?){30}z"):
        assert not Expression(pattern).found_in("ab" * 500)
    assert time.process_time() - began < 5
