"""What it costs to hold names against shows, and to choose among the releases of an episode."""

import time
from collections.abc import Sequence
from itertools import product
from pathlib import Path

from uuutd.choice import rank
from uuutd.domain import (
    Airing,
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

from .table import Line, median
from .world import World

SHOWS = 500
NAMES = 75
"""How many names a page of an indexer has."""
CASE = 28
"""How many candidates a case of the benchmark of correctness has, more or less."""
CASES = 48
ROUNDS = 3

_ADJECTIVES = ("Aoi", "Akai", "Kuroi", "Shiroi", "Tooi", "Fukai", "Furui", "Nagai", "Hayai", "Omoi")
_NOUNS = (
    "Toride",
    "Minato",
    "Kagami",
    "Hashi",
    "Tokei",
    "Niwa",
    "Toshokan",
    "Tegami",
    "Mori",
    "Umi",
)
_ENDS = ("", " no Uta", " to Kaze", " Monogatari", " Senki")
_STYLES = (
    "[{group}] {romaji} - {number:02} ({resolution}) [{serial:08X}].mkv",
    "[{group}] {english} S01E{number:02} {resolution} CR WEB-DL AAC2.0 H.264 (Multi-Subs)",
    "{english} S01E{number:02} {resolution} WEB-DL DDP5.1 H 264-{group} ({romaji}, Multi-Subs)",
    "[{group}] {romaji} S2 - {number:02} [{resolution} HEVC x265 10Bit][AAC]",
    "[{group}] {romaji} - 01 ~ 12 [{resolution}][Multiple Subtitle] (Batch)",
    "[{group}] {romaji} - NCOP{number} [BD {resolution} FLAC][{serial:08X}]",
)
_RESOLUTIONS = ("1080p", "720p", "480p")
_TASTE = Taste(groups=("Group03", "Group05"), codec="hevc")


async def row_22(_world: World, _folder: Path) -> list[Line]:
    """Match a page against every show; judge a page, and a case, that nobody has judged before."""
    shows = [_wanted(*words) for words in product(_ADJECTIVES, _NOUNS, _ENDS)]
    page = [_release(show, number) for number, show in enumerate(shows[:NAMES])]
    matching = min(sum(_seconds(show, page) for show in shows) for _ in range(ROUNDS))
    pages = [(show, _releases(show, NAMES)) for show in shows[:CASES]]
    cases = [(show, _releases(show, CASE)) for show in shows[CASES : 2 * CASES]]
    names, note = SHOWS * NAMES, "never seen before"
    return [
        _line(f"matching {names} names", matching, 3, "s", f"best of {ROUNDS} rounds"),
        _line("matching one name", matching / names * 1e6, 80, "us"),
        _line(f"{NAMES} names of a show", median(_milliseconds(pages)), 6, "ms", note),
        _line(f"a case of {CASE} releases", median(_milliseconds(cases)), 1, "ms", note),
    ]


def _line(what: str, value: float, limit: float, unit: str, note: str = "") -> Line:
    return Line(row=22, what=what, value=value, limit=limit, unit=unit, note=note)


def _milliseconds(cases: Sequence[tuple[Wanted, list[Release]]]) -> list[float]:
    return [_seconds(wanted, releases) * 1000 for wanted, releases in cases]


def _seconds(wanted: Wanted, releases: Sequence[Release]) -> float:
    start = time.perf_counter()
    rank(wanted, releases, _TASTE)
    return time.perf_counter() - start


def _wanted(adjective: str, noun: str, end: str) -> Wanted:
    """Return an invented show with a sequel and a film."""
    name = f"{adjective} {noun}{end}"
    return Wanted(
        work=_work(name, Format.TV, 12),
        episode=5,
        related=(
            Relation(RelationKind.SEQUEL, _work(f"{name} 2nd Season", Format.TV, 12)),
            Relation(RelationKind.OTHER, _work(f"{name} Movie: Hajimari", Format.MOVIE, 1)),
        ),
    )


def _work(name: str, format_: Format, episodes: int) -> Work:
    return Work(
        id=EntryId(name),
        titles=Titles(romaji=name, english=f"The Tale of {name}"),
        format=format_,
        airing=Airing.FINISHED,
        episodes=episodes,
    )


def _releases(wanted: Wanted, count: int) -> list[Release]:
    return [_release(wanted, number) for number in range(count)]


def _release(wanted: Wanted, number: int) -> Release:
    """Return one of the releases of a show; no two of a show have the same *number*."""
    titles = wanted.work.titles
    name = _STYLES[number % len(_STYLES)].format(
        group=f"Group{number // 3:02}",
        romaji=titles.romaji,
        english=titles.english,
        number=1 + number // 2 % 12,
        resolution=_RESOLUTIONS[number % len(_RESOLUTIONS)],
        serial=0x10000000 + number,
    )
    return Release(
        title=name,
        info_hash=None,
        indexer="nyaa",
        size=1_400_000_000,
        seeders=number,
        language=Language.ENGLISH,
    )
