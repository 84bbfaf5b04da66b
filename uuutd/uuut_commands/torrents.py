"""``torrents pause resume rm add``."""

from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import attrs

from ..remote import Added, RemoteError
from ..terminal.console import Cell, Column, Console
from ..terminal.words import Tone, duration, percent, rate, size, stage
from ..wire import AddTorrentRequest, TorrentReply
from .context import Context, report, report_stop
from .exits import NOT_FOUND, OK, PARTLY, USAGE, Stop, exit_code
from .matching import find_torrents, fold, one_of

COLUMNS = (
    Column("HASH"),
    Column("NAME", flexible=True),
    Column("STATE"),
    Column("DONE", right=True),
    Column("SIZE", right=True),
    Column("DOWN", right=True),
    Column("ETA", right=True),
)
OWNERS = (Column("CLIENT"), Column("OWNERS"))
"""What else administrators see of everybody's torrents."""
SHOWN_HASH = 8
UNDO_SECONDS = 10  # how long the daemon waits before it carries out a removal
SHOWN_SOURCE = 100
LARGEST_FILE = 10 * 1024 * 1024
HASH_LENGTHS = (32, 40, 64)
TONES: dict[str, Tone] = {"error": "bad", "missing": "bad", "downloading": "busy"}
SHORT_STATES = {"down": "downloading", "seed": "seeding", "meta": "metadata"}


async def show(context: Context) -> int:
    """Print the user's torrents, or everybody's, those that match every given word."""
    everybodys = context.options.all
    remote = context.remote
    reply = await (remote.all_torrents() if everybodys else remote.torrents())
    torrents = [t for t in reply.torrents if _matches(t, context.options.filter)]
    console = context.console
    if context.json:
        console.json(attrs.evolve(reply, torrents=tuple(torrents)))
    elif torrents:
        columns = COLUMNS + OWNERS if everybodys else COLUMNS
        more = _owners if everybodys else lambda _: ()
        console.table(columns, [(*_row(console, each), *more(each)) for each in torrents])
    elif reply.torrents:
        console.say(f"none of {len(reply.torrents)} torrents matches")
    elif everybodys:
        console.say("nobody has torrents yet, and the clients are empty")
    else:
        console.say("you have no torrents yet: uuut get TITLE")
    for client in reply.clients:
        if client.state != "ready":
            console.say(f"{client.name} is {client.state}; its torrents are as last seen", "bad")
    return OK


def _matches(torrent: TorrentReply, words: Sequence[str]) -> bool:
    name = fold(torrent.name)
    return all(
        SHORT_STATES.get(word.lower(), word.lower()) == torrent.state or fold(word) in name
        for word in words
    )


def _owners(torrent: TorrentReply) -> tuple[Cell, ...]:
    return Cell(torrent.client), Cell(", ".join(torrent.owner_names or ()) or "-", "quiet")


def _row(console: Console, torrent: TorrentReply) -> tuple[Cell, ...]:
    short = torrent.hash if console.width is None else torrent.hash[:SHOWN_HASH]
    state = torrent.state + (" (foreign)" if torrent.foreign else "")
    return (
        Cell(short, "quiet"),
        Cell(torrent.name),
        Cell(torrent.error or state, TONES.get(torrent.state, "plain")),
        Cell("" if stage(torrent) else percent(torrent.progress)),
        Cell("" if stage(torrent) else size(torrent.size)),
        Cell(rate(torrent.down_rate) if torrent.down_rate else ""),
        Cell("" if torrent.eta is None else duration(torrent.eta)),
    )


async def pause(context: Context) -> int:
    """Pause torrents."""
    return await each(context, "paused", lambda t: context.remote.pause(t.hash))


async def resume(context: Context) -> int:
    """Resume torrents."""
    return await each(context, "resumed", lambda t: context.remote.resume(t.hash))


async def remove(context: Context) -> int:
    """Remove torrents after asking."""
    console, options = context.console, context.options
    if not options.yes and not console.interactive:
        raise Stop(USAGE, "there is no terminal to ask on", hint="Use --yes.")
    torrents = await named(context)
    if not options.yes:
        for torrent in torrents:
            console.say(f"  {torrent.name}  {size(torrent.size)}")
            console.say(f"    {_fate(torrent, files=options.files)}")
        if not console.confirm(f"Take {len(torrents)} off your list?"):
            raise Stop(OK, "nothing was removed")

    async def remove_one(torrent: TorrentReply) -> str:
        job = await context.remote.remove(torrent.hash, delete_files=options.files)
        stays = torrent.foreign or torrent.owners > 1
        until = f"for {UNDO_SECONDS} s this undoes it" if stays else "until then"
        return f"{_fate(torrent, files=options.files)}; {until}: uuut jobs --cancel {job.id}"

    return await act(context, torrents, "off your list:", remove_one)


