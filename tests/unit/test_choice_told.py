"""Numbers that the public table or the user explains, where lengths alone are wrong or unknown."""

import re
from datetime import date

import attrs
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from uuutd.choice import pick_files, rank
from uuutd.choice.accepted import accepted
from uuutd.choice.numbering import Line
from uuutd.domain import (
    EntryId,
    Format,
    InfoHash,
    Language,
    Redirect,
    Relation,
    RelationKind,
    Release,
    Taste,
    Titles,
    TorrentFile,
    Wanted,
    Work,
)
from uuutd.redirects import parse
from uuutd.titles import search_terms


def show(number, romaji, episodes=12, kind=Format.TV, english=None):
    return Work(
        id=EntryId(number),
        titles=Titles(romaji=romaji, english=english),
        episodes=episodes,
        format=kind,
        start_date=date(2020, 1, 1),
        ids={"anilist": number},
    )


KUMO = show("1", "Kumo no Ito")
SECOND = show("2", "Kumo no Ito 2nd Season")
THIRD = show("3", "Kumo no Ito 3rd Season")
OVA = show("9", "Kumo no Ito: Tabi", 1, Format.OVA)


def wanted(work, episode, *rules, before=(), after=(), others=(), counts_from=None):
    """Return what to look for, with *rules* in the short form ``1:13-24 -> 2:1-12!``."""
    related = (
        *(Relation(RelationKind.SEQUEL, each, n) for n, each in enumerate(after, 1)),
        *(Relation(kind, each) for kind, each in others),
    )
    works = (work, *before, *(each.work for each in related))
    return Wanted(
        work=work,
        episode=episode,
        prequels=tuple(before),
        related=related,
        redirects=table(rules).redirects(works) if rules else (),
        counts_from=counts_from,
    )


def table(rules):
    def full(side):
        number, colon, numbers = side.partition(":")
        return f"?|?|{number}{colon}{numbers}"

    return parse(
        "\n".join(f"- {' -> '.join(map(full, rule.split(' -> ')))}" for rule in rules).encode()
    )


def verdict(sought, name, **taste):
    release = Release(
        title=f"[Kagami] {name} (1080p) [ABCD1234].mkv",
        info_hash=InfoHash("a" * 40),
        indexer="x",
        size=10**9,
        seeders=10,
        language=Language.ENGLISH,
    )
    (found,) = rank(sought, [release], Taste(**taste)).verdicts
    return found


def fits(sought, *names):
    return [name for name in names if verdict(sought, name).fits]


def numbers(sought):
    found = accepted(Line.of(sought), sought.episode)
    return [(each.number, each.season, each.source) for each in found]


# --- where the chain is wrong or knows too little


def test_a_prequel_of_unknown_length_counts_on_by_the_table():
    unknown = attrs.evolve(KUMO, episodes=None)
    names = ("Kumo no Ito - 13", "Kumo no Ito - 14", "Kumo no Ito - 01")
    assert fits(wanted(SECOND, 1, before=[unknown]), *names) == []
    sought = wanted(SECOND, 1, "1:13-24 -> 2:1-12", before=[unknown])
    assert fits(sought, *names) == ["Kumo no Ito - 13"]


def test_a_special_that_was_counted_in_between():
    names = ("Kumo no Ito - 13", "Kumo no Ito - 14")
    assert fits(wanted(SECOND, 1, before=[KUMO]), *names) == ["Kumo no Ito - 13"]
    rules = ("1:13 -> 9:1", "1:14-25 -> 2:1-12")
    sought = wanted(SECOND, 1, *rules, before=[KUMO], others=[(RelationKind.SIDE_STORY, OVA)])
    assert fits(sought, *names) == ["Kumo no Ito - 14"]
    assert "Tabi" in verdict(sought, "Kumo no Ito - 13").rejections[0].text
    assert fits(wanted(SECOND, 1, *rules, before=[KUMO]), *names) == ["Kumo no Ito - 14"]
    text = verdict(wanted(SECOND, 1, *rules, before=[KUMO]), "Kumo no Ito - 13").rejections[0].text
    assert "another show" in text


