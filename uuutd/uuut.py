"""``uuut``: the terminal client.  Without a command it opens its screen.

This module only reads the command line, so that help and completion answer at once: HTTP
and the screen are imported when they are needed.
"""

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence

from . import __version__

EPILOG = """\
exit codes: 0 done, 1 failed, 2 wrong usage, 3 not found or several hits or nothing fits,
4 not logged in or refused, 5 daemon unreachable, 6 done in part, 124 timed out, 130 interrupted

tables: on a terminal as wide as it is; in a pipe uncut, with a tab between the columns

environment: UUUT_SERVER, UUUT_TOKEN (a token made for programs), UUUT_CONFIG_DIR, NO_COLOR
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run ``uuut`` with *argv* and return its exit code."""
    options = parser().parse_args(argv)
    if options.command == "version":
        return _version(as_json=options.json)
    if options.command is None and not options.json and _on_terminal():
        from .tui.main import run as run_screen

        return run_screen(options.server)
    from .uuut_commands import run

    return run(options)


def _version(*, as_json: bool) -> int:
    print(json.dumps({"schema": 1, "version": __version__}) if as_json else f"uuut {__version__}")
    return 0


def _on_terminal() -> bool:
    can_draw = os.environ.get("TERM") != "dumb"
    return can_draw and sys.stdin.isatty() and sys.stdout.isatty()


def parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    everywhere = _global_options(argparse.SUPPRESS)
    root = argparse.ArgumentParser(
        prog="uuut",
        description="The next episode of your watchlist, on your own box.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        parents=[_global_options(None)],
        allow_abbrev=False,
    )
    commands = root.add_subparsers(dest="command", metavar="COMMAND")

    def command(name: str, text: str) -> argparse.ArgumentParser:
        return commands.add_parser(
            name, help=text, description=text, parents=[everywhere], allow_abbrev=False
        )

    for add in (
        *(_account_commands, _watchlist_commands, _torrent_commands),
        *(_other_commands, _admin_commands),
    ):
        add(command)
    return root


Command = Callable[[str, str], argparse.ArgumentParser]


def _global_options(default: str | None) -> argparse.ArgumentParser:
    """Return what may stand before the command and after it; the latter must not undo the former.

    That is why the second set has *default* SUPPRESS.
    """
    options = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    group = options.add_argument_group("everywhere")
    suppressed = default is not None
    group.add_argument("--server", metavar="URL", default=default, help="the daemon's address")
    group.add_argument(
        "--json",
        action="store_true",
        default=argparse.SUPPRESS if suppressed else False,
        help='print one JSON object with "schema": 1',
    )
    group.add_argument(
        "--color",
        choices=("auto", "always", "never"),
        default=argparse.SUPPRESS if suppressed else "auto",
        help="auto: on a terminal, unless NO_COLOR is set",
    )
    return options


def _account_commands(command: Command) -> None:
    login = command("login", "Log in, or sign up.")
    login.add_argument("--username", metavar="NAME")
    login.add_argument("--password-stdin", action="store_true", help="read the password from stdin")
    login.add_argument("--signup", action="store_true", help="make the account first")
    how = login.add_mutually_exclusive_group()
    for option, text in (
        ("--invite", "what an administrator gave you"),
        ("--setup-code", "what a new daemon printed"),
    ):
        _secret(how, option, "CODE", text)
    logout = command("logout", "End this session.")
    logout.add_argument("--everywhere", action="store_true", help="end all of your sessions")
    password = command("password", "Change your password; all other sessions and tokens end.")
    password.add_argument(
        "--password-stdin",
        action="store_true",
        help="read the current and the new one from stdin, a line each",
    )
    reset = command("reset", "Choose a new password with a code from an administrator.")
    _secret(reset, "code", "CODE", "what the administrator gave you")
    reset.add_argument("--password-stdin", action="store_true", help="read the new one from stdin")
    sessions = command("sessions", "Show where you are logged in.")
    sessions.add_argument("--end", metavar="ID", help="end this one")
    _token_command(command("tokens", "Show or make tokens for programs (UUUT_TOKEN)."))
    command("whoami", "Say who is logged in, and which watchlists are linked.")
    link = command("link", "Link a watchlist.")
    link.add_argument("provider", nargs="?", metavar="PROVIDER")
    answer = link.add_mutually_exclusive_group()
    answer.add_argument("--username", metavar="NAME", help="a public list, to read only")
    _secret(answer, "--answer", "ANSWER", "the token, code or URL")
    unlink = command("unlink", "Undo the link of a watchlist.")
    unlink.add_argument("provider", nargs="?", metavar="PROVIDER")


def _secret(group: argparse._ActionsContainer, name: str, metavar: str, text: str) -> None:
    """Add what everybody on the machine could see if it stood on the command line."""
    text += "; asked for if it is left out, - reads it from stdin"
    group.add_argument(name, nargs="?", const="", metavar=metavar, help=text)


