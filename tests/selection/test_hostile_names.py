"""Names that look right up to the number, and say elsewhere that they are something else.

Every trap is set with shows of our own; beside each stand usual names that set none.
"""

import pytest

from uuutd.domain import Taste

from .asking import fits, show, want

GARDEN = show("Niwa no Hitorigoto", 24, "The Garden Diaries", start="2023-10-22")
LATER = show("Niwa no Hitorigoto 2nd Season", 24, "The Garden Diaries Season 2", start="2025-01-10")
FIRST = want(5, GARDEN, sequel=LATER)
ALONE = want(5, GARDEN)
SECOND = want(5, LATER, GARDEN)
PACK = want(5, show("Mori no Elf", 28, "Elf of the Woods", start="2023-09-29"))
FILM = want(1, show("Ame no Kodomo", 1, "Rain Children", kind="MOVIE", start="2019-07-19"))
IRON = show("Tetsu no Gishi", 51, "Iron Engineer", start="2003-10-04")
BROTHERS = show(
    "Tetsu no Gishi: IRON ENGINEER", 64, "Iron Engineer: Fellowship", start="2009-04-05"
)
OLD = want(5, IRON, alternative=BROTHERS)
REMADE = want(5, show("Kurororo", 24, start="2019-01-07"))
DEMONS = want(5, show("Akuma Gakuen DxD", 12, start="2012-01-06"))
LONG = want(1080, show("Two Piece", None, start="1999-10-20", airing="RELEASING"))
BEGIN = want(1, show("Two Piece", None, start="1999-10-20", airing="RELEASING"))
ANY = Taste(batch="allow")

K = "[Group] Niwa no Hitorigoto"
E = "[Group] Mori no Elf"
F = "[Group] Ame no Kodomo"

SEASON_BEHIND = [
    (FIRST, f"{K} - 05 (Season 2) [1080p]"),
    (FIRST, f"{K} - 05 [S2] [1080p]"),
    (FIRST, f"{K} - 05 (S02E05) [1080p]"),
    (FIRST, f"{K} - 05 (2nd Season) [1080p]"),
    (FIRST, f"{K} - 05 [1080p] [2nd Season]"),
    (FIRST, f"{K} - 05 2nd Season [1080p]"),
    (FIRST, f"{K} - Episode 05 Season 2 [1080p]"),
    (FIRST, f"{K} - 05 (Niwa no Hitorigoto S2) [1080p]"),
    (ALONE, "Niwa no Hitorigoto Ep 05 Season 2 1080p"),
    (ALONE, "Niwa no Hitorigoto E05 S02 1080p"),
    (FIRST, f"{K} - 05 - Season 2 [1080p]"),
    (FIRST, f"{K} - 05 {{Season 2}} [1080p]"),
    (FIRST, f"{K} - 05 1080p Season 2"),
    (FIRST, f"{K} - 05 (1080p) - S02"),
    (FIRST, f"{K} - 05 v2 Season 2 [1080p]"),
    (FIRST, f"{K} - 05 (2025) [1080p]"),
    (FIRST, f"{K} - 05 (29) [1080p]"),
    (SECOND, f"{K} - 29 (S01E05) [1080p]"),
    (SECOND, f"{K} S2 - 05 (30) [1080p]"),
    (REMADE, "[Group] Kurororo - 05 (1969) [1080p]"),
    (OLD, "[Group] Iron Engineer - 05 [2009]"),
    (OLD, "[Group] Iron Engineer - 05 (Fellowship)"),
]
BEHIND_TECHNICAL = [
    *(
        (FIRST, f"{K} {middle} - 05")
        for middle in (
            "[1080p] S2",
            "1080p 2nd Season",
            "(WEB-DL 1080p) Season 2",
            "[1080p][Season 2]",
            "HEVC II",
            "[1080p] Movie",
            "[1080p] OVA",
            "(BD) Special",
            "[BD] SP",
            "[BD] Zoku",
            "(WEB) The Sequel",
            "(English) Mini Anime",
            "[1080p] Fuyu no Hana",
        )
    ),
    (FIRST, f"{K} [1080p] The Garden Diaries Season 2 - 05"),
    (FIRST, f"{K} WEB-DL Season 2 Episode 5 1080p"),
    (OLD, "Iron Engineer [1080p] Fellowship - 05"),
]
NO_PACK = [
    f"{E} {rest}"
    for rest in (
        "[1080p] S2 (Batch)",
        "[1080p] Season 2 Complete",
        "1080p BluRay S02",
        "[1080p][15-28]",
        "[BD 1080p] 15-28",
        "[1080p] 15",
        "(1080p) (15)",
        "[BD 1080p] Vol. 2",
        "[BD 1080p] Disc 3",
        "[BD 1080p] Part 2",
        "[BD 1080p] Cour 2",
        "[BD 1080p] Specials",
        "[BD 1080p] Extras",
        "[BD 1080p] Scans",
        "[BDMV] Vol 3",
        "[BD] Event",
        "[BD] Orchestra Concert",
        "[1080p] Mini Anime",
        "[1080p] Marumaru no Mahou",
        "[FLAC]",
        "[MP3 320kbps]",
    )
]
EXTRAS = [
    *(
        (FIRST, f"{K} - 05 {rest}")
        for rest in (
            "(Mini Anime) [1080p]",
            "(Special) [1080p]",
            "(OVA) [1080p]",
            "Picture Drama [1080p]",
            "(Live Action) [1080p]",
            "[Reaction] [1080p]",
            "(Fandub) [1080p]",
            "(Recap) [1080p]",
            "[1080p] [Preview]",
            "[1080p] (Trailer)",
            "[1080p] OST FLAC",
        )
    ),
    (FIRST, "[Reaction] Niwa no Hitorigoto - 05 [1080p]"),
    (FIRST, "[Season 2] Niwa no Hitorigoto - 05 [1080p]"),
    (FILM, f"{F} [BD 1080p] Bonus Disc"),
    (FILM, f"{F} [1080p] Commentary only"),
    (FILM, f"{F} [BDMV]"),
]
SEVERAL = [
    f"{K} - {number} [1080p]"
    for number in (
        "05_06",
        "05/06",
        "05..08",
        "05…08",
        "05 through 06",
        "05 bis 06",
        "05 à 08",
        "05 a 08",
        "05 al 08",
        "05 of 24 Complete",
        "05 of 12",
        "05,5",
        "05 Part 1",
        "05 (Part 1 of 2)",
    )
]
SECOND_TITLES = [
    f"{K} / Diarios del Jardin 2 - 05 [1080p]",
    f"{K} / Diarios del Jardin II - 05 [1080p]",
    f"{K} / Zoku Niwa no Hitorigoto - 05 [1080p]",
    f"{K} | Hua Yuan Mini Theater - 05 [1080p]",
]


