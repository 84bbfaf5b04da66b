"""``password sessions tokens``."""

from datetime import UTC, datetime, timedelta

from ..terminal.console import Cell, Column
from ..terminal.words import moment
from ..wire import PasswordRequest, PersonalTokenReply, PersonalTokenRequest, SessionReply
from .context import Context
from .exits import OK, USAGE, Stop

SESSION_COLUMNS = (
    Column("SESSION"),
    Column("LAST USED"),
    Column("FROM"),
    Column("PROGRAM", flexible=True),
    Column("SINCE"),
)
TOKEN_COLUMNS = (
    Column("TOKEN"),
    Column("NAME", flexible=True),
    Column("SCOPES", flexible=True),
    Column("LAST USED"),
    Column("UNTIL"),
)


async def password(context: Context) -> int:
    """Change the password."""
    current, new = _asked(context)
    await context.remote.change_password(PasswordRequest(current=current, new=new))
    context.console.say("the password is changed; all other sessions and all tokens have ended")
    return OK


async def sessions(context: Context) -> int:
    """Show the sessions, or end one."""
    console, ended = context.console, context.options.end
    if ended is not None:
        await context.remote.end_session(ended)
        console.say(f"ended {ended}")
        return OK
    reply = await context.remote.sessions()
    if context.json:
        console.json(reply)
        return OK
    now = datetime.now(UTC)
    console.table(SESSION_COLUMNS, [_session(each, now) for each in reply.sessions])
    return OK


async def tokens(context: Context) -> int:
    """Show the personal tokens, make one or end one."""
    console, options = context.console, context.options
    if options.new is None and (options.scope or options.days is not None):
        raise Stop(USAGE, "--scope and --days belong to --new")
    if options.new is not None:
        return await _make(context)
    if options.end is not None:
        await context.remote.end_token(options.end)
        console.say(f"ended {options.end}")
        return OK
    reply = await context.remote.tokens()
    if context.json:
        console.json(reply)
    elif reply.tokens:
        now = datetime.now(UTC)
        console.table(TOKEN_COLUMNS, [_token(each, now) for each in reply.tokens])
    else:
        console.say("no tokens yet: uuut tokens --new NAME --scope SCOPE")
    return OK


async def _make(context: Context) -> int:
    console, options = context.console, context.options
    if not options.scope:
        raise Stop(USAGE, "what shall it be good for? Name at least one --scope")
    days = options.days
    ends = None if days is None else datetime.now(UTC) + timedelta(days=days)
    request = PersonalTokenRequest(
        name=options.new, scopes=tuple(dict.fromkeys(options.scope)), expires_at=ends
    )
    made = await context.remote.make_token(request)
    if context.json:
        console.json(made)
        return OK
    console.data(made.token)
    console.say(
        f"keep it now: it is not shown again; {made.id}, good until {made.expires_at:%Y-%m-%d}"
    )
    return OK


def _session(session: SessionReply, now: datetime) -> tuple[Cell, ...]:
    return (
        Cell(session.id),
        Cell("this one" if session.current else moment(session.used_at, now)),
        Cell(session.address or "-"),
        Cell(session.agent or "-"),
        Cell(moment(session.created_at, now)),
    )


def _token(token: PersonalTokenReply, now: datetime) -> tuple[Cell, ...]:
    return (
        Cell(token.id),
        Cell(token.name),
        Cell(" ".join(token.scopes)),
        Cell("never" if token.used_at is None else moment(token.used_at, now)),
        Cell(f"{token.expires_at:%Y-%m-%d}"),
    )


def _asked(context: Context) -> tuple[str, str]:
    """Return the current and the new password: from two lines of stdin, or by asking."""
    console = context.console
    if context.options.password_stdin:
        lines = console.read().splitlines()
        if len(lines) < 2:
            raise Stop(
                USAGE, "stdin must have the current password and the new one, on a line each"
            )
        return lines[0], lines[1]
    if not console.interactive:
        raise Stop(USAGE, "there is no terminal to ask on", hint="Use --password-stdin.")
    current = console.ask("current password", secret=True)
    new = console.ask("new password", secret=True)
    if console.ask("once more", secret=True) != new:
        raise Stop(USAGE, "the two new passwords differ")
    return current, new
