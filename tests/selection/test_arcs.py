"""Shows whose seasons nobody names: arcs, prologues, films of an arc, titles told by a sign."""

import pytest

from uuutd.domain import Taste

from .asking import fits, show, verdict, want

# An arc, and a second one whose title goes on from it: groups count both as season 2, or not.
YUME = show("Yume no Hate", 26, "Dream's End", start="2012-10-06")
DUST = show("Yume no Hate: Dust Pilgrims", 24, "Dream's End: Dust Pilgrims", start="2014-04-05")
NILE = show(
    "Yume no Hate: Dust Pilgrims - Nile-hen",
    24,
    "Dream's End: Dust Pilgrims - Down the Nile",
    start="2015-01-10",
)
JEWEL = show("Yume no Hate: Jewel no Machi", 39, "Dream's End: Jewel Town", start="2016-04-02")
WIND = show("Yume no Hate: Gin no Kaze", 39, "Dream's End: Silver Wind", start="2018-10-06")
DUST_10 = want(10, DUST, YUME, sequel=NILE)
NILE_12 = want(12, NILE, DUST, YUME, sequel=JEWEL)
JEWEL_12 = want(12, JEWEL, NILE, DUST, YUME, sequel=WIND)

# Two arcs that were sent one right after the other, and a third.
ONI = show("Oni no Kama", 26, "Ogre's Sickle", start="2019-04-06")
TRAIN = show("Oni no Kama: Yakou Ressha-hen", 7, "Ogre's Sickle: Night Train", start="2021-10-10")
QUARTER = show("Oni no Kama: Yuugai-hen", 11, "Ogre's Sickle: Quarter", start="2021-12-05")
VILLAGE = show("Oni no Kama: Kaji no Sato-hen", 11, "Ogre's Sickle: Village", start="2023-04-09")
TRAIN_FILM = show(
    "Gekijouban Oni no Kama: Yakou Ressha-hen",
    1,
    "Ogre's Sickle the Movie: Night Train",
    kind="MOVIE",
    start="2020-10-16",
)
QUARTER_3 = want(3, QUARTER, TRAIN, ONI, sequel=VILLAGE, side_story=TRAIN_FILM)
FILM = want(1, TRAIN_FILM, sequel=TRAIN, parent=ONI)
TRAIN_1 = want(1, TRAIN, ONI, side_story=TRAIN_FILM, sequel=QUARTER)

# The same arcs, with somebody who names the season.
NAMED = show("Oni no Kama: Yuugai-hen", 11, start="2021-12-05", synonyms=("Oni no Kama S3",))
NAMED_3 = want(3, NAMED, TRAIN, ONI, sequel=VILLAGE)

# An arc whose later parts groups number as its own seasons.
KEN = show("Kenshi", 366, start="2004-10-05")
WAR = show("Kenshi: Sennen Sensou", 13, start="2022-10-11")
PARTING = show("Kenshi: Sennen Sensou - Wakare-hen", 13, start="2023-07-08")
CLASH = show("Kenshi: Sennen Sensou - Gekitotsu-hen", 14, start="2024-10-05")
WAR_5 = want(5, WAR, KEN, sequel=PARTING)
CLASH_5 = want(5, CLASH, PARTING, WAR, KEN)

# A prologue is no season.
PROLOGUE = show("Majo no Hoshi: Prologue", 1, "The Star Witch - Prologue", kind="ONA")
MAJO = show("Majo no Hoshi", 12, "The Star Witch", start="2022-10-02")
MAJO_2 = show("Majo no Hoshi Season 2", 12, "The Star Witch Season 2", start="2023-04-09")
MAJO_5, MAJO_25 = want(5, MAJO, PROLOGUE, sequel=MAJO_2), want(5, MAJO_2, MAJO, PROLOGUE)

# A word between the base and the subtitle.
MAGE = show("Madou Gakuen", 26, "The Odd One at Mage Academy", start="2014-04-06")
GUEST = show(
    "Madou Gakuen: Raikyaku-hen",
    13,
    "The Odd One at Mage Academy Season 2: Guest Arc",
    start="2020-10-04",
)
MAGE_5, GUEST_5 = want(5, MAGE, sequel=GUEST), want(5, GUEST, MAGE)


@pytest.mark.parametrize(
    ("wanted", "title"),
    [
        (DUST_10, "[DKB] Yume no Hate - S02E36 [1080p][HEVC x265 10bit]"),
        (NILE_12, "[DKB] Yume no Hate - S03E12 [1080p][HEVC x265 10bit]"),
        (JEWEL_12, "Dreams End S04E12 1080p BluRay x264-GHOSTS"),
        (JEWEL_12, "[Judas] Dream's End - S03E12 [BD 1080p][HEVC x265 10bit]"),
        (QUARTER_3, "Ogre's Sickle S03E03 1080p CR WEB-DL AAC2.0 H 264-VARYG"),
        (WAR_5, "[Judas] Kenshi - Sennen Sensou - S02E05 [1080p][HEVC x265 10bit]"),
    ],
)
def test_a_season_that_groups_may_count_in_two_ways_is_not_guessed(wanted, title):
    assert not fits(wanted, title)


