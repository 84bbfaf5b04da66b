"""``uuutd user``: accounts, for who has the daemon's machine."""

import asyncio
import io
import json
import sys

import pytest

from uuutd.administration import managing
from uuutd.cli import main
from uuutd.config import load
from uuutd.plugins import Plugins
from uuutd.wire import ResetRequest

PASSWORD = "a lantern over the sea"


@pytest.fixture
def run(tmp_path, capsys, monkeypatch):
    """Run a command, and return its exit code and what it printed."""
    config = tmp_path / "uuutd.toml"
    config.write_text('data_dir = "data"\n')

    def run(*argv):
        monkeypatch.setattr(sys, "stdin", io.StringIO(f"{PASSWORD}\n"))
        code = main(["user", *argv, "--config", str(config)])
        out, err = capsys.readouterr()
        return code, out, err

    run.config = config
    return run


@pytest.fixture
def ada(run):
    assert run("add", "--admin", "--password-stdin", "Ada")[0] == 0


def listed(run):
    return {each["username"]: each for each in json.loads(run("list", "--json")[1])["users"]}


def test_accounts_are_made_and_listed(run, ada):
    assert run("add", "--password-stdin", "mika")[1] == "mika can log in now, as user.\n"
    lines = run("list")[1].splitlines()
    assert lines[0].split() == ["NAME", "ROLE", "STATE", "TORRENTS", "LAST", "LOGIN", "QUOTA"]
    assert [line.split()[:5] for line in lines[1:]] == [
        ["Ada", "admin", "ok", "0", "never"],
        ["mika", "user", "ok", "0", "never"],
    ]


def test_the_role_and_the_state_change_and_the_last_administrator_stays(run, ada):
    run("add", "--password-stdin", "mika")
    assert run("role", "mika", "admin")[1] == "mika: admin, can log in\n"
    assert run("disable", "MIKA")[1] == "mika: admin, disabled\n"
    code, _, err = run("disable", "ada")
    assert code == 1
    assert "Ada is the last administrator." in err
    assert "Make somebody else an administrator first." in err
    assert run("enable", "mika")[0] == 0
    assert run("role", "ada", "user")[0] == 0


def test_a_quota_is_changed_in_parts(run, ada):
    assert run("quota", "ada", "--torrents", "5")[1].startswith("Ada: at most 5 torrents")
    run("quota", "ada", "--adds-per-hour", "0")
    assert listed(run)["Ada"]["quota"] == {"torrents": 5, "adds_per_hour": 0}
    run("quota", "ada", "--torrents", "none")
    assert run("quota", "ada")[1] == "Ada: any number of torrents, at most 0 an hour\n"


def test_a_code_is_printed_and_good(run, ada):
    made = json.loads(run("add", "--no-password", "--json", "mika")[1])
    assert made["user"]["username"] == "mika"
    code = run("reset", "mika")[1].splitlines()[0]
    assert code != made["reset"]["code"]

    async def use():
        async with managing(load(run.config, Plugins())) as administration:
            await administration.use_reset(ResetRequest(code=code, password=PASSWORD), address=None)

    asyncio.run(use())


def test_an_invitation_is_a_code_alone_so_that_it_can_be_piped_on(run):
    code, out, _ = run("invite", "--hours", "2")
    assert code == 0
    assert len(out.split()) == 1
    assert run("invite", "--hours", "0")[0] == 1


def test_a_deletion_is_recorded_for_the_daemon(run, ada):
    run("add", "--password-stdin", "mika")
    code, out, _ = run("delete", "mika", "--torrents", "keep")
    assert code == 0
    assert out.startswith("mika can no longer log in")
    assert listed(run)["mika"]["deleting"] == "keep"
    assert run("enable", "mika")[0] == 1


@pytest.mark.parametrize(
    "argv", [("delete", "ada"), ("role", "ada", "king"), ("quota", "ada", "-x")]
)
def test_wrong_usage(run, ada, argv):
    with pytest.raises(SystemExit) as stop:
        run(*argv)
    assert stop.value.code == 2


def test_nobody_of_that_name(run, ada):
    code, _, err = run("disable", "mika")
    assert code == 1
    assert "There is no user mika." in err
