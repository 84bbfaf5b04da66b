"""Every hard rule, on names that set the traps other systems fell into."""

from datetime import UTC, date, datetime

import attrs
import pytest

from uuutd.choice import rank
from uuutd.domain import (
    Airing,
    EntryId,
    Format,
    InfoHash,
    Language,
    Relation,
    RelationKind,
    Release,
    Taste,
    Titles,
    Wanted,
    Work,
)

GIB = 1024**3


def work(romaji, english=None, episodes=12, kind=Format.TV, start=None, **more):
    titles = Titles(romaji=romaji, english=english, native=more.pop("native", None))
    return Work(
        id=EntryId(romaji),
        titles=titles,
        episodes=episodes,
        format=kind,
        start_date=date.fromisoformat(start) if start else None,
        **more,
    )


def related(kind, *args, **more):
    return Relation(RelationKind[kind], work(*args, **more))


def release(title, **more):
    more = {"size": GIB, "seeders": 50, "language": Language.ENGLISH, "indexer": "test"} | more
    return Release(title=title, info_hash=InfoHash("0" * 40), **more)


def judged(wanted, title, taste=None, **more):
    return rank(wanted, [release(title, **more)], taste or Taste()).verdicts[0]


def codes(wanted, title, taste=None, **more):
    return {r.code for r in judged(wanted, title, taste, **more).rejections}


MIDORI = work("Midori no Oka", "The Green Hill", 24, start="2020-10-03")
MIDORI_2 = work("Midori no Oka 2nd Season", "The Green Hill Season 2", 23, start="2023-07-06")
MIDORI_FILM = related("SIDE_STORY", "Midori no Oka 0", None, 1, Format.MOVIE)
SECOND = Wanted(work=MIDORI_2, episode=18, prequels=(MIDORI,), related=(MIDORI_FILM,))
FIRST = Wanted(work=MIDORI, episode=18, related=(Relation(RelationKind.SEQUEL, MIDORI_2),))

GINZA = work("Ginza×Hotel", "Ginza x Hotel", 12, start="2022-04-09")
GINZA_2 = work("Ginza×Hotel Part 2", "Ginza x Hotel Cour 2", 13, start="2022-10-01")
COUR = Wanted(work=GINZA_2, episode=5, prequels=(GINZA,))

KAZE = work("Kaze no Kishi", "Wind Knight", 25, start="2012-07-08")
KAZE_II = work("Kaze no Kishi II", "Wind Knight II", 24, start="2014-07-05")
KAZE_A = work("Kaze no Kishi: Tsubasa", "Wind Knight: Wings", 24, start="2018-10-07")
KAZE_W = work("Kaze no Kishi: Tsubasa - Owari no Sora", "Wind Knight: Wings - Last Sky", 12)
KAZE_W2 = work("Kaze no Kishi: Tsubasa - Owari no Sora Part 2", "Wind Knight: Last Sky Part 2", 11)
LAST = Wanted(work=KAZE_W2, episode=5, prequels=(KAZE_W, KAZE_A, KAZE_II, KAZE))

HIRO = work("Hiro no Gakuen", "Hero School", 13, start="2016-04-03")
HIRO_2 = work("Hiro no Gakuen 2", "Hero School Season 2", 25, start="2017-04-01")
HIRO_3 = work("Hiro no Gakuen 3", "Hero School Season 3", 25, start="2018-04-07")
THIRD = Wanted(work=HIRO_3, episode=16, prequels=(HIRO_2, HIRO))

MUSOU = work("Musou Ryokou: Isekai Hon", "Dream Journey", 23, start="2021-01-11")
MUSOU_2 = work("Musou Ryokou II: Isekai Hon", "Dream Journey Season 2", 12, start="2023-07-03")
MUSOU_22 = work(
    "Musou Ryokou II: Isekai Hon Part 2", "Dream Journey Season 2 Part 2", 12, start="2024-04-08"
)
JOURNEY = Wanted(work=MUSOU_22, episode=1, prequels=(MUSOU_2, MUSOU))

LONG = Wanted(work=work("Kaizoku Maru", "Pirate Maru", None, start="1999-10-20"), episode=42)
FILM = Wanted(
    work=work("Midori no Oka 0", None, 1, Format.MOVIE, "2021-12-24"),
    episode=1,
    prequels=(MIDORI,),
)
BAND = work("Ke-On!", None, 13, start="2009-04-03")
BAND_2 = work("Ke-On!!", None, 26, start="2010-04-07")


