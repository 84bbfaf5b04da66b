"""Seasons, parts and numbers counted on: cases N1 to N20, on which other systems failed."""

import pytest

from uuutd.choice import rank
from uuutd.domain import Taste

from .asking import fits, release, show, verdict, want

SORA = show("Sora no Ana", 24, "Hole in the Sky", start="2020-10-03")
SORA_2 = show("Sora no Ana 2nd Season", 23, "Hole in the Sky Season 2", start="2023-07-06")
N1 = want(18, SORA_2, SORA)

KABU = show("Re:Kabu kara Hajimaru Isekai Ginkou", 25, start="2016-04-04")
KABU_2 = show("Re:Kabu kara Hajimaru Isekai Ginkou 2nd Season", 13, start="2020-07-08")
KABU_22 = show("Re:Kabu kara Hajimaru Isekai Ginkou 2nd Season Part 2", 12, start="2021-01-06")
N2 = want(1, KABU_22, KABU_2, KABU)

NIJI = show("Niji na Kimi to Boku", 12, start="2026-01-05")
N3 = want(1, show("Niji na Kimi to Boku 2nd Season", 12, start="2026-07-05"), NIJI)

MATA = show("MaTa:Engine Ver1.2c", 12, start="2023-01-08")
MATA_2 = show("MaTa:Engine Ver1.2c Part 2", 12, "MaTa:Engine Ver1.2c Cour 2", start="2024-07-06")
N4, N4_FIRST = want(10, MATA_2, MATA), want(10, MATA, sequel=MATA_2)

TABI = show("Mukou Tabi: Hon wa Kaku", 23, start="2021-01-11")
TABI_2 = show("Mukou Tabi II: Hon wa Kaku", 12, "Far Trip Season 2", start="2023-07-10")
TABI_22 = show(
    "Mukou Tabi II: Hon wa Kaku Part 2", 12, "Far Trip Season 2 Part 2", start="2024-04-08"
)
N5 = want(1, TABI_22, TABI_2, TABI)
EVEN = [
    show("Even Tabi 2nd Season Part 2", 13, start="2023-04-01", synonyms=("Even Tabi S2",)),
    show("Even Tabi 2nd Season", 12, start="2022-04-01"),
    show("Even Tabi", 12, start="2021-04-01"),
]
N5_EVEN, N5_LAST = want(1, *EVEN), want(13, *EVEN)

BOKU = show("Watashi no Yuusha Gakuen", 13, "Our Brave Academia", start="2016-04-03")
BOKU_2 = show("Watashi no Yuusha Gakuen 2", 25, "Our Brave Academia Season 2", start="2017-04-01")
BOKU_3 = show("Watashi no Yuusha Gakuen 3", 25, "Our Brave Academia Season 3", start="2018-04-07")
BOKU_4 = show("Watashi no Yuusha Gakuen 4", 25, "Our Brave Academia Season 4", start="2019-10-12")
BOKU_5 = show("Watashi no Yuusha Gakuen 5", 25, "Our Brave Academia Season 5", start="2021-03-27")
N6 = want(16, BOKU_3, BOKU_2, BOKU)
N7 = want(1, BOKU_5, BOKU_4, BOKU_3, BOKU_2, BOKU)

KEMONO = show("KEMONOS", 12, start="2019-10-10")
N8 = want(1, show("KEMONOS 2nd Season", 12, start="2021-01-07"), KEMONO)
RYOURI = show("Ryouri no Kouma", 24, "Kitchen Clash!", start="2015-04-04")
RYOURI_2 = show(
    "Ryouri no Kouma: Ni no Sara",
    13,
    "Kitchen Clash! The Second Plate",
    start="2016-07-02",
    synonyms=("Ryouri no Kouma S2",),
)
N9 = want(1, RYOURI_2, RYOURI)
TORA = show("4-gatsu no Raion", 22, "April Comes In Like a Leopard", start="2016-10-08")
N10 = want(1, show("4-gatsu no Raion 2nd Season", 22, start="2017-10-14"), TORA)
INAKA = show("Inakano no Ojisan, Kenja ni Naru", 12, start="2025-04-05")
INAKA_2 = show("Inakano no Ojisan, Kenja ni Naru II", 12, start="2026-10-05")
N11, N11_FIRST = want(1, INAKA_2, INAKA), want(1, INAKA, sequel=INAKA_2)
ARRIVE = [show("Arrive ALIVE", 12, start="2013-04-06")]
for _mark, _start in (
    ("II", "2014-04-12"),
    ("III", "2019-01-11"),
    ("IV", "2022-04-08"),
    ("V", "2024-04-10"),
):
    ARRIVE.insert(0, show(f"Arrive ALIVE {_mark}", 12, start=_start))
