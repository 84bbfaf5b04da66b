"""How ``uuut`` starts, and what it does not load for that."""

import subprocess
import sys

import pytest

import uuutd
from uuutd.uuut import parser

HEAVY = {"aiohttp", "urwid", "wcwidth", "cattrs"}


@pytest.mark.parametrize("argv", [["--help"], ["get", "--help"], ["version"]])
def test_help_loads_neither_http_nor_the_screen(argv):
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "uuutd.uuut", *argv],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    loaded = {
        line.rpartition("|")[2].strip().partition(".")[0] for line in done.stderr.splitlines()
    }
    assert "argparse" in loaded
    assert not loaded & HEAVY
    assert done.stdout


def test_the_version(capsys):
    with pytest.raises(SystemExit) as stopped:
        parser().parse_args(["nonsense"])
    assert stopped.value.code == 2
    assert "nonsense" in capsys.readouterr().err
    assert uuutd.__version__


@pytest.mark.parametrize(
    "argv",
    [
        ["get"],
        ["get", "sousou", "no", "frieren"],
        ["get", "frieren", "0"],
        ["login", "--invite", "A", "--setup-code", "B"],
        ["link", "--username", "a", "--answer", "b"],
        ["rm"],
        ["get", "frieren", "--tim", "3"],
    ],
)
def test_wrong_usage_is_code_2(argv):
    with pytest.raises(SystemExit) as stopped:
        parser().parse_args(argv)
    assert stopped.value.code == 2


@pytest.mark.parametrize(
    "argv", [["--json", "--server", "x", "list"], ["list", "--json", "--server", "x"]]
)
def test_global_options_stand_before_or_after_the_command(argv):
    options = parser().parse_args(argv)
    assert (options.json, options.server, options.color) == (True, "x", "auto")


def test_next_means_no_number():
    assert parser().parse_args(["get", "frieren", "next"]).episode is None
    assert parser().parse_args(["get", "frieren", "9"]).episode == 9