@pytest.mark.parametrize(
    ("wanted", "title"),
    [
        # continuous, season-counted and own numbers of a second season
        (SECOND, "[SubsPlease] Midori no Oka - 42 (1080p) [ABCD1234].mkv"),
        (SECOND, "[Judas] Midori no Oka - S02E18 [1080p]"),
        (SECOND, "[Erai-raws] Midori no Oka 2nd Season - 18 [1080p][Multiple Subtitle]"),
        (SECOND, "[Group] Midori no Oka S2 - 42 [1080p]"),
        (SECOND, "The.Green.Hill.S02E18.1080p.WEB.H264-GROUP"),
        (SECOND, "[EMBER] Midori no Oka S02E18 [1080p] (The Green Hill Season 2)"),
        (SECOND, "[Group] Midori no Oka (2023) S02E18 [1080p]"),
        (SECOND, "[Group] \u7dd1\u306e\u4e18 \u7b2c\u4e8c\u5b63 / Midori no Oka [42][1080p]"),
        # cours of one season count on
        (COUR, "[SubsPlease] Ginza x Hotel - 17 (1080p) [52825309].mkv"),
        (COUR, "[Judas] Ginza x Hotel - S01E17 [1080p]"),
        (COUR, "[Erai-raws] Ginza x Hotel Part 2 - 05 [1080p]"),
        (
            COUR,
            "Ginza x Hotel S01E17 1080p CR WEB-DL H 264-VARYG (Ginza x Hotel Part 2, Multi-Subs)",
        ),
        # numbers counted on from the prequel whose title the name carries
        (LAST, "[Group] Kaze no Kishi - Tsubasa - 41 [1080p]"),
        (LAST, "[Group] Kaze no Kishi - Tsubasa - Owari no Sora - 17 [1080p]"),
        (LAST, "[Group] Wind Knight S04E17 [1080p]"),
        # bare digits and roman numerals
        (THIRD, "[Ohys] Hiro no Gakuen 3 - 16 (1280x720 x264 AAC).mp4"),
        (THIRD, "[Group] Hiro no Gakuen 3rd Season - 16 [1080p]"),
        (THIRD, "[Group] Hero School S3 - 16 (Hiro no Gakuen - 54) (WEB 1080p) [5383D0D8].mkv"),
        (THIRD, "[Group] Hiro no Gakuen - 54 [1080p]"),
        (JOURNEY, "[Group] Musou Ryokou II Part 2 - 13 [1080p]"),
        (JOURNEY, "[Group] Musou Ryokou S2 - 13 [1080p]"),
        (JOURNEY, "[Group] Musou Ryokou II Part 2 - 01 [1080p]"),
        (JOURNEY, "[Group] Dream Journey S02E13 [1080p]"),
        # numbers that look like something else
        (LONG, "Kaizoku Maru 042 720p.mp4"),
        (LONG, "[Group] Kaizoku Maru S01E0042 VOSTA 1080p WEB x264"),
        (FILM, "Midori no Oka 0 2021 1080p BluRay x264-VARYG"),
        (FILM, "[Erai-raws] Midori no Oka 0 - Movie [1080p][Multiple Subtitle][0D9BE471].mkv"),
    ],
)
def test_it_is_accepted(wanted, title):
    assert codes(wanted, title) == set()