def test_the_special_itself_goes_by_its_parents_number():
    sought = wanted(OVA, 1, "1:13 -> 9:1", others=[(RelationKind.PARENT, KUMO)])
    names = (
        "Kumo no Ito - 13",
        "Kumo no Ito - 12",
        "Kumo no Ito - 14",
        "Kumo no Ito S01E13",
        "Kumo no Ito S2 - 13",
        "Kumo no Ito (2004) - 13",
        "Kumo no Ito - 01-13",
        "Kumo no Ito: Tabi",
    )
    assert fits(sought, *names) == ["Kumo no Ito - 13", "Kumo no Ito: Tabi"]
    plain = wanted(OVA, 1, others=[(RelationKind.PARENT, KUMO)])
    assert fits(plain, *names) == ["Kumo no Ito: Tabi"]


def test_a_number_that_the_parent_has_itself_is_its_own():
    longer = attrs.evolve(KUMO, episodes=13)
    sought = wanted(OVA, 1, "1:13 -> 9:1", others=[(RelationKind.PARENT, longer)])
    assert fits(sought, "Kumo no Ito - 13") == []


def test_episode_0():
    sought = wanted(OVA, 1, "1:0 -> 9:1", others=[(RelationKind.PARENT, KUMO)])
    names = ("Kumo no Ito - 00", "Kumo no Ito - 01", "Kumo no Ito - 10")
    assert fits(sought, *names) == ["Kumo no Ito - 00"]
    assert fits(wanted(KUMO, 1, "1:0 -> 9:1"), *names) == ["Kumo no Ito - 01"]
    assert fits(wanted(KUMO, 1, "1:0 -> 1:1"), "Kumo no Ito - 00") == ["Kumo no Ito - 00"]


def test_a_split_season_whose_parts_have_unknown_lengths():
    first = attrs.evolve(SECOND, episodes=None)
    rest = show("4", "Kumo no Ito 2nd Season Part 2", None)
    rule = "2:13-24 -> 4:1-12!"
    names = (
        "Kumo no Ito 2nd Season - 13",
        "Kumo no Ito S2 - 13",
        "Kumo no Ito S02E13",
        "Kumo no Ito 2nd Season Part 2 - 01",
        "Kumo no Ito 2nd Season - 01",
        "Kumo no Ito S02E01",
        "Kumo no Ito S02E14",
    )
    sought = wanted(rest, 1, rule, before=[first, KUMO])
    assert fits(sought, *names) == list(names[:4])
    assert (13, 2, "table") in numbers(sought)
    assert fits(wanted(rest, 1, before=[first, KUMO]), *names) == [names[3]]


def test_a_number_with_its_season_is_not_taken_if_table_and_lengths_disagree():
    rest = show("4", "Kumo no Ito 2nd Season Part 2")
    rules = ("2:13 -> 9:1", "2:14-25 -> 4:1-12")
    names = ("Kumo no Ito S02E13", "Kumo no Ito S02E14", "Kumo no Ito 2nd Season - 14")
    before = [SECOND, KUMO]
    assert fits(wanted(rest, 1, before=before), *names) == [names[0]]
    assert fits(wanted(rest, 1, *rules, before=before), *names) == [names[2]]


def test_numbers_that_go_on_behind_the_second_shows_own_title():
    arc = show("2", "Kumo no Ito: Yuki-hen")
    names = ("Kumo no Ito: Yuki-hen - 13", "Kumo no Ito: Yuki-hen - 01", "Kumo no Ito - 13")
    unknown = attrs.evolve(KUMO, episodes=None)
    assert fits(wanted(arc, 1, "1:13-24 -> 2:1-12!", before=[unknown]), *names) == list(names)
    assert fits(wanted(arc, 1, "1:13-24 -> 2:1-12", before=[unknown]), *names) == list(names[1:])


# --- what the table must not loosen


def test_numbers_of_the_wanted_show_that_are_another_shows():
    open_ended = attrs.evolve(KUMO, episodes=None)
    names = ("Kumo no Ito - 13", "Kumo no Ito - 12")
    assert fits(wanted(open_ended, 13), *names) == ["Kumo no Ito - 13"]
    assert fits(wanted(open_ended, 13, "1:13-24 -> 2:1-12"), *names) == []
    assert fits(wanted(open_ended, 12, "1:13-24 -> 2:1-12"), *names) == ["Kumo no Ito - 12"]


