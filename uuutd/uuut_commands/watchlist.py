"""``list releases watched``."""

from datetime import UTC, datetime, timedelta

from ..terminal.console import Cell, Column, Console
from ..terminal.words import ago, badge, title, whats_next
from ..terminal.words import watched as seen
from ..wire import (
    EntryReply,
    ProgressRequest,
    SourceReply,
    TorrentReply,
    WatchlistReply,
)
from .choice import show_choice
from .context import Context
from .exits import NOT_FOUND, OK, USAGE, Stop
from .matching import find_entry

COLUMNS = (
    Column("TITLE", flexible=True),
    Column("WATCHED", right=True),
    Column("STATE"),
    Column("NEXT", flexible=True),
)
FRESH = timedelta(minutes=1)


async def show(context: Context) -> int:
    """Print the watchlist."""
    watchlist = await context.remote.watchlist()
    console = context.console
    now = datetime.now(UTC)
    if context.json:
        console.json(watchlist)
    else:
        torrents = {t.hash: t for t in (await context.remote.torrents()).torrents}
        if watchlist.entries:
            rows = [_row(entry, torrents, now) for entry in watchlist.entries]
            console.table(COLUMNS, rows)
    _say_what_is_stale(console, watchlist, now)
    return OK


def _row(entry: EntryReply, torrents: dict[str, TorrentReply], now: datetime) -> tuple[Cell, ...]:
    torrent = torrents.get(entry.torrent) if entry.torrent else None
    state = badge(entry, torrent, now)
    return (
        Cell(title(entry.title)),
        Cell(seen(entry)),
        Cell(state.text, state.tone),
        Cell(whats_next(entry, torrent, now)),
    )


def _say_what_is_stale(console: Console, watchlist: WatchlistReply, now: datetime) -> None:
    if not watchlist.sources:
        console.say("no watchlist is linked yet: uuut link")
    elif not watchlist.entries:
        console.say("you are not watching anything at the moment")
    for source in watchlist.sources:
        _say_how_fresh(console, source, now)


def _say_how_fresh(console: Console, source: SourceReply, now: datetime) -> None:
    """Say how old the entries of *source* are, and why, unless all is well."""
    age = f"read {ago(source.synced_at, now)}" if source.synced_at else "never read"
    if source.state == "ok" and source.problem is None:
        if source.synced_at is None or now - source.synced_at > FRESH:
            console.say(f"{source.provider}: {age}")
        return
    why = f"; {source.problem.detail}" if source.problem else ""
    state = "" if source.state == "ok" else f", {source.state}"
    console.say(f"{source.provider}: {age}{state}{why}", "bad")
    if source.state == "expired":
        console.say(f"  link it again: uuut link {source.provider}")


async def releases(context: Context) -> int:
    """Print every release of an episode."""
    options = context.options
    entry = await find_entry(context.console, context.remote, options.title, first=options.first)
    choice = await context.remote.releases(entry.provider, entry.id, options.episode)
    return show_choice(context, choice)


async def watched(context: Context) -> int:
    """Mark an episode as watched, at the provider too."""
    options = context.options
    entry = await find_entry(context.console, context.remote, options.title, first=options.first)
    episode = options.episode or entry.next_episode
    if episode is None:
        raise Stop(NOT_FOUND, f"all episodes of {title(entry.title)} are watched already")
    if episode < entry.progress and not options.force:
        raise Stop(
            USAGE,
            f"{entry.progress} episodes of {title(entry.title)} are watched; "
            f"this would lower that to {episode}",
            hint="If that is what you want: --force",
        )
    if await _is_unaired(context, entry, episode):
        context.console.say(f"careful: ep {episode} has not aired yet", "bad")
    marked = await context.remote.progress(
        ProgressRequest(entry=entry.id, episode=episode, provider=entry.provider)
    )
    if context.json:
        context.console.json(marked.entry, queued=marked.queued)
    else:
        context.console.data(f"{title(marked.entry.title)} {seen(marked.entry)}")
    if marked.queued:
        context.console.say(f"{entry.provider} does not answer; it is told as soon as it does")
    return OK


async def _is_unaired(context: Context, entry: EntryReply, episode: int) -> bool:
    """Tell whether *episode* is known to be still to come."""
    if episode <= entry.progress:
        return False
    if episode == entry.next_episode:
        return entry.available is False
    shown = await context.remote.entry(entry.provider, entry.id)
    return any(one.number <= episode and one.aired is False for one in shown.episodes)