@pytest.mark.parametrize(
    ("wanted", "title"),
    [
        (SECOND, "[SubsPlease] Midori no Oka - 18 (1080p).mkv"),
        (SECOND, "[Group] Midori no Oka S01E18 [1080p]"),
        (SECOND, "[Group] Midori no Oka Season 3 - 18 [1080p]"),
        (SECOND, "[Group] Midori no Oka 0 (2021) (Movie) [1080p]"),
        (SECOND, "[Group] Midori no Oka - Kodomo no Hi - 18 [1080p]"),
        (SECOND, "[Group] Midori no Okayama S2 - 18 [1080p]"),
        (SECOND, "[Group] Aka to Midori no Oka S2 - 18 [1080p]"),
        (SECOND, "[Group] Midori no Oka S2 OVA - 18 [1080p]"),
        (SECOND, "[Midori no Oka] Another Show S02E18 [1080p]"),
        (FIRST, "[Group] Midori no Oka II - 18 [1080p]"),
        (FIRST, "[SubsPlease] Midori no Oka - 42 (1080p).mkv"),
        (FIRST, "[Group] Midori no Oka (1998) - 18 [1080p]"),
        (FIRST, "[Group] Midori no Oka S01E18 [1080p] (Midori no Oka 2nd Season)"),
        (COUR, "[SubsPlease] Ginza x Hotel - 05 (1080p).mkv"),
        (COUR, "[Group] Ginza x Hotel S02E05 [1080p]"),
        (LAST, "[Group] Kaze no Kishi - Tsubasa - 05 [1080p]"),
        (LAST, "[Group] Kaze no Kishi - Tsubasa - Owari no Sora - 05 [1080p]"),
        (LAST, "[Group] Kaze no Kishi - 41 [1080p]"),
        (THIRD, "[Group] Hiro no Gakuen 6 - 16 [1080p]"),
        (THIRD, "[Group] Hiro no Gakuen - 16 [1080p]"),
        (JOURNEY, "[Group] Musou Ryokou II - 01 [1080p]"),
        (LONG, "[Group] Kaizoku Maru Film Red (2022) [1080p]"),
        (LONG, "[Group] Kaizoku Maru' - 42 [1080p]"),
        (LONG, "[Group] Kaizoku Maru S02E42 [1080p]"),
        (FILM, "[Group] Midori no Oka - 01 [1080p]"),
        (FIRST, "[Group] Midori no Oka - 17.5 (S00E18) [1080p].mkv"),
    ],
)
def test_r1_another_show(wanted, title):
    assert "R1" in codes(wanted, title)


@pytest.mark.parametrize(
    ("wanted", "title"),
    [
        (FIRST, "[Group] Midori no Oka - 17 [1080p].mkv"),
        (FIRST, "[Group] Midori no Oka - 18.5 [1080p].mkv"),
        (FIRST, "[Group] Midori no Oka - 18a [1080p].mkv"),
        (FIRST, "[Group] Midori no Oka 18-1 [1080p].mkv"),
        (FIRST, "[Group] Midori no Oka [1080p].mkv"),
        (FIRST, "[Group] Midori no Oka 2 [1080p].mkv"),
        (FIRST, "[Group] Midori no Oka - 00 [1080p].mkv"),
        (LONG, "[Group] Kaizoku Maru - 942 [1080p].mkv"),
        (LONG, "[Group] Kaizoku Maru - 420 [1080p].mkv"),
        (LONG, "[Group] Kaizoku Maru 720 720p.mp4"),
    ],
)
def test_r2_another_episode(wanted, title):
    assert "R2" in codes(wanted, title)


SINGLE = "[Group] Midori no Oka S2 - 18 [1080p]"
WHOLE = [
    "[Group] Midori no Oka S2 (01-23) (1080p) [Batch]",
    "[Group] Midori no Oka - 25 ~ 47 [1080p]",
    "[Group] Midori no Oka (Season 2) [1080p] (Batch)",
    "The Green Hill S02 1080p WEB-DL H 264-GROUP (Multi-Subs)",
    "[Group] Midori no Oka 2nd Season [01-23\u5b8c][1080p]",
    "[Group] Midori no Oka (01-47) [1080p]",
    "[Group] Midori no Oka (Seasons 1-2) [1080p]",
    "[Group] Midori no Oka S01+S02 [1080p]",
]


@pytest.mark.parametrize("title", WHOLE)
def test_r3_a_batch_only_if_it_is_allowed(title):
    assert codes(SECOND, title) == {"R3"}
    assert codes(SECOND, title, Taste(batch="allow")) == set()
    assert codes(SECOND, title, Taste(batch="only")) == set()


@pytest.mark.parametrize(
    "title",
    [
        "[Group] Midori no Oka S2 - 17-18 [1080p]",
        "[Group] Midori no Oka S02E17-E18 [1080p]",
        "[Group] Midori no Oka S2 - 18 & 19 [1080p]",
        "[Group] Midori no Oka S2 (13-23) [1080p]",
    ],
)
@pytest.mark.parametrize("batch", ["never", "allow", "only"])
def test_r3_some_episodes_are_never_enough(title, batch):
    assert "R3" in codes(SECOND, title, Taste(batch=batch))


def test_r3_a_single_episode_is_no_batch():
    assert codes(SECOND, SINGLE, Taste(batch="only")) == {"R3"}


