"""``uuut why``: what was searched, what was taken, and why nothing else."""

from datetime import timedelta

import attrs
import pytest

from uuutd.terminal.words import read_as
from uuutd.wire import (
    DifferenceReply,
    FailureReply,
    ReadingReply,
    ReasonReply,
    RejectionReply,
    ReplayReply,
    VerdictReply,
    WantedReply,
    WhyReply,
)

from .fake_daemon import now, release

READING = ReadingReply(group="SubsPlease", resolution="1080p", episodes=(9, 9))
WHY = "watchlist/anilist/6/why"


def read(shown, **more):
    return attrs.evolve(shown, reading=attrs.evolve(READING, **more))


def against(number, title, code, text):
    refused = release(f"x{number}", title, against=text)
    return attrs.evolve(refused, rejections=(RejectionReply(code=code, text=text),))


GOOD = read(release("r1", "[SubsPlease] Girls Band Cry - 09 (1080p).mkv"))
LESS = read(release("r2", "[Erai-raws] Girls Band Cry - 09 (720p).mkv", score=80))
LEAST = release("r3", "[Judas] Girls Band Cry - 09.mkv", score=8)
REFUSED = (
    against(1, "[A] Girls Band Cry - 08.mkv", "R2", "is episode 8, not 9"),
    against(2, "[B] Girls Band Cry - 08.mkv", "R2", "is episode 8, not 9"),
    against(3, "[C] Girls Band Cry - 07.mkv", "R2", "is episode 7, not 9"),
    against(4, "[D] Girl.mkv", "R1", "not this show: is Girl"),
    against(5, "[E] Girls.mkv", "R99", "a rule of tomorrow"),
)


@pytest.fixture
def told(daemon):
    daemon.told = WhyReply(
        wanted=WantedReply(
            provider="anilist", entry="6", work="work-6", title="Girls Band Cry", episode=9
        ),
        best="r1",
        releases=(GOOD, LESS, LEAST, *REFUSED),
        searched_at=now() - timedelta(hours=3),
        rules="same",
        found=8,
        job="job7",
        taken="r1",
    )
    return daemon.told


def change(daemon, **changes):
    daemon.told = attrs.evolve(daemon.told, **changes)


def test_what_was_taken_the_next_and_the_refused_in_groups(uuut, daemon, told):
    done = uuut("why", "band cry", "9")
    assert done.code == 0
    assert daemon.queries[-1] == {"episode": "9"}
    assert done.words.splitlines()[0] == (
        "Girls Band Cry ep 9, searched 3h ago by job job7: 3 fit, 5 rejected"
    )
    lines = [line.strip() for line in done.out.splitlines()]
    assert lines[0] == "taken:"
    assert "[SubsPlease] Girls Band Cry - 09 (1080p).mkv" in lines[1]
    assert lines[2] == "ep 9, 1080p, SubsPlease: 1080p +96"
    assert lines[3] == "next best:"
    assert lines[4].startswith("2")
    assert "[Erai-raws]" in lines[4]
    assert lines[8:] == [
        "REFUSED\tBECAUSE\tIN WORDS",
        "3\tanother episode\tis episode 8, not 9 (2); is episode 7, not 9",
        "1\tanother show\tnot this show: is Girl",
        "1\tR99\ta rule of tomorrow",
    ]
    assert "--all" in done.words
    assert "judged again" not in done.out


def test_all_lists_every_release_as_a_dry_run_does(uuut, daemon, told):
    done = uuut("why", "band cry", "--all")
    assert daemon.queries[-1] == {}
    daemon.releases = list(told.releases)
    assert done.out == uuut("get", "band cry", "--dry-run").out
    assert done.out == uuut("releases", "band cry").out
    assert len(done.out.splitlines()) == 2 * len(told.releases)


def test_json_is_the_reply(uuut, told):
    reply = uuut("why", "band cry", "--json").json()
    assert (reply["schema"], reply["taken"], reply["rules"]) == (1, "r1", "same")
    assert reply["releases"][0]["reading"]["episodes"] == [9, 9]


def test_what_was_picked_is_told_apart(uuut, daemon, told):
    change(daemon, taken="r2")
    lines = [line.strip() for line in uuut("why", "band cry").out.splitlines()]
    assert lines[0] == "taken:"
    assert lines[1].startswith("2")
    assert lines[4].startswith("1")


