"""Names in every accepted numbering, held against every show of a line: one fits, no other."""

from datetime import date

import attrs
import pytest

from uuutd.choice import rank
from uuutd.domain import (
    EntryId,
    Format,
    Language,
    Relation,
    RelationKind,
    Release,
    Taste,
    Titles,
    Wanted,
    Work,
)


@attrs.frozen
class Part:
    """One show of a line: its title, its length, and its season and offset as groups count."""

    romaji: str
    episodes: int
    season: int
    before: int = 0
    short: str = ""


FAMILIES = {
    "seasons": [
        Part("Niji no Machi", 12, 1),
        Part("Niji no Machi 2nd Season", 12, 2, short="Niji no Machi S2"),
        Part("Niji no Machi Season 3", 24, 3, short="Niji no Machi S3"),
    ],
    "cours": [
        Part("Niji\u00d7Machi", 12, 1),
        Part("Niji\u00d7Machi Part 2", 13, 1, 12),
        Part("Niji\u00d7Machi Season 2", 12, 2, short="Niji x Machi S2"),
        Part("Niji\u00d7Machi Season 2 Part 2", 10, 2, 12),
    ],
    "arcs": [
        Part("Niji no Machi", 26, 1),
        Part("Niji no Machi: Kawa-hen", 7, 2),
        Part("Niji no Machi: Umi-hen", 11, 3),
        Part("Niji no Machi: Umi-hen Part 2", 11, 3, 11),
    ],
    "roman": [
        Part("Niji 100", 12, 1),
        Part("Niji 100 II", 13, 2, short="Niji 100 S2"),
        Part("Niji 100 III", 12, 3, short="Niji 100 3rd Season"),
        Part("Niji 100 IV: Yami", 11, 4),
        Part("Niji 100 IV: Hikari", 11, 4, 11),
    ],
    "digits": [
        Part("Niji no Machi!", 10, 1),
        Part("Niji no Machi! 2", 10, 2, short="Niji no Machi! S2"),
        Part("Niji no Machi! 3", 11, 3, short="Niji no Machi! Season 3"),
    ],
    "signs": [
        Part("Niji Band!", 12, 1),
        Part("Niji Band!!", 24, 2, short="Niji Band! S2"),
    ],
}


def wanted(parts, index, episode):
    works = [
        Work(
            id=EntryId(part.romaji),
            titles=Titles(romaji=part.romaji),
            format=Format.TV,
            episodes=part.episodes,
            start_date=date(2015 + n, 1, 1),
        )
        for n, part in enumerate(parts)
    ]
    sequels = tuple(
        Relation(RelationKind.SEQUEL, work, n) for n, work in enumerate(works[index + 1 :], 1)
    )
    before = tuple(reversed(works[:index]))
    return Wanted(work=works[index], episode=episode, prequels=before, related=sequels)


def names(parts, index, episode):
    """Yield an episode's names in all numberings that are not those of another episode."""
    part = parts[index]
    first = parts[0].romaji.replace("\u00d7", " x ")
    title = part.romaji.replace("\u00d7", " x ").replace(": ", " - ")
    continuous = sum(p.episodes for p in parts[:index]) + episode
    counted = part.before + episode
    yield f"[Erai-raws] {title} - {episode:02} [1080p][Multiple Subtitle]"
    yield f"[SubsPlease] {first} - {continuous:02} (1080p) [1A2B3C4D].mkv"
    yield f"[Judas] {first} - S{part.season:02}E{counted:02} [1080p][HEVC x265 10bit]"
    yield f"{first.replace(' ', '.')}.S{part.season:02}E{counted:02}.1080p.WEB.H264-GROUP"
    yield f"[EMBER] {first} S{part.season:02}E{counted:02} [1080p] ({title})"
    yield f"[Group] {first} (Season {part.season}) - {counted:02} [1080p]"
    if part.short:
        yield f"[ASW] {part.short} - {episode:02} [1080p HEVC x265 10Bit][AAC]"
        yield f"[ASW] {part.short} - {episode:02}v2 [1080p HEVC x265 10Bit][AAC]"


def held(name, parts, index):
    """Return the episodes that a name holds of a show, none if it is taken for another."""
    release = Release(title=name, info_hash=None, indexer="x", seeders=9, language=Language.ENGLISH)
    verdict = rank(wanted(parts, index, 1), [release], Taste()).verdicts[0]
    wrong = {rejection.code for rejection in verdict.rejections} - {"R2"}
    return () if wrong else verdict.episodes


@pytest.mark.parametrize("family", FAMILIES)
def test_a_name_is_of_one_show_and_one_episode(family):
    parts = FAMILIES[family]
    for index, part in enumerate(parts):
        for episode in (1, 5, part.episodes):
            for name in names(parts, index, episode):
                found = {i: held(name, parts, i) for i in range(len(parts))}
                expected = {i: (episode,) if i == index else () for i in range(len(parts))}
                assert found == expected, name


@pytest.mark.parametrize("family", FAMILIES)
def test_a_season_pack_covers_the_shows_of_its_season(family):
    parts = FAMILIES[family]
    first = parts[0].romaji.replace("\u00d7", " x ")
    for season in {part.season for part in parts}:
        name = f"[Judas] {first} (Season {season}) [1080p][HEVC x265 10bit] (Batch)"
        release = Release(
            title=name, info_hash=None, indexer="x", seeders=9, language=Language.ENGLISH
        )
        for index, part in enumerate(parts):
            found = rank(wanted(parts, index, 1), [release], Taste(batch="allow"))
            assert (found.best is not None) is (part.season == season), (name, part.romaji)


@pytest.mark.parametrize("family", FAMILIES)
def test_extras_and_spin_offs_are_of_none(family):
    parts = FAMILIES[family]
    for part in parts:
        title = part.romaji.replace("\u00d7", " x ").replace(": ", " - ")
        for rest in (
            "- NCOP [1080p]",
            "- PV [1080p]",
            "OVA - 05 [1080p]",
            "Movie [1080p]",
            "Gaiden - 05 [1080p]",
            "- Another Story - 05 [1080p]",
            "0 - 05 [1080p]",
            "- 05.5 [1080p]",
            "- 100 Years - 05 [1080p]",
            "[1080p].mkv",
        ):
            for index in range(len(parts)):
                release = Release(
                    title=f"[G] {title} {rest}", info_hash=None, indexer="x", seeders=9
                )
                found = rank(wanted(parts, index, 5), [release], Taste(batch="allow"))
                assert found.best is None, release.title