N11_FIVE = want(11, *ARRIVE)
SPION = show("SPION×HAUS", 12, "SPION x HAUS", start="2022-04-09")
SPION_3 = show("SPION×HAUS Season 3", 13, "SPION x HAUS Season 3", start="2025-10-04")
N12 = want(1, SPION, sequel=SPION_3)
KANO = show("“Mikan no Kano”", 11, "[Mikan no Kano]", start="2023-04-12")
N13 = want(3, show("“Mikan no Kano” 2nd Season", 13, start="2024-07-03"), KANO)
STEIN = [show("Mr. STEEL", 24, start="2019-07-05")]
for _name, _episodes, _start in (
    ("BATTLE WARS", 11, "2021-01-14"),
    ("NEW EARTH", 22, "2023-04-06"),
    ("SCIENCE AGE", 12, "2025-01-09"),
):
    STEIN.insert(0, show(f"Mr. STEEL: {_name}", _episodes, start=_start))
N14 = want(1, *STEIN)

GHUL = [
    show("Osaka Ghul:neu 2nd Season", 12, start="2018-10-09"),
    show("Osaka Ghul:neu", 12, start="2018-04-03"),
    show("Osaka Ghul √B", 12, start="2015-01-09"),
    show("Osaka Ghul", 12, start="2014-07-04"),
]
ARC_SEASON, ARC_SECOND = want(3, *GHUL), want(3, *GHUL[2:], sequel=GHUL[0])
KOI = [show("Fake Koi:", 12, start="2015-04-10"), show("Fake Koi", 20, start="2014-01-11")]
YOME = [
    show("6-toubun no Yome \u222c", 12, start="2021-01-08"),
    show("6-toubun no Yome", 12, start="2019-01-10"),
]

