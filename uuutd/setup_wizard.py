"""``uuutd init``: a few questions, then a commented configuration, keys and a database."""

import asyncio
import getpass
import http.client
import json
import os
import shlex
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import attrs
import platformdirs

from .administration import prepare
from .config import FILE_NAME, Config, find_file, load
from .errors import ConfigError, Problem
from .plugins import Plugins
from .store.engine import open_store

QBITTORRENT = "http://127.0.0.1:8080"
TRANSMISSION = "http://127.0.0.1:9091"
REACH_WITHIN = 2.0
LISTEN = "127.0.0.1:8484"


@attrs.frozen(kw_only=True)
class Wishes:
    """What the command line says already; None is asked for, or gets its default."""

    config: Path | None = None
    client: str | None = None
    save_path: Path | None = None
    qbittorrent_url: str | None = None
    qbittorrent_user: str | None = None
    qbittorrent_password_file: Path | None = None
    data_dir: Path | None = None
    listen: str | None = None


class Asker(Protocol):
    """Asks a person."""

    def ask(self, question: str, default: str) -> str:
        """Return the answer, *default* for none."""
        ...

    def secret(self, question: str) -> str:
        """Return the answer, which is not shown."""
        ...


class Terminal:
    """Asks whoever sits at the terminal."""

    def ask(self, question: str, default: str) -> str:
        """Return the answer, *default* for none."""
        return input(f"{question} [{default}]: ").strip() or default

    def secret(self, question: str) -> str:
        """Return the answer, which is not shown."""
        return getpass.getpass(f"{question}: ")


class _Silent:
    """Takes the defaults."""

    def ask(self, _: str, default: str) -> str:
        return default

    def secret(self, _: str) -> str:
        return ""


@attrs.frozen(kw_only=True)
class _Remote:
    """How to reach a client of its own; *password* is None for one that asks for none."""

    kind: str
    url: str
    user: str | None
    password_file: Path | None
    password: str | None = attrs.field(default=None, repr=False)


def set_up(wishes: Wishes, asker: Asker | None = None) -> str:
    """Make everything for a first start and return what to tell the administrator.

    Without *asker* nothing is asked.  Raises `ConfigError`, and leaves no configuration
    behind, if there is one already or the wishes make none that works.
    """
    path = (wishes.config or find_file(None)).absolute()
    if path.exists():
        raise ConfigError(str(path), [Problem("", "is there already; it is not overwritten")])
    asker = asker or _Silent()
    data_dir = _data_dir(wishes, path)
    client = _client(wishes, asker, data_dir)
    save_path = _save_path(wishes, asker, client)
    text = _text(wishes.listen or LISTEN, data_dir, client, save_path)
    _make_folder(data_dir)
    if client is not None and client.password is not None and client.password_file is not None:
        _write_new(client.password_file, client.password + "\n")
    path.parent.mkdir(parents=True, exist_ok=True)
    _write_new(path, text)
    try:
        config = load(path, Plugins())
        known = config.key_file.exists()
        asyncio.run(_make_database(config))
    except ConfigError:
        path.unlink()
        raise
    notes = [f"Keys and database in {data_dir} were there already and are used."] if known else []
    if client is not None and not _ANSWERS[client.kind](client.url):
        notes.append(
            f"Warning: no {_TITLES[client.kind]} answers at {client.url}. "
            "Start it, or mend the file."
        )
    return "\n".join([f"Written: {path}", *notes, "", *_next_steps(path, wishes)])


def _data_dir(wishes: Wishes, path: Path) -> Path:
    """Return the data directory: the user's for the user's file, one beside it for another."""
    if wishes.data_dir is not None:
        return wishes.data_dir.expanduser().absolute()
    if path == (platformdirs.user_config_path("uuutd") / FILE_NAME).absolute():
        return platformdirs.user_data_path("uuutd").absolute()
    return path.with_name(f"{path.stem}-data")


def _client(wishes: Wishes, asker: Asker, data_dir: Path) -> _Remote | None:
    """Return the program to use, None for the embedded client."""
    kind = wishes.client or ("qbittorrent" if wishes.qbittorrent_url else _kind(asker))
    if kind == "libtorrent":
        return None
    theirs = wishes if kind == "qbittorrent" else Wishes()
    usual = QBITTORRENT if kind == "qbittorrent" else TRANSMISSION
    url = theirs.qbittorrent_url or asker.ask(f"Address of its {_FACES[kind]}", usual)
    user = theirs.qbittorrent_user or asker.ask(f"User of its {_FACES[kind]}, - for none", "-")
    if user == "-":
        return _Remote(kind=kind, url=url, user=None, password_file=None)
    if theirs.qbittorrent_password_file is not None:
        file = theirs.qbittorrent_password_file.absolute()
        return _Remote(kind=kind, url=url, user=user, password_file=file)
    password = asker.secret("Its password") or None
    file = data_dir / f"{kind}-password"
    return _Remote(
        kind=kind, url=url, user=user, password_file=file if password else None, password=password
    )