@pytest.mark.parametrize(
    ("wanted", "title"),
    [
        (DUST_10, "[DKB] Yume no Hate - S02E10 [1080p][HEVC x265 10bit]"),
        (NILE_12, "[HorribleSubs] Yume no Hate - Dust Pilgrims - Nile-hen - 12 [1080p].mkv"),
        (JEWEL_12, "[HorribleSubs] Dream's End - Jewel Town - 12 [1080p].mkv"),
        (JEWEL_12, "[Judas] Dream's End - Jewel Town - S03E12 [BD 1080p][HEVC x265 10bit]"),
        (JEWEL_12, "[Judas] Dream's End - Jewel Town - S04E12 [BD 1080p][HEVC x265 10bit]"),
        (QUARTER_3, "[Erai-raws] Oni no Kama - Yuugai Hen - 03 [1080p][Multiple Subtitle]"),
        (NAMED_3, "[Judas] Oni no Kama - S03E03 [1080p][HEVC x265 10bit][Multi-Subs]"),
        (WAR_5, "[EMBER] Kenshi - Sennen Sensou S01E05 [1080p] [HEVC WEBRip]"),
        (CLASH_5, "[ToonsHub] Kenshi Sennen Sensou S03E05 1080p WEB-DL AAC2.0 H.264"),
        (CLASH_5, "[SubsPlease] Kenshi - Sennen Sensou - 31 (1080p) [A1B2C3D4].mkv"),
    ],
)
def test_what_all_ways_of_counting_agree_on_is_taken(wanted, title):
    assert fits(wanted, title)


def test_a_season_in_doubt_is_told_as_such():
    (broken,) = verdict(JEWEL_12, "[Judas] Yume no Hate - S04E12 [1080p]").rejections
    assert broken.code == "R2"
    assert "Jewel no Machi" in broken.text
    assert "Gin no Kaze" in broken.text


def test_a_pack_of_such_a_season_is_not_guessed():
    allow = Taste(batch="only")
    assert not fits(JEWEL_12, "[Judas] Yume no Hate (Season 3) [BD 1080p] (Batch)", allow)
    assert fits(JEWEL_12, "[Judas] Yume no Hate - Jewel no Machi [BD 1080p] (Batch)", allow)


def test_a_prologue_counts_neither_as_a_season_nor_as_an_episode():
    second = "[EMBER] The Star Witch S02E05 [1080p] [HEVC WEBRip]"
    assert not fits(MAJO_5, second)
    assert fits(MAJO_25, second)
    assert fits(MAJO_25, "[SubsPlease] Majo no Hoshi - 17 (1080p) [A1B2C3D4].mkv")
    assert fits(want(1, PROLOGUE, sequel=MAJO), "[SubsPlease] Majo no Hoshi - Prologue (1080p)")


def test_a_title_without_its_season_mark_is_not_that_of_the_first_season():
    title = "[EMBER] The Odd One at Mage Academy: Guest Arc - 05 [1080p]"
    assert not fits(MAGE_5, title)
    assert fits(GUEST_5, "[EMBER] The Odd One at Mage Academy S02E05 [1080p]")


@pytest.mark.parametrize(
    ("wanted", "title", "taken"),
    [
        (FILM, "[Judas] Oni no Kama Movie - Yakou Ressha-hen [BD 1080p][HEVC x265 10bit]", True),
        (FILM, "[SubsPlease] Oni no Kama - Yakou Ressha-hen - 01 (1080p)", False),
        (FILM, "[Judas] Ogre's Sickle the Movie: Night Train (2020) [BD 1080p]", True),
        (TRAIN_1, "[Judas] Oni no Kama Movie - Yakou Ressha-hen [BD 1080p][HEVC x265]", False),
        (TRAIN_1, "[SubsPlease] Oni no Kama - Yakou Ressha-hen - 01 (1080p)", True),
    ],
)
def test_a_film_that_is_named_by_an_arc_is_told_from_the_series(wanted, title, taken):
    assert fits(wanted, title) is taken


# A title that all seasons have, next to one that names the season.
TAMA = [
    show("Tamashii.", 12, "Tamashii Season 3", start="2017-01-09"),
    show("Tamashii'", 51, "Tamashii Season 2", start="2011-04-04"),
    show("Tamashii", 201, start="2006-04-04"),
]