CASES = [
    ("a sign apart", want(3, YOME[1], sequel=YOME[0]), "[G] 6-toubun no Yome - 03 [1080p]", True),
    (
        "a sign apart",
        want(3, YOME[1], sequel=YOME[0]),
        "[G] 6-toubun no Yome \u222c - 03 [1080p]",
        False,
    ),
    ("a sign apart", want(3, *YOME), "[G] 6-toubun no Yome \u222c - 03 [1080p]", True),
    ("a sign apart", want(3, *YOME), "[G] 6-toubun no Yome - 03 [1080p]", False),
    ("a sign apart", want(3, YOME[1]), "[G] 6-toubun no Yome \u2022 03 [1080p]", True),
    ("arc 2nd season", ARC_SEASON, "[Erai-raws] Osaka Ghul:neu 2nd Season - 03 [1080p]", True),
    ("arc 2nd season", ARC_SEASON, "[SubsPlease] Osaka Ghul neu S2 - 03 (1080p)", True),
    ("arc 2nd season", ARC_SEASON, "[Judas] Osaka Ghul - S04E03 [1080p]", True),
    ("arc 2nd season", ARC_SECOND, "[Erai-raws] Osaka Ghul:neu 2nd Season - 03 [1080p]", False),
    ("arc 2nd season", ARC_SECOND, "[Judas] Osaka Ghul - S02E03 [1080p]", True),
    ("one title", want(3, *KOI), "[Judas] Fake Koi - S02E03 [1080p]", True),
    ("one title", want(3, *KOI), "[Judas] Fake Koi - S01E03 [1080p]", False),
    ("one title", want(3, KOI[1], sequel=KOI[0]), "[Judas] Fake Koi - S01E03 [1080p]", True),
    ("one title", want(3, KOI[1], sequel=KOI[0]), "[Erai-raws] Fake Koi: - 03 [1080p]", False),
    ("N1", N1, "[SubsPlease] Sora no Ana - 42 (1080p).mkv", True),
    ("N1", N1, "[SubsPlease] Sora no Ana - 18 (1080p).mkv", False),
    ("N1", N1, "[Judas] Sora no Ana - S02E18 [1080p]", True),
    ("N2", N2, "[SubsPlease] Re Kabu kara Hajimaru Isekai Ginkou - 39 (720p) [F1D69DB0].mkv", True),
    ("N2", N2, "[Group] Re Kabu kara Hajimaru Isekai Ginkou 2nd Season - 14 [1080p]", True),
    ("N2", N2, "[SubsPlease] Re Kabu kara Hajimaru Isekai Ginkou - 14 (720p)", False),
    ("N3", N3, "[SubsPlease] Niji na Kimi to Boku - 13 (720p) [14AD41D0].mkv", True),
    ("N3", N3, "[SubsPlease] Niji na Kimi to Boku - 01 (720p).mkv", False),
    (
        "N4",
        N4,
        "[Erai-raws] MaTa-Engine Ver1_2c Part 2 - 10 [1080p][Multiple Subtitle] [ENG][POR-BR]",
        True,
    ),
    (
        "N4",
        N4_FIRST,
        "[Erai-raws] MaTa-Engine Ver1_2c Part 2 - 10 [1080p][Multiple Subtitle] [ENG][POR-BR]",
        False,
    ),
    (
        "N4",
        N4_FIRST,
        "[Erai-raws] MaTa-Engine Ver1_2c - 10 [1080p][Multiple Subtitle] [ENG][POR-BR]",
        True,
    ),
    (
        "N4",
        N4,
        "[Erai-raws] MaTa-Engine Ver1_2c - 10 [1080p][Multiple Subtitle] [ENG][POR-BR]",
        False,
    ),
    ("N5", N5, "[Group] Mukou Tabi II - 01 [1080p]", False),
    ("N5", N5, "[Group] Mukou Tabi II Part 2 - 13 [1080p]", True),
    ("N5", N5, "[Group] Mukou Tabi S2 - 13 [1080p]", True),
    ("N5", N5_EVEN, "[Group] Even Tabi S2 - 13 [1080p]", True),
    ("N5", N5_EVEN, "[Group] Even Tabi S2 - 01 [1080p]", False),
    ("N5", N5_LAST, "[Group] Even Tabi S2 - 13 [1080p]", False),
    ("N5", N5_LAST, "[Group] Even Tabi S2 - 25 [1080p]", True),
    ("N6", N6, "[HorribleSubs] Watashi no Yuusha Gakuen - 53 [1080p].mkv", False),
    ("N6", N6, "[HorribleSubs] Watashi no Yuusha Gakuen - 54 [1080p].mkv", True),
    (
        "N6",
        N6,
        "[Erai-raws] Watashi no Yuusha Gakuen 3rd Season - 16 [1080p][Multiple Subtitle].mkv",
        True,
    ),
    ("N6", N6, "[Ohys] Watashi no Yuusha Gakuen 3 - 16 (WEB 1280x720 x264 AAC).mp4", True),
    (
        "N6",
        N6,
        "[Gold] Our Brave Academia S3 - 04 (Watashi no Yuusha Gakuen - 42) (WEB Dual Audio 1080p) [5383D0D0].mkv",  # noqa: E501 - a name
        False,
    ),
    ("N7", N7, "[SubsPlease] Watashi no Yuusha Gakuen - 89 (1080p) [1053CB40].mkv", True),
    ("N8", N8, "[PAS] Kemonos S2 - 13 [1080p].mkv", True),
    ("N9", N9, "[HorribleSubs] Ryouri no Kouma S2 - 01 [720p].mkv", True),
    ("N9", N9, "[HorribleSubs] Ryouri no Kouma - 01 [720p].mkv", False),
    ("N10", N10, "[HorribleSubs] 4-gatsu no Raion - 23 [720p].mkv", True),
    (
        "N10",
        want(1, show("4%", 8, start="2016-11-25")),
        "4-gatsu no Raion [BD 1080p HEVC AAC]",
        False,
    ),
    (
        "N10",
        want(1, show("4%", 8, start="2016-11-25")),
        "[HorribleSubs] 4-gatsu no Raion - 01 [720p].mkv",
        False,
    ),
    ("N11", N11, "[Erai-raws] Inakano no Ojisan, Kenja ni Naru II - 01 [1080p].mkv", True),
    ("N11", N11_FIRST, "[Erai-raws] Inakano no Ojisan, Kenja ni Naru II - 01 [1080p].mkv", False),
    ("N11", N11_FIVE, "[Group] Arrive ALIVE S05 - 11 [1080p]", True),
    ("N11", N11_FIVE, "[Group] Arrive ALIVE V - 11 [1080p]", True),
    ("N11", N11_FIVE, "[Group] Arrive ALIVE IV - 11 [1080p]", False),
    ("N11", want(2, show("Asterii no Hi", 12)), "[Group] Asterii no Hi - 02 [1080p]", True),
    ("N12", N12, "[Group] SPION x HAUS Season 3 - 01 [1080p]", False),
    ("N12", N12, "[Group] SPION x HAUS - 01 [1080p]", True),
    (
        "N13",
        N13,
        "[Erai-raws] Mikan no Kano 2nd Season - 03 [720p][Multiple Subtitle] [ENG][POR-BR]",
        True,
    ),
    (
        "N13",
        N13,
        "[Erai-raws] Mikan no Kano 3rd Season - 03 [720p][Multiple Subtitle] [ENG][POR-BR]",
        False,
    ),
    ("N13", N13, "[SubsPlease] Mikan no Kano - 16 (1080p)", False),
    ("N13", N13, "[SubsPlease] Mikan no Kano - 14 (1080p)", True),
    ("N14", N14, "[Gumi] Mr.STEEL 石紀 第四季 - 01 [1080P][ENG]", True),
    ("N14", N14, "[Gumi] Mr.STEEL 石紀 第三季 - 01 [1080P][ENG]", False),
    (
        "N15",
        want(2, show("Kei-Oto!", 13), sequel=show("Kei-Oto!!", 26)),
        "[G] Kei-Oto! - 02 [1080p]",
        True,
    ),
    (
        "N15",
        want(2, show("Kei-Oto!", 13), sequel=show("Kei-Oto!!", 26)),
        "[G] Kei-Oto!! - 02 [1080p]",
        False,
    ),
    (
        "N15",
        want(2, show("Kei-Oto!!", 26), show("Kei-Oto!", 13)),
        "[G] Kei-Oto!! - 02 [1080p]",
        True,
    ),
    (
        "N15",
        want(2, show("Idol Live! Moonshine!!", 13)),
        "[G] Idol Live! Moonshine!! - 02 [1080p]",
        True,
    ),
    (
        "N15",
        want(2, show("Idol Live! Moonshine!!", 13)),
        "[G] Idol Live! Moonshine!! S2 - 02 [1080p]",
        False,
    ),
    ("N17", want(1, show("Academy DxS Hero", 12)), "[G] Academy DxS Hero - 00 [1080p]", False),
    (
        "N18",
        want(10, show("Kage Slayer", 24)),
        "[HorribleSubs] Kage Slayer - 10.5 [1080p].mkv",
        False,
    ),
    *[
        (
            "N18",
            want(n, show("Kumo Series", 24)),
            "[Kaleido-subs] Kumo Series - 07.5 (S00E01) - (BD 1080p)",
            False,
        )
        for n in (1, 7, 8)
    ],
    (
        "N19",
        want(4, show("Yuuri sareta Game Kishi wa Chishiki de", 12)),
        "[SubsPlease] Yuuri sareta Game Kishi wa Chishiki de - 04 (1080p)",
        True,
    ),
    ("N20", want(1, show("Kado", 12)), "[G] Steins;Kado - 01 [1080p]", False),
    ("N20", want(1, show("Kado", 12)), "[G] Kado;Steins - 01 [1080p]", False),
    ("N20", want(1, show("Kado", 12)), "[G] Kadokeeper - 01 [1080p]", False),
    ("N20", want(1, show("Kado", 12)), "[G] Kado - 01 [1080p]", True),
]