@pytest.mark.parametrize(
    ("wanted", "name"),
    [
        *SEASON_BEHIND,
        *BEHIND_TECHNICAL,
        *EXTRAS,
        *((FIRST, name) for name in (*SEVERAL, *SECOND_TITLES)),
        (DEMONS, "[Group] Akuma Gakuen DxD New - 05 [1080p]"),
        (ALONE, f"{K} New - 05 [1080p]"),
        (LONG, "Two Piece [1080]"),
        (BEGIN, "Two Piece - 1 of 3 TV Special"),
    ],
)
def test_what_says_elsewhere_that_it_is_another_is_not_taken(wanted, name):
    assert not fits(wanted, name)
    assert not fits(wanted, name, ANY) or name in SEVERAL


@pytest.mark.parametrize("name", NO_PACK)
def test_a_pack_of_something_else_is_not_taken(name):
    assert not fits(PACK, name, ANY)


@pytest.mark.parametrize(
    ("wanted", "name"),
    [
        *(
            (FIRST, f"{K} - 05 {rest}")
            for rest in (
                "(1080p) [AAAAAAAA].mkv",
                "(Season 1) [1080p]",
                "[S1] [1080p]",
                "(S01E05) [1080p]",
                "(2023) [1080p]",
                "(05) [1080p]",
                "- The Long Night [1080p]",
                "- A Special Guest (1080p)",
                "[1080p] [10 bit] [5.1]",
                "10 bit [1080p]",
                "of 24 [1080p]",
                "- Second Wind [1080p]",
                "- The Second Season Begins [1080p]",
                "1080p Season 1",
                "(The Garden Diaries) [1080p]",
                "[1080p][HEVC 10bit x265][AAC][Multi Sub] [Weekly]",
            )
        ),
        (FIRST, "The.Garden.Diaries.S01E05.The.Sequel.Begins.1080p.CR.WEB-DL.AAC2.0.H.264-ABC.mkv"),
        (FIRST, "The Garden Diaries S01E05 The Second Season 1080p WEB-DL"),
        (FIRST, f"{K} (WEB 1080p HEVC) - 05"),
        (FIRST, f"{K} [1080p] [Dual Audio] - 05"),
        (FIRST, f"{K} 1080p WEB-DL - 05"),
        (FIRST, f"{K} [1080p] S1 - 05"),
        (FIRST, f"{K} [1080p] The Garden Diaries - 05"),
        (FIRST, f"{K} - 05 [1080p] Extra subs"),
        (FIRST, f"{K} - 05 [1920] [BD]"),
        (FIRST, f"{K} - 05 [Uncensored] [1080p] (23.976 fps)"),
        (FIRST, f"{K} / Diarios del Jardin - 05 [1080p]"),
        (FIRST, f"{K} 05/24 [1080p]"),
        (SECOND, f"{K} - 05 (Season 2) [1080p]"),
        (SECOND, f"{K} [1080p] S2 - 05"),
        (SECOND, f"{K} S2 - 05 (29) [1080p]"),
        (SECOND, f"{K} - 29 (S02E05) [1080p]"),
        (SECOND, f"{K} S2 - 05 (2025) [1080p]"),
        (LONG, "[Group] Two Piece - 1080 (2024) [1080p]"),
        (LONG, "[Group][Two Piece][1080][1080p]"),
        (REMADE, "[Group] Kurororo - 05 (2019) [1080p]"),
        (OLD, "[Group] Iron Engineer - 05 [2003]"),
        (FILM, f"{F} (2019) [BD 1080p] [Dual Audio]"),
        (FILM, "Ame.no.Kodomo.2019.1080p.BluRay.x264.DTS-HD.MA.5.1-GROUP"),
        (FILM, f"{F} [BDRip 1080p x265 10bit FLAC]"),
    ],
)
def test_usual_names_are_still_taken(wanted, name):
    assert fits(wanted, name)


@pytest.mark.parametrize(
    "rest",
    [
        "[1080p] (Batch)",
        "(BD 1080p HEVC FLAC) [Dual Audio]",
        "[1080p][01-28]",
        "[BD 1080p] 01-28",
        "[BDRip 1080p x264 FLAC] + Specials",
        "(BD 1080p) with Extras",
        "(Season 1) [BD 1080p] [Dual Audio] (Elf of the Woods) (Batch)",
        "S01 1080p BluRay Remux DTS-HD MA 5.1 H.264-Group",
        "[BD 1080p FLAC]",
        "[BD 1080p] Complete Series",
        "1080p WEB-DL AAC2.0 H.264-Group",
    ],
)
def test_usual_packs_are_still_taken(rest):
    assert fits(PACK, f"{E} {rest}", ANY)