def _fate(torrent: TorrentReply, *, files: bool) -> str:
    """Say what becomes of *torrent*: it goes only with its last owner."""
    if torrent.foreign:
        return "it was in the client before, so it and its files stay"
    if torrent.owners > 1:
        return "somebody else has it too, so it and its files stay"
    return f"it goes in {UNDO_SECONDS} s, " + ("its FILES with it" if files else "its files stay")


async def named(context: Context) -> list[TorrentReply]:
    """Return the torrents that the command line names, each once."""
    torrents = (await context.remote.torrents()).torrents
    named: dict[str, TorrentReply] = {}
    for text in context.options.torrents:
        hits = find_torrents(torrents, text)
        first = context.options.first
        hit = one_of(context.console, hits, text, _label, first=first, where="among your torrents")
        named[hit.hash] = hit
    return list(named.values())


def _label(torrent: TorrentReply) -> str:
    return f"{torrent.hash[:SHOWN_HASH]}  {torrent.name}"


async def each(
    context: Context, done: str, action: Callable[[TorrentReply], Awaitable[None]]
) -> int:
    """Do *action* to each torrent that the command line names."""
    return await act(context, await named(context), done, action)


async def act(
    context: Context,
    torrents: Sequence[TorrentReply],
    done: str,
    action: Callable[[TorrentReply], Awaitable[str | None]],
) -> int:
    """Do *action* to each torrent; those that fail do not keep it from the others.

    What *action* returns is said as well.
    """
    failures: list[int] = []
    changed: list[str] = []
    for torrent in torrents:
        try:
            more = await action(torrent)
        except RemoteError as error:
            context.console.say(torrent.name)
            report(context.console, error)
            failures.append(exit_code(error))
        else:
            changed.append(torrent.hash)
            context.console.say(f"{done} {torrent.name}")
            if more:
                context.console.say(f"  {more}")
    if context.json:
        context.console.json(None, changed=changed, failed=len(failures))
    return _summary(failures, len(changed))


def _summary(failures: Sequence[int], succeeded: int) -> int:
    """Return the exit code of several actions, of which *failures* ended with these codes."""
    if not failures:
        return OK
    return PARTLY if succeeded else failures[0]


async def add(context: Context) -> int:
    """Add magnets, info hashes and ``.torrent`` files."""
    console = context.console
    sources = [line for source in context.options.sources for line in _sources(console, source)]
    failures: list[int] = []
    added: list[Added] = []
    for source in sources:
        try:
            added.append(await _add_one(context, source))
        except RemoteError as error:
            console.say(source[:SHOWN_SOURCE])
            report(console, error)
            failures.append(exit_code(error))
        except Stop as stop:
            report_stop(console, stop)
            failures.append(stop.code)
    if context.json:
        items = [{"torrent": attrs.asdict(item.torrent), "new": item.new} for item in added]
        console.json(None, added=items, failed=len(failures))
    else:
        for item in added:
            console.data(f"{item.torrent.hash}  {item.torrent.name}")
    known = sum(1 for item in added if not item.new)
    if known:
        console.say(f"{known} of them you had already")
    return _summary(failures, len(added))


def _sources(console: Console, source: str) -> list[str]:
    if source != "-":
        return [source]
    return [line.strip() for line in console.read().splitlines() if line.strip()]


async def _add_one(context: Context, source: str) -> Added:
    client = context.options.client
    if source.startswith("magnet:") or _is_hash(source):
        return await context.remote.add_torrent(AddTorrentRequest(source=source, client=client))
    return await context.remote.add_torrent_file(_content(Path(source)), client=client)


def _is_hash(text: str) -> bool:
    return len(text) in HASH_LENGTHS and text.isascii() and text.isalnum()


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
    except FileNotFoundError:
        raise Stop(
            NOT_FOUND,
            f"{path} is no file, and neither a magnet link nor an info hash",
            hint="A link needs quotes in the shell, because of its &.",
        ) from None
    except OSError as error:
        raise Stop(USAGE, f"cannot read {path}: {error.strerror}") from error
    if len(content) > LARGEST_FILE:
        raise Stop(USAGE, f"{path} is larger than any .torrent file")
    return content