@pytest.mark.parametrize(
    ("wanted", "title", "taken"),
    [
        (want(5, TAMA[0]), "[X] Tamashii - 05 [1080p]", False),
        (want(5, *TAMA), "[X] Tamashii - 05 [1080p]", False),
        (want(5, *TAMA), "[HorribleSubs] Tamashii - 257 [1080p].mkv", True),
        (want(5, *TAMA[1:]), "[X] Tamashii' - 05 [1080p]", True),
        (want(5, *TAMA[1:], sequel=TAMA[0]), "[X] Tamashii - 05 [1080p]", False),
        (want(5, TAMA[2], sequel=TAMA[1]), "[X] Tamashii - 005 [1080p].mkv", True),
    ],
)
def test_a_title_that_all_seasons_have_is_no_seasons_own(wanted, title, taken):
    assert fits(wanted, title) is taken


BAND = show("Keion Bu!", 12, start="2009-04-03")
BAND_2 = show("Keion Bu!!", 24, "Keion Bu!! Season 2", start="2010-04-07")
CLUB_2 = show("Keion Bu!", 24, "Keion Bu! Season 2", start="2010-04-07")


@pytest.mark.parametrize(
    ("wanted", "title", "taken"),
    [
        (want(2, BAND_2, BAND), "[X] Keion Bu!! - 02 [1080p]", True),
        (want(2, BAND_2), "[X] Keion Bu!! - 02 [1080p]", True),
        (want(2, BAND, sequel=BAND_2), "[X] Keion Bu!! - 02 [1080p]", False),
        (want(2, CLUB_2, BAND), "[X] Keion Bu! - 02 [1080p]", False),
        (want(2, CLUB_2, BAND), "[X] Keion Bu! - 14 [1080p]", True),
        (want(2, BAND, sequel=CLUB_2), "[X] Keion Bu! - 02 [1080p]", True),
    ],
)
def test_signs_of_its_own_make_a_title_its_own(wanted, title, taken):
    assert fits(wanted, title) is taken


ROCK, ROCK_2 = show("Rock de Miseru!!", 12), show("Rock de Miseru!!#", 12)
SHARP = show("Uta no Shoujo\u266f", 12)
BRIDE, BRIDE_2 = show("4-tsugo no Hanamuko", 12), show("4-tsugo no Hanamuko \u222c", 12)


@pytest.mark.parametrize(
    ("work", "title", "taken"),
    [
        (ROCK, "[HorribleSubs] Rock de Miseru!! - 05 [1080p].mkv", True),
        (ROCK, "[HorribleSubs] Rock de Miseru!!# - 05 [1080p].mkv", False),
        (ROCK, "[HorribleSubs] Rock de Miseru!! # - 05 [1080p].mkv", False),
        (ROCK, "[HorribleSubs] Rock de Miseru!! #05 [1080p].mkv", True),
        (ROCK, "[HorribleSubs] Rock de Miseru #05 [1080p].mkv", True),
        (ROCK_2, "[HorribleSubs] Rock de Miseru!! - 05 [1080p].mkv", False),
        (ROCK_2, "[HorribleSubs] Rock de Miseru!!# - 05 [1080p].mkv", True),
        (BRIDE_2, "[HorribleSubs] 4-tsugo no Hanamuko - 05 [1080p].mkv", False),
        (BRIDE_2, "[HorribleSubs] 4-tsugo no Hanamuko \u222c - 05 [1080p].mkv", True),
        (BRIDE, "[HorribleSubs] 4-tsugo no Hanamuko - 05 [1080p].mkv", True),
        (SHARP, "[HorribleSubs] Uta no Shoujo - 05 [1080p].mkv", True),
    ],
)
def test_a_sign_that_makes_another_title_counts_without_relatives(work, title, taken):
    assert fits(want(5, work), title) is taken


KAI = show("Tooi Tabi II Part 2", 12, "Far Trip Season 2 Part 2")
THIEF = show("KAITOU THE 3rd PART 6", 24, synonyms=("Kaitou III: Part 6",))
FILM_2 = show("Sensha Musume Saishuushou Part 2", 1, kind="MOVIE", start="2019-06-15")


@pytest.mark.parametrize(
    ("wanted", "title", "taken"),
    [
        (want(3, KAI), "[SubsPlease] Tooi Tabi S2 - 03 (1080p)", False),
        (want(3, KAI), "[Judas] Tooi Tabi - S02E03 [1080p]", False),
        (want(3, KAI), "[Erai-raws] Tooi Tabi Part 2 - 03 [1080p]", False),
        (want(3, KAI), "[Erai-raws] Tooi Tabi II Part 2 - 03 [1080p]", True),
        (want(5, THIEF), "[X] Kaitou III - 05 [1080p]", False),
        (want(5, THIEF), "[Judas] Kaitou the 3rd Part 6 - 05 [1080p]", True),
        (want(5, THIEF), "KAITOU THE 3rd PART 6 S01E05 1080p WEB-DL AAC2.0 H 264-VARYG", True),
        (want(5, THIEF), "[SubsPlease] Kaitou III - Part 6 - 05 (1080p)", True),
        (want(5, THIEF), "[SubsPlease] Kaitou III - Part 5 - 05 (1080p)", False),
        (want(1, FILM_2), "[Doki] Sensha Musume Saishuushou Part 2 (1920x1080 BD FLAC)", True),
        (want(1, FILM_2), "[Doki] Sensha Musume Saishuushou Part 1 (1920x1080 BD FLAC)", False),
    ],
)
def test_a_later_part_without_known_relatives_is_told_by_its_part(wanted, title, taken):
    assert fits(wanted, title) is taken


