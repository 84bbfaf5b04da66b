"""``numbering``: under which numbers an episode is accepted, and why."""

from ..terminal.console import Cell, Column, Console
from ..wire import LineShowReply, NumberingReply, NumberReply
from .context import Context
from .exits import OK
from .matching import find_entry

NUMBER_COLUMNS = (
    Column("NUMBER", right=True),
    Column("AFTER", flexible=True),
    Column("FROM"),
    Column("WHY", flexible=True),
)
LINE_COLUMNS = (
    Column("SHOW", flexible=True),
    Column("SEASON", right=True),
    Column("PART", right=True),
    Column("EPISODES", right=True),
    Column("BEFORE", right=True),
)


async def show(context: Context) -> int:
    """Print where each number of an episode comes from."""
    console, options = context.console, context.options
    entry = await find_entry(console, context.remote, options.title, first=options.first)
    reply = await context.remote.numbering(entry.provider, entry.id, options.episode)
    if context.json:
        console.json(reply)
    else:
        _print(console, reply)
    return OK


def _print(console: Console, reply: NumberingReply) -> None:
    console.say(f"{reply.title} ep {reply.episode}: season {reply.season}, part {reply.part}")
    console.table(NUMBER_COLUMNS, [_number(each) for each in reply.numbers])
    console.data()
    console.table(LINE_COLUMNS, [_show(each) for each in reply.line])
    if reply.rules:
        console.data()
        console.data("Rules of the public table:")
    for rule in reply.rules:
        console.data(f"  {rule.text}")
    if reply.table_at is None:
        console.say("the public table of numbering rules is not there")


def _number(each: NumberReply) -> tuple[Cell, ...]:
    written = f"{each.number:02}" if each.season is None else f"S{each.season:02}E{each.number:02}"
    behind = each.behind or "any title of the line"
    return Cell(written), Cell(behind), Cell(each.source), Cell(each.text, "quiet")


def _show(each: LineShowReply) -> tuple[Cell, ...]:
    return (
        Cell(each.title, "good" if each.wanted else "plain"),
        Cell(str(each.season)),
        Cell(str(each.part)),
        Cell("?" if each.episodes is None else str(each.episodes)),
        Cell("?" if each.offset is None else str(each.offset)),
    )
