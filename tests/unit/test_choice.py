"""The order among releases that fit, and what judges can and cannot do."""

import asyncio
import itertools
import logging
import random
from datetime import UTC, datetime

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from uuutd.choice import choose, rank
from uuutd.domain import (
    Adjustment,
    EntryId,
    Format,
    InfoHash,
    Language,
    Release,
    Taste,
    Titles,
    Wanted,
    Work,
)

SHOW = Work(id=EntryId("1"), titles=Titles(romaji="Umi no Uta"), format=Format.TV, episodes=12)
WANTED = Wanted(work=SHOW, episode=5)
TASTE = Taste(resolutions=("1080p", "720p"), groups=("Alpha", "Beta"), codec="x265")


def release(group="G", resolution="1080p", codec="", number="05", **more):
    more = {"size": 10**9, "seeders": 10, "language": Language.ENGLISH, "indexer": "a"} | more
    title = more.pop("title", f"[{group}] Umi no Uta - {number} [{resolution} {codec}]")
    return Release(title=title, info_hash=InfoHash("1" * 40), **more)


def ranked(releases, taste=TASTE, judges=()):
    return rank(WANTED, releases, taste, judges).verdicts


LADDER = [
    release("Alpha", "1080p", "HEVC", trusted=True, seeders=99),
    release("Alpha", "1080p", "HEVC", trusted=True, seeders=98),
    release("Alpha", "1080p", "HEVC", seeders=10**6),
    release("Alpha", "1080p", "HEVC", remake=True, trusted=True, seeders=10**6),
    release("Alpha", "1080p", "AVC", trusted=True, seeders=10**6),
    release("Beta", "1080p", "HEVC", trusted=True, seeders=10**6),
    release("Gamma", "1080p", "HEVC", trusted=True, seeders=10**6),
    release("Alpha", "720p", "HEVC", trusted=True, seeders=10**6),
    release("Alpha", "480p", "HEVC", trusted=True, seeders=10**6),
    release("Alpha", "", "HEVC", trusted=True, seeders=10**6),
    release("Alpha", "1080p", "HEVC", trusted=True, seeders=0),
]


@pytest.mark.parametrize("seed", range(5))
def test_preferences_strictly_in_their_order(seed):
    shuffled = random.Random(seed).sample(LADDER, len(LADDER))
    assert [verdict.release for verdict in ranked(shuffled)] == LADDER


def test_the_group_of_the_earlier_episodes_comes_before_those_that_are_liked():
    """And after the resolution; whether it is liked, too, makes no difference to that."""
    taste = attrs.evolve(TASTE, earlier_group="Gamma & Beta")
    ladder = [
        release("beta", "1080p", "AVC", seeders=1),
        release("Gamma", "1080p", "HEVC", seeders=2),
        release("Alpha", "1080p", "HEVC", trusted=True, seeders=10**6),
        release("Gamma", "720p", "HEVC", trusted=True, seeders=10**6),
        release("Alpha", "720p", "HEVC", trusted=True, seeders=10**6),
    ]
    verdicts = ranked(ladder[::-1], taste)
    assert [verdict.release for verdict in verdicts] == ladder
    said = ["the group of your earlier episodes" in {r.text for r in v.reasons} for v in verdicts]
    assert said == [True, True, False, True, False]


def test_of_equals_the_newest():
    old = release(published_at=datetime(2024, 1, 1, tzinfo=UTC))
    new = release(published_at=datetime(2024, 1, 2, tzinfo=UTC))
    assert ranked([old, new])[0].release == new


def test_a_superseded_version_is_dropped_and_says_so():
    first, second = release("Alpha"), release("Alpha", number="05v2", seeders=1)
    best, other = ranked([first, second])
    assert best.release == second
    assert [r.code for r in other.rejections] == ["superseded"]


