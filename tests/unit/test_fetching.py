"""The lines that bring a finished torrent to the user: no name of a file is ever a command."""

import shlex
import subprocess
import tomllib

import attrs
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from uuutd.config import Fetch
from uuutd.config.structure import Flaws, Reader
from uuutd.domain import InfoHash, Torrent, TorrentState
from uuutd.services.fetching import fetch_commands, fetch_problem
from uuutd.shell import faults, fill

DONE = Torrent(
    info_hash=InfoHash("a" * 40),
    name="[Kagami] It's $(reboot) - 05.mkv",
    state=TorrentState.SEEDING,
    progress=1.0,
    save_path="/downloads/A Show",
)
RSYNC = "rsync -avsP box:{path} ."
HOSTILE = st.text(st.characters(exclude_characters="\x00", exclude_categories=("Cs",)), min_size=1)


def test_a_finished_torrent_has_the_lines_of_the_administrator():
    fetch = Fetch(commands=(RSYNC, "scp -s -r box:{path} ."), paths={"/downloads": "/srv/anime"})
    path = "/srv/anime/A Show/[Kagami] It's $(reboot) - 05.mkv"
    lines = fetch_commands(DONE, fetch)
    assert [shlex.split(line) for line in lines] == [
        ["rsync", "-avsP", f"box:{path}", "."],
        ["scp", "-s", "-r", f"box:{path}", "."],
    ]


@pytest.mark.parametrize(
    "changes",
    [
        {"progress": 0.9, "state": TorrentState.DOWNLOADING},
        {"state": TorrentState.CHECKING},
        {"state": TorrentState.ERROR},
        {"save_path": None},
        {"name": ""},
        {"name": ".."},
        {"name": "/etc/passwd"},
    ],
)
def test_what_is_not_finished_has_none(changes):
    assert fetch_commands(attrs.evolve(DONE, **changes), Fetch(commands=(RSYNC,))) == ()


@pytest.mark.parametrize(
    ("save_path", "found"),
    [
        ("/downloads", "/srv/x.mkv"),
        ("/downloads/films/a", "/films/a/x.mkv"),
        ("/downloads2", "/downloads2/x.mkv"),
        ("/else", "/else/x.mkv"),
    ],
)
def test_the_longest_folder_that_fits_is_called_otherwise(save_path, found):
    fetch = Fetch(
        commands=("echo {path}",), paths={"/downloads": "/srv", "/downloads/films": "/films"}
    )
    torrent = attrs.evolve(DONE, name="x.mkv", save_path=save_path)
    assert fetch_commands(torrent, fetch) == (f"echo {found}",)


@pytest.mark.parametrize("name", ["First.mkv", "a/b", "", "a" * 40])
def test_what_is_on_the_disk_counts_whatever_the_torrent_is_called(name):
    torrent = attrs.evolve(DONE, name=name, content="/downloads/A Show/x y.mkv")
    fetch = Fetch(commands=("echo {path}",), paths={"/downloads": "/srv"})
    assert fetch_commands(torrent, fetch) == ("echo '/srv/A Show/x y.mkv'",)


@pytest.mark.parametrize("name", ["\x1b[2Jx", "a\nb", "a\u202eb", "../x", "\x9b2J"])
def test_a_line_that_could_order_a_terminal_about_is_not_made(name):
    torrent = attrs.evolve(DONE, content=f"/downloads/A Show/{name}")
    assert fetch_commands(torrent, Fetch(commands=(RSYNC,))) == ()
    said = fetch_problem(torrent, Fetch(commands=(RSYNC,)))
    assert said is not None
    assert ("out of its folder" if name == "../x" else "control characters") in said
    assert name not in said


@pytest.mark.parametrize(
    ("changes", "commands", "part"),
    [
        ({}, (RSYNC,), None),
        ({}, (), "no [fetch] commands"),
        ({"progress": 0.5, "state": TorrentState.DOWNLOADING}, (RSYNC,), "not finished"),
        ({"progress": 0.5, "state": TorrentState.DOWNLOADING}, (), "not finished"),
        ({"save_path": None}, (RSYNC,), "does not tell where"),
        ({"name": ".."}, (RSYNC,), "does not tell where"),
    ],
)
def test_there_are_lines_or_a_reason(changes, commands, part):
    torrent, fetch = attrs.evolve(DONE, **changes), Fetch(commands=commands)
    said = fetch_problem(torrent, fetch)
    assert (said is None) == bool(fetch_commands(torrent, fetch))
    assert part is None or part in said


@settings(max_examples=60)
@given(st.lists(HOSTILE, min_size=1, max_size=8))
@example(["'; echo pwned; '", "$(echo pwned)", "`echo pwned`", "\n", "-rf", "{path}", "\\"])
def test_a_real_shell_reads_each_path_as_one_word(names):
    script = "\n".join(fill("printf '%s\\0' a:{path}", f"/x/{name}") for name in names)
    ran = subprocess.run(["/bin/sh"], input=script.encode(), capture_output=True, check=True)
    assert ran.stdout.decode().split("\0")[:-1] == [f"a:/x/{name}" for name in names]


@pytest.mark.parametrize(
    "template",
    [
        RSYNC,
        "rsync -a --protect-args -e 'ssh -p 2222' 'me@box:'{path} .",
        "scp -sr box:{path} .",
        "sftp -r box:{sftp_path} .",
        'sftp -r "box:"{sftp_path} ~/anime',
    ],
)
def test_a_template_that_keeps_names_out_of_shells_is_good(template):
    assert list(faults(template)) == []


@pytest.mark.parametrize(
    ("template", "part"),
    [
        ("rsync -avP box:{path} .", "add -s"),
        ("scp -r box:{path} .", "add -s"),
        ("/usr/bin/rsync -a box:{path} .", "add -s"),
        ("ssh box cat {path}", "run the names"),
        ("rsync -s 'box:{path}' .", "outside of quotes"),
        ('rsync -s "box:{path}" .', "outside of quotes"),
        ("rsync -s box:'{path} .", "outside of quotes"),
        ("rsync -s box:{path}\\", "outside of quotes"),
        ("echo # {path}", None),
        ("rsync -s box:{file} .", "{file} means nothing"),
        ("rsync -s box:/srv .", "has no {path}"),
        ("", "has no {path}"),
    ],
)
def test_a_template_that_could_run_a_name_is_refused(template, part):
    found = list(faults(template))
    assert (part in found[0]) if part else (found == [])


def test_sftp_gets_its_patterns_and_spaces_escaped():
    (word,) = shlex.split(fill("{sftp_path}", "/a/[G] It's *.mkv"))
    assert word == "/a/\\[G\\]\\ It\\'s\\ \\*.mkv"


def test_it_is_read_from_the_configuration(tmp_path):
    text = 'commands = ["rsync -avsP box:{path} ."]\n[paths]\n"/downloads" = "/srv/anime"\n'
    read = Reader(tmp_path).table(tomllib.loads(text), Fetch)
    assert read == Fetch(commands=(RSYNC,), paths={"/downloads": "/srv/anime"})
    wrong = 'commands = ["rsync -a box:{path} ."]\n[paths]\n"downloads" = "/srv"\n'
    with pytest.raises(Flaws) as told:
        Reader(tmp_path).table(tomllib.loads(wrong), Fetch)
    assert sorted(problem.path for problem in told.value.problems) == ["commands", "paths"]
