"""Packs, extras and films: cases B1 to B13, on which other systems failed."""

import pytest

from uuutd.domain import Taste

from .asking import files, fits, other_episode, show, verdict, want

ALLOW = Taste(batch="allow")
NINJA = want(1, show("Shinobi", 220, start="2002-10-03"))
TITLE = want(3, show("Kagi no Title!", 10, start="2018-04-03"))
LONG = want(42, show("Umi no Ichizoku", None, airing="RELEASING", start="1999-10-20"))
TSUKI = show(
    "Hoshi ga Michibiku Isekai Nikki", 12, "Hoshimichi -Starlit Fantasy-", start="2021-07-07"
)
TSUKI_2 = show(
    "Hoshi ga Michibiku Isekai Nikki 2nd Season",
    25,
    "Hoshimichi -Starlit Fantasy- Season 2",
    start="2024-01-08",
)
B3, B3_SECOND = want(4, TSUKI, sequel=TSUKI_2), want(4, TSUKI_2, TSUKI)
PASS = "[EMBER] Hoshimichi -Starlit Fantasy- (2021) (Season 1) [BDRip] [1080p Dual Audio HEVC 10 bits] (Hoshi ga Michibiku Isekai Nikki) (Batch)"  # noqa: E501 - a name
MIND = want(5, show("Mind-Judge", 22, start="2012-10-12"))
RUNNING = want(5, show("Mind-Judge", 22, airing="RELEASING", start="2012-10-12"))
WIRED = show("Denshin", 13, start="2014-01-01")
WIRED_2 = show("Denshin 2nd Season", 13, start="2015-01-01")
B5 = want(5, WIRED_2, WIRED)
KARA = want(1, show("Sora no Kyoukai 1: Zenpen", 1, kind="MOVIE", start="2007-12-01"))
SHIN = show("Shingun", 25, start="2013-04-07")
SHIN_2 = show("Shingun Season 2", 12, start="2017-04-01")
SHIN_3 = show("Shingun Season 3", 12, start="2018-07-23")
SHIN_32 = show("Shingun Season 3 Part 2", 10, start="2019-04-29")
B8, B8_FIRST = want(1, SHIN_32, SHIN_3, SHIN_2, SHIN), want(1, SHIN_3, SHIN_2, SHIN, sequel=SHIN_32)
MATA = want(1, show("Nichiyou no Tawara", 12, kind="ONA", start="2016-10-10"))
JUJU = show("Noroi Kaisen", 24, start="2020-10-03")
JUJU_0 = show("Noroi Kaisen 0", 1, kind="MOVIE", start="2021-12-24")
B11 = want(1, JUJU, side_story=JUJU_0)
B11_FILM = want(1, JUJU_0, parent=JUJU)

REFUSED = [
    ("B1", NINJA, "[Erai-raws] Shinobi - 001 ~ 220 [480p]"),
    ("B2", TITLE, "[Erai-raws] Kagi no Title! - 01~10 [1080p][Multiple Subtitle]"),
    ("B2", LONG, "Umi no Ichizoku EP 001-501"),
    ("B3", B3, PASS),
    ("B4", MIND, "[Commie] Mind-Judge [BD 1080p FLAC]"),
    ("B5", B5, "Denshin S01-05 WS BDRip X264-REWARD-No Rars"),
    ("B7", KARA, "[ANE] Sora no Kyoukai [BDRip 1080p x264 FLAC]"),
    *[
        ("B10", MATA, f"[sam] Nichiyou no Tawara - {what} [BD 1080p FLAC].mkv")
        for what in ("NCOP", "NCED1", "PV 1", "Menu 01", "CM", "ED", "OP1")
    ],
    ("B11", B11, "[Group] Noroi Kaisen 0 (2021) (Movie) [1080p]"),
    ("B11", B11, "[Group] Noroi Kaisen 0 [BD 1080p]"),
    ("B11", B11_FILM, "[Group] Noroi Kaisen - 01 [1080p]"),
    ("B11", B11_FILM, "[Group] Noroi Kaisen [BD 1080p]"),
]


@pytest.mark.parametrize(
    ("wanted", "name"), [pytest.param(*case, id=f"{id_} {case[1]}") for id_, *case in REFUSED]
)
def test_it_is_not_the_single_episode(wanted, name):
    assert not fits(wanted, name)


TAKEN = [
    ("B1", NINJA, "[Erai-raws] Shinobi - 001 ~ 220 [480p]", 220),
    ("B2", TITLE, "[Erai-raws] Kagi no Title! - 01~10 [1080p][Multiple Subtitle]", 10),
    ("B2", LONG, "Umi no Ichizoku EP 001-501", 501),
    ("B3", B3, PASS, 12),
    ("B4", MIND, "[Commie] Mind-Judge [BD 1080p FLAC]", 22),
    ("B5", B5, "Denshin S01-02 WS BDRip X264-REWARD-No Rars", 13),
    ("B9", LONG, "[Judas] Umi no Ichizoku 001-574 [1080p]", 574),
]