SORA = show("Sora no Oto", 24)


@pytest.mark.parametrize(
    ("title", "taken"),
    [
        ("[X] Sora no Oto - 05 (Abridged) [1080p]", False),
        ("[X] Sora no Oto - Episode 05 Abridged", False),
        ("[X] Sora no Oto Abridged - 05 [1080p]", False),
        ("[X] Sora no Oto - 05 (Returns) [1080p]", False),
        ("[X] Sora no Oto - 05 (Uncensored) [1080p]", True),
        ("[X] Sora no Oto - 05 (Final) [1080p]", True),
        ("[X] Sora no Oto - 05 (Netflix) [1080p]", True),
        ("[X] Sora no Oto - 05 (The Rain Returns) [1080p]", True),
        ("[X] Sora no Oto - 05\u03b2 [1080p]", False),
        ("[X] Sora no Oto - 05\u8a71 [1080p]", True),
    ],
)
def test_what_stands_right_behind_the_number_is_read(title, taken):
    assert fits(want(5, SORA), title) is taken


@pytest.mark.parametrize(
    "title",
    [
        "[Judas] Sora no Oto (Complete Series) [1080p][HEVC x265 10bit][Dual-Audio] (Batch)",
        "Sora no Oto Complete Series (1-24) [1080p] [Dual Audio]",
        "[VCB-Studio] Sora no Oto [Ma10p_1080p]",
    ],
)
def test_usual_names_of_packs_are_understood(title):
    assert fits(want(5, SORA), title, Taste(batch="only"))


GHOUL = [
    show("Tokyo Demon:re 2", 12, start="2018-10-09", synonyms=("Tokyo Demon:re 2nd Season",)),
    show("Tokyo Demon:re", 12, start="2018-04-03"),
    show("Tokyo Demon Root", 12, start="2015-01-09"),
    show("Tokyo Demon", 12, start="2014-07-04"),
]
STONE = [
    show("Ishi: NEW DAY Part 2", 11, start="2023-10-12"),
    show("Ishi: NEW DAY", 11, start="2023-04-06", synonyms=("Ishi 3rd Season",)),
    show("Ishi: STONE AGE", 11, start="2021-01-14"),
    show("Ishi", 24, start="2019-07-05"),
]


def test_a_season_of_an_arc_is_known_by_its_synonym():
    assert fits(want(5, *GHOUL), "[Erai-raws] Tokyo Demon re 2nd Season - 05 [1080p].mkv")
    assert not fits(want(5, *GHOUL[1:]), "[Erai-raws] Tokyo Demon re 2nd Season - 05 [1080p].mkv")


ACE = [
    show("Ace no Migi: act II - Second Season", 12, start="2026-04-05"),
    show("Ace no Migi: act II", 52, start="2019-04-02"),
    show("Ace no Migi: Second Season", 51, start="2015-04-06"),
    show("Ace no Migi", 75, start="2013-10-06"),
]


@pytest.mark.parametrize(
    ("wanted", "taken"),
    [(want(5, *ACE), True), (want(5, *ACE[1:]), False), (want(5, *ACE[2:]), False)],
)
def test_a_season_mark_behind_an_arcs_title_is_that_of_the_arc(wanted, taken):
    assert fits(wanted, "[Erai-raws] Ace no Migi - Act II 2nd Season - 05 [1080p]") is taken
    assert fits(wanted, "[Judas] Ace no Migi - Act II - S02E05 [1080p]") is taken


def test_a_greek_letter_behind_the_title_makes_another_one():
    uma, omega = show("Uma wa Asobitai!"), show("Uma wa Asobitai! \u03c9", english="Uma Season 2")
    title = "[Erai-raws] Uma wa Asobitai! \u03c9 - 05 [1080p]"
    assert not fits(want(5, uma), title)
    assert fits(want(5, omega, uma), title)


def test_a_seasons_number_counts_on_behind_the_title_of_its_first_part():
    assert fits(want(5, *STONE), "[EMBER] Ishi: New Day S03E16 [1080p]")
    assert not fits(want(5, *STONE), "[EMBER] Ishi: New Day S03E05 [1080p]")