@pytest.mark.parametrize(
    ("wanted", "name", "right"),
    [pytest.param(*case, id=f"{id_} {case[1]}") for id_, *case in CASES],
)
def test_a_season_is_told_from_another(wanted, name, right):
    assert fits(wanted, name) is right


def test_n3_a_number_past_the_end_of_the_first_season_does_not_hold_all_of_it():
    assert verdict(N3, "[SubsPlease] Niji na Kimi to Boku - 13 (720p) [14AD41D0].mkv").episodes == (
        1,
    )


def test_n7_it_is_the_first_episode_and_not_the_eightyninth():
    assert verdict(N7, "[SubsPlease] Watashi no Yuusha Gakuen - 89 (1080p)").episodes == (1,)


def test_n16_two_shows_of_one_title_are_not_guessed_apart():
    new = show("Momo Matsuri", 12, start="2018-04-06")
    old = show("Momo matsuri", 1, kind="OVA", start="1999-04-06")
    wanted = want(1, new, alternative=old)
    assert fits(wanted, "[G] Momo Matsuri (2018) - 01 [1080p]")
    ambiguous = verdict(wanted, "[G] Momo Matsuri - 01 [1080p]")
    assert not ambiguous.fits
    assert "nothing tells them apart" in ambiguous.rejections[0].text


def test_n12_the_seeders_of_a_sequel_count_for_nothing():
    offers = [
        release("[G] SPION x HAUS Season 3 - 01 [1080p]", seeders=9999),
        release("[G] SPION x HAUS - 01 [480p]", seeders=1),
    ]
    assert rank(N12, offers, Taste()).best.release is offers[1]


EDGE = show("Edge no Maru", 75, start="2013-10-06")
EDGE_2 = show("Edge no Maru: Second Season", 51, start="2015-04-06")
EDGE_ACT = show("Edge no Maru: act II", 52, start="2019-04-02")


@pytest.mark.parametrize(
    ("title", "taken"),
    [
        ("[Kita] Edge no Maru S03E01 (1080p).mkv", True),
        ("[Kita] Edge no Maru - Act II - 01 (1080p).mkv", True),
        ("[Kita] Edge no Maru - 127 (1080p).mkv", True),
        ("[Kita] Edge no Maru S02E01 (1080p).mkv", False),
        ("[Kita] Edge no Maru (Season 2) - 01 (1080p).mkv", False),
    ],
)
def test_a_numeral_that_counts_acts_names_no_season(title, taken):
    assert fits(want(1, EDGE_ACT, EDGE_2, EDGE), title) == taken
