"""``info recheck limit label fetch adopt``: one torrent in full, and what is done with it."""

import re

import attrs

from ..terminal.console import Cell, Column
from ..terminal.words import percent, rate, size
from ..wire import SpeedLimits, TorrentReply
from .context import Context
from .exits import NOT_FOUND, OK, USAGE, Stop
from .torrents import act, each, named

FILES = (
    Column("FILE", right=True),
    Column("NAME", flexible=True),
    Column("SIZE", right=True),
    Column("DONE", right=True),
    Column("WANTED"),
)
TRACKERS = (
    Column("TRACKER", flexible=True),
    Column("STATE"),
    Column("SEEDERS", right=True),
    Column("LEECHERS", right=True),
    Column("MESSAGE"),
)
PEERS = (
    Column("PEER", flexible=True),
    Column("PROGRAM"),
    Column("HAS", right=True),
    Column("DOWN", right=True),
    Column("UP", right=True),
)


async def info(context: Context) -> int:
    """Print one torrent with its files, trackers and peers."""
    (row,) = await named(context)
    torrent, console = await context.remote.torrent(row.hash), context.console
    if context.json:
        console.json(torrent)
        return OK
    console.say(f"{torrent.name}  {torrent.hash}")
    console.say(f"  {torrent.error or torrent.state}, in {torrent.save_path or '?'}")
    console.say(f"  limits: {_limits(torrent.limits)}; labels: {', '.join(torrent.labels) or '-'}")
    files = [
        (
            Cell(str(file.index)),
            Cell(file.path),
            Cell(size(file.size)),
            Cell(percent(file.done_bytes / file.size if file.size else 1.0)),
            Cell("yes" if file.wanted else "no"),
        )
        for file in torrent.files
    ]
    trackers = [
        (
            Cell(tracker.url),
            Cell(tracker.state),
            Cell(_count(tracker.seeders)),
            Cell(_count(tracker.leechers)),
            Cell(tracker.message or ""),
        )
        for tracker in torrent.trackers
    ]
    peers = [
        (
            Cell(peer.address),
            Cell(peer.client),
            Cell(percent(peer.progress)),
            Cell(rate(peer.down_rate)),
            Cell(rate(peer.up_rate)),
        )
        for peer in torrent.peers
    ]
    for columns, rows in ((FILES, files), (TRACKERS, trackers), (PEERS, peers)):
        if rows:
            console.table(columns, rows)
    return OK


def _count(number: int | None) -> str:
    return "" if number is None else str(number)


async def recheck(context: Context) -> int:
    """Let the files of torrents be verified again."""
    return await each(context, "checking", lambda t: context.remote.recheck(t.hash))


async def limit(context: Context) -> int:
    """Show or change how fast torrents may be, or a whole client."""
    options = context.options
    if bool(options.client) == bool(options.torrents):
        raise Stop(USAGE, "name torrents, or a client with --client")
    if options.client:
        return await _limit_client(context, options.client)
    torrents = await named(context)
    if not _changes(context):
        return await _show_limits(context, torrents)

    async def limit_one(torrent: TorrentReply) -> str | None:
        before = (await context.remote.torrent(torrent.hash)).limits
        await context.remote.limit(torrent.hash, _changed(context, before))
        if torrent.owners > 1:
            return "others have it, too: the most generous limit counts"
        return None

    return await act(context, torrents, "limited", limit_one)


async def _show_limits(context: Context, torrents: list[TorrentReply]) -> int:
    found = {
        torrent.hash: (await context.remote.torrent(torrent.hash)).limits for torrent in torrents
    }
    if context.json:
        context.console.json(None, limits={key: attrs.asdict(each) for key, each in found.items()})
    else:
        for torrent in torrents:
            context.console.data(f"{torrent.name}  {_limits(found[torrent.hash])}")
    return OK


async def _limit_client(context: Context, client: str) -> int:
    found = await context.remote.client_limits(client)
    if _changes(context):
        found = await context.remote.limit_client(client, _changed(context, found))
    if context.json:
        context.console.json(found)
    else:
        context.console.data(f"{client}  {_limits(found)}")
    return OK


def _changes(context: Context) -> bool:
    return context.options.down is not None or context.options.up is not None


def _changed(context: Context, before: SpeedLimits) -> SpeedLimits:
    """Return *before* with what the command line says; 0 there means no limit."""
    down, up = context.options.down, context.options.up
    return SpeedLimits(
        down=before.down if down is None else down or None,
        up=before.up if up is None else up or None,
    )


def _limits(limits: SpeedLimits) -> str:
    down, up = ("no limit" if value is None else rate(value) for value in (limits.down, limits.up))
    return f"down {down}, up {up}"


async def label(context: Context) -> int:
    """Show or change the labels of a torrent."""
    options, console = context.options, context.console
    (torrent,) = await named(context)
    labels = tuple(options.labels)
    if labels or options.clear:
        await context.remote.label(torrent.hash, labels)
    else:
        labels = torrent.labels
    if context.json:
        console.json(None, hash=torrent.hash, labels=labels)
    else:
        console.data(f"{torrent.name}  {', '.join(labels) or 'no labels'}")
    return OK


async def fetch(context: Context) -> int:
    """Print the commands that bring finished torrents to this machine."""
    console, torrents = context.console, await named(context)
    found = {torrent.hash: torrent.fetch_commands for torrent in torrents}
    if context.json:
        console.json(None, commands=found)
    for torrent in torrents:
        if not torrent.fetch_commands:
            console.say(f"{torrent.name}: {await _why_not(context, torrent)}", "bad")
        elif not context.json:
            for line in torrent.fetch_commands:
                console.data(line)
    return OK if all(found.values()) else NOT_FOUND


async def _why_not(context: Context, torrent: TorrentReply) -> str:
    if torrent.progress < 1:
        return f"not finished, {percent(torrent.progress)}"
    in_full = await context.remote.torrent(torrent.hash)
    return in_full.fetch_problem or "the daemon does not say why there is nothing to fetch"


def _is_hash(text: str) -> bool:
    return re.fullmatch(r"[0-9a-f]{40}|[0-9a-f]{64}", text, re.IGNORECASE | re.ASCII) is not None


async def adopt(context: Context) -> int:
    """Let the daemon take over a torrent that was in a client before it."""
    options = context.options
    if not _is_hash(options.hash):
        raise Stop(
            USAGE,
            f"{options.hash} is not a whole info hash: the torrent may be nobody's here, so the "
            "start of it is not enough",
            hint="uuut torrents --all --json tells them.",
        )
    await context.remote.adopt(options.client, options.hash)
    if context.json:
        context.console.json(None, client=options.client, hash=options.hash)
    else:
        context.console.say(f"{options.hash} in {options.client} is ours now")
    return OK