def test_a_number_that_a_rule_and_the_show_itself_claim_is_not_taken():
    # The provider has both seasons in one entry, the table has them apart.
    whole = attrs.evolve(KUMO, episodes=24)
    rule = "1:13-24 -> 2:1-12"
    assert fits(wanted(SECOND, 1, rule, before=[whole]), "Kumo no Ito - 13") == []
    sought = wanted(whole, 13, rule, after=[SECOND])
    assert "may be" in verdict(sought, "Kumo no Ito - 13").rejections[0].text
    assert fits(wanted(whole, 12, rule, after=[SECOND]), "Kumo no Ito - 12") == ["Kumo no Ito - 12"]


def test_a_name_that_says_its_season_stays_in_it():
    rule = "1:13-24 -> 2:1-12"
    sought = wanted(SECOND, 1, rule, before=[KUMO])
    names = ("Kumo no Ito S01E13", "Kumo no Ito Season 1 - 13", "Kumo no Ito S02E13")
    assert fits(sought, *names) == fits(wanted(SECOND, 1, before=[KUMO]), *names) == [names[2]]


def test_a_season_goes_on_behind_its_own_title_only():
    rule = "2:13-24 -> 3:1-12"
    sought = wanted(THIRD, 1, rule, before=[SECOND, KUMO])
    names = ("Kumo no Ito 2nd Season - 13", "Kumo no Ito 3rd Season - 13", "Kumo no Ito S02E13")
    assert fits(sought, *names) == ["Kumo no Ito 2nd Season - 13"]


def test_every_other_rule_still_holds():
    sought = wanted(SECOND, 1, "1:13-24 -> 2:1-12", before=[KUMO])
    names = (
        "Kumo no Ito - 13",
        "Kumo no Ito - 13.5",
        "Kumo no Ito - 13-24",
        "Kumo no Ito Movie - 13",
        "Kumo no Ito NCOP 13",
        "Hana no Ito - 13",
    )
    assert fits(sought, *names) == ["Kumo no Ito - 13"]
    release = attrs.evolve(verdict(sought, "Kumo no Ito - 13").release, seeders=0)
    assert rank(sought, [release], Taste()).best is None


def test_a_pack_over_a_gap_of_the_table_is_told_part_by_part():
    rules = ("1:13 -> 9:1", "1:14-25 -> 2:1-12")
    sought = wanted(SECOND, 3, *rules, before=[KUMO])
    assert verdict(sought, "Kumo no Ito - 14-25", batch="allow").episodes == tuple(range(1, 13))
    assert not verdict(sought, "Kumo no Ito - 13-25", batch="allow").fits


def test_rules_that_contradict_each_other_choose_nothing():
    rules = ("1:13-24 -> 2:1-12", "1:13-24 -> 3:1-12")
    sought = wanted(SECOND, 1, *rules, before=[KUMO], after=[THIRD])
    assert fits(sought, "Kumo no Ito - 13") == []


def test_files_of_a_pack_are_counted_by_the_same_rules():
    names = [f"Kumo no Ito - {number:02}.mkv" for number in range(1, 26)]
    files = [TorrentFile(index=i, path=name, size=10**9) for i, name in enumerate(names)]
    rules = ("1:13 -> 9:1", "1:14-25 -> 2:1-12")
    assert pick_files(wanted(SECOND, 2, before=[KUMO]), files) == (13,)
    assert pick_files(wanted(SECOND, 2, *rules, before=[KUMO]), files) == (14,)


LINE = (KUMO, SECOND, THIRD)
one_rule = st.builds(
    "{}:{}-{} -> {}:{}-{}{}".format,
    st.sampled_from("123"),
    st.shared(st.integers(0, 40), key="first"),
    st.shared(st.integers(0, 40), key="first").map(lambda first: first + 11),
    st.sampled_from("1239"),
    st.just(1),
    st.just(12),
    st.sampled_from(["", "!"]),
)
names = st.builds(
    "Kumo no Ito{}{:02}".format,
    st.sampled_from([" - ", " 2nd Season - ", " S2 - ", " S02E", " Season 3 - ", " S01E"]),
    st.integers(0, 60),
)


