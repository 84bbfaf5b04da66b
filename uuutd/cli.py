"""``uuutd``: the daemon, and what its administrator needs beside it.

This module only reads the command line; what a command needs is imported when it runs.
"""

import argparse
import asyncio
import gc
import json
import logging
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from . import __version__, user_commands
from .errors import ConfigError, Error
from .user_commands import WrongUsage

if TYPE_CHECKING:
    from .config import Config
    from .plugins import Plugins

EPILOG = """\
exit codes: 0 done, 1 failed, 2 wrong usage or a configuration that cannot be used

Without --config: the file that UUUTD_CONFIG names, else ./uuutd.toml, else uuutd.toml in
your configuration folder.
"""


_GARBAGE = 5_000
"""After how many new objects the daemon looks for garbage: 700 is often, while it imports."""
_CLIENTS = ("libtorrent", "qbittorrent", "transmission")
_ITS_ADDRESS = "the address of its Web UI; if nothing answers there yet you are warned"


def main(argv: Sequence[str] | None = None) -> int:
    """Run ``uuutd`` with *argv* and return its exit code."""
    options = parser().parse_args(argv)
    logging.getLogger().addHandler(logging.NullHandler())
    try:
        code: int = options.run(options)
    except ConfigError as error:
        print(error, file=sys.stderr)
        return 2
    except WrongUsage as error:
        print(f"uuutd: {error}", file=sys.stderr)
        return 2
    except EOFError:
        print("uuutd: There was no answer.", file=sys.stderr)
        return 2
    except Error as error:
        print(f"uuutd: {error}", *_more(error), sep="\n", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"uuutd: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return code


def parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    common = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    common.add_argument(
        "--config",
        type=Path,
        metavar="FILE",
        default=argparse.SUPPRESS,  # a command under "user" must not undo what stands before it
        help="the configuration file",
    )
    root = argparse.ArgumentParser(
        prog="uuutd",
        description="Turns the anime list you already keep into the next episode on your own box.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    root.add_argument("--version", action="version", version=f"uuutd {__version__}")
    root.set_defaults(config=None)
    commands = root.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, text: str, *, configured: bool = True) -> argparse.ArgumentParser:
        parents = [common] if configured else []
        return commands.add_parser(
            name, help=text, description=text, parents=parents, allow_abbrev=False
        )

    command("run", "Run the daemon until it is told to stop.").set_defaults(run=_run)
    _add_init(command("init", "Write a configuration, keys and a database to begin with."))
    _add_check(command("check", "Check the configuration and name everything wrong with it."))
    text = "List the installed plugins, and what is wrong with them."
    plugins = command("plugins", text, configured=False)
    plugins.add_argument("--json", action="store_true", help="for programs")
    plugins.set_defaults(run=_plugins)
    user = command("user", "Make, change and delete accounts, and invite people.")
    user_commands.add_to(user, common, _config)
    _add_keys(command("keys", "Show the daemon's own keys, and make new ones."), common)
    text = "Show the main job on this machine, with stand-ins for the web sites."
    demo = command("demo", text, configured=False)
    demo.add_argument("--keep", action="store_true", help="leave everything running afterwards")
    demo.set_defaults(run=_demo)
    text = "Print the description of the API (OpenAPI 3.1)."
    command("openapi", text, configured=False).set_defaults(run=_openapi)
    return root


def _add_init(init: argparse.ArgumentParser) -> None:
    init.add_argument("--yes", action="store_true", help="ask nothing, take the defaults")
    init.add_argument("--client", choices=_CLIENTS, help="what downloads")
    init.add_argument("--save-path", type=Path, metavar="DIR", help="where files go")
    init.add_argument("--qbittorrent-url", metavar="URL", help=_ITS_ADDRESS)
    init.add_argument("--qbittorrent-user", metavar="NAME", help="the user of its Web UI")
    init.add_argument(
        "--qbittorrent-password-file", type=Path, metavar="FILE", help="a file with the password"
    )
    init.add_argument("--data-dir", type=Path, metavar="DIR", help="for database and keys")
    init.add_argument("--listen", metavar="HOST:PORT", help="where the daemon answers")
    init.set_defaults(run=_init)


def _add_check(check: argparse.ArgumentParser) -> None:
    check.add_argument("--online", action="store_true", help="reach every configured service, too")
    check.add_argument(
        "--reference", action="store_true", help="print the manual of all settings instead"
    )
    check.set_defaults(run=_check)


def _add_keys(keys: argparse.ArgumentParser, common: argparse.ArgumentParser) -> None:
    commands = keys.add_subparsers(required=True, metavar="COMMAND")
    text = "Name the keys, and say what each is still good for."
    commands.add_parser("list", help=text, description=text, parents=[common]).set_defaults(
        run=_keys_list
    )
    text = "Make keys where they were lost; watchlists must then be linked again."
    commands.add_parser("new", help=text, description=text, parents=[common]).set_defaults(
        run=_keys_new
    )
    text = "Make new keys, and encrypt with them what older ones have encrypted."
    rotate = commands.add_parser("rotate", help=text, description=text, parents=[common])
    rotate.add_argument("--jwt", action="store_true", help="only the key of access tokens")
    rotate.add_argument("--secrets", action="store_true", help="only the key of the database")
    rotate.add_argument(
        "--drop-old", action="store_true", help="forget the old keys that nothing needs any more"
    )
    rotate.set_defaults(run=_keys_rotate)
    text = "Forget the old keys that nothing needs any more."
    drop = commands.add_parser("drop-old", help=text, description=text, parents=[common])
    drop.add_argument(
        "--now",
        action="store_true",
        help="those of access tokens at once; clients fetch others without asking anybody",
    )
    drop.set_defaults(run=_keys_drop)


# --- the commands ---------------------------------------------------------------------------


def _load(options: argparse.Namespace) -> "tuple[Config, Plugins]":
    from .config import find_file, load
    from .plugins import Plugins

    plugins = Plugins()
    return load(find_file(options.config), plugins), plugins


def _config(options: argparse.Namespace) -> "Config":
    return _load(options)[0]


def _run(options: argparse.Namespace) -> int:
    gc.set_threshold(_GARBAGE)
    from . import administration, daemon, log

    log.configure()
    config, plugins = _load(options)
    asyncio.run(administration.prepare(config))
    asyncio.run(daemon.run(config, plugins))
    return 0


def _init(options: argparse.Namespace) -> int:
    from . import setup_wizard

    wishes = setup_wizard.Wishes(
        config=options.config,
        client=options.client,
        save_path=options.save_path,
        qbittorrent_url=options.qbittorrent_url,
        qbittorrent_user=options.qbittorrent_user,
        qbittorrent_password_file=options.qbittorrent_password_file,
        data_dir=options.data_dir,
        listen=options.listen,
    )
    ask = None if options.yes or not sys.stdin.isatty() else setup_wizard.Terminal()
    print(setup_wizard.set_up(wishes, ask))
    return 0


def _check(options: argparse.Namespace) -> int:
    from . import administration
    from .config import find_file, reference
    from .plugins import Plugins

    if options.reference:
        plugins = Plugins()
        plugins.load_all()
        print(reference(plugins), end="")
        return 0
    found = administration.examine_all(find_file(options.config), Plugins())
    for warning in found.warnings:
        print(f"warning: {warning}", file=sys.stderr)
    config = found.config
    if config is None:
        raise ConfigError(str(found.source), found.problems)
    print(f"{config.source}: no problems")
    if options.online:
        replies = asyncio.run(administration.try_backends(config))
        print(*administration.backend_lines(replies), sep="\n")
        return 0 if all(each.state == "ready" for each in replies) else 1
    for table in administration.broken(config):
        print(f"{table.kind} {table.name} is disabled: {table.problem}")
    return 1 if administration.broken(config) else 0


def _plugins(options: argparse.Namespace) -> int:
    import attrs

    from . import administration
    from .plugins import Plugins

    plugins = Plugins()
    plugins.load_all()
    if options.json:
        print(json.dumps([attrs.asdict(each) for each in plugins.records], indent=2))
    else:
        print(*administration.plugin_lines(plugins.records), sep="\n")
    return 1 if any(each.state == "failed" for each in plugins.records) else 0


def _keys_list(options: argparse.Namespace) -> int:
    from . import rotation

    config, _ = _load(options)
    print(*rotation.key_lines(config), sep="\n")
    return 0


def _keys_new(options: argparse.Namespace) -> int:
    from .keys import KeyRing

    config, _ = _load(options)
    KeyRing.create(config.key_file)
    print(f"{config.key_file} has new keys.")
    return 0


def _keys_rotate(options: argparse.Namespace) -> int:
    from . import rotation

    config, _ = _load(options)
    both = options.jwt == options.secrets
    work = rotation.rotate(
        config,
        tokens=options.jwt or both,
        secrets=options.secrets or both,
        drop_old=options.drop_old,
    )
    print(*asyncio.run(work), sep="\n")
    return 0


def _keys_drop(options: argparse.Namespace) -> int:
    from . import rotation

    config, _ = _load(options)
    print(*asyncio.run(rotation.drop_old(config, at_once=options.now)), sep="\n")
    return 0


def _demo(options: argparse.Namespace) -> int:
    from . import demo

    return demo.main(keep=options.keep)


def _openapi(_: argparse.Namespace) -> int:
    from .web.openapi import document
    from .web.routes import ROUTES

    print(json.dumps(document(ROUTES, __version__), indent=2))
    return 0


def _more(error: Error) -> Sequence[str]:
    problems = (f"  {each}" for each in getattr(error, "problems", ()))
    return [*problems, *([f"  {error.hint}"] if error.hint else [])]
