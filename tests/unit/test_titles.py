"""What an indexer is asked, so that it finds what is there."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from uuutd.domain import EntryId, Format, Titles, Wanted, Work
from uuutd.titles import fold, search_terms


def work(romaji, english=None, episodes=12, kind=Format.TV, native=None):
    titles = Titles(romaji=romaji, english=english, native=native)
    return Work(id=EntryId(str(romaji)), titles=titles, episodes=episodes, format=kind)


def asked(wanted):
    return [(term.words, *term.numbers) for term in search_terms(wanted)]


def test_a_first_season_is_asked_for_by_both_titles():
    wanted = Wanted(work=work("Kaze no Uta", "Song of the Wind", 24), episode=7)
    assert asked(wanted) == [
        ("Kaze no Uta", "07", "S01E07"),
        ("Song of the Wind", "07", "S01E07"),
    ]


WORDS = ("batch", "complete", "BD", "BluRay")


def test_packs_alone_are_asked_for_without_the_number():
    wanted = Wanted(work=work("Kaze no Uta", "Song of the Wind", 24), episode=7, batch="only")
    assert asked(wanted) == [
        ("Kaze no Uta", *WORDS, "01-24"),
        ("Song of the Wind", *WORDS, "01-24"),
        ("Kaze no Uta", "S01"),
        ("Song of the Wind", "S01"),
    ]


def test_packs_are_asked_for_beside_the_number():
    wanted = Wanted(work=work("Kaze no Uta", "Song of the Wind", 24), episode=7, batch="allow")
    assert asked(wanted) == [
        ("Kaze no Uta", "07", *WORDS, "01-24", "S01E07"),
        ("Song of the Wind", "07", *WORDS, "01-24", "S01E07"),
        ("Kaze no Uta", "S01"),
        ("Song of the Wind", "S01"),
    ]


@pytest.mark.parametrize(
    ("batch", "terms"),
    [
        (
            "only",
            [
                ("Kaze no Uta 2nd Season", *WORDS, "01-23", "S02"),
                ("Kaze no Uta S2", *WORDS, "01-23"),
                ("Kaze no Uta", "S02", "batch", "complete", "25-47"),
                ("Song of the Wind", "S02", "batch", "complete", "25-47"),
            ],
        ),
        (
            "allow",
            [
                ("Kaze no Uta 2nd Season", "05", *WORDS, "01-23", "S02E05"),
                ("Kaze no Uta S2", "05", *WORDS, "01-23"),
                ("Kaze no Uta", "S02E05", "29", "batch", "complete", "25-47"),
                ("Song of the Wind", "S02E05", "29", "batch", "complete", "25-47"),
            ],
        ),
    ],
)
def test_packs_of_a_second_season(batch, terms):
    wanted = Wanted(
        work=work("Kaze no Uta 2nd Season", "Song of the Wind Season 2", 23),
        episode=5,
        prequels=(work("Kaze no Uta", "Song of the Wind", 24),),
        batch=batch,
    )
    assert asked(wanted) == terms


@pytest.mark.parametrize(("length", "span"), [(148, ("001-148",)), (1, ()), (None, ())])
def test_a_pack_spans_the_show_as_far_as_its_length_is_known(length, span):
    wanted = Wanted(work=work("Kaze", episodes=length), episode=1, batch="only")
    assert asked(wanted) == [("Kaze", *WORDS, *span), ("Kaze", "S01")]


def test_the_pack_of_a_film_is_the_film():
    wanted = Wanted(work=work("Kaze no Uta.", None, 1, Format.MOVIE), episode=1, batch="only")
    assert asked(wanted) == [("Kaze no Uta",)]


def test_punctuation_that_hides_words_is_dropped():
    wanted = Wanted(
        work=work("Re:Kaze\u00d7Uta! -Hajimari-", 'Wind\u2019s "Song": (A|B) +C, D?'), episode=7
    )
    assert [words for words, *_ in asked(wanted)] == [
        "Re Kaze x Uta Hajimari",
        "Wind's Song A B C D",
    ]


def test_signs_that_nobody_types_are_dropped():
    wanted = Wanted(work=work("Yama Camp\u25b3 \u2606 one-shot \uff21\uff22"), episode=1)
    assert [words for words, *_ in asked(wanted)] == ["Yama Camp one-shot AB"]


def test_a_second_season_is_also_asked_for_by_the_first_ones_title():
    first = work("Kaze no Uta", "Song of the Wind", 24)
    wanted = Wanted(
        work=work("Kaze no Uta 2nd Season", "Song of the Wind Season 2", 23),
        episode=5,
        prequels=(first,),
    )
    assert asked(wanted) == [
        ("Kaze no Uta 2nd Season", "05", "S02E05"),
        ("Kaze no Uta S2", "05"),
        ("Kaze no Uta", "S02E05", "29"),
        ("Song of the Wind", "S02E05", "29"),
    ]


def test_a_second_cour_counts_on():
    wanted = Wanted(
        work=work("Kaze no Uta Part 2", None, 13), episode=5, prequels=(work("Kaze no Uta"),)
    )
    assert asked(wanted) == [
        ("Kaze no Uta Part 2", "05", "S01E17"),
        ("Kaze no Uta", "S01E17", "17"),
    ]


def test_an_arc_is_asked_for_by_what_it_shares_with_the_first_season():
    wanted = Wanted(
        work=work("Kaze no Uta: Umi-hen", "Song of the Wind: Sea"),
        episode=5,
        prequels=(work("Kaze no Uta: Yama-hen", "Song of the Wind"),),
    )
    assert asked(wanted) == [
        ("Kaze no Uta Umi-hen", "05", "S02E05"),
        ("Kaze no Uta S2", "05"),
        ("Kaze no Uta", "S02E05", "17"),
        ("Song of the Wind", "S02E05", "17"),
    ]


@pytest.mark.parametrize(
    ("episodes", "episode", "numbers"),
    [
        (12, 7, ("07", "S01E07")),
        (148, 7, ("007", "07", "S01E07")),
        (148, 107, ("107", "S01E107")),
        (None, 42, ("42", "042", "S01E42")),
        (None, 1107, ("1107", "S01E1107")),
    ],
)
def test_long_shows_pad_their_numbers(episodes, episode, numbers):
    wanted = Wanted(work=work("Kaze", episodes=episodes), episode=episode)
    assert search_terms(wanted)[0].numbers == numbers


def test_a_film_has_no_number():
    wanted = Wanted(work=work("Kaze no Uta.", "The Song", 1, Format.MOVIE), episode=1)
    assert asked(wanted) == [("Kaze no Uta",), ("The Song",)]


def test_a_title_in_another_script_serves_if_there_is_no_other():
    wanted = Wanted(work=work(None, None, native="\u98a8\u306e\u6b4c"), episode=2)
    assert asked(wanted) == [("\u98a8\u306e\u6b4c", "02", "S01E02")]


@given(st.text(), st.text(), st.integers(1, 5000))
def test_any_title_can_be_asked_for(romaji, english, episode):
    first = work(romaji or None, english or None)
    for prequels, batch in itertools.product(((), (first,)), ("never", "allow", "only")):
        wanted = Wanted(
            work=work(romaji + " 2", english or None),
            episode=episode,
            prequels=prequels,
            batch=batch,
        )
        terms = search_terms(wanted)
        assert len(terms) <= 4
        for term in terms:
            assert not set(term.words) & set('!:;,.?~*+|()"\\[]')


def test_folding():
    assert fold(
        "  SPY\u00d7ROOM  Journey\u2019s \u2014 \uff26\uff55\uff4c\uff4c Pok\u00e9mon_A & B"
    ) == ("spy x room journey's - full pokemon a and b")
    assert fold("\u30ac\u30f3") == "\u30ac\u30f3"