def test_r3_a_season_pack_of_another_season():
    for title in ("[Group] Midori no Oka (01-24) [1080p]", "[Group] Midori no Oka S01 [1080p]"):
        assert "R1" in codes(SECOND, title, Taste(batch="allow"))


def test_r3_without_any_number_only_for_finished_shows():
    title = "[Group] Midori no Oka [BD 1080p FLAC]"
    for airing, expected in ((Airing.FINISHED, set()), (Airing.RELEASING, {"R2"})):
        show = work("Midori no Oka", None, 24, airing=airing)
        found = codes(Wanted(work=show, episode=3), title, Taste(batch="allow"))
        assert found == expected


def test_r3_a_show_without_end_has_packs_from_the_first_episode_on():
    allow = Taste(batch="allow")
    assert codes(LONG, "[Group] Kaizoku Maru 001-574 [1080p]", allow) == set()
    assert codes(LONG, "Kaizoku Maru EP 001-501", allow) == set()
    assert codes(LONG, "[Group] Kaizoku Maru 575-782 [1080p]", allow) != set()
    assert codes(LONG, "[Group] Kaizoku Maru 001-574 [1080p]") == {"R3"}


def test_r3_a_single_fits_better_than_a_pack_and_a_season_better_than_more():
    titles = [SINGLE, WHOLE[0], WHOLE[5]]
    releases = [release(t, seeders=10**n) for n, t in enumerate(titles, 1)]
    found = rank(SECOND, releases, Taste(batch="allow"))
    assert [verdict.release.title for verdict in found.verdicts] == titles
    assert [verdict.fits for verdict in found.verdicts] == [True] * 3
    scores = [verdict.score for verdict in found.verdicts]
    assert scores == sorted(scores, reverse=True)


@pytest.mark.parametrize(
    ("marks", "category", "fits"),
    [
        ("(1080p) [ABCD1234].mkv", Language.ENGLISH, True),
        ("(1080p) [ABCD1234].mkv", Language.UNKNOWN, True),
        ("(1080p) [ABCD1234].mkv", Language.FOREIGN, False),
        ("(1080p) [ABCD1234].mkv", Language.RAW, False),
        ("[1080p][Multi-Subs]", Language.UNKNOWN, True),
        ("[1080p][Multiple Subtitle] [ENG][POR-BR][SPA]", Language.FOREIGN, True),
        ("[1080p][Multiple Subtitle] [POR-BR][SPA]", Language.ENGLISH, False),
        ("VOSTFR 1080p WEB x264 AAC -Group (CR)", Language.UNKNOWN, False),
        ("[1080p][Sub Espa\u00f1ol]", Language.UNKNOWN, False),
        ("(sub ita) 1080p.mp4", Language.ENGLISH, False),
        ("[1080P][Baha][WEB-DL][AAC AVC][CHT][MP4]", Language.UNKNOWN, False),
        ("[1080p][\u7b80\u7e41\u5185\u5c01\u5b57\u5e55]", Language.UNKNOWN, False),
        ("(BS11 1280x720 x264 AAC).mp4", Language.UNKNOWN, False),
        ("(AT-X 1280x720 x264 AAC).mp4", Language.UNKNOWN, False),
        ("[English Dub] [WEB-DL 1080p]", Language.ENGLISH, False),
        ("[Dual Audio][1080p]", Language.ENGLISH, True),
        ("[RAW][1080p]", Language.UNKNOWN, False),
        ("RAW (1920x1080 x264 AAC).mp4", Language.ENGLISH, False),
        ("Raw Deal (1080p).mkv", Language.ENGLISH, True),
        ("[1080p][PT-BR]", Language.ENGLISH, False),
    ],
)
def test_r4_subtitles(marks, category, fits):
    found = codes(FIRST, f"[Group] Midori no Oka - 18 {marks}", language=category)
    assert found == (set() if fits else {"R4"})


@pytest.mark.parametrize(
    ("marks", "category", "fits"),
    [
        ("[English Dub] [WEB-DL 1080p]", Language.ENGLISH, True),
        ("1080p WEB-DL DUAL AAC2.0 H 264-GROUP (Dual-Audio, Multi-Subs)", Language.ENGLISH, True),
        ("[Dubbed][1080p]", Language.ENGLISH, True),
        ("[1080p][Multi-Subs]", Language.ENGLISH, False),
        ("(1080p).mkv", Language.ENGLISH, False),
        ("[German Dub][1080p]", Language.FOREIGN, False),
        ("VF 1080p", Language.FOREIGN, False),
        ("[Dual Audio][1080p]", Language.FOREIGN, False),
    ],
)
def test_r4_a_dub(marks, category, fits):
    found = codes(
        FIRST, f"[Group] Midori no Oka - 18 {marks}", Taste(audio="dub"), language=category
    )
    assert found == (set() if fits else {"R4"})


