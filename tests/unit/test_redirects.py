"""The public table of numbering rules: read strictly, and never at the cost of the daemon."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from uuutd.domain import EntryId, Redirect, Titles, Work
from uuutd.errors import BadReply
from uuutd.redirects import MOST_BYTES, MOST_RULES, SITES, parse

HEAD = "# A comment\n\n::meta\n- version: 1.3.0\n- last_modified: 2026-08-03\n\n::rules\n\n"


def table(*lines):
    return parse((HEAD + "\n".join(lines)).encode())


def only(line):
    (rule,) = table(line).rules
    return rule


def work(number, *, episodes=None, **ids):
    ids = ids or {"anilist": number}
    return Work(id=EntryId(number), titles=Titles(romaji="X"), episodes=episodes, ids=ids)


def redirects(line, *works):
    found = table(line).redirects(works)
    return [(each.source, each.first, each.last, each.target, each.start) for each in found]


def test_a_rule_has_three_ids_and_numbers_on_each_side():
    rule = only("- 101|102|103:13-24 -> 201|202|203:1-12")
    assert rule.source == ("101", "102", "103")
    assert rule.target == ("201", "202", "203")
    assert (rule.first, rule.last, rule.start, rule.single) == (13, 24, 1, False)
    assert str(rule) == "101|102|103:13-24 -> 201|202|203:1-12"


@pytest.mark.parametrize(
    ("line", "meanings"),
    [
        ("- 1|1|1:13 -> 2|2|2:1", {12: None, 13: 1, 14: None}),
        ("- 1|1|1:0 -> 2|2|2:1", {0: 1, 1: None}),
        ("- 1|1|1:25-47 -> 2|2|2:1-23", {24: None, 25: 1, 47: 23, 48: None}),
        ("- 1|1|1:19-? -> 2|2|2:1-?", {18: None, 19: 1, 9999: 9981}),
        ("- 1|1|1:5-8 -> 2|2|2:1", {4: None, 5: 1, 8: 1, 9: None}),
        ("- 1|1|1:5-? -> 2|2|2:1-3", {5: 1, 7: 3}),
        ("- 1|1|1:5-9 -> 2|2|2:1-3", {5: 1, 7: 3, 8: None, 9: None}),
    ],
)
def test_what_a_number_means(line, meanings):
    (found,) = table(line).redirects([work("1"), work("2")])
    assert {number: found.meaning(number) for number in meanings} == meanings


def test_a_tilde_repeats_the_source():
    assert redirects("- 1|?|3:17-26 -> ~|~|~:1-10", work("3")) == [("3", 17, 26, "3", 1)]


def test_an_exclamation_mark_repeats_the_rule_on_the_second_shows_titles():
    found = redirects("- 1|2|3:13-24 -> 4|5|6:1-12!", work("3"), work("6"))
    assert found == [("3", 13, 24, "6", 1), ("6", 13, 24, "6", 1)]


def test_a_repeated_rule_leaves_a_show_its_own_numbers():
    # A first season of eleven, a second of twelve: "II - 12" is the second's last episode.
    line = "- 1|2|3:12-23 -> 4|5|6:1-12!"
    assert redirects(line, work("6")) == [("6", 13, 23, "6", 2)]
    assert redirects(line, work("6", episodes=14)) == [("6", 15, 23, "6", 4)]
    assert redirects(line, work("6", episodes=30)) == []


@pytest.mark.parametrize(
    "line",
    [
        "- 1|2|3:13-24 > 4|5|6:1-12",
        "1|2|3:13 -> 4|5|6:1",
        "- 1|2:13 -> 4|5:1",
        "- ?|?|?:13 -> 4|5|6:1",
        "- 1|2|3:13 -> ?|?|?:1",
        "- ~|2|3:13 -> 4|5|6:1",
        "- 1|2|3:24-13 -> 4|5|6:1-12",
        "- 1|2|3:13-24 -> 4|5|6:12-1",
        "- 1|2|3:? -> 4|5|6:1",
        "- 1|2|3:13.5 -> 4|5|6:1",
        "- 1|2|3:-13 -> 4|5|6:1",
        "- 1|2|\u0663:13 -> 4|5|6:1",
        "- 1|2|3:13 -> 4|5|6:1" + " " * 300 + "!",
        "<p>Not found</p>",
    ],
)
def test_a_wrong_line_is_skipped_and_counted(line):
    found = table("- 1|2|3:13 -> 4|5|6:1", line, "- 1|2|3:14 -> 4|5|6:2")
    assert (len(found.rules), found.skipped) == (2, 1)


@pytest.mark.parametrize("data", [b"", HEAD.encode(), b"<html></html>", bytes(range(256)) * 4])
def test_what_has_no_rule_is_no_table(data):
    with pytest.raises(BadReply):
        parse(data)


def test_size_and_rules_have_limits():
    line = b"- 1|2|3:13 -> 4|5|6:1\n"
    assert len(parse(line * MOST_RULES).rules) == MOST_RULES
    with pytest.raises(BadReply, match="rules"):
        parse(line * (MOST_RULES + 1))
    with pytest.raises(BadReply, match="bytes"):
        parse(line + b"#" * MOST_BYTES)


@pytest.mark.parametrize("site", SITES)
def test_a_show_is_known_by_its_providers_own_id(site):
    line = "- 1|2|3:13 -> 4|5|6:1"
    ids = dict(zip(SITES, "123", strict=True))
    targets = dict(zip(SITES, "456", strict=True))
    first = work(ids[site], **ids)
    assert redirects(line, first, work(targets[site], **targets)) == [
        (first.id, 13, 13, targets[site], 1)
    ]


def test_a_show_that_is_cut_otherwise_elsewhere_keeps_its_numbers():
    # The table knows the show at MyAnimeList only: AniList may count other episodes in it.
    assert redirects("- 1|2|?:13 -> 4|5|6:1", work("3", anilist="3", mal="1")) == []
    # No id is the provider's own: the widest known site is as good as any.
    assert redirects("- 1|2|3:13 -> 4|5|6:1", work("x", mal="9", anilist="3")) == [
        ("x", 13, 13, None, 1)
    ]
    assert redirects("- 1|2|3:13 -> 4|5|6:1", Work(id=EntryId("3"), titles=Titles("X"))) == []


def test_a_rule_into_a_show_that_is_no_relative_still_says_whose_numbers_these_are_not():
    assert redirects("- 1|2|3:13 -> 4|5|6:1", work("3"), work("7")) == [("3", 13, 13, None, 1)]


def test_a_table_that_says_too_much_of_one_show_is_not_followed_for_ever():
    lines = [f"- 1|2|3:{n} -> 4|5|6:{n}" for n in range(1000)]
    assert len(table(*lines).redirects([work("3")])) == 100


number = st.integers(min_value=0, max_value=99)
one_id = st.one_of(st.integers(min_value=1, max_value=10**9 - 1).map(str), st.just("?"))


@st.composite
def rules(draw):
    first, length, start = draw(number), draw(number), draw(number)
    ids = ["|".join(draw(st.tuples(one_id, one_id, one_id))) for _ in "ab"]
    sign = draw(st.sampled_from(["", "!"]))
    return f"- {ids[0]}:{first}-{first + length} -> {ids[1]}:{start}-{start + length}{sign}"


@given(st.lists(rules(), max_size=8))
def test_a_rule_survives_being_written_and_read_again(lines):
    try:
        read = table(*lines).rules
    except BadReply:
        return
    again = parse("\n".join(f"- {rule}" for rule in read).encode()).rules
    assert [str(rule) for rule in again] == [str(rule) for rule in read]


@given(
    st.one_of(
        st.binary(max_size=2000), st.lists(rules(), max_size=5).map("\n".join).map(str.encode)
    )
)
@example(b"- 1|1|1:99999-? -> 1|1|1:0-?!")
@example(b"- 1|1|1:0-? -> 2|2|2:0-?!\r\n- ~")
def test_any_bytes_give_rules_or_a_typed_error(data):
    try:
        found = parse(data)
    except BadReply:
        return
    works = [work(show, episodes=12) for rule in found.rules if (show := rule.source[2])]
    for each in found.redirects(works):
        assert isinstance(each, Redirect)
        for tried in (0, each.first, each.last or 10**6, 10**6):
            meant = each.meaning(tried)
            assert meant is None or meant >= 0