@given(st.lists(one_rule, min_size=1, max_size=4), names, st.integers(0, 2), st.integers(1, 12))
def test_a_rule_lets_in_only_what_it_says(rules, name, index, episode):
    before, after = LINE[:index][::-1], LINE[index + 1 :]
    plain = wanted(LINE[index], episode, before=before, after=after)
    ruled = wanted(LINE[index], episode, *rules, before=before, after=after)
    if not fits(ruled, name) or fits(plain, name):
        return
    number = int(re.search(r"\d+$", name)[0])
    target = LINE[index].id
    found = [r for r in ruled.redirects if r.target == target and r.meaning(number) == episode]
    assert found
    if all(r.source != target for r in found):  # else the table says it of the show itself
        assert number < 1 or number > 12, "a show of twelve episodes keeps its own"


# --- the user's word


def test_the_user_wins_over_the_chain_and_the_table():
    names = ("Kumo no Ito - 13", "Kumo no Ito - 14", "Kumo no Ito - 15", "Kumo no Ito S02E01")
    rule = "1:14-25 -> 2:1-12"
    told = {"before": [KUMO]}
    assert fits(wanted(SECOND, 1, **told), *names) == [names[0], names[3]]
    assert fits(wanted(SECOND, 1, rule, **told), *names)[-2:] == [names[1], names[3]]
    assert fits(wanted(SECOND, 1, rule, counts_from=15, **told), *names) == [names[2], names[3]]
    assert fits(wanted(SECOND, 1, counts_from=13, **told), *names) == [names[0], names[3]]


def test_the_users_numbers_count_on_the_shows_own_title_too():
    sought = wanted(SECOND, 2, counts_from=15, before=[KUMO])
    names = (
        "Kumo no Ito 2nd Season - 16",
        "Kumo no Ito 2nd Season - 02",
        "Kumo no Ito 2nd Season - 14",
        "Kumo no Ito 3rd Season - 16",
        "Kumo no Ito - 02",
    )
    assert fits(sought, *names) == list(names[:2])


def test_the_users_numbers_take_the_place_of_the_shows_own_where_they_overlap():
    names = ("Kumo no Ito - 01", "Kumo no Ito - 02", "Kumo no Ito - 03")
    assert fits(wanted(KUMO, 1, counts_from=2), *names) == ["Kumo no Ito - 02"]
    assert fits(wanted(KUMO, 2, counts_from=2), *names) == ["Kumo no Ito - 03"]
    assert fits(wanted(KUMO, 2, counts_from=1), *names) == ["Kumo no Ito - 02"]
    airing = attrs.evolve(KUMO, episodes=None)
    assert fits(wanted(airing, 1, counts_from=2), *names) == ["Kumo no Ito - 02"]
    assert fits(wanted(airing, 1, counts_from=25), *names, "Kumo no Ito - 25") == [
        "Kumo no Ito - 01",
        "Kumo no Ito - 25",
    ]


def test_the_users_number_does_not_take_an_episode_that_the_prequel_has():
    longer = attrs.evolve(KUMO, episodes=24)
    sought = wanted(SECOND, 1, counts_from=13, before=[longer])
    assert fits(sought, "Kumo no Ito - 13", "Kumo no Ito 2nd Season - 13") == [
        "Kumo no Ito 2nd Season - 13"
    ]


@pytest.mark.parametrize("counts_from", [2, 13, 14, 40])
def test_the_users_word_makes_no_season_of_another(counts_from):
    sought = wanted(SECOND, 1, before=[KUMO], after=[THIRD], counts_from=counts_from)
    names = [
        f"Kumo no Ito {mark}{n:02}" for mark in ("S01E", "S03E", "Season 3 - ") for n in range(41)
    ]
    assert fits(sought, *names) == []


