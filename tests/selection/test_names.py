"""Thirty-eight names that parsers stumble over: the episode or range, and the version."""

import pytest

from uuutd.choice import rank
from uuutd.domain import Taste

from .asking import release, show, verdict, want

ACADEMY = [
    show("Yuuki no Gakuen", 13, "Brave Academia"),
    show("Yuuki no Gakuen 2", 25, "Brave Academia Season 2"),
    show("Yuuki no Gakuen 3", 25, "Brave Academia Season 3"),
]
CURSE = [show("Kodoku Kaisen", 24), show("Kodoku Kaisen 2nd Season", 23)]
LONG = [show("Ryuu no Ko", 1200)]
OLD_MAN = [show("Mura no Ojisan, Kenja ni Naru", 12), show("Mura no Ojisan, Kenja ni Naru II", 12)]
TRIP = [show("Tooi Tabi", 23), show("Tooi Tabi II", 12), show("Tooi Tabi II Part 2", 12)]
SEASON_10 = [show("Aru Anime" if n == 1 else f"Aru Anime Season {n}", 20) for n in range(1, 11)]
NAMING = [show("Betsu no Meimei", 12), show("Betsu no Meimei Season 2", 40)]
MATA = [show("MaTa:Engine Ver1.2c", 12), show("MaTa:Engine Ver1.2c Part 2", 12)]
RESTART = [
    show("Re:Kabu kara Hajimaru Ginkou", 25),
    show("Re:Kabu kara Hajimaru Ginkou 2nd Season", 13),
    show("Re:Kabu kara Hajimaru Ginkou 2nd Season Part 2", 12),
]
DATE = [
    show("Arrive ALIVE", 12, synonyms=("到着大作戦",)),
    *[show(f"Arrive ALIVE {n}", 12, synonyms=("到着大作戦",)) for n in ("II", "III", "IV", "V")],
]
STROLL = [
    show("Hoshi ga Michibiku Isekai Nikki", 12, "Hoshimichi -Starlit Fantasy-", start="2021-07-07")
]


def one(title, episodes=24, **more):
    return [show(title, episodes, **more)]


