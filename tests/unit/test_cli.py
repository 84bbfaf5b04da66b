"""``uuutd``, as its administrator meets it."""

import json
import stat
import subprocess
import sys
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from uuutd import __version__
from uuutd.cli import main, parser
from uuutd.config import load
from uuutd.errors import ConfigError
from uuutd.keys import KeyRing
from uuutd.plugins import Plugins
from uuutd.setup_wizard import Wishes, set_up

PASSWORD = "correct horse battery"


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def config(tmp_path):
    """A configuration without backends, in a folder of its own."""
    path = tmp_path / "uuutd.toml"
    path.write_text('data_dir = "data"\n')
    return path


def python(*argv, given=""):
    return subprocess.run(
        [sys.executable, *argv],
        check=False,
        input=given,
        capture_output=True,
        text=True,
        timeout=60,
    )


class TestCommandLine:
    def test_help_and_version_need_nothing_heavy(self):
        code = (
            "import sys; from uuutd.cli import main\n"
            "try: main(['--help'])\n"
            "except SystemExit: pass\n"
            "heavy = {'aiohttp', 'tortoise', 'pluggy', 'cattrs', 'structlog'} & set(sys.modules)\n"
            "sys.exit(f'imported {heavy}' if heavy else 0)"
        )
        ended = python("-c", code)
        assert ended.returncode == 0, ended.stderr
        for command in ("run", "init", "check", "plugins", "user", "demo", "openapi"):
            assert f"\n    {command} " in ended.stdout

    def test_it_runs_as_a_module(self):
        ended = python("-m", "uuutd", "--version")
        assert ended.stdout == f"uuutd {__version__}\n"

    @pytest.mark.parametrize(
        ("argv", "file"),
        [
            (["run"], None),
            (["user", "invite"], None),
            (["user", "--config", "a.toml", "invite"], Path("a.toml")),
            (["user", "invite", "--config", "b.toml"], Path("b.toml")),
            (["user", "--config", "a.toml", "invite", "--config", "b.toml"], Path("b.toml")),
            (["user", "--config", "a.toml", "add", "mika"], Path("a.toml")),
            (["check", "--config", "a.toml"], Path("a.toml")),
        ],
    )
    def test_the_configuration_may_be_named_before_or_after_a_command(self, argv, file):
        assert parser().parse_args(argv).config == file

    @pytest.mark.parametrize("command", ["demo", "plugins", "openapi"])
    def test_what_reads_no_configuration_takes_none(self, command, capsys):
        with pytest.raises(SystemExit):
            main([command, "--help"])
        assert "--config" not in capsys.readouterr().out

    @pytest.mark.parametrize("argv", [[], ["fly"], ["run", "--conf", "x"], ["user"]])
    def test_wrong_usage_exits_2(self, argv, capsys):
        with pytest.raises(SystemExit) as ended:
            main(argv)
        assert ended.value.code == 2


