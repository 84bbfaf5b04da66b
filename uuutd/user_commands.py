"""``uuutd user``: accounts, for who has the daemon's machine.

It works beside a running daemon, on the same database.  This module only reads the command
line; what a command needs is imported when it runs.
"""

import argparse
import asyncio
import getpass
import sys
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Literal

from .errors import Error

if TYPE_CHECKING:
    from .config import Config
    from .services.administration import Administration
    from .wire import AccountReply

Load = Callable[[argparse.Namespace], "Config"]
_Work = Callable[["Administration", argparse.Namespace], Awaitable[Any]]
_Say = Callable[[Any], Iterator[str]]


class WrongUsage(Error):
    """The command line cannot be followed as it stands."""


def add_to(user: argparse.ArgumentParser, common: argparse.ArgumentParser, load: Load) -> None:
    """Add the commands to *user*; *load* reads the configuration that the options name."""
    commands = user.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, text: str, work: _Work, say: _Say) -> argparse.ArgumentParser:
        parser = commands.add_parser(
            name, help=text, description=text, parents=[common], allow_abbrev=False
        )
        parser.add_argument("--json", action="store_true", help="for programs")
        parser.set_defaults(run=lambda options: _run(load, work, say, options))
        return parser

    def of_somebody(name: str, text: str, work: _Work, say: _Say) -> argparse.ArgumentParser:
        parser = command(name, text, work, say)
        parser.add_argument("name", metavar="NAME")
        return parser

    command("list", "Show all accounts.", _list, _table)
    _add_options(of_somebody("add", "Make an account.", _make, _made))
    _invite_options(command("invite", "Print a code with which one person can sign up.", *_INVITE))
    role = of_somebody("role", "Make somebody an administrator, or a user again.", _role, _changed)
    role.add_argument("role", choices=("user", "admin"))
    text = "Lock somebody out at once; their torrents stay."
    of_somebody("disable", text, _switch(disabled=True), _changed)
    of_somebody("enable", "Let somebody in again.", _switch(disabled=False), _changed)
    text = "Print a code with which somebody can choose a new password."
    of_somebody("reset", text, _reset, _reset_code)
    _quota_options(of_somebody("quota", "Show or change how much somebody may take.", *_QUOTA))
    text = "Delete an account; the running daemon does the rest."
    _delete_options(of_somebody("delete", text, _delete, _deleting))


def _add_options(add: argparse.ArgumentParser) -> None:
    add.add_argument("--admin", action="store_true", help="an administrator")
    how = add.add_mutually_exclusive_group()
    how.add_argument(
        "--password-stdin", action="store_true", help="read the password from standard input"
    )
    how.add_argument(
        "--no-password", action="store_true", help="print a code with which they choose one"
    )


def _invite_options(invite: argparse.ArgumentParser) -> None:
    invite.add_argument("--admin", action="store_true", help="that person becomes an administrator")
    invite.add_argument("--hours", type=int, default=72, metavar="N", help="how long it is good")


def _quota_options(quota: argparse.ArgumentParser) -> None:
    for option, text in (("--torrents", "torrents at a time"), ("--adds-per-hour", "new ones")):
        quota.add_argument(
            option,
            type=_limit,
            metavar="N",
            default=argparse.SUPPRESS,
            help=f"{text}: a number, or none",
        )


def _delete_options(delete: argparse.ArgumentParser) -> None:
    delete.add_argument(
        "--torrents",
        choices=("keep", "remove", "remove-files"),
        required=True,
        help="what becomes of those that nobody else owns: they stay in their client and are "
        "nobody's, they are removed from it, or removed with their files",
    )


def _limit(text: str) -> int | None:
    if text == "none":
        return None
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise argparse.ArgumentTypeError(f"{text!r} is neither a number nor none")
    return int(text)


# --- the commands ---------------------------------------------------------------------------


def _run(load: Load, work: _Work, say: _Say, options: argparse.Namespace) -> int:
    from .administration import managing

    config = load(options)
    if getattr(options, "password_stdin", None) is not None and not options.no_password:
        options.password = _password(from_stdin=options.password_stdin)

    async def do() -> Any:
        async with managing(config) as administration:
            return await work(administration, options)

    reply = asyncio.run(do())
    if options.json:
        import msgspec

        print(msgspec.json.format(msgspec.json.encode(reply), indent=2).decode())
    else:
        print(*say(reply), sep="\n")
    return 0