def test_who_only_looked_reads_what_would_be_taken(uuut, daemon, told):
    change(daemon, job=None, taken=None)
    done = uuut("why", "band cry")
    assert done.out.startswith("would be taken:\n")
    assert "searched 3h ago to look" in done.words


@pytest.mark.parametrize(
    ("releases", "said"), [(REFUSED, "nothing fits"), ((), "nothing was found")]
)
def test_nothing_that_fits_is_no_failure_of_the_answer(uuut, daemon, told, releases, said):
    change(daemon, best=None, taken=None, releases=releases, found=len(releases))
    done = uuut("why", "band cry")
    assert done.code == 0
    assert done.out.splitlines()[0] == said
    assert "next best" not in done.out


def test_what_there_is_to_know_besides(uuut, daemon, told):
    failure = FailureReply(code="unavailable", title="x", detail="no answer", backend="nyaa")
    change(daemon, rules="changed", found=900, failures=(failure,))
    words = uuut("why", "band cry").words
    assert "the rules have changed" in words
    assert "of 900 found" in words
    assert "nyaa: no answer" in words


def test_judged_again_all_is_as_it_was(uuut, daemon, told):
    change(daemon, replay=ReplayReply(best="r1", same=True, differences=()))
    done = uuut("why", "band cry", "9", "--replay")
    assert daemon.queries[-1] == {"episode": "9", "replay": "true"}
    assert done.out.splitlines()[-1] == "judged again: every release as it was"


def test_judged_again_says_what_is_different(uuut, daemon, told):
    reason = ReasonReply(text="1080p", points=96)
    before = VerdictReply(score=96, reasons=(reason,), rejections=(), reading=READING)
    refusal = RejectionReply(code="R2", text="is episode 10, not 9")
    after = VerdictReply(
        score=0, reasons=(), rejections=(refusal,), reading=attrs.evolve(READING, episodes=(10, 10))
    )
    difference = DifferenceReply(id="r1", title=GOOD.title, before=before, after=after)
    change(daemon, replay=ReplayReply(best="r2", same=False, differences=(difference,)))
    assert uuut("why", "band cry", "--replay").out.splitlines()[-4:] == [
        f"judged again: {LESS.title} would be taken",
        f"  {GOOD.title}",
        "    before: ep 9, 1080p, SubsPlease: 96 (1080p +96)",
        "    now: ep 10, 1080p, SubsPlease: is episode 10, not 9",
    ]
    change(daemon, replay=ReplayReply(best=None, same=False, differences=()))
    assert uuut("why", "band cry", "--replay").out.splitlines()[-2:] == [
        "judged again: nothing would be taken",
        "  only the order is another",
    ]


def test_without_a_search_it_says_so(uuut):
    done = uuut("why", "band cry")
    assert done.code == 3
    assert "No search is kept." in done.words


def test_a_show_that_left_the_list_is_found_by_its_id(uuut, daemon, told):
    assert uuut("why", "anilist:999", "3").code == 0
    assert daemon.called("GET", "watchlist/anilist/999/why")
    assert uuut("why", "anilist:6").code == 0
    assert daemon.called("GET", WHY)
    assert uuut("why", "chi:chikyuu").code == 0  # a title with a colon
    assert daemon.called("GET", "watchlist/anilist/7/why")
    assert uuut("why", "nothing like it").code == 3


def test_there_is_no_next_episode_to_explain(uuut):
    assert uuut("why", "band cry", "next").code == 2


@pytest.mark.parametrize(
    ("reading", "said"),
    [
        (ReadingReply(), "no ep"),
        (ReadingReply(episodes=(1, 12), season=2, part=1), "ep 1-12, season 2, part 1"),
        (
            ReadingReply(
                episodes=(5, 5), version=2, languages=("de", "en"), multi=True, dub="en", raw=True
            ),
            "ep 5, v2, subtitles de en, many subtitles, dub en, raw",
        ),
        (ReadingReply(dual=True, codec="HEVC", source="web"), "no ep, HEVC, web, two audio tracks"),
        (ReadingReply(group="x\x1b[31mred"), "no ep, x[31mred"),
    ],
)
def test_readings_in_words(reading, said):
    assert read_as(reading) == said