class TestCheck:
    def test_a_good_configuration(self, config, capsys):
        assert main(["check", "--config", str(config)]) == 0
        assert capsys.readouterr().out == f"{config}: no problems\n"

    def test_a_bad_one_exits_2_with_every_problem_and_no_traceback(self, config, capsys):
        config.write_text("lissten = 1\ndata_dir = 2\n")
        assert main(["check", "--config", str(config)]) == 2
        assert capsys.readouterr().err.splitlines() == [
            f"{config}: 2 problems",
            "  lissten: no such setting (did you mean listen?)",
            "  data_dir: expected a path, got a number",
        ]

    def test_folders_and_settings_are_named_in_one_go(self, config, capsys):
        (config.parent / "file").touch()
        config.write_text(
            'data_dir = "file/data"\n[database]\nurl = "mysql://h/n"\n'
            '[clients.embedded]\ntype = "libtorrent"\nsave_path = "/proc/anime"\n'
            '[clients.seedbox]\ntype = "qbitorrent"\n'
        )
        assert main(["check", "--config", str(config)]) == 2
        lines = capsys.readouterr().err.splitlines()
        assert [line.split(":")[0].strip() for line in lines] == [
            str(config),
            "database.url",
            "data_dir",
            "clients.embedded.save_path",
            "clients.seedbox",
        ]
        assert "did you mean qbittorrent?" in lines[-1]

    def test_an_sqlite_file_in_no_folder_is_named(self, config, capsys):
        config.write_text('[database]\nurl = "sqlite:///nowhere/at/all/x.db"\n')
        assert main(["check", "--config", str(config)]) == 2
        assert "database.url: there is no folder /nowhere/at/all" in capsys.readouterr().err

    def test_a_warning_is_no_failure(self, config, capsys):
        config.write_text('[clients.qbittorrent]\nurl = "http://127.0.0.1:1"\napi_key = "x"\n')
        config.chmod(0o644)
        assert main(["check", "--config", str(config)]) == 0
        out, err = capsys.readouterr()
        assert out == f"{config}: no problems\n"
        assert err.startswith("warning: clients.qbittorrent.api_key: ")

    def test_the_same_stops_every_command_that_reads_it(self, config):
        config.write_text("lissten = 1\n")
        for argv in (["run"], ["user", "invite"], ["user", "add", "--password-stdin", "x"]):
            assert main([*argv, "--config", str(config)]) == 2

    def test_a_database_without_its_keys_is_told(self, config, capsys):
        (config.parent / "data").mkdir(mode=0o700)
        assert main(["check", "--config", str(config)]) == 0
        (config.parent / "data" / "uuutd.db").touch(0o600)
        assert main(["check", "--config", str(config)]) == 2
        assert "the keys are missing; bring back those of" in capsys.readouterr().err

    def test_keys_that_others_can_read_are_refused(self, config, capsys):
        (config.parent / "data").mkdir(mode=0o700)
        KeyRing.create(config.parent / "data" / "keys.json")
        (config.parent / "data" / "keys.json").chmod(0o644)
        assert main(["check", "--config", str(config)]) == 2
        assert "chmod 600" in capsys.readouterr().err

    def test_online_it_says_how_each_service_is(self, config, capsys):
        config.write_text(
            'data_dir = "data"\n[clients.seedbox]\ntype = "qbittorrent"\nurl = "http://127.0.0.1:1"\n'
        )
        assert main(["check", "--online", "--config", str(config)]) == 1
        assert "clients.seedbox  down" in capsys.readouterr().out
        assert not (config.parent / "data").exists()

    def test_the_manual_names_the_settings_of_core_and_plugins(self, capsys):
        assert main(["check", "--reference"]) == 0
        manual = capsys.readouterr().out
        assert "listen (host:port" in manual
        assert '[clients.NAME], type = "qbittorrent"' in manual


class TestPlugins:
    def test_the_list_for_programs(self, capsys):
        main(["plugins", "--json"])
        listed = {each["name"]: each for each in json.loads(capsys.readouterr().out)}
        assert listed["qbittorrent"]["clients"] == ["qbittorrent"]
        assert listed["qbittorrent"]["distribution"] == "uuutd-qbittorrent"

    def test_the_list_for_people(self, capsys):
        main(["plugins"])
        lines = capsys.readouterr().out.splitlines()
        assert lines[0].split() == ["PLUGIN", "STATE", "VERSION", "BRINGS"]
        assert any(line.startswith("qbittorrent ") and "loaded" in line for line in lines)


class TestUser:
    @pytest.fixture
    def run(self, config):
        def run(*argv, password=PASSWORD):
            options = "--config", str(config)
            return python("-m", "uuutd", "user", *argv, *options, given=f"{password}\n")

        return run

    def test_an_account_is_made_once(self, run, config):
        ended = run("add", "--admin", "--password-stdin", "Mika")
        assert (ended.returncode, ended.stdout) == (0, "Mika can log in now, as admin.\n")
        again = run("add", "--password-stdin", "mika")
        assert again.returncode == 1
        assert again.stderr == "uuutd: The user name mika is taken.\n"
        data = config.parent / "data"
        assert mode(data) == 0o700
        assert {mode(each) for each in data.iterdir()} == {0o600}

    def test_a_poor_password_is_refused_and_not_shown(self, run):
        ended = run("add", "--password-stdin", "mika", password="short")
        assert ended.returncode == 1
        assert "password: must have 12 to 256 characters" in ended.stderr
        assert "Traceback" not in ended.stderr

    def test_without_anybody_to_ask_it_says_how_to_give_a_password(self, run):
        ended = run("add", "bob", password="")
        assert ended.returncode == 2
        assert ended.stderr == (
            "uuutd: There is nobody to ask for a password. Use --password-stdin.\n"
        )

    def test_a_postgres_in_use_is_not_given_new_keys(self, run, config, postgres):
        config.write_text(f'data_dir = "data"\n[database]\nurl = "{postgres.create_database()}"\n')
        keys = config.parent / "data" / "keys.json"
        assert run("invite").returncode == 0
        keys.unlink()  # nobody has an account yet: new ones do no harm
        assert run("add", "--password-stdin", "mika").returncode == 0
        keys.unlink()
        for ended in (run("invite"), python("-m", "uuutd", "run", "--config", str(config))):
            assert ended.returncode == 2
            assert "the keys are missing" in ended.stderr
            assert "bring back those of" in ended.stderr
        assert not keys.exists()

    def test_an_invitation_is_a_code_and_nothing_else(self, run):
        ended = run("invite")
        assert ended.returncode == 0
        assert len(ended.stdout.split()) == 1

    def test_a_database_without_its_keys_is_not_given_new_ones(self, run, config):
        assert run("invite").returncode == 0
        (config.parent / "data" / "keys.json").unlink()
        ended = run("invite")
        assert ended.returncode == 2
        assert "bring back those of" in ended.stderr