@pytest.mark.parametrize(
    "newer",
    [
        release("Alpha", number="05v2", seeders=0),
        release("Beta", number="05v2"),
        release("Alpha", "720p", number="05v2"),
        release("Alpha", "1080p", "AV1", number="05v2"),
        release("Alpha", number="06v2"),
    ],
)
def test_only_the_same_file_of_the_same_group_supersedes(newer):
    first = release("Alpha", seeders=500)
    assert ranked([first, newer])[0].release == first


def test_a_group_may_be_one_of_several():
    joint = release("Beta & Delta", seeders=1)
    assert ranked([release("Gamma", seeders=900), joint])[0].release == joint


RELEASES = st.builds(
    release,
    st.sampled_from(["Alpha", "Beta", "Gamma"]),
    st.sampled_from(["1080p", "720p", "480p", ""]),
    st.sampled_from(["HEVC", "AVC", ""]),
    st.sampled_from(["05", "05v2", "06", "01-12", "05.5"]),
    trusted=st.booleans(),
    remake=st.booleans(),
    seeders=st.one_of(st.none(), st.integers(0, 9), st.integers(0, 10**7)),
    published_at=st.one_of(st.none(), st.datetimes(timezones=st.just(UTC))),
)
TASTES = st.builds(
    Taste,
    resolutions=st.sampled_from([("1080p", "720p"), ("720p",), ()]),
    groups=st.sampled_from([("Alpha", "Beta"), ("Beta",), ()]),
    codec=st.sampled_from([None, "hevc", "h.264"]),
    batch=st.sampled_from(["never", "allow", "only"]),
    earlier_group=st.sampled_from([None, "beta", "Gamma"]),
)


def by_length(wanted, release, taste, verdict):
    return Adjustment(points=len(release.title) % 25 - 12, reason="length")


@given(st.lists(RELEASES, max_size=12), TASTES, st.booleans(), st.randoms(use_true_random=False))
def test_the_order_of_the_feed_does_not_matter(releases, taste, judged, random):
    judges = [("length", by_length)] if judged else []
    shuffled = random.sample(releases, len(releases))
    assert ranked(releases, taste, judges) == ranked(shuffled, taste, judges)


@given(st.lists(RELEASES, max_size=12), TASTES, st.booleans())
def test_points_add_up_and_never_contradict_the_order(releases, taste, judged):
    judges = [("length", by_length), ("again", by_length)] if judged else []
    verdicts = ranked(releases, taste, judges)
    fitting = [verdict for verdict in verdicts if verdict.fits]
    assert list(verdicts[: len(fitting)]) == fitting
    for verdict in verdicts:
        assert verdict.score == sum(reason.points for reason in verdict.reasons)
    for better, worse in itertools.pairwise(fitting):
        assert better.score >= worse.score


def test_a_judge_gives_points_under_its_name():
    plain, liked = release("Gamma", seeders=900), release("Delta")

    def judge(wanted, release, taste, verdict):
        return Adjustment(points=3, reason="nice") if "Delta" in release.title else None

    best = ranked([plain, liked], judges=[("taste", judge)])[0]
    assert best.release == liked
    assert "taste: nice" in [reason.text for reason in best.reasons]


def test_points_are_bounded_and_trust_outweighs_them():
    trusted, liked = release("Gamma", trusted=True), release("Delta")

    def judge(wanted, release, taste, verdict):
        return Adjustment(points=10**9 if "Delta" in release.title else -(10**9))

    assert ranked([trusted, liked], judges=[("a", judge), ("b", judge)])[0].release == trusted


def test_refusals_unite_and_a_refused_v2_leaves_v1():
    first, second = release("Alpha"), release("Alpha", number="05v2")

    def refuse(wanted, release, taste, verdict):
        return Adjustment(refuse="05v2" in release.title, reason="no\x1b good")

    best, other = ranked([first, second], judges=[("one", refuse), ("two", refuse)])
    assert best.release == first
    assert [(r.code, r.text) for r in other.rejections] == [
        ("judge", "one: no good"),
        ("judge", "two: no good"),
    ]


