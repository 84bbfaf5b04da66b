"""No class of ours shows a secret that it holds, whatever becomes of the object."""

import importlib
import pkgutil
import re

import attrs
import pytest

from uuutd.cli import main
from uuutd.domain import Secret
from uuutd.keys import KeyRing

PACKAGES = (
    "uuutd",
    *(f"uuutd_{name}" for name in ("anilist", "nyaa", "qbittorrent", "transmission")),
)
SECRET = re.compile(r"pass(word|phrase|key)|secret|token$|credential|authorization|^code$|_code$")
IN_THE_OPEN = {
    "uuutd.wire.choice": "codes of reasons",
    "uuutd.wire.events": "codes of notices",
    "uuutd.wire.jobs": "codes of failures",
    "uuutd.wire.problems": "codes of problems",
    "uuutd.wire.releases": "codes of rejections",
    "uuutd.wire.daemon": "codes of alarms",
    "uuutd.wire.torrents": "codes of states",
    "uuutd.domain.releases": "codes of rejections",
    "uuutd.store.intents": "codes of failures",
}
"""Modules in which ``code`` is a word for programs."""
NO_TEXT = {"bool", "int", "float"}


def classes():
    for package in map(importlib.import_module, PACKAGES):
        for info in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not info.name.startswith(("uuutd.testing", "uuutd.tui", "uuutd.__main__")):
                module = importlib.import_module(info.name)
                for kind in vars(module).values():
                    if isinstance(kind, type) and attrs.has(kind) and kind.__module__ == info.name:
                        yield kind


CLASSES = sorted({f"{kind.__module__}.{kind.__qualname__}": kind for kind in classes()}.items())


def shown(kind):
    """Give the fields that a class shows and that by their name hold a secret."""
    for field in attrs.fields(kind):
        word = field.name == "code" and kind.__module__ in IN_THE_OPEN
        named = SECRET.search(field.name) and not word and not field.name.endswith("_file")
        guarded = field.repr is False or "Secret" in str(field.type)
        if named and not guarded and str(getattr(field.type, "__name__", "")) not in NO_TEXT:
            yield field.name


def test_no_class_shows_a_secret():
    assert len(CLASSES) > 200
    found = {name: fields for name, kind in CLASSES if (fields := list(shown(kind)))}
    assert found == {}


@attrs.frozen
class Careless:
    """What the check must find."""

    password: str
    hidden_token: str = attrs.field(repr=False)
    secret: Secret
    tokens_left: int


def test_it_would_be_found():
    assert list(shown(Careless)) == ["password"]


@pytest.mark.parametrize("how", [repr, str, "{}".format, "{!r:>40}".format])
def test_a_secret_is_never_written(how):
    assert "hunter2" not in how(Secret("hunter2"))


CANARY = "hunter2-canary"
HEAD = "[watchlists.anilist]\n[indexers.nyaa]\n"
CLIENT = '[clients.seedbox]\ntype = "qbittorrent"\nsave_path = "/tmp/x"\n'
MISTAKES = {
    "userinfo": CLIENT + f'url = "http://admin:{CANARY}@127.0.0.1:1"',
    "type": CLIENT + f'url = "http://127.0.0.1:1"\npassword = ["{CANARY}"]',
    "two": CLIENT + f'url = "http://127.0.0.1:1"\npassword = "{CANARY}"\napi_key = "{CANARY}"',
    "typo": CLIENT + f'url = "http://127.0.0.1:1"\npasword = "{CANARY}"',
    "table": CLIENT + f'url = "http://127.0.0.1:1"\npassword = {{ fille = "{CANARY}" }}',
    "toml": CLIENT + f'url = "http://127.0.0.1:1"\npassword = "{CANARY}',
    "lonely": f'[watchlists.other]\ntype = "anilist"\nclient_secret = "{CANARY}"',
    "scheme": f'[database]\nurl = "postgre://u:{CANARY}@127.0.0.1/x"',
    "port": f'[database]\nurl = "postgres://u:{CANARY}@127.0.0.1:{CANARY}/x"',
    "option": f'[database]\nurl = "postgres://u:{CANARY}@127.0.0.1/x?passwort=1"',
    "nobody": f'[database]\nurl = "postgres://u:{CANARY}@127.0.0.1:1/x"',
}


@pytest.mark.parametrize("mistake", MISTAKES)
@pytest.mark.parametrize("words", [["check"], ["user", "invite"], ["keys", "rotate"]], ids=" ".join)
def test_what_is_wrong_in_the_configuration_is_told_without_its_secrets(
    mistake, words, tmp_path, capsys, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    config = tmp_path / "uuutd.toml"
    data = tmp_path / "data"
    config.write_text(f'data_dir = "{data}"\n{HEAD}{MISTAKES[mistake]}\n', "utf-8")
    config.chmod(0o600)
    if words == ["keys", "rotate"]:
        KeyRing.create(data / "keys.json")
    code = main([*words, "--config", str(config)])
    said = "".join(capsys.readouterr())
    assert CANARY not in said
    assert code != 0 or (words == ["check"] and mistake == "nobody")
    assert said