NUMBERS = [
    (CURSE, 2, "[SubsPlease] Kodoku Kaisen - 42 (1080p) [ABCD1230].mkv", 18),
    (
        ACADEMY,
        3,
        "[Gold] Brave Academia S3 - 04 (Yuuki no Gakuen - 42) (WEB Dual Audio 1080p) [5383D0D0].mkv",  # noqa: E501 - a name
        4,
    ),
    (ACADEMY, 3, "[Ohys-Raws] Yuuki no Gakuen 3 - 16 (NTV 1280x720 x264 AAC).mp4", 16),
    (ACADEMY, 3, "[Erai-raws] Yuuki no Gakuen 3rd Season - 16 [1080p][Multiple Subtitle].mkv", 16),
    (one("Shinobi", 220), 1, "[Erai-raws] Shinobi - 001 ~ 220 [480p]", (1, 220)),
    (LONG, 1, "Ryuu no Ko EP 001-501", (1, 501)),
    (LONG, 1, "[Judas] Ryuu no Ko 575-782 [1080p][HEVC x265 10bit][Dual-Audio]", (575, 782)),
    (
        one("Aru Series: The Village", 1000),
        1,
        "[Moxie] Aru Series - The Village (892-916) (BD Remux 1080p AAC FLAC) [Dual Audio]",
        (892, 916),
    ),
    (
        one("Series no Title!", 10),
        1,
        "[Erai-raws] Series no Title! - 01~10 [1080p][Multiple Subtitle]",
        (1, 10),
    ),
    (LONG, 1, "Ryuu no Ko 720 720p (sub ita).mp4", 720),
    (LONG, 1, "Ryuu no Ko 720 1080p (sub ita).mp4", 720),
    (one("46"), 1, "[BakeSubs] 46 - 01 [1080p][D40A9E50].mkv", 1),
    (
        one("Anime no Title 200-nen, With Even More Title"),
        1,
        "[SubsPlease] Anime no Title 200-nen, With Even More Title - 01 (1080p) [8DE44440]",
        1,
    ),
    (
        one("Series no Title: 100 Days Quest"),
        1,
        "[SubsPlease] Series no Title - 100 Days Quest - 01 (1080p) [1107F3A0].mkv",
        1,
    ),
    (one("Kage Slayer"), 1, "[HorribleSubs] Kage Slayer - 10.5 [1080p].mkv", None),
    (one("Series no Title"), 1, "[DeadFish] Series no Title - 09v2 [720p][AAC]", 9),
    (one("Nyaruto"), 1, "[ANi] Nyaruto - 01 [1080P][Baha][WEB-DL][AAC AVC][CHT][V2].mp4", 1),
    (MATA, 2, "[Erai-raws] MaTa-Engine Ver1_2c Part 2 - 10 [1080p][Multiple Subtitle] [ENG]", 10),
    (OLD_MAN, 2, "[SubsPlease] Mura no Ojisan, Kenja ni Naru II - 01 (1080p)", 1),
    (SEASON_10, 10, "[K-F] Aru Anime S10E14 214", 14),
    (
        NAMING,
        2,
        "[DameDesuYo] Betsu no Meimei (Season 2) - 33 (1280x720 10bit EAC3) [42A12A70].mkv",
        33,
    ),
    (one("Nagai Series"), 1, "[sam] Nagai Series - NCOP [BD 1080p FLAC] [BBC3BC60].mkv", "extra"),
    (
        STROLL,
        1,
        "[EMBER] Hoshimichi -Starlit Fantasy- (2021) (Season 1) [BDRip] [1080p Dual Audio HEVC 10 bits] (Hoshi ga Michibiku Isekai Nikki) (Batch)",  # noqa: E501 - a name
        (1, 12),
    ),
    (one("Kaibutsu"), 1, "[SCP-2223] Kaibutsu - 01 [DVD]", 1),
    (
        one("Chou Nagai Anime", 1100),
        1,
        "[Cheetah-Raws] Chou Nagai Anime - 1000 (YTV 1280x720 x264 AAC)",
        1000,
    ),
    (one("Aru Show"), 1, "[Group] Aru Show [720-1080p] - 07 [AAC]", 7),
    (one("Aru Anime Show", 13), 1, "Aru Anime Show 1-13 (English Dub) [720p]", (1, 13)),
    (
        one("Kotodama"),
        1,
        "[Anime Time] Kotodama - 04 [Dual Audio][1080p][HEVC 10bit x265][AAC][Multi Sub] [Weekly]",
        4,
    ),
    (one("Kotodama"), 1, "[Raze] Kotodama - 04 x265 10bit 1080p 143.8561fps.mkv", 4),
    (DATE, 5, "[某某&某某字幕组][4月新番][到着大作戦][Arrive ALIVE V][11][1080p][MP4][简中]", 11),
    (
        one("Hoshi no Keiji", 50, start="2014-04-05"),
        1,
        "[Hatsuyuki] Hoshi no Keiji (2014) - 017 (115) [1280x720][B2CFBC00]",
        17,
    ),
    (LONG, 1, "[Shark-Raws] Ryuu no Ko #957 (NBN 1280x720 x264 AAC).mp4", 957),
    (TRIP, 3, "Tooi Tabi II Part 2 - 13 [1080p] Group", 1),
    (LONG, 1, "Ryuu no Ko S01E1121 VOSTFR 1080p WEB x264 AAC -Tsundere-Raws (CR)", 1121),
    (
        one("Kumo Series"),
        1,
        "[Kaleido-subs] Kumo Series - 07.5 (S00E01) - (BD 1080p HEVC x265 10-bit Opus 2.0) [A548C980].mkv",  # noqa: E501 - a name
        None,
    ),
    (
        one("Gou 100: Wishlist of the Living"),
        1,
        "[Salieri] Gou 100 Wishlist of the Living - S1 - BD (1080p) (HDR) [Dual Audio]",
        (1, 24),
    ),
    (RESTART, 3, "[SubsPlease] Re Kabu kara Hajimaru Ginkou - 39 (720p) [F1D69DB0].mkv", 1),
    (
        one("Aru Anime Show", 13),
        1,
        "[Vivid] Aru Anime Show S01 [Web][MKV][h264 10-bit][1080p][AAC 2.0]",
        (1, 13),
    ),
]


def test_there_are_as_many_as_in_the_collection():
    assert len(NUMBERS) == 38


@pytest.mark.parametrize(
    ("line", "place", "name", "number"), [pytest.param(*row, id=row[2]) for row in NUMBERS]
)
def test_the_number_of_the_episode(line, place, name, number):
    found = verdict(want(1, line[place - 1], *reversed(line[: place - 1])), name)
    said = " ".join(each.text for each in found.rejections)
    if number is None:
        assert found.episodes == ()
        assert "half" in said or "special" in said
    elif number == "extra":
        assert "is an extra" in said
    else:
        first, last = number if isinstance(number, tuple) else (number, number)
        assert found.episodes == tuple(range(first, last + 1)), said


@pytest.mark.parametrize(
    ("number", "plain", "marked"),
    [
        (
            9,
            "[DeadFish] Series no Title - 09 [720p][AAC]",
            "[DeadFish] Series no Title - 09v2 [720p][AAC]",
        ),
        (
            1,
            "[Gumi] Series no Title - 01 [1080P][AAC AVC].mp4",
            "[Gumi] Series no Title - 01 [1080P][AAC AVC][V2].mp4",
        ),
    ],
)
def test_the_version_of_a_file(number, plain, marked):
    wanted = want(number, *one("Series no Title"))
    found = rank(wanted, [release(plain, seeders=99), release(marked)], Taste())
    assert [each.release.title for each in found.verdicts] == [marked, plain]
    assert "v2" in found.verdicts[1].rejections[0].text
