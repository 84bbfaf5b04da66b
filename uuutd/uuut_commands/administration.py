"""``admin users``, ``admin invites``, ``admin audit``: accounts, for administrators."""

from datetime import UTC, datetime

from ..terminal.console import Cell, Column
from ..terminal.words import moment
from ..wire import (
    AccountChanges,
    AccountReply,
    AuditEventReply,
    InviteReply,
    InviteRequest,
    NewAccountRequest,
    QuotaSetting,
    ResetReply,
)
from .context import Context
from .exits import NOT_FOUND, OK, USAGE, Stop

USERS = (
    Column("NAME", flexible=True),
    Column("ROLE"),
    Column("STATE"),
    Column("TORRENTS", right=True),
    Column("LAST LOGIN"),
    Column("MOST", right=True),
    Column("PER HOUR", right=True),
)
INVITES = (
    Column("INVITE"),
    Column("ROLE"),
    Column("STATE"),
    Column("UNTIL"),
    Column("MADE BY", flexible=True),
    Column("USED BY", flexible=True),
)
EVENTS = (
    Column("WHEN"),
    Column("EVENT"),
    Column("TIMES", right=True),
    Column("BY"),
    Column("USER"),
    Column("FROM"),
    Column("DETAIL", flexible=True),
)
PAGE = 100


async def admin(context: Context) -> int:
    """Do what is asked of the accounts."""
    work = {"users": users, "invites": invites, "audit": audit}
    return await work[context.options.what](context)


async def users(context: Context) -> int:
    """Show the accounts, or change one."""
    options = context.options
    if options.name is None:
        if options.do is not None or _changes(context):
            raise Stop(USAGE, "whose account? name it")
        return await _show_users(context)
    if options.do == "add":
        return await _add(context)
    user = await _named(context, options.name)
    if options.do == "reset":
        return _show_code(context, await context.remote.administration.reset(user.id))
    if options.do == "delete":
        return await _delete(context, user)
    return await _change(context, user)


def _changes(context: Context) -> bool:
    options = context.options
    quota = hasattr(options, "torrents") or hasattr(options, "adds_per_hour")
    return quota or bool(options.role or options.fate)


async def _show_users(context: Context, *only: AccountReply) -> int:
    console = context.console
    if context.json and only:
        console.json(only[0])
        return OK
    reply = await context.remote.administration.users() if not only else None
    if context.json:
        console.json(reply)
        return OK
    now = datetime.now(UTC)
    shown = only if reply is None else reply.users
    console.table(USERS, [_user_row(each, now) for each in shown])
    return OK


def _user_row(user: AccountReply, now: datetime) -> tuple[Cell, ...]:
    state = "disabled" if user.disabled else "ok"
    if user.deleting:
        state = f"being deleted ({user.deleting})"
    return (
        Cell(user.username),
        Cell(user.role),
        Cell(state, "plain" if state == "ok" else "bad"),
        Cell(str(user.torrents)),
        Cell(moment(user.last_login_at, now) if user.last_login_at else "never"),
        Cell(_limit(user.quota.torrents)),
        Cell(_limit(user.quota.adds_per_hour)),
    )


def _limit(number: int | None) -> str:
    return "-" if number is None else str(number)


async def _named(context: Context, name: str) -> AccountReply:
    """Return the account of that name; there is only one, whatever the case."""
    reply = await context.remote.administration.users()
    found = [each for each in reply.users if each.username.casefold() == name.casefold()]
    if not found:
        raise Stop(NOT_FOUND, f"there is no user {name}", hint="See: uuut admin users")
    return found[0]


async def _add(context: Context) -> int:
    """Make an account without a password, and print the code to choose one."""
    options = context.options
    request = NewAccountRequest(username=options.name, role=options.role or "user")
    made = await context.remote.administration.make(request)
    if context.json:
        context.console.json(made)
    elif made.reset is not None:
        context.console.say(f"made {made.user.username}, as {made.user.role}", "good")
        return _show_code(context, made.reset)
    return OK