class Answers:
    """Answers questions by a word in them; for others the default is taken.

    Of several answers to one word each is given once.
    """

    def __init__(self, **answers):
        self.answers = answers
        self.asked = []

    def ask(self, question, default):
        self.asked.append(question)
        text = next((text for word, text in self.answers.items() if word in question), default)
        return text.pop(0) if isinstance(text, list) else text

    def secret(self, question):
        return self.ask(question, "")


@contextmanager
def service(status, body, *, name="server"):
    """A web server on loopback that answers everything alike; yields its address."""

    class Handler(BaseHTTPRequestHandler):
        def version_string(self):
            return name

        def do_GET(self):
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def wishes(tmp_path):
    def wishes(**given):
        return Wishes(config=tmp_path / "etc" / "uuutd.toml", data_dir=tmp_path / "data", **given)

    return wishes


class TestInit:
    def test_without_questions(self, tmp_path, capsys):
        path, data = tmp_path / "etc" / "uuutd.toml", tmp_path / "data"
        argv = ["init", "--yes", "--config", str(path), "--data-dir", str(data)]
        argv += ["--client", "libtorrent", "--save-path", str(tmp_path / "anime")]
        assert main(argv) == 0
        assert "uuutd user add" in capsys.readouterr().out
        assert (mode(path), mode(data)) == (0o600, 0o700)
        assert {each.name: mode(each) for each in data.iterdir()} == {
            "keys.json": 0o600,
            "uuutd.db": 0o600,
            "uuutd.lock": 0o600,
        }
        config = load(path, Plugins(), {})
        assert (list(config.watchlists), list(config.indexers)) == (["anilist"], ["nyaa"])
        assert config.clients["libtorrent"].settings.save_path == tmp_path / "anime"

    def test_an_existing_configuration_is_never_overwritten(self, config, capsys):
        before = config.read_text()
        assert main(["init", "--yes", "--config", str(config)]) == 2
        assert "is not overwritten" in capsys.readouterr().err
        assert config.read_text() == before

    @pytest.mark.parametrize(("status", "body"), [(200, b"v5.1.2"), (403, b"Forbidden")])
    def test_a_qbittorrent_that_answers_is_offered(self, wishes, monkeypatch, status, body):
        with service(status, body) as url:
            monkeypatch.setattr("uuutd.setup_wizard.QBITTORRENT", url)
            answers = Answers(User="admin", password="s3cret-word")
            set_up(wishes(), answers)
        assert answers.asked[0].startswith(f"qBittorrent answers at {url}.")
        made = wishes()
        assert "s3cret-word" not in made.config.read_text()
        settings = load(made.config, Plugins(), {}).clients["qbittorrent"].settings
        assert (settings.url, settings.username) == (url, "admin")
        assert settings.password.reveal() == "s3cret-word"
        assert mode(made.data_dir / "qbittorrent-password") == 0o600

    def test_a_transmission_that_answers_is_offered(self, wishes, monkeypatch):
        with service(401, b"<h1>401: Unauthorized</h1>", name="Transmission") as url:
            monkeypatch.setattr("uuutd.setup_wizard.QBITTORRENT", "http://127.0.0.1:9")
            monkeypatch.setattr("uuutd.setup_wizard.TRANSMISSION", url)
            answers = Answers(User="admin", password="s3cret-word", files="/srv/anime")
            said = set_up(wishes(), answers)
        assert answers.asked[0].startswith(f"Transmission answers at {url}.")
        assert "Warning" not in said
        made = wishes()
        settings = load(made.config, Plugins(), {}).clients["transmission"].settings
        assert (settings.url, settings.username) == (url, "admin")
        assert settings.password.reveal() == "s3cret-word"
        assert settings.save_path == "/srv/anime"
        assert mode(made.data_dir / "transmission-password") == 0o600

    def test_a_transmission_that_does_not_answer_is_warned_of(self, wishes, monkeypatch):
        monkeypatch.setattr("uuutd.setup_wizard.TRANSMISSION", "http://127.0.0.1:9")
        said = set_up(wishes(client="transmission", qbittorrent_url="http://127.0.0.1:8"))
        assert "Warning: no Transmission answers at http://127.0.0.1:9." in said
        assert list(load(wishes().config, Plugins(), {}).clients) == ["transmission"]

    def test_something_else_at_its_address_is_not_offered(self, wishes, monkeypatch):
        with service(200, b"<html>") as url:
            monkeypatch.setattr("uuutd.setup_wizard.QBITTORRENT", url)
            monkeypatch.setattr("uuutd.setup_wizard.TRANSMISSION", url)
            answers = Answers(downloads="qbittorrent", Address="http://127.0.0.1:9", User="-")
            set_up(wishes(), answers)
        assert answers.asked[0].startswith("What downloads")

    def test_wishes_that_make_no_configuration_leave_none_behind(self, wishes):
        with pytest.raises(ConfigError, match="listen"):
            set_up(wishes(client="qbittorrent", listen="nowhere"))
        assert not wishes().config.exists()
        set_up(wishes(client="qbittorrent", qbittorrent_url="http://127.0.0.1:9"))

    def test_texts_that_are_special_in_toml_arrive_as_they_are(self, wishes, tmp_path):
        odd = tmp_path / 'a "b" \\ ä'
        set_up(wishes(qbittorrent_url="http://127.0.0.1:9", save_path=odd))
        settings = load(wishes().config, Plugins(), {}).clients["qbittorrent"].settings
        assert settings.save_path == str(odd)

    def test_a_client_that_we_do_not_have_is_asked_for_again(self, wishes, tmp_path):
        answers = Answers(downloads=["rtorrent", "LibTorrent"], files=str(tmp_path / "anime"))
        set_up(wishes(), answers)
        assert answers.asked[1].startswith("There is no rtorrent here.")
        assert list(load(wishes().config, Plugins(), {}).clients) == ["libtorrent"]

    def test_a_qbittorrent_that_does_not_answer_is_warned_of(self, wishes):
        said = set_up(wishes(qbittorrent_url="http://127.0.0.1:9"))
        assert "Warning: no qBittorrent answers at http://127.0.0.1:9." in said
        assert list(load(wishes().config, Plugins(), {}).clients) == ["qbittorrent"]

    def test_one_that_answers_is_not(self, wishes):
        with service(200, b"v5.1.2") as url:
            assert "Warning" not in set_up(wishes(qbittorrent_url=f"{url}/"))

    def test_each_named_configuration_has_its_own_data(self, tmp_path):
        for name in ("one", "other"):
            set_up(Wishes(config=tmp_path / f"{name}.toml", qbittorrent_url="http://127.0.0.1:9"))
            config = load(tmp_path / f"{name}.toml", Plugins(), {})
            assert config.data_dir == tmp_path / f"{name}-data"
            assert config.key_file.exists()

    def test_the_users_own_configuration_has_the_users_data(self, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        monkeypatch.delenv("UUUTD_CONFIG", raising=False)
        monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "etc"))
        monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
        set_up(Wishes(qbittorrent_url="http://127.0.0.1:9"))
        config = load(tmp_path / "etc" / "uuutd" / "uuutd.toml", Plugins(), {})
        assert config.data_dir == tmp_path / "share" / "uuutd"

    def test_data_that_are_there_are_kept_and_this_is_said(self, wishes):
        assert "already" not in set_up(wishes(qbittorrent_url="http://127.0.0.1:9"))
        made = wishes()
        before = (made.data_dir / "keys.json").read_bytes()
        made.config.unlink()
        assert "were there already" in set_up(wishes(qbittorrent_url="http://127.0.0.1:9"))
        assert (made.data_dir / "keys.json").read_bytes() == before

    def test_linking_a_public_name_is_among_the_next_steps(self, wishes):
        said = set_up(wishes(qbittorrent_url="http://127.0.0.1:9"))
        assert "uuut link anilist --username NAME" in said
