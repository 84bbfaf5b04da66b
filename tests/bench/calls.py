"""Rows 16 and 17: how often AniList and Nyaa are asked."""

import asyncio
from collections import Counter
from pathlib import Path

from uuutd.testing.anilist import AniListStandIn, Media

from . import subjects
from .downloads import Subject
from .subjects import Program
from .table import Line
from .world import EPISODE, World

VIEWS = 10
SEARCHES = 3
IDLE = 65.0
"""Seconds, a round of whatever is done once a minute."""
BUDGET = 30
"""How many requests a minute AniList has allowed of late; it documents 90."""
WANTED = 60


async def row_16(world: World, folder: Path) -> list[Line]:
    """Count what arrives at both for what a user does, and in a minute without anybody."""
    tables = (subjects.upstream_tables(world), subjects.qbittorrent_table(world.client.url))
    world.hurry()
    world.client.forget()
    async with subjects.daemon(folder / "daemon", *tables) as daemon:
        names = [
            await subjects.log_in(daemon, folder / "daemon", name) for name in ("mika", "yuki")
        ]
        for number, user in enumerate(names):
            await subjects.link(daemon, user, world.tokens[number])
        lines = await _used(world, daemon, names)
        _forget(world)
        await asyncio.sleep(IDLE)
        lines += [
            _line(16, f"AniList, idle for {IDLE:.0f} s", len(world.anilist.asked), 0),
            _line(17, f"Nyaa, idle for {IDLE:.0f} s", len(world.nyaa.asked), 0),
        ]
    return lines + await _budget(folder / "budget")


async def _used(world: World, daemon: Program, users: list[dict[str, str]]) -> list[Line]:
    """Let two users do the usual things, one after another."""
    first, second = users
    show = world.shows[1]
    subject = Subject(world=world, program=daemon, me=first)
    _forget(world)
    for _ in range(VIEWS):
        await _must(daemon, "GET", "watchlist", first)
    lines = [_line(16, f"AniList, {VIEWS} views of a watchlist", len(world.anilist.asked), 1)]
    await _must(daemon, "GET", "watchlist", second)
    _forget(world)
    await subject.get(first, show)
    lines.append(_line(16, "AniList, a download after that", len(world.anilist.asked), 1))
    _forget(world)
    await _must(daemon, "POST", "watchlist/progress", first, entry=str(show.id), episode=EPISODE)
    lines.append(_line(16, "AniList, progress marked", len(world.anilist.asked), 1))
    _forget(world)
    other = world.shows[2]
    for user in users:
        for _ in range(SEARCHES):
            path = f"watchlist/anilist/{other.id}/releases?episode={EPISODE}"
            await _must(daemon, "GET", path, user)
    for user in users:
        await subject.get(user, other)
    asked = world.nyaa.asked
    what = f"Nyaa, {2 * SEARCHES} searches and 2 downloads: queries again"
    note = f"{len(set(asked))} different queries make one search"
    return [*lines, _line(17, what, len(asked) - len(set(asked)), 0, note)]


async def _budget(folder: Path) -> list[Line]:
    """Want more of AniList at once than it allows in a minute, with the pacing as it comes."""
    async with AniListStandIn(rate=BUDGET) as anilist:
        someone = anilist.add_user("mika")
        shows = [Media(id=1 + number, romaji=f"Show {number}") for number in range(WANTED)]
        anilist.add_media(*shows)
        for show in shows:
            anilist.add_entry(someone, show, "CURRENT", 1)
        table = f'[watchlists.anilist]\nurl = "{anilist.url}"\n'
        async with subjects.daemon(folder, table) as daemon:
            user = await subjects.log_in(daemon, folder, "mika")
            await subjects.link(daemon, user, anilist.issue_token(someone))
            await _must(daemon, "GET", "watchlist", user)
            marks = [
                daemon.ask("POST", "watchlist/progress", user, entry=str(show.id), episode=2)
                for show in shows
            ]
            statuses = Counter([status for status, _ in await asyncio.gather(*marks)])
    over = sum(request.status == 429 for request in anilist.requests)
    what = f"AniList, {WANTED} shows marked at once"
    note = f"{len(anilist.requests)} requests; {BUDGET} a minute are allowed"
    told = f"{statuses[200]} marked, {statuses[202]} answered 202 and kept for later"
    return [
        _line(16, f"{what}: over its budget", over, 0, note),
        _line(16, f"{what}: lost", WANTED - statuses[200] - statuses[202], 0, told),
    ]


def _forget(world: World) -> None:
    world.anilist.forget()
    world.nyaa.forget()


async def _must(
    program: Program, method: str, path: str, user: dict[str, str], **body: object
) -> None:
    status, answer = await program.ask(method, path, user, **body)
    if status != 200:
        raise RuntimeError(f"{path}: {status} {answer}")


def _line(row: int, what: str, value: float, limit: float, note: str = "") -> Line:
    return Line(row=row, what=what, value=value, limit=limit, note=note)