def _token_command(tokens: argparse.ArgumentParser) -> None:
    change = tokens.add_mutually_exclusive_group()
    change.add_argument("--new", metavar="NAME", help="make one; it is shown this once")
    change.add_argument("--end", metavar="ID", help="make one void")
    tokens.add_argument(
        "--scope",
        action="append",
        default=[],
        choices=("watchlist:read", "watchlist:write", "torrents:read", "torrents:write", "admin"),
        help="what the new one is good for; may be given several times",
    )
    tokens.add_argument("--days", type=_positive, metavar="N", help="how long: 90, at most 365")


def _watchlist_commands(command: Command) -> None:
    command("list", "Show the watchlist and what is next.")
    releases = command("releases", "Show the releases of an episode, with points and refusals.")
    _add_title(releases)
    get = command("get", "Get an episode, the next one if none is named.")
    _add_title(get)
    get.add_argument("--dry-run", action="store_true", help="show the choice, get nothing")
    get.add_argument("--pick", type=_positive, metavar="N", help="take the N-th release shown")
    get.add_argument(
        "--force",
        action="store_true",
        help="also an unaired episode, a release that breaks a rule, or a second release",
    )
    get.add_argument("--client", metavar="NAME", help="the torrent client to use")
    get.add_argument("--wait", action="store_true", help="wait for the finished file")
    get.add_argument("--timeout", type=_positive, metavar="S", help="seconds to stay")
    why = command("why", "Show why a release was taken for an episode, or none.")
    _add_title(why, _positive, "a number; without it the one that was searched for last")
    why.add_argument("--all", action="store_true", help="every release, not only the best")
    why.add_argument("--replay", action="store_true", help="judge them again by today's rules")
    upgrade = command(
        "upgrade", "Get a newer version (v2) of an episode, in place of the one you have."
    )
    _add_title(upgrade, _positive, "a number; the last one that you have if it is left out")
    upgrade.add_argument("--dry-run", action="store_true", help="show what is newer, get nothing")
    upgrade.add_argument("--wait", action="store_true", help="wait for the finished file")
    upgrade.add_argument("--timeout", type=_positive, metavar="S", help="seconds to stay")
    watched = command("watched", "Mark an episode as watched, the next one if none is named.")
    _add_title(watched)
    watched.add_argument("--force", action="store_true", help="also if that lowers your progress")
    numbering = command("numbering", "Show how an episode is numbered, and why.")
    _add_title(numbering)
    prefs = command("prefs", "Show or change which releases you like, of all shows or of one.")
    prefs.add_argument("title", nargs="?", metavar="TITLE", help="part of a title on your list")
    prefs.add_argument("--first", action="store_true", help="of several hits take the first")
    for option, metavar, text in (
        ("--set", "KEY=VALUE", "want this; lists with commas; may be given several times"),
        ("--unset", "KEY", "let what is set further back count again; several times, too"),
    ):
        prefs.add_argument(option, metavar=metavar, action="append", default=[], help=text)
    prefs.add_argument("--clear", action="store_true", help="unset all, then set what is given")


def _torrent_commands(command: Command) -> None:
    torrents = command("torrents", "Show your torrents.")
    torrents.add_argument("filter", nargs="*", metavar="WORD", help="of the name, or a state")
    torrents.add_argument(
        "--all",
        action="store_true",
        help="as an administrator: everybody's, and those that nobody here owns",
    )
    for name, text in (
        ("pause", "Pause torrents."),
        ("resume", "Let paused torrents go on."),
        ("rm", "Remove torrents; files stay unless you say otherwise."),
    ):
        parser = command(name, text)
        _name_torrents(parser, "+")
        if name == "rm":
            parser.add_argument("--files", action="store_true", help="delete the files as well")
            parser.add_argument("--yes", action="store_true", help="do not ask")
    add = command("add", "Add torrents.")
    add.add_argument(
        "sources",
        nargs="+",
        metavar="MAGNET|HASH|FILE|-",
        help="- reads magnets and hashes from stdin, one a line",
    )
    add.add_argument("--client", metavar="NAME", help="the torrent client to use")
    _torrent_actions(command)


def _torrent_actions(command: Command) -> None:
    _name_torrents(command("info", "Show a torrent with its files, trackers and peers."), 1)
    _name_torrents(command("recheck", "Verify the files of torrents again."), "+")
    _name_torrents(command("fetch", "Print the commands that bring finished torrents here."), "+")
    limit = command("limit", "Show or change how fast torrents may be, or a whole client.")
    _name_torrents(limit, "*")
    limit.add_argument("--client", metavar="NAME", help="of this client, as an administrator")
    for option, text in (("--down", "to receive"), ("--up", "to send")):
        limit.add_argument(
            option, type=_rate, metavar="RATE", help=f"bytes a second {text}: 800k, 2M, none"
        )
    label = command("label", "Show or change the labels of a torrent; only you see them.")
    _name_torrents(label, 1)
    label.add_argument("labels", nargs="*", metavar="LABEL", help="all that it shall have")
    label.add_argument("--clear", action="store_true", help="take all labels off")
    adopt = command("adopt", "As an administrator, take over a torrent that was there before.")
    adopt.add_argument("client", metavar="CLIENT", help="the torrent client that has it")
    adopt.add_argument("hash", metavar="HASH", help="its whole info hash")