def _show_code(context: Context, reset: ResetReply) -> int:
    if context.json:
        context.console.json(reset)
        return OK
    context.console.data(reset.code)
    context.console.say(
        f"with this code `uuut reset` chooses a new password, once, "
        f"until {reset.expires_at:%Y-%m-%d %H:%M} UTC"
    )
    return OK


async def _delete(context: Context, user: AccountReply) -> int:
    fate = context.options.fate
    if fate is None:
        raise Stop(
            USAGE,
            "what is to become of their torrents?",
            hint="Say --keep, --remove or --remove-files.",
        )
    reply = await context.remote.administration.delete(user.id, fate)
    if context.json:
        context.console.json(reply)
    else:
        context.console.say(
            f"{reply.username} can no longer log in; {reply.removed} torrents are removed, "
            f"{reply.kept} stay and are nobody's, {reply.shared} are shared and stay as they are"
        )
    return OK


async def _change(context: Context, user: AccountReply) -> int:
    options = context.options
    if options.fate:
        raise Stop(USAGE, "--keep, --remove and --remove-files belong to --delete")
    if options.do is None and not _changes(context):
        return await _show_users(context, user)
    quota = QuotaSetting(
        torrents=getattr(options, "torrents", user.quota.torrents),
        adds_per_hour=getattr(options, "adds_per_hour", user.quota.adds_per_hour),
    )
    changes = AccountChanges(
        role=options.role,
        disabled={"disable": True, "enable": False}.get(options.do),
        quota=None if quota == user.quota else quota,
    )
    changed = await context.remote.administration.change(user.id, changes)
    return await _show_users(context, changed)


async def invites(context: Context) -> int:
    """Show the invitations, make one or take one back."""
    console, options = context.console, context.options
    if options.end is not None:
        await context.remote.administration.end_invite(options.end)
        console.say(f"nobody can use invitation {options.end} any more")
        return OK
    if options.new:
        request = InviteRequest(role=options.role or "user", hours=options.hours or 72)
        made = await context.remote.administration.invite(request)
        if context.json:
            console.json(made)
        else:
            console.data(made.code)
            console.say(f"for one person, as {made.role}, until {made.expires_at:%Y-%m-%d %H:%M}")
        return OK
    if options.role or options.hours:
        raise Stop(USAGE, "--admin and --hours belong to --new")
    reply = await context.remote.administration.invites()
    if context.json:
        console.json(reply)
    else:
        now = datetime.now(UTC)
        console.table(INVITES, [_invite_row(each, now) for each in reply.invites])
    return OK


def _invite_row(invite: InviteReply, now: datetime) -> tuple[Cell, ...]:
    return (
        Cell(invite.id),
        Cell(invite.role),
        Cell(invite.state, "good" if invite.state == "open" else "plain"),
        Cell(moment(invite.expires_at, now)),
        Cell(invite.made_by or "-"),
        Cell(invite.used_by or "-"),
    )


async def audit(context: Context) -> int:
    """Show what happened to accounts and keys."""
    options, found, cursor = context.options, list[AuditEventReply](), None
    wanted = options.limit or PAGE
    while len(found) < wanted:
        page = await context.remote.administration.audit(
            limit=min(wanted - len(found), PAGE),
            cursor=cursor,
            event=options.event,
            user=options.user,
        )
        found += page.events
        cursor = page.next
        if cursor is None:
            break
    if context.json:
        context.console.json(None, events=found, next=cursor)
    else:
        now = datetime.now(UTC)
        context.console.table(EVENTS, [_event_row(each, now) for each in found])
    return OK


def _event_row(event: AuditEventReply, now: datetime) -> tuple[Cell, ...]:
    return (
        Cell(moment(event.last_at, now)),
        Cell(event.event, "bad" if event.event in ("login-failed", "token-reuse") else "plain"),
        Cell(str(event.count)),
        Cell(event.by or "-"),
        Cell(event.user or "-"),
        Cell(event.address or "-"),
        Cell(event.detail),
    )
