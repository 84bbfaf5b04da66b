"""What the worst of many hostile names costs: everything from outside may be one."""

import heapq
import random
import time
from pathlib import Path

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

from .table import Line
from .world import World

NAMES = 20_000
LONGEST = 512
"""Names are cut to this many characters at the border."""
_AGAIN = 50
"""How many of the slowest are measured again, since now and then memory is swept in between."""

_PIECES = (
    *("Aoi", "Umi", "Aoi Umi", "aoi umi", "[Aoi Umi]", "Aoi Umi II", "2nd Season", "Season 2"),
    *(
        "S02E05",
        "S01-",
        "E01E",
        "- 05",
        "01~",
        "01-",
        "24.5",
        "05v2",
        "1x1x",
        "第1",
        "話",
        "季",
        "0.",
    ),
    *("1080p", "1920x1080", "x265", "Multi-Subs", "[ENG]", "(Movie)", "NCOP", "Batch", "2011-"),
    *("[", "]", "(", ")", "((((", "]]]]", "/", "|", " / ", "-", "--", "~", "+", "&", "'", "_", "."),
    *(
        "é",
        "e\u0301\u0301",
        "\u202e",
        "\u200d",
        "\x00",
        "\x1b[31m",
        "\U0001f600",
        "\uff19",
        "Ⅱ",
        "ß",
        " ",
    ),
)


async def row_25(_world: World, _folder: Path) -> list[Line]:
    """Judge names made of what names are made of, in no order and without end."""
    rng = random.Random(25)
    names = [_name(rng) for _ in range(NAMES)]
    first = _wanted("first")
    slow = heapq.nlargest(_AGAIN, ((_milliseconds(first, name), name) for name in names))
    again = _wanted("again")  # another show, for which nothing is kept in a cache yet
    slowest = max(min(once, _milliseconds(again, name)) for once, name in slow)
    note = f"of {NAMES} generated ones, processor time; the {_AGAIN} slowest measured twice"
    return [
        Line(row=25, what="the slowest hostile name", value=slowest, limit=20, unit="ms", note=note)
    ]


def _name(rng: random.Random) -> str:
    """Return a name; half of them repeat a few pieces, so that patterns can run away."""
    pieces = rng.sample(_PIECES, rng.randrange(1, 5)) if rng.random() < 0.5 else _PIECES
    between = rng.choice(("", " ", "-"))
    head = rng.choice(("", "[Group] ", "[Group] Aoi Umi ", "Aoi Umi - "))
    return (head + between.join(rng.choices(pieces, k=rng.randrange(1, 260))))[:LONGEST]


def _milliseconds(wanted: Wanted, name: str) -> float:
    release = Release(title=name, info_hash=None, indexer="x", seeders=9, language=Language.ENGLISH)
    start = time.thread_time()
    rank(wanted, [release], Taste(batch="allow"))
    return (time.thread_time() - start) * 1000


def _wanted(kind: str) -> Wanted:
    """Return an episode of a second season, with relatives enough to be mistaken for."""
    return Wanted(
        work=_work("Aoi Umi 2nd Season", 12, kind),
        episode=5,
        prequels=(_work("Aoi Umi", 24),),
        related=(
            Relation(RelationKind.SEQUEL, _work("Aoi Umi III", 12)),
            Relation(RelationKind.SIDE_STORY, _work("Aoi Umi: Aoi Aoi Umi", 6)),
        ),
    )


def _work(romaji: str, episodes: int, kind: str = "") -> Work:
    return Work(
        id=EntryId(f"{kind} {romaji}"),
        titles=Titles(romaji=romaji),
        format=Format.TV,
        episodes=episodes,
    )