def test_the_numbers_of_a_season_stay_as_they_are():
    names = (
        "Kumo no Ito S02E04",
        "Kumo no Ito S2 - 04",
        "Kumo no Ito Season 2 - 04",
        "Kumo no Ito 2nd Season - 07",
        "Kumo no Ito 2nd Season - 04",
        "Kumo no Ito S02E07",
        "Kumo no Ito S2 - 07",
        "Kumo no Ito - 04",
        "Kumo no Ito - 07",
        "Kumo no Ito - 16",
    )
    for length in (12, None):
        second = attrs.evolve(SECOND, episodes=length)
        fourth = wanted(second, 4, before=[KUMO], counts_from=4)
        assert fits(fourth, *names) == list(names[:4])
        assert ("Kumo no Ito", "S02E04") in searched(fourth)
        assert ("Kumo no Ito", "07") in searched(fourth)
        first = wanted(second, 1, before=[KUMO], counts_from=4)
        assert fits(first, *names) == ["Kumo no Ito 2nd Season - 04"]


def test_the_users_number_is_shown_as_theirs_even_where_the_show_says_the_same():
    assert numbers(wanted(KUMO, 3, counts_from=1)) == [(3, 1, "own"), (3, None, "user")]
    assert fits(wanted(KUMO, 3, counts_from=1), "Kumo no Ito - 03", "Kumo no Ito S01E03") == [
        "Kumo no Ito - 03",
        "Kumo no Ito S01E03",
    ]


# --- what is shown and searched


def test_each_number_says_where_it_is_from():
    chain = wanted(SECOND, 2, before=[KUMO])
    assert numbers(chain) == [(2, None, "own"), (2, 2, "chain"), (14, None, "chain")]
    ruled = wanted(SECOND, 2, "1:14-25 -> 2:1-12", before=[KUMO])
    assert numbers(ruled) == [(2, None, "own"), (2, 2, "chain"), (15, None, "table")]
    said = wanted(SECOND, 2, "1:14-25 -> 2:1-12", before=[KUMO], counts_from=20)
    assert numbers(said) == [(2, None, "own"), (2, 2, "chain"), (21, None, "user")]
    assert numbers(wanted(KUMO, 3)) == [(3, None, "own"), (3, 1, "own")]
    special = wanted(OVA, 1, "1:13 -> 9:1", others=[(RelationKind.PARENT, KUMO)])
    (told,) = [e for e in accepted(Line.of(special), 1) if e.source == "table"]
    assert (told.number, told.behind) == (13, "Kumo no Ito")


def searched(sought):
    return {(term.words, number) for term in search_terms(sought) for number in term.numbers}


def test_the_search_asks_for_the_numbers_that_result():
    assert ("Kumo no Ito", "14") in searched(wanted(SECOND, 2, before=[KUMO]))
    ruled = searched(wanted(SECOND, 2, "1:14-25 -> 2:1-12", before=[KUMO]))
    assert ("Kumo no Ito", "15") in ruled
    assert ("Kumo no Ito", "14") not in ruled
    said = searched(wanted(SECOND, 2, before=[KUMO], counts_from=20))
    assert ("Kumo no Ito", "21") in said
    assert ("Kumo no Ito", "14") not in said
    assert ("Kumo no Ito", "22") in searched(wanted(KUMO, 3, counts_from=20))
    special = wanted(OVA, 1, "1:13 -> 9:1", others=[(RelationKind.PARENT, KUMO)])
    assert ("Kumo no Ito", "13") in searched(special)


def test_what_is_wanted_can_be_kept_and_judged_again():
    sought = wanted(SECOND, 2, "1:14-25 -> 2:1-12", before=[KUMO], counts_from=20)
    assert msgspec.json.decode(msgspec.json.encode(sought), type=Wanted) == sought


def test_a_redirect_changes_the_family_that_is_kept():
    sought = wanted(SECOND, 1, before=[KUMO])
    assert fits(sought, "Kumo no Ito - 13")
    rule = Redirect(source=KUMO.id, first=13, last=13, target=None, start=1)
    assert not fits(attrs.evolve(sought, redirects=(rule,)), "Kumo no Ito - 13")
    assert fits(sought, "Kumo no Ito - 13")