def _kind(asker: Asker) -> str:
    """Ask which client to use; the first that answers is offered."""
    usual = {"qbittorrent": QBITTORRENT, "transmission": TRANSMISSION}
    found = next((kind for kind, url in usual.items() if _ANSWERS[kind](url)), None)
    said = f"{_TITLES[found]} answers at {usual[found]}. " if found else ""
    return _one_of(
        (*usual, "libtorrent"),
        f"{said}What downloads, qbittorrent, transmission or libtorrent (embedded, nothing to "
        "install)",
        found if found and not isinstance(asker, _Silent) else "libtorrent",
        asker,
    )


def _one_of(choices: Sequence[str], question: str, default: str, asker: Asker) -> str:
    """Ask until the answer is one of *choices*."""
    answer = asker.ask(question, default).casefold()
    while answer not in choices:
        answer = asker.ask(f"There is no {answer} here. {question}", default).casefold()
    return answer


def _save_path(wishes: Wishes, asker: Asker, client: _Remote | None) -> Path | None:
    """Return where files go; None leaves it to the client."""
    if wishes.save_path is not None:
        return wishes.save_path.expanduser().absolute()
    if client is None:
        answer = asker.ask("Where files go", str(platformdirs.user_downloads_path() / "anime"))
        return Path(answer).expanduser().absolute()
    answer = asker.ask(f"Where files go, - for {_TITLES[client.kind]}'s own default", "-")
    return None if answer == "-" else Path(answer)


def _qbittorrent_answers(url: str) -> bool:
    """Say whether a qBittorrent answers at *url*."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"{url.rstrip('/')}/api/v2/app/version", timeout=REACH_WITHIN) as answer:
            return bool(answer.status == 200 and answer.read(20).startswith(b"v"))
    except urllib.error.HTTPError as error:
        with error:
            return error.code == 403 and error.read(20).startswith(b"Forbidden")
    except (OSError, http.client.HTTPException):
        return False


def _transmission_answers(url: str) -> bool:
    """Say whether a Transmission answers at *url*; it names itself, whatever it answers."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"{url.rstrip('/')}/transmission/rpc", timeout=REACH_WITHIN) as answer:
            return bool(answer.headers.get("Server") == "Transmission")
    except urllib.error.HTTPError as error:
        with error:
            return error.headers.get("Server") == "Transmission"
    except (OSError, http.client.HTTPException):
        return False


_TITLES = {"qbittorrent": "qBittorrent", "transmission": "Transmission"}
_FACES = {"qbittorrent": "Web UI", "transmission": "RPC"}
_ANSWERS = {"qbittorrent": _qbittorrent_answers, "transmission": _transmission_answers}


async def _make_database(config: Config) -> None:
    await prepare(config)
    async with open_store(config.database_url, lock_dir=config.data_dir):
        pass


def _make_folder(path: Path) -> None:
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(str(path), [Problem("", f"cannot be made: {error.strerror}")]) from error


def _write_new(path: Path, text: str) -> None:
    """Write a file that was not there, for our eyes only."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except OSError as error:
        detail = f"cannot be written: {error.strerror}"
        raise ConfigError(str(path), [Problem("", detail)]) from error
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)


def _quoted(value: object) -> str:
    """Return *value* as a TOML string."""
    return json.dumps(str(value), ensure_ascii=False)


def _text(listen: str, data_dir: Path, client: _Remote | None, save_path: Path | None) -> str:
    lines = [
        "# uuutd's configuration.  `uuutd check` finds mistakes in it, and",
        "# `uuutd check --reference` prints all settings that there are.",
        "",
        "# Where the daemon answers.  Beyond loopback it needs a proxy that does TLS:",
        "# behind_proxy = true",
        f"listen = {_quoted(listen)}",
        "",
        "# Database and keys.  Back this folder up.",
        f"data_dir = {_quoted(data_dir)}",
        "",
        "[auth]",
        "# Who can make an account: closed (nobody), invite (`uuutd user invite`), open.",
        'signup = "invite"',
        "",
        "# Users link their lists with a public AniList name or a token.  For links by which",
        "# progress can be written, register a client there and add its client_id here.",
        "[watchlists.anilist]",
        "",
        "[indexers.nyaa]",
        "",
        *_client_lines(client),
    ]
    if save_path is not None:
        lines += ["# Where files go.", f"save_path = {_quoted(save_path)}"]
    lines += [
        "",
        "[choice]",
        "# What to prefer among releases, unless a user says otherwise.",
        'resolutions = ["1080p", "720p", "480p"]',
    ]
    return "\n".join(lines) + "\n"


def _client_lines(client: _Remote | None) -> list[str]:
    if client is None:
        return ["# The embedded torrent client.", "[clients.libtorrent]"]
    lines = [f"[clients.{client.kind}]", f"url = {_quoted(client.url)}"]
    if client.user is not None:
        lines.append(f"username = {_quoted(client.user)}")
    if client.password_file is not None:
        lines.append(f"password = {{ file = {_quoted(client.password_file)} }}")
    return lines


def _next_steps(path: Path, wishes: Wishes) -> list[str]:
    option = f" --config {shlex.quote(str(path))}" if wishes.config is not None else ""
    return [
        "Next:",
        f"  uuutd user add{option} --admin NAME",
        "      makes your account",
        f"  uuutd run{option}",
        "      starts the daemon",
        "  uuut login",
        "      logs you in",
        "  uuut link anilist --username NAME",
        "      links the public list of that AniList name; `uuut link` alone, one by a token",
    ]