def test_judges_are_asked_only_of_what_passed_and_lift_nothing():
    asked = []

    def judge(wanted, release, taste, verdict):
        asked.append(release)
        return Adjustment(points=10)

    fits, dead = release(seeders=5), release("Alpha", seeders=0)
    verdicts = ranked([dead, fits], judges=[("judge", judge)])
    assert asked == [fits]
    assert [verdict.fits for verdict in verdicts] == [True, False]


@pytest.mark.parametrize("answer", [RuntimeError("broken"), "yes", Adjustment(points="many")])
def test_a_judge_that_fails_is_logged_once_and_ignored(answer, caplog):
    def judge(wanted, release, taste, verdict):
        if isinstance(answer, Exception):
            raise answer
        return answer

    with caplog.at_level(logging.WARNING):
        verdicts = ranked(
            [release(), release("Alpha")], judges=[("broken", judge), ("length", by_length)]
        )
    assert [verdict.fits for verdict in verdicts] == [True, True]
    assert all(any(r.text.startswith("length: ") for r in each.reasons) for each in verdicts)
    assert [record.getMessage().startswith("judge broken") for record in caplog.records] == [True]


@pytest.mark.parametrize(
    "error", [SystemExit(1), KeyboardInterrupt(), GeneratorExit(), asyncio.CancelledError()]
)
def test_a_judge_cannot_end_the_daemon(error, caplog):
    def judge(wanted, release, taste, verdict):
        raise error

    verdicts = ranked([release()], judges=[("rude", judge), ("length", by_length)])
    assert verdicts[0].fits
    assert any(reason.text == "length: length" for reason in verdicts[0].reasons)
    assert "judge rude failed" in caplog.text


@pytest.mark.parametrize(
    "answer",
    [
        Adjustment(refuse=True, reason=None),
        Adjustment(refuse=True, reason=7),
        Adjustment(refuse=True, points="many"),
        Adjustment(refuse=True, points=None, reason=" "),
    ],
)
def test_a_refusal_stands_whatever_else_is_wrong_with_the_answer(answer):
    verdicts = ranked([release()], judges=[("strict", lambda *_: answer)])
    assert [(r.code, r.text) for r in verdicts[0].rejections] == [("judge", "strict: refused")]


def test_nothing_found_and_nothing_fitting():
    assert rank(WANTED, [], TASTE).best is None
    found = rank(WANTED, [release(seeders=0)], TASTE)
    assert found.best is None
    assert found.verdicts[0].rejections


def test_a_verdict_says_what_the_release_holds():
    verdict = ranked([release("Alpha", number="01-12")], attrs.evolve(TASTE, batch="allow"))[0]
    assert verdict.episodes == tuple(range(1, 13))
    assert (verdict.group, verdict.resolution) == ("Alpha", "1080p")


@given(st.text(), st.text(), st.text())
def test_any_names_and_titles_can_be_judged(title, romaji, other):
    show = attrs.evolve(SHOW, titles=Titles(romaji=romaji), synonyms=(other,))
    prequel = attrs.evolve(SHOW, id=EntryId("2"), titles=Titles(romaji=other))
    wanted = Wanted(work=show, episode=5, prequels=(prequel,))
    for name in (title, f"{romaji}{title}", f"[G] {other} {title} - 05"):
        assert len(rank(wanted, [release(title=name)], TASTE).verdicts) == 1


def test_choosing_among_plain_values():
    media = {"title": {"romaji": "Umi no Uta"}, "format": "TV", "episodes": 12}
    offers = [
        {"title": "[G] Umi no Uta - 04", "seeders": 10},
        {"title": "[G] Umi no Uta - 05", "seeders": 10, "category": "1_2"},
        {"title": "[G] Umi no Uta - 05", "seeders": 99, "category": "1_1"},
    ]
    assert choose(media, {"episode": 5, "batch": False}, offers) == 1
    assert choose(media, {"episode": 6, "batch": False}, offers) is None
