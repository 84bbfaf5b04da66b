"""Versions, groups, languages: cases D1 to D12 as far as they are about reading and choosing."""

import pytest

from uuutd.choice import rank
from uuutd.domain import Language, Taste
from uuutd.titles import search_terms

from .asking import chosen, fits, release, show, verdict, want

NEKO = want(1, show("Nyaruto Neko", 12, native="にゃるとネコ", start="2024-07-01"))
NINE = want(9, show("Kage Series", 12))
SAW = want(1, show("Nokogiri Kun", 12, start="2022-10-12"))


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        pytest.param(
            "[Gumi] Nyaruto Neko - 01 [1080P][WEB-DL][AAC AVC][ENG].mp4",
            "[Gumi] Nyaruto Neko - 01 [1080P][WEB-DL][AAC AVC][ENG][V2].mp4",
            id="D1",
        ),
        pytest.param(
            "[D] Kage Series - 09 [1080p]", "[D] Kage Series - 09v2 [1080p]", id="D2 09v2"
        ),
        pytest.param(
            "[D] Kage Series S01E09 [1080p]", "[D] Kage Series S01E09 v2 [1080p]", id="D2 S01E09 v2"
        ),
        pytest.param(
            "[D] Kage Series - 09 [1080p]", "[D] Kage Series - 09 [v2][1080p]", id="D2 [v2]"
        ),
        pytest.param(
            "Kage Series S01E09 1080p WEB H264-GRP",
            "Kage Series S01E09 REPACK 1080p WEB H264-GRP",
            id="D2 REPACK",
        ),
        pytest.param(
            "Kage Series S01E09 REPACK 1080p WEB H264-GRP",
            "Kage Series S01E09 REPACK2 1080p WEB H264-GRP",
            id="D2 REPACK2",
        ),
        pytest.param(
            "[D] Kage Series - 09v2 [1080p]",
            "Kage Series - 09 REPACK2 1080p-D",
            id="D2 v2 and REPACK2 of one group",
        ),
    ],
)
def test_a_newer_version_of_the_same_replaces_the_older(older, newer):
    wanted = NINE if "Kage" in older else NEKO
    assert chosen(wanted, [older, newer]) == newer
    found = rank(wanted, [release(older, seeders=999), release(newer)], Taste())
    assert [each.code for each in found.verdicts[1].rejections] == ["superseded"]


def test_d3_the_second_version_of_another_group_repairs_nothing():
    mine = "[Gumi] Nokogiri Kun - 01 [Dual-Audio] (WEB 1080p)"
    theirs = "[sam] Nokogiri Kun - 01v2 (WEB 1080p EAC-3) [Dual-Audio]"
    found = rank(SAW, [release(mine, seeders=500), release(theirs, seeders=5)], Taste())
    assert found.best.release.title == mine
    assert found.verdicts[1].fits


def test_d3_a_dub_is_no_older_version_of_a_dual():
    dub = "[Yameii] Nokogiri Kun - 01 [English Dub] [CR WEB-DL 1080p]"
    dual = "[sam] Nokogiri Kun - 01v2 (WEB 1080p EAC-3) [Dual-Audio]"
    assert chosen(SAW, [dub, dual]) == dual
    assert fits(SAW, dub, Taste(audio="dub"))


def test_d4_the_same_release_twice_is_one_choice():
    twice = [release("[G] Kage Series - 09 [1080p]")] * 2
    assert rank(NINE, twice, Taste()).best.release == twice[0]


def test_d5_a_search_for_the_first_season_brings_the_second_and_takes_the_first():
    first, second = show("Kasane", 12), show("Kasane 2nd Season", 12)
    names = [
        "[G] Kasane 2nd Season - 05 [1080p]",
        "[G] Kasane S2 - 05 [1080p]",
        "[G] Kasane - 05 [480p]",
    ]
    assert chosen(want(5, first, sequel=second), names) == names[2]


def test_d7_a_listed_group_is_kept_whatever_others_have():
    names = ["[Other] Kage Series - 09 [1080p]", "[Mine] Kage Series - 09 [1080p]"]
    assert chosen(NINE, names, Taste(groups=("Mine",))) == names[1]


@pytest.mark.parametrize(
    "other",
    [
        "[Yameii] Kage Series - S01E09 [English Dub] [1080p]",
        "Kage Series S01E09 VOSTFR 1080p WEB -Group (CR)",
    ],
)
def test_d8_language_counts_before_seeders(other):
    assert chosen(NINE, [other, "[G] Kage Series - 09 [480p]"]) == "[G] Kage Series - 09 [480p]"


@pytest.mark.parametrize(
    ("more", "right"),
    [
        ({"seeders": 0}, False),
        ({"seeders": None}, False),
        ({"seeders": 1}, True),
        ({"size": None}, True),
    ],
)
def test_d9_alive_and_known_to_be(more, right):
    assert fits(NINE, "[G] Kage Series - 09 [1080p]", **more) is right


def test_d10_a_listed_group_counts_before_any_number_of_seeders():
    offers = [
        release("[Big] Kage Series - 09 [1080p]", seeders=90000),
        release("[Mine] Kage Series - 09 [1080p]", seeders=1),
    ]
    assert rank(NINE, offers, Taste(groups=("Mine",))).best.release is offers[1]


def test_d11_all_titles_are_searched_and_all_names_are_known():
    wanted = want(3, show("Kaze no Densha", 12, "Train of Wind"))
    words = " ".join(term.words for term in search_terms(wanted)).casefold()
    assert "kaze no densha" in words
    assert "train of wind" in words
    assert fits(wanted, "[G] Kaze no Densha - 03 [1080p]")
    assert fits(wanted, "[G] Train of Wind - 03 [1080p]")


SIGNS = [
    ("Otoko & Onna", "Otoko & Onna", "Otoko and Onna"),
    ("Inu + Neko", "Inu + Neko", "Inu Neko"),
    ("Mahou☆Densetsu", "Mahou☆Densetsu", "Mahou Densetsu"),
    ("Uta♭Hime", "Uta♭Hime", "Uta Hime"),
    ("Oni: Aka", "Oni - Aka", "Oni Aka"),
    ('"Hen" na Ie', "Hen na Ie", "“Hen” na Ie"),
    ("Kimi -boku- Sora", "Kimi -boku- Sora", "Kimi boku Sora"),
    ("Yoru | Asa", "Yoru | Asa", "Yoru Asa"),
    ("Café Kikyō", "Cafe Kikyo", "Café Kikyō"),
]


@pytest.mark.parametrize(
    ("title", "names"), [pytest.param(title, names, id=f"D12 {title}") for title, *names in SIGNS]
)
def test_signs_of_a_title_are_no_obstacle(title, names):
    wanted = want(3, show(title, 12))
    for name in names:
        assert fits(wanted, f"[G] {name} - 03 [1080p]"), name
    for term in search_terms(wanted):
        assert not any(sign in term.words for sign in '&+☆♭:"|')
        assert " -" not in f" {term.words}"


def test_a_foreign_category_is_foreign_whatever_the_name_lacks():
    assert not fits(NINE, "[G] Kage Series - 09 [1080p]", language=Language.FOREIGN)
    assert not verdict(NINE, "[G] Kage Series - 09 [1080p]", language=Language.RAW).fits