def test_r4_another_language_has_to_be_named():
    french = Taste(language="fr")
    vostfr = "Midori no Oka S01E18 VOSTFR 1080p WEB x264 AAC -Group (CR)"
    assert codes(FIRST, vostfr, french, language=Language.FOREIGN) == set()
    for title in ("[Group] Midori no Oka - 18 [1080p]", "[G] Midori no Oka - 18 [Multi-Subs]"):
        assert codes(FIRST, title, french) == {"R4"}


@pytest.mark.parametrize(
    "more",
    [
        {"seeders": 0},
        {"seeders": None},
        {"size": 2 * 1024**2},
        {"is_anime_video": False},
        {"title": "[Group] Midori no Oka - 18 (1080p) [0F0F0F0F].exe"},
        {"title": "[Group] Midori no Oka - 18 (1080p).rar"},
        {"title": "[Group] Midori no Oka - 18 - NCOP [1080p]"},
    ],
)
def test_r5_dead_and_false_ones(more):
    more = dict(more)
    title = more.pop("title", "[Group] Midori no Oka - 18 [1080p]")
    assert codes(FIRST, title, **more) == {"R5"}


@pytest.mark.parametrize(
    "title",
    [
        "[Group] Midori no Oka - NCOP1 + NCED1 [1080p][D112FC52]",
        "Midori no Oka PV 2 [1080p]",
        "Midori no Oka Original Soundtrack [FLAC]",
        "[Group] Midori no Oka - Creditless Opening [BD 1080p]",
    ],
)
def test_r5_extras_are_no_episodes(title):
    assert "R5" in codes(FIRST, title)


def test_r5_an_unknown_size_passes():
    assert codes(FIRST, "[Group] Midori no Oka - 18 [1080p]", size=None) == set()


def test_r6_not_before_the_show_began():
    before = datetime(2020, 10, 2, 14, 59, tzinfo=UTC)
    in_japan_already_the_third = datetime(2020, 10, 2, 15, 1, tzinfo=UTC)
    title = "[Group] Midori no Oka - 18 [1080p]"
    assert codes(FIRST, title, published_at=before) == {"R6"}
    assert codes(FIRST, title, published_at=in_japan_already_the_third) == set()


def test_r6_a_film_may_be_early_and_has_no_number():
    before = datetime(2021, 12, 1, tzinfo=UTC)
    assert codes(FILM, "[Group] Midori no Oka 0 [1080p]", published_at=before) == set()
    assert codes(FILM, "[Group] Midori no Oka 0 - 01 [1080p]") == {"R6"}


def test_signs_tell_two_shows_with_one_title_apart():
    first = Wanted(work=BAND, episode=2, related=(Relation(RelationKind.SEQUEL, BAND_2),))
    second = Wanted(work=BAND_2, episode=2, prequels=(BAND,))
    for title, fits_first in (
        ("[Group] Ke-On! - 02 [1080p]", True),
        ("[Group] Ke-On - 02 [1080p]", True),
        ("[Group] Ke-On!! - 02 [1080p]", False),
        ("[Group] Ke-On! S2 - 02 [1080p]", False),
    ):
        assert (codes(first, title) == set()) is fits_first
        assert (codes(second, title) == set()) is not fits_first


def test_two_shows_with_the_same_title_are_told_apart_by_the_year_or_not_at_all():
    new = work("Hina Hotel", None, 12, start="2018-04-06")
    old = Relation(RelationKind.ALTERNATIVE, work("HINA HOTEL", None, 13, start="1999-01-01"))
    other = attrs.evolve(old, work=attrs.evolve(old.work, id=EntryId("other")))
    wanted = Wanted(work=new, episode=1, related=(other,))
    assert codes(wanted, "[Group] Hina Hotel - 01 [1080p]") == {"R1"}
    assert codes(wanted, "[Group] Hina Hotel (2018) - 01 [1080p]") == set()
    assert codes(wanted, "[Group] Hina Hotel (1999) - 01 [1080p]") == {"R1"}