@pytest.mark.parametrize(
    ("wanted", "name", "count"),
    [pytest.param(*case, id=f"{id_} {case[1]}") for id_, *case in TAKEN],
)
def test_a_pack_has_all_its_episodes_where_packs_may_be_taken(wanted, name, count):
    found = verdict(wanted, name, ALLOW)
    assert found.fits
    assert found.episodes == tuple(range(1, count + 1))


@pytest.mark.parametrize(
    ("wanted", "name"),
    [
        pytest.param(B3_SECOND, PASS, id="B3 a pack of the first season for the second"),
        pytest.param(
            RUNNING, "[Commie] Mind-Judge [BD 1080p FLAC]", id="B4 no number, and it still runs"
        ),
        pytest.param(
            other_episode(LONG, 600), "[Judas] Umi no Ichizoku 001-574 [1080p]", id="B9 not covered"
        ),
        pytest.param(B11, "[Group] Noroi Kaisen 0 (2021) (Movie) [1080p]", id="B11"),
    ],
)
def test_a_pack_of_something_else_is_never_taken(wanted, name):
    assert not fits(wanted, name, ALLOW)


@pytest.mark.parametrize(
    ("wanted", "torrent", "paths", "right"),
    [
        pytest.param(B3, PASS, [f"Hoshimichi S01E{n:02}.mkv" for n in range(1, 13)], 3, id="B3"),
        pytest.param(
            want(9, TSUKI_2, TSUKI),
            "[G] Hoshimichi -Starlit Fantasy- S02 [1080p]",
            ["[G] Hoshimichi -Starlit Fantasy- S02E09 [1080p].mkv"],
            0,
            id="B6",
        ),
        pytest.param(
            want(
                1,
                show("Rarara!!x2", 12, start="2015-01-10"),
                show("Rarara!!", 24, start="2010-01-08"),
            ),
            "[G] Rarara!! Complete [BD 1080p]",
            ["Rarara!!/Rarara!! - 01.mkv", "Rarara!!x2/Rarara!!x2 - 01.mkv"],
            1,
            id="B7",
        ),
        pytest.param(
            B8, "Shingun S03", [f"Shingun S03E{n:02}.mkv" for n in range(1, 23)], 12, id="B8"
        ),
        pytest.param(
            B8_FIRST,
            "Shingun S03",
            [f"Shingun S03E{n:02}.mkv" for n in range(1, 23)],
            0,
            id="B8 the first part",
        ),
        pytest.param(
            B8, "Shingun", ["Season 3/01.mkv", "Season 3 Part 2/01.mkv"], 1, id="B8 folders"
        ),
        pytest.param(
            MATA,
            "[sam] Nichiyou no Tawara [BD 1080p]",
            ["NCED 01.mkv", "Nichiyou no Tawara - ED1.mkv", "Nichiyou no Tawara - 01.mkv"],
            2,
            id="B10",
        ),
        pytest.param(
            want(3, show("Nova Personae", 12)),
            "[G] Nova Personae [BD]",
            ["Nova Personae - 03.mkv", "Nova Personae - OVA 03.mkv"],
            0,
            id="B12",
        ),
    ],
)
def test_one_file_of_a_pack_holds_the_episode(wanted, torrent, paths, right):
    assert files(wanted, paths, torrent) == [paths[right]]


def test_b6_the_files_are_believed_and_not_the_name():
    wanted = want(4, TSUKI_2, TSUKI)
    assert (
        files(
            wanted,
            ["[G] Hoshimichi -Starlit Fantasy- S02E09.mkv"],
            "[G] Hoshimichi -Starlit Fantasy- S02",
        )
        == []
    )


@pytest.mark.parametrize("name", ["Nova Personae", "Casanova Ona", "Ovana"])
def test_b12_marks_are_whole_words(name):
    wanted = want(3, show(name, 12))
    assert fits(wanted, f"[G] {name} - 03 [1080p]")
    assert not fits(wanted, f"[G] {name} OVA - 03 [1080p]")


def test_b13_three_wanted_episodes_need_three_files_of_a_pack():
    paths = [f"Shingun - {n:02}.mkv" for n in range(1, 26)]
    found = [files(want(n, SHIN, sequel=SHIN_2), paths, "[G] Shingun (01-25)") for n in (3, 4, 5)]
    assert found == [["Shingun - 03.mkv"], ["Shingun - 04.mkv"], ["Shingun - 05.mkv"]]
