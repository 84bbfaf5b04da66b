"""Reading names as groups write them, on the kinds of names that parsers stumble over."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from uuutd.choice.family import Family
from uuutd.choice.reading import read
from uuutd.domain import EntryId, Format, Titles, Wanted, Work


def family(*titles):
    romaji, *others = titles
    known = Work(
        id=EntryId("1"),
        titles=Titles(romaji=romaji),
        synonyms=tuple(others),
        format=Format.TV,
        episodes=2000,
    )
    return Family(Wanted(work=known, episode=1))


def numbers(reading):
    found = reading.found
    if found.half:
        return "half"
    if found.last is not None:
        return (found.number, found.last)
    return found.number


@pytest.mark.parametrize(
    ("title", "name", "number"),
    [
        ("Tetsu no Hana", "[SubsPlease] Tetsu no Hana - 42 (1080p) [ABCD1234].mkv", 42),
        ("Tetsu no Hana", "[A] Tetsu no Hana - 04 (Iron Flower - 42) (WEB 1080p) [5383D0D8]", 4),
        ("Tetsu no Hana", "[Erai-raws] Tetsu no Hana - 001 ~ 220 [480p]", (1, 220)),
        ("Tetsu no Hana", "Tetsu no Hana EP 001-501", (1, 501)),
        (
            "Tetsu no Hana",
            "[J] Tetsu no Hana 575-782 [1080p][HEVC x265 10bit][Dual-Audio]",
            (575, 782),
        ),
        ("Tetsu no Hana", "[E] Tetsu no Hana! - 01~10 [1080p]", (1, 10)),
        ("Tetsu no Hana", "Tetsu no Hana Episode 1001 - 1012 [720p]", (1001, 1012)),
        ("Tetsu no Hana", "Tetsu no Hana 01 to 12 [720p]", (1, 12)),
        ("Tetsu no Hana", "Some Group - Tetsu no Hana 720 720p.mp4", None),
        ("Tetsu no Hana", "Tetsu no Hana 720 720p (sub ita).mp4", 720),
        ("Tetsu no Hana", "Tetsu no Hana 1080 1080p.mp4", 1080),
        ("Tetsu no Hana", "Tetsu.no.Hana.102.1080p.BluRay.x264-DHD", 102),
        ("68", "[BakeSubs] 68 - 01 [1080p][D40A9E55].mkv", 1),
        ("Slime 300-nen, Mada Mada", "[S] Slime 300-nen, Mada Mada - 01 (1080p)", 1),
        ("Tetsu: 100 Days Quest", "[S] Tetsu - 100 Days Quest - 01 (1080p).mkv", 1),
        ("Tetsu no Hana", "[H] Tetsu no Hana - 10.5 [1080p].mkv", "half"),
        ("Tetsu no Hana", "[K] Tetsu no Hana - 07.5 (S00E01) - (BD 1080p HEVC Opus 2.0)", "half"),
        ("Tetsu no Hana", "[D] Tetsu no Hana - 09v2 [720p][AAC]", 9),
        ("NeoR:Auto Ver1.1a", "[E] NeoR-Auto Ver1_1a - 10 [1080p][Multiple Subtitle] [ENG]", 10),
        ("Tetsu no Hana", "[K-F] Tetsu no Hana S10E14 214", 14),
        ("Tetsu no Hana", "[D] Tetsu no Hana (Season 2) - 33 (1280x720 10bit EAC3) [42A12A76]", 33),
        ("Tetsu no Hana", "[SCP-2223] Tetsu no Hana - 01 [DVD]", 1),
        ("Tetsu no Hana", "[C] Tetsu no Hana - 1000 (YTV 1280x720 x264 AAC)", 1000),
        ("Tetsu no Hana", "[G] Tetsu no Hana [720-1080p] - 07 [AAC]", 7),
        ("Tetsu no Hana", "Tetsu no Hana 1-13 (English Dub) [720p]", (1, 13)),
        ("Tetsu no Hana", "[R] Tetsu no Hana - 04 x265 10bit 1080p 143.8561fps.mkv", 4),
        (
            "Tetsu no Hana",
            "[\u5b57\u5e55\u7ec4][4\u6708\u65b0\u756a][\u94c1\u82b1][Tetsu no Hana][11][1080p]",
            11,
        ),
        ("Tetsu no Hana", "[H] Tetsu no Hana (2014) - 017 (115) [1280x720][B2CFBC0F]", 17),
        ("Tetsu no Hana", "[S] Tetsu no Hana #957 (NBN 1280x720 x264 AAC).mp4", 957),
        ("Tetsu no Hana", "Tetsu no Hana S01E1121 VOSTFR 1080p WEB x264 AAC -Group (CR)", 1121),
        ("Tetsu no Hana", "[F] Tetsu no Hana \u7b2c1008\u8a71 [1080P]", 1008),
        ("Tetsu no Hana", "[T] Tetsu no Hana - S04E29-31 [Multi Subs] (1080p AV1 E-AC3)", (29, 31)),
        ("Tetsu no Hana", "[G] Tetsu no Hana - S01E001-S01E182", (1, 182)),
        ("Tetsu no Hana", "[G] Tetsu no Hana 774-1 [1080p]", "half"),
        ("Tetsu no Hana", "[G] Tetsu no Hana - 05 - Catch 22 [1080p]", 5),
        ("Tetsu no Hana", "[G] Tetsu no Hana - 050 - Special Request! [1080p]", 50),
        ("Tetsu no Hana", "[G]_Tetsu_no_Hana_-_06_[848x480_H.264_AAC][859EEAFA]", 6),
        ("Tetsu no Hana", "[G] Tetsu no Hana [10-bit HEVC 1080p]", None),
        ("Tetsu no Hana", "Tetsu no Hana (2023-2024) [1080p]", None),
        ("Tetsu no Hana", "[G] Tetsu no Hana - S1 - BD (1080p) [Dual Audio]", None),
        ("Tetsu no Hana", "Tetsu no Hana S01-05 WS BDRip X264-GROUP", None),
        ("Tetsu no Hana", "[G] Tetsu no Hana [BD 1080p FLAC]", None),
    ],
)
def test_numbers(title, name, number):
    reading = read(name, family(title))
    if reading is None:
        assert number is None
    else:
        assert numbers(reading) == number


@pytest.mark.parametrize(
    ("name", "season", "part"),
    [
        ("Tetsu no Hana S2 - 05", 2, None),
        ("Tetsu no Hana S02E05", 2, None),
        ("Tetsu no Hana 2nd Season - 05", 2, None),
        ("Tetsu no Hana Second Season - 05", 2, None),
        ("Tetsu no Hana Season 2 Part 2 - 05", 2, 2),
        ("Tetsu no Hana III - 05", 3, None),
        ("Tetsu no Hana V - 05", 5, None),
        ("Tetsu no Hana 3 - 05", 3, None),
        ("Tetsu no Hana S03 - EP14", 3, None),
        ("Tetsu no Hana 3x05 [720p]", 3, None),
        ("Tetsu no Hana \u9244\u306e\u82b1 \u7b2c\u56db\u5b63 - 01", 4, None),
        ("Tetsu no Hana \u7b2c2\u671f - 01", 2, None),
        ("\u9244\u306e\u82b1 \u7b2c\u4e8c\u5b63 / Tetsu no Hana [05][1080p]", 2, None),
        ("Tetsu no Hana Cour 2 - 05", None, 2),
        ("Tetsu no Hana - 05", None, None),
    ],
)
def test_seasons(name, season, part):
    found = read(f"[Group] {name}", family("Tetsu no Hana")).found
    assert (found.season, found.part) == (season, part)


@pytest.mark.parametrize(
    ("mark", "version"),
    [
        ("05v2 [1080p]", 2),
        ("05 v3 [1080p]", 3),
        ("05 [1080p][V2]", 2),
        ("05 REPACK 1080p", 2),
        ("05 REPACK2 1080p", 3),
        ("05v0 [1080p]", 0),
        ("05 [1080p]", 1),
    ],
)
def test_versions(mark, version):
    assert read(f"[G] Tetsu no Hana - {mark}", family("Tetsu no Hana")).found.version == version


@pytest.mark.parametrize(
    ("name", "facets"),
    [
        (
            "[Sub Group] Tetsu no Hana - 05 (1080p) [0D112FC5].mkv",
            {"group": "Sub Group", "resolution": "1080p", "checksum": "0D112FC5", "suffix": "mkv"},
        ),
        (
            "Tetsu no Hana S01E05 2160p CR WEB-DL AAC2.0 H 264-VARYG (Iron, Multi-Subs)",
            {
                "group": "VARYG",
                "resolution": "2160p",
                "codec": "avc",
                "source": "web",
                "multi": True,
            },
        ),
        (
            "Tetsu no Hana S01E05 1080p WEB x265 E-AC-3 -Two-Words (CR)",
            {"group": "Two-Words", "codec": "hevc"},
        ),
        ("[G] Tetsu no Hana - 05 (1280x720 Hi10P AAC)", {"resolution": "720p", "codec": "avc"}),
        ("[G] Tetsu no Hana - 05 (BD 1920x1080 AV1 FLAC)", {"resolution": "1080p", "source": "bd"}),
        ("[G] Tetsu no Hana - 05", {"resolution": None, "codec": None, "source": None}),
    ],
)
def test_facets(name, facets):
    reading = read(name, family("Tetsu no Hana"))
    assert {key: getattr(reading.facets, key) for key in facets} == facets


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Re:Start kara Hajimeru", "[G] Re Start kara Hajimeru - 01"),
        ("Re:Start kara Hajimeru", "[G] ReStart kara Hajimeru - 01"),
        ("Yama Camp\u25b3", "[G] Yama Camp - 01"),
        ("SPY\u00d7ROOM", "[G] Spy x Room - 01"),
        ("Wind\u2019s End", "[G] Wind's End - 01"),
        ("Da Da Dan", "[G] Dadadan - 01"),
        ("Pok\u00e9boy", "[G] Pokeboy - 01"),
        ("Tom & Jane", "[G] Tom and Jane - 01"),
        ("One-Hit Man", "[G] One Hit Man - 01"),
        ("\u9244\u306e\u82b1", "[G] \u9244\u306e\u82b1 / Iron - 01"),
        (
            "Iron Flower",
            "\u3010\u7d44\u3011\u2605\u51ac\u2605[\u9244\u82b1/Iron Flower][01][1080p]",
        ),
        ("Iron Flower", "[G] Tetsu no Hana | Iron Flower - 01"),
        ("Iron Flower", "[Iron Flower][01][1080p]"),
    ],
)
def test_titles_agree_however_they_are_written(title, name):
    assert read(name, family(title)).found.number == 1


@pytest.mark.parametrize(
    "name",
    [
        "[G] Steins;Gatekeeper - 01",
        "[G] My Gate - 01",
        "[Gate] Other Show - 01",
        "[G] Other Show [Gate][01]",
        "[G] Other Show - 01 [1080p] Gate",
        "",
        "[",
        "]][[",
        "[G]",
    ],
)
def test_a_title_counts_only_where_a_title_stands(name):
    assert read(name, family("Gate")) is None or read(name, family("Gate")).found.unexplained


WORDS = st.sampled_from(
    [
        "Gate",
        "gate",
        "S2",
        "E05",
        "s01e05",
        "-",
        " - ",
        "05",
        "24.5",
        "v2",
        "[",
        "]",
        "(",
        ")",
        "/",
        "1080p",
        "II",
        "第",
        "2",
        "季",
        "~",
        "Season",
        "Part",
        "NCOP",
        "Movie",
        "720",
        "+",
        "&",
        "and",
        "to",
        "EP",
        "2011",
        "10-bit",
        "\u202e",
        "\x00",
        "'",
        ".",
        "_",
        "集",
        "V",
        "x",
        "MX",
        "AT",
        "፩",
        "S1-",
    ]
)


@settings(max_examples=500)
@given(
    st.one_of(st.text(), st.lists(WORDS, max_size=60).map(" ".join), st.lists(WORDS).map("".join))
)
def test_any_text_can_be_read(name):
    for text in (name, f"Gate {name}", f"[G] Gate{name}"):
        reading = read(text, family("Gate", "Gate 2nd Season", "Gate: Movie"))
        assert reading is None or reading.found.version >= 0


@pytest.mark.parametrize(
    "name",
    ["Gate - 01 (MX", "Gate - 01 [AT-X", "Gate - 01 (TX)", "Gate S1-\u1369", "Gate S1+\u00b2"],
)
def test_a_name_that_breaks_off_or_counts_in_another_script_can_be_read(name):
    assert read(name, family("Gate")).found.version == 1


@pytest.mark.parametrize(
    "unit",
    [
        "Gate ",
        "01-",
        "- 01 ",
        "(",
        "[[",
        "a'",
        "1 ",
        "S01-",
        "/ Gate ",
        "E01E",
        "\ufdfa",
        "\u7b2c1",
        "x1",
        "0.",
        "' ",
    ],
)
def test_no_name_takes_long(unit):
    name = "Gate " + unit * 512
    known = family("Gate")
    start = time.process_time()
    read(name, known)
    assert time.process_time() - start < 0.1