def test_an_ova_needs_no_number_and_may_be_called_a_special():
    ova = Wanted(work=work("Midori no Oka OVA", None, 1, Format.OVA), episode=1, prequels=(MIDORI,))
    for rest in ("[1080p]", "- 01 [1080p]", "S00E01 [1080p]"):
        assert codes(ova, f"[Group] Midori no Oka OVA {rest}") == set()
    assert codes(ova, "[Group] Midori no Oka - 01 [1080p]") == {"R1"}
    assert codes(ova, "[Group] Midori no Oka OVA (Season 1) [1080p] (Batch)") == {"R3"}


def test_words_of_a_title_are_no_marks():
    nova = Wanted(work=work("Nova Persona", None, 12), episode=3)
    assert codes(nova, "[Group] Nova Persona - 03 [1080p]") == set()
    days = Wanted(work=work("77 Nights", None, 12), episode=3)
    assert codes(days, "[Group] 77 Nights - 03 [1080p]") == set()
    assert codes(days, "[Group] 77 Nights - 01 [1080p]") == {"R2"}
    number = Wanted(work=work("19/8", None, 12), episode=3)
    assert codes(number, "[Group] 19-8 - 03 [1080p]") == set()
    assert codes(number, "[Group] 19/8 / 19-8 - 03 [1080p]") == set()


def test_r4_a_group_for_raws_is_raw_where_nothing_else_says_so():
    for group, fits in (("Some-Raws", False), ("Erai-raws", True), ("Some Subs", True)):
        title = f"[{group}] Midori no Oka - 18 (BD 1080p)"
        assert (codes(FIRST, title, language=Language.UNKNOWN) == set()) is fits
        assert codes(FIRST, title, language=Language.ENGLISH) == set()


def test_r4_another_script_is_no_english_where_nothing_else_says_so():
    title = "[Group] \u7dd1\u306e\u4e18 / Midori no Oka - 18 [1080p]"
    assert codes(FIRST, title, language=Language.UNKNOWN) == {"R4"}
    assert codes(FIRST, title, language=Language.ENGLISH) == set()


def test_what_a_spin_off_shares_with_its_parent_is_the_parents():
    parent = related("PARENT", "Tantei Kono", "Case Shut", None)
    tea = work(
        "Tantei Kono: Tea Time", "Case Shut: Tea", 6, synonyms=("Detective Kono", "Kono Tea")
    )
    wanted = Wanted(work=tea, episode=5, related=(parent,))
    assert codes(wanted, "[G] Tantei Kono - Tea Time - 05 [1080p]") == set()
    assert codes(wanted, "[G] Kono Tea - 05 [1080p]") == set()
    assert codes(wanted, "[G] Detective Kono - 05 [1080p]") == {"R1"}
    assert codes(wanted, "[G] Tantei Kono - 05 [1080p]") == {"R1"}


def test_a_synonym_of_a_later_season_is_one_of_the_line():
    second = work("Midori no Oka 2nd Season", None, 23, synonyms=("MnO", "Green Hill: Autumn"))
    wanted = Wanted(work=second, episode=5, prequels=(work("Midori no Oka", None, 24),))
    assert codes(wanted, "[G] MnO - 05 [1080p]") == {"R1"}
    assert codes(wanted, "[G] MnO - 29 [1080p]") == set()
    assert codes(wanted, "[G] MnO S2 - 05 [1080p]") == set()


def test_films_and_series_with_one_title_are_told_apart_by_what_they_are():
    film = work("Oni no Ressha", None, 1, Format.MOVIE, "2020-10-16")
    series = Relation(
        RelationKind.ALTERNATIVE, attrs.evolve(work("Oni no Ressha", None, 7), id=EntryId("tv"))
    )
    wanted = Wanted(work=film, episode=1, related=(series,))
    assert codes(wanted, "[G] Oni no Ressha (2020) (Movie) [1080p]") == set()
    assert "R1" in codes(wanted, "[G] Oni no Ressha - 01 [1080p]")
    assert "R1" in codes(wanted, "[G] Oni no Ressha [1080p]")


def test_a_rejection_says_what_it_is_instead():
    texts = [r.text for r in judged(SECOND, "[G] Midori no Oka - 18 [1080p]").rejections]
    assert texts == ["not this show: is episode 18 of Midori no Oka"]