def _name_torrents(parser: argparse.ArgumentParser, count: int | str) -> None:
    parser.add_argument(
        "torrents", nargs=count, metavar="TORRENT", help="start of the hash, or part of the name"
    )
    parser.add_argument("--first", action="store_true", help="of several hits take the first")


def _other_commands(command: Command) -> None:
    jobs = command("jobs", "Show what the daemon does for you, step by step.")
    change = jobs.add_mutually_exclusive_group()
    change.add_argument("--retry", metavar="ID", help="try again from the step that failed")
    change.add_argument("--cancel", metavar="ID", help="stop it; undoes a removal that waits")
    status = command("status", "Show how the daemon and its backends are.")
    status.add_argument(
        "--confirm-missing",
        metavar="CLIENT",
        help="as an administrator: the torrents that this client lost are gone for good",
    )
    command("version", "Show the version of this program.")


def _admin_commands(command: Command) -> None:
    admin = command("admin", "As an administrator, look after the accounts.")
    parts = admin.add_subparsers(dest="what", metavar="PART", required=True)

    def part(name: str, text: str) -> argparse.ArgumentParser:
        everywhere = _global_options(argparse.SUPPRESS)
        return parts.add_parser(
            name, help=text, description=text, parents=[everywhere], allow_abbrev=False
        )

    _admin_users(part("users", "Show the accounts, or make, change and delete one."))
    invites = part("invites", "Show the invitations, make one or take one back.")
    change = invites.add_mutually_exclusive_group()
    change.add_argument("--new", action="store_true", help="make one; its code is shown this once")
    change.add_argument("--end", metavar="ID", help="take one back")
    invites.add_argument("--admin", dest="role", action="store_const", const="admin")
    invites.add_argument("--hours", type=_positive, metavar="N", help="how long: 72, at most 720")
    audit = part("audit", "Show what happened to accounts and keys.")
    audit.add_argument("--event", metavar="EVENT", help="only these: login, role, user-deleted ...")
    audit.add_argument("--user", metavar="NAME", help="only what they did or had done to them")
    audit.add_argument("--limit", type=_positive, metavar="N", help="how many, 100 if left out")


def _admin_users(users: argparse.ArgumentParser) -> None:
    users.add_argument("name", nargs="?", metavar="NAME")
    change = users.add_mutually_exclusive_group()
    for name, text in (
        ("add", "make the account, and print a code to choose a password with"),
        ("disable", "lock them out at once; their torrents stay"),
        ("enable", "let them in again"),
        ("reset", "print a code to choose a new password with"),
        ("delete", "delete the account; say what becomes of torrents that nobody else owns"),
    ):
        change.add_argument(f"--{name}", dest="do", action="store_const", const=name, help=text)
    role = users.add_mutually_exclusive_group()
    for name in ("admin", "user"):
        role.add_argument(
            f"--{name}", dest="role", action="store_const", const=name, help="this role"
        )
    fate = users.add_mutually_exclusive_group()
    for name, text in (
        ("keep", "they stay in their client, as nobody's"),
        ("remove", "they go from it; the files stay"),
        ("remove-files", "they go, and their files"),
    ):
        fate.add_argument(f"--{name}", dest="fate", action="store_const", const=name, help=text)
    for option, text in (("--torrents", "torrents at a time"), ("--adds-per-hour", "new ones")):
        users.add_argument(
            *(option,), type=_most, metavar="N", default=argparse.SUPPRESS, help=f"most {text}"
        )


def _most(text: str) -> int | None:
    if text == "none":
        return None
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise argparse.ArgumentTypeError(f"{text!r} is neither a number nor none")
    return int(text)


def _add_title(
    parser: argparse.ArgumentParser,
    kind: Callable[[str], int | None] | None = None,
    text: str = 'a number, or "next"',
) -> None:
    parser.add_argument("title", metavar="TITLE", help="part of a title on your list")
    parser.add_argument("episode", nargs="?", type=kind or _episode, metavar="EPISODE", help=text)
    parser.add_argument("--first", action="store_true", help="of several hits take the first")


def _episode(text: str) -> int | None:
    return None if text == "next" else _positive(text)


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) == 0:
        raise argparse.ArgumentTypeError(
            f"{text!r} is not a number from 1 on (a title of several words needs quotes)"
        )
    return int(text)


def _rate(text: str) -> int:
    """Return bytes a second; 0 for no limit."""
    if text == "none":
        return 0
    number, unit = text.rstrip("kMG"), text.lstrip("0123456789.")
    units = {"": 1, "k": 2**10, "M": 2**20, "G": 2**30}
    try:
        return round(float(number) * units[unit])
    except (ValueError, KeyError, OverflowError):
        raise argparse.ArgumentTypeError(
            f"{text!r} is no rate: write it as 800k, 2M or none"
        ) from None


if __name__ == "__main__":
    sys.exit(main())
