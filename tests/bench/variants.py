"""Row 5: a show that needs several queries costs no more time than one that needs one."""

from pathlib import Path

from uuutd.testing.anilist_world import Media

from . import subjects
from .downloads import Subject
from .table import Line, median
from .world import World

WARM_UP = 2


async def row_5(world: World, folder: Path) -> list[Line]:
    """Download one after another, in turn of either sort, with the watchlist viewed."""
    await _get_all(world, folder / "rehearsal", slow=False)
    plain, varied = await _get_all(world, folder / "run", slow=True)
    mine, base = median(varied), median(plain)
    what = "four queries over one"
    note = f"{1000 * mine:.0f} ms over {1000 * base:.0f} ms, medians of {len(varied)}"
    return [Line(row=5, what=what, value=mine / base, limit=1.15, unit="x", note=note)]


async def _get_all(world: World, folder: Path, *, slow: bool) -> tuple[list[float], list[float]]:
    """Return the seconds until the client had each, of the plain shows and the varied."""
    world.hurry()
    tables = (subjects.upstream_tables(world), subjects.qbittorrent_table(world.client.url))
    took: tuple[list[float], list[float]] = ([], [])
    async with subjects.daemon(folder, *tables) as daemon:
        user = await subjects.log_in(daemon, folder, "mika")
        await subjects.link(daemon, user, world.reader)
        await daemon.ask("GET", "watchlist", user)
        if slow:
            world.slow_down()
        subject = Subject(world=world, program=daemon, me=user)
        for pair in zip(world.plain, world.varied, strict=True):
            for show, queries, found in zip(pair, (1, 4), took, strict=True):
                found.append(await _get(subject, user, show, queries))
    return took[0][WARM_UP:], took[1][WARM_UP:]


async def _get(subject: Subject, user: dict[str, str], show: Media, queries: int) -> float:
    """Get the episode, and see to it that it took so many queries."""
    subject.world.nyaa.forget()
    took = await subject.get(user, show)
    if len(subject.world.nyaa.asked) != queries:
        raise RuntimeError(f"{show.romaji}: {subject.world.nyaa.asked}, expected {queries} queries")
    return took
