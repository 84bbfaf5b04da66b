"""Long runners and numbers that are something else: cases L1 to L10 of other systems."""

from datetime import UTC, datetime

import pytest

from uuutd.domain import Airing, Entry, ListStatus, Taste
from uuutd.titles import search_terms

from .asking import fits, other_episode, show, verdict, want

LONG = want(42, show("Umi no Ichizoku", None, airing="RELEASING", start="1999-10-20"))
BALL = want(102, show("Taiyou Ball Z", 291, start="1989-04-26"))
KAIGAN = want(1, show("46", 11, "46 Forty-Six", start="2021-04-11"))
SLIME = want(1, show("Tofu Nikonde 200-nen, Shiranai Uchi ni", 12, start="2021-04-10"))
QUEST = want(
    1,
    show(
        "Yousei no Shippo: 100 Nen Quest", 25, "Fairy Tale: 100 Years Journey", start="2024-07-07"
    ),
)
GOUL = want(1, show("Gou 100", 12, "Gou 100: Wishlist of the Living", start="2023-07-09"))
DAN = want(4, show("Kotodama Dan", 12, start="2024-10-04"))
KAI = want(1, show("Kaibutsu", 12, start="2003-04-22"))
YEAR = want(17, show("Hoshi no Keiji", 50, start="2014-04-05"))
CAT = want(774, show("Robot Neko", None, airing="RELEASING", start="1979-04-02"))

CASES = [
    *[
        ("L1", LONG, f"[Group] Umi no Ichizoku - {n} [1080p]", n == 42)
        for n in (42, 142, 942, 1042, 420, 421, 4)
    ],
    ("L2", other_episode(LONG, 720), "Umi no Ichizoku 720 720p (eng sub).mp4", True),
    ("L2", other_episode(LONG, 720), "Umi no Ichizoku 720 1080p (eng sub).mp4", True),
    ("L2", other_episode(LONG, 1080), "Umi no Ichizoku 1080 1080p (eng sub).mp4", True),
    ("L2", other_episode(LONG, 720), "Umi no Ichizoku 719 720p (eng sub).mp4", False),
    ("L2", other_episode(LONG, 1080), "Umi no Ichizoku 720 1080p (eng sub).mp4", False),
    ("L2", other_episode(LONG, 720), "Umi no Ichizoku 720 720p (sub ita).mp4", False),
    (
        "L3",
        other_episode(LONG, 1121),
        "Umi no Ichizoku S01E1121 1080p WEB x264 AAC -Group (CR)",
        True,
    ),
    (
        "L3",
        other_episode(LONG, 121),
        "Umi no Ichizoku S01E1121 1080p WEB x264 AAC -Group (CR)",
        False,
    ),
    *[
        ("L4", other_episode(LONG, 1), f"[Group] Umi no Ichizoku - {n} [1080p]", n == "0001")
        for n in ("0001", "1160", "1173", "1001")
    ],
    ("L4", other_episode(LONG, 1), "[Judas] Umi no Ichizoku 001-574 [1080p]", False),
    ("L6", BALL, "Taiyou.Ball.Z.102.1080p.BluRay.x264-DHD-AsRequested", True),
    ("L6", other_episode(BALL, 2), "Taiyou.Ball.Z.102.1080p.BluRay.x264-DHD-AsRequested", False),
    ("L7", KAIGAN, "[BakeSubs] 46 - 01 [1080p][D40A9E50].mkv", True),
    ("L7", other_episode(KAIGAN, 2), "[BakeSubs] 46 - 01 [1080p][D40A9E50].mkv", False),
    ("L7", SLIME, "[SubsPlease] Tofu Nikonde 200-nen, Shiranai Uchi ni - 01 (1080p)", True),
    ("L7", QUEST, "[SubsPlease] Yousei no Shippo - 100 Nen Quest - 01 (1080p)", True),
    ("L7", QUEST, "[SubsPlease] Fairy Tale - 100 Years Journey - 01 (1080p)", True),
    ("L7", GOUL, "[Salieri] Gou 100 Wishlist of the Living - S1 - BD (1080p)", False),
    ("L8", DAN, "[Raze] Kotodama Dan - 04 x265 10bit 1080p 143.8561fps.mkv", True),
    (
        "L8",
        other_episode(DAN, 8),
        "[Raze] Kotodama Dan - 04 x265 10bit 1080p 143.8561fps.mkv",
        False,
    ),
    ("L8", DAN, "[Group] Kotodama Dan [720-1080p] - 04 [AAC]", True),
    ("L8", KAI, "[SCP-2223] Kaibutsu - 01 [DVD]", True),
    ("L9", YEAR, "[Hatsuyuki] Hoshi no Keiji (2014) - 017 (115) [1280x720].mkv", True),
    (
        "L9",
        other_episode(YEAR, 14),
        "[Hatsuyuki] Hoshi no Keiji (2014) - 017 (115) [1280x720].mkv",
        False,
    ),
    *[
        ("L10", other_episode(CAT, n), f"[Group] Robot Neko 774-{part} [1080p]", False)
        for n in (774, 1, 2)
        for part in (1, 2)
    ],
]


@pytest.mark.parametrize(
    ("wanted", "name", "right"),
    [pytest.param(*case, id=f"{id_} {case[1]} for {case[0].episode}") for id_, *case in CASES],
)
def test_a_number_is_read_as_what_it_is(wanted, name, right):
    assert fits(wanted, name) is right


def test_l4_the_indexer_is_asked_for_padded_numbers_too():
    numbers = {number for term in search_terms(other_episode(LONG, 1)) for number in term.numbers}
    assert {"001", "0001"} & numbers
    assert "01" in numbers


def test_l4_a_pack_of_a_show_without_end_counts_as_one():
    name = "[Judas] Umi no Ichizoku 001-574 [1080p]"
    wanted = other_episode(LONG, 1)
    assert fits(wanted, name, Taste(batch="allow"))
    assert verdict(wanted, name).rejections[0].code == "R3"


def test_l5_what_has_aired_is_known_without_a_schedule():
    running = Entry(
        work=LONG.work,
        status=ListStatus.CURRENT,
        progress=1122,
        aired=1140,
        airs_at=datetime(2026, 1, 1, tzinfo=UTC),
    )
    assert LONG.work.airing is Airing.RELEASING
    assert running.next_episode == 1123
    assert [running.has_aired(n) for n in (1, 1140, 1141)] == [True, True, False]
    over = Entry(work=show("Owari", 148), status=ListStatus.CURRENT)
    assert [over.has_aired(n) for n in (1, 148, 149)] == [True, True, False]


def test_l7_a_season_in_one_torrent_is_a_pack():
    name = "[Salieri] Gou 100 Wishlist of the Living - S1 - BD (1080p)"
    assert fits(GOUL, name, Taste(batch="allow"))