async def _list(administration: "Administration", _: argparse.Namespace) -> Any:
    return await administration.users()


def _table(reply: Any) -> Iterator[str]:
    from .administration import table

    head = ("NAME", "ROLE", "STATE", "TORRENTS", "LAST LOGIN", "QUOTA")
    yield from table([head, *map(_row, reply.users)])


def _row(user: "AccountReply") -> Sequence[str]:
    state = "disabled" if user.disabled else "ok"
    if user.deleting:
        state = f"being deleted, torrents: {user.deleting}"
    seen = f"{user.last_login_at:%Y-%m-%d}" if user.last_login_at else "never"
    return (user.username, user.role, state, str(user.torrents), seen, _quota_text(user))


def _quota_text(user: "AccountReply") -> str:
    from .services.administration import quota_text

    return quota_text(user.quota)


async def _make(administration: "Administration", options: argparse.Namespace) -> Any:
    from .wire import NewAccountRequest

    password = None if options.no_password else options.password
    request = NewAccountRequest(username=options.name, password=password, role=_as(options))
    return await administration.make(None, request)


def _made(reply: Any) -> Iterator[str]:
    if reply.reset is None:
        yield f"{reply.user.username} can log in now, as {reply.user.role}."
    else:
        yield from _reset_code(reply.reset)


async def _invite(administration: "Administration", options: argparse.Namespace) -> Any:
    from .wire import InviteRequest

    request = InviteRequest(role=_as(options), hours=options.hours)
    return await administration.invite(None, request)


def _as(options: argparse.Namespace) -> Literal["user", "admin"]:
    return "admin" if options.admin else "user"


def _invite_code(reply: Any) -> Iterator[str]:
    yield reply.code


async def _role(administration: "Administration", options: argparse.Namespace) -> Any:
    from .wire import AccountChanges

    user = await administration.named(options.name)
    return await administration.change(None, int(user.id), AccountChanges(role=options.role))


def _switch(*, disabled: bool) -> _Work:
    async def switch(administration: "Administration", options: argparse.Namespace) -> Any:
        from .wire import AccountChanges

        user = await administration.named(options.name)
        changes = AccountChanges(disabled=disabled)
        return await administration.change(None, int(user.id), changes)

    return switch


def _changed(reply: Any) -> Iterator[str]:
    state = "disabled" if reply.disabled else "can log in"
    yield f"{reply.username}: {reply.role}, {state}"


async def _reset(administration: "Administration", options: argparse.Namespace) -> Any:
    user = await administration.named(options.name)
    return await administration.reset(None, int(user.id))


def _reset_code(reply: Any) -> Iterator[str]:
    yield reply.code
    until = f"{reply.expires_at:%Y-%m-%d %H:%M} UTC"
    yield f"With this code `uuut reset` chooses a new password, once, until {until}."


async def _quota(administration: "Administration", options: argparse.Namespace) -> Any:
    from .wire import AccountChanges, QuotaSetting

    user = await administration.named(options.name)
    given = {
        name: getattr(options, name)
        for name in ("torrents", "adds_per_hour")
        if hasattr(options, name)
    }
    if not given:
        return user
    before = {"torrents": user.quota.torrents, "adds_per_hour": user.quota.adds_per_hour}
    changes = AccountChanges(quota=QuotaSetting(**(before | given)))
    return await administration.change(None, int(user.id), changes)


def _quota_line(reply: Any) -> Iterator[str]:
    yield f"{reply.username}: {_quota_text(reply)}"


async def _delete(administration: "Administration", options: argparse.Namespace) -> Any:
    user = await administration.named(options.name)
    return await administration.delete(None, int(user.id), options.torrents)


def _deleting(reply: Any) -> Iterator[str]:
    yield (
        f"{reply.username} can no longer log in, and is gone when the daemon has dealt with "
        f"{reply.removed + reply.kept + reply.shared} torrents:"
    )
    yield (
        f"{reply.removed} removed, {reply.kept} left in their client as nobody's, "
        f"{reply.shared} that others own or that are not ours stay as they are"
    )


_INVITE = (_invite, _invite_code)
_QUOTA = (_quota, _quota_line)


def _password(*, from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise WrongUsage("There is nobody to ask for a password. Use --password-stdin.")
    first = getpass.getpass("Password: ")
    if getpass.getpass("Once more: ") != first:
        raise Error("The two passwords differ.")
    return first
