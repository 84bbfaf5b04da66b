"""The commands, against a daemon that speaks the API."""

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import attrs
import pytest

from uuutd.wire import (
    AddTorrentRequest,
    AlarmReply,
    DownloadRequest,
    LinkRequest,
    ProblemItem,
    ProgressRequest,
    QuotaSetting,
    SignupRequest,
)

from .fake_daemon import HASH, entry, now, problem_reply, torrent

# --- accounts


def test_login_keeps_tokens_and_says_who_it_is(uuut, daemon, logins):
    logins.forget(daemon.url)
    done = uuut("login", "--username", "aneesh", "--password-stdin", stdin="correct horse\n")
    assert done.code == 0
    assert "aneesh (user)" in done.out
    kept = logins.get(daemon.url)
    assert kept is not None
    assert kept.access_token in daemon.access


def test_a_wrong_password_is_refused_with_code_4(uuut, daemon):
    done = uuut("login", "--username", "aneesh", "--password-stdin", stdin="wrong\n")
    assert done.code == 4
    assert "Wrong user name or password" in done.words
    assert done.out == ""


def test_signup_makes_the_account_and_logs_in(uuut, daemon):
    done = uuut(
        *("login", "--signup", "--setup-code", "S3", "--username", "vidhi", "--password-stdin"),
        stdin="a long password",
    )
    assert done.code == 0
    given = daemon.body("POST", "auth/signup", SignupRequest)
    assert given == SignupRequest(username="vidhi", password="a long password", setup_code="S3")


@pytest.mark.parametrize(
    ("option", "field"), [("--setup-code", "setup_code"), ("--invite", "invite")]
)
def test_a_code_for_signup_comes_from_stdin_before_the_password(uuut, daemon, option, field):
    words = ("login", "--signup", option, "-", "--username", "vidhi", "--password-stdin")
    assert uuut(*words, stdin="c0de\na long password\n").code == 0
    given = daemon.body("POST", "auth/signup", SignupRequest)
    assert given == SignupRequest(username="vidhi", password="a long password", **{field: "c0de"})


def test_a_code_without_signup_is_refused(uuut, daemon):
    assert uuut("login", "--invite", "--username", "vidhi", "--password-stdin", stdin="x").code == 2
    assert not daemon.requests


def test_without_a_terminal_nothing_is_asked(uuut):
    assert uuut("login", "--username", "aneesh").code == 2
    assert uuut("rm", "aaaa").code == 2


def test_logout_drops_the_tokens(uuut, daemon, logins):
    assert uuut("logout").code == 0
    assert daemon.called("POST", "auth/logout")
    assert logins.get(daemon.url) is None
    done = uuut("list")
    assert done.code == 4
    assert "uuut login" in done.words


def test_whoami(uuut):
    done = uuut("whoami", "--json")
    assert done.json()["schema"] == 1
    assert done.json()["links"][0]["account"] == "aneesh"


@pytest.mark.parametrize(
    ("torrents", "hourly", "said"),
    [
        (None, None, None),
        (50, None, "your quota: 50 torrents"),
        (0, 20, "your quota: 0 torrents, 20 new downloads an hour"),
    ],
)
def test_whoami_tells_the_quota(uuut, daemon, torrents, hourly, said):
    daemon.quota = QuotaSetting(torrents=torrents, adds_per_hour=hourly)
    done = uuut("whoami")
    assert ("quota" in done.words + done.out) == (said is not None)
    assert (said or "") in done.words + done.out


@pytest.mark.parametrize(
    ("days", "state", "said"),
    [(31.5, "ok", False), (29.5, "ok", True), (6, "read-only", True), (-1, "expired", False)],
)
def test_whoami_says_in_time_that_a_link_ends(uuut, daemon, days, state, said):
    ends = datetime.now(UTC) + timedelta(days=days)
    daemon.links = [attrs.evolve(daemon.links[0], state=state, expires_at=ends)]
    done = uuut("whoami")
    assert f"{state}, until {ends:%Y-%m-%d}" in done.out
    assert ("link it again soon" in done.out) == said


@pytest.mark.parametrize(
    ("argv", "stdin", "fields"),
    [
        (("--username", "bob"), "", {"username": "bob"}),
        (("--answer", "https://x/?code=1"), "", {"answer": "https://x/?code=1"}),
        (("--answer", "-"), "secret\n", {"answer": "secret"}),
        (("--answer", "-"), "\nsecret", None),
        (("--answer",), "secret\n", None),
    ],
)
def test_link(uuut, daemon, argv, stdin, fields):
    done = uuut("link", *argv, stdin=stdin)
    if fields is None:
        assert (done.code, daemon.called("POST", "auth/anilist/link")) == (2, False)
        assert "no answer given" in done.words
        return
    assert done.code == 0
    assert daemon.body("POST", "auth/anilist/link", LinkRequest).fields == fields


def test_link_without_an_answer_shows_where_to_go(uuut):
    done = uuut("link")
    assert done.code == 2
    assert "https://anilist.co/x" in done.words


def test_each_sentence_of_a_refusal_is_said_once(uuut, daemon):
    problems = (
        ProblemItem(path="username", detail="nobody shows such a list"),
        ProblemItem(path="other", detail="is wrong as well"),
    )
    daemon.problems["POST", "auth/anilist/link"] = problem_reply(
        422, "invalid", "username: nobody shows such a list", problems=problems
    )
    done = uuut("link", "--username", "nobodyxyz")
    assert done.code == 2
    assert done.words.count("nobody shows such a list") == 1
    assert "other: is wrong as well" in done.words


@pytest.mark.parametrize("content", [b"{", b"", b'{"schema": 1, "default": "\xff"}', b"[" * 99999])
def test_login_sets_a_damaged_file_aside_and_others_say_so(uuut, daemon, logins, content):
    logins.path.write_bytes(content)
    refused = uuut("--server", daemon.url, "list")
    assert refused.code == 1
    assert "uuut login" in refused.words
    assert logins.path.read_bytes() == content
    done = uuut(
        *("--server", daemon.url, "login", "--username", "aneesh", "--password-stdin"),
        stdin="correct horse",
    )
    assert done.code == 0
    aside = logins.path.with_name("session.json.damaged")
    assert str(aside) in done.words
    assert aside.read_bytes() == content
    assert uuut("list").code == 0


def test_unlink(uuut, daemon):
    assert uuut("unlink").code == 0
    assert daemon.called("DELETE", "auth/anilist/link")


# --- watchlist


def test_list_shows_what_is_next(uuut):
    done = uuut("list")
    assert done.code == 0
    lines = done.out.splitlines()
    assert lines[0].split() == ["TITLE", "WATCHED", "STATE", "NEXT"]
    assert any(line.split()[:2] == ["Girls", "Band"] and "NONE" in line for line in lines)
    assert any("61 %" in line and "4.2M/s" in line for line in lines)
    assert "\x1b" not in done.out


def test_list_json_is_the_reply_with_a_schema_number(uuut):
    reply = uuut("--json", "list").json()
    assert reply["schema"] == 1
    assert len(reply["entries"]) == 7


def test_in_a_pipe_there_are_tabs_and_no_padding(uuut, daemon):
    daemon.entries.append(entry("8", "x" * 300, state="done", next_episode=None, progress=12))
    lines = uuut("list").out.splitlines()
    assert lines[0] == "TITLE\tWATCHED\tSTATE\tNEXT"
    assert {line.count("\t") for line in lines} == {3}
    assert lines[-1].split("\t")[0] == "x" * 300
    assert "Girls Band Cry\t7/12\tNONE\tep 8: nothing fits yet" in lines


def test_progress_beyond_the_end_reads_as_what_it_is(uuut, daemon):
    daemon.entries = [entry("8", "X", state="done", next_episode=None, progress=31, episodes=11)]
    assert "31/11\tDONE\tall 11 watched; your list says 31" in uuut("list").out


def test_an_old_list_says_how_old_it_is(uuut, daemon):
    assert uuut("list").words == ""
    daemon.source_age = timedelta(minutes=4)
    assert uuut("list").words == "anilist: read 4m ago\n"
    daemon.source_problem = "AniList does not answer"
    assert uuut("list").words == "anilist: read 4m ago, stale; AniList does not answer\n"


def test_list_says_how_to_link(uuut, daemon):
    daemon.links = []
    daemon.entries = []
    assert "uuut link" in uuut("list").words


@pytest.mark.parametrize(
    "text", ["band cry", "girls", "Girls  BAND-cry", "grils band", "6", "anilist:6"]
)
def test_titles_are_found_by_parts_and_despite_typing_errors(uuut, daemon, text):
    done = uuut("releases", text)
    assert done.code == 0
    assert daemon.called("GET", "watchlist/anilist/6/releases")


@pytest.mark.parametrize("text", ["オシ", "ダンジョン", "Frieren: Beyond", "sousou no frieren"])
def test_native_english_and_whole_titles(uuut, text):
    expected = 3 if text == "オシ" else 0
    assert uuut("releases", text).code == expected


def test_several_hits_are_listed_and_not_guessed(uuut, daemon):
    done = uuut("get", "frieren")
    assert done.code == 3
    assert "anilist:1" in done.words
    assert "anilist:2" in done.words
    assert not daemon.called("POST", "watchlist/download")
    assert uuut("get", "frieren", "--first").code == 0


def test_one_work_on_two_lists_is_one_hit(uuut, daemon):
    daemon.entries.append(entry("6b", "Girls Band Cry", provider="mal", work="work-6"))
    assert uuut("releases", "band cry").code == 0


def test_nothing_is_called_that(uuut):
    assert uuut("get", "zzzz").code == 3


def test_releases_show_points_and_refusals(uuut):
    done = uuut("releases", "frieren: beyond", "9")
    assert "1080p +96" in done.out
    assert "season 1, not 2" in done.out
    assert "2 fit, 1 rejected" in done.words
    # Not a terminal: nothing is cut.
    assert "[SubsPlease] Sousou no Frieren S2 - 09 (1080p) [9F3A].mkv" in done.out


def test_watched_marks_the_next_episode(uuut, daemon):
    done = uuut("watched", "band cry")
    assert done.out.strip() == "Girls Band Cry 8/12"
    given = daemon.body("POST", "watchlist/progress", ProgressRequest)
    assert given == ProgressRequest(entry="6", episode=8, provider="anilist")


def test_watched_lowers_nothing_unless_told_to(uuut, daemon):
    done = uuut("watched", "band cry", "2")
    assert done.code == 2
    assert "7 episodes of Girls Band Cry are watched" in done.words
    assert "--force" in done.words
    assert not daemon.called("POST", "watchlist/progress")
    assert uuut("watched", "band cry", "2", "--force").out.strip() == "Girls Band Cry 2/12"


@pytest.mark.parametrize(
    ("show", "episode", "warned"),
    [("band cry", "9", False), ("band cry", "10", True), ("one piece", "1200", True)],
)
def test_watched_warns_of_what_has_not_aired(uuut, daemon, show, episode, warned):
    done = uuut("watched", show, episode)
    assert done.code == 0
    assert ("has not aired yet" in done.words) == warned
    assert daemon.called("POST", "watchlist/progress")


def test_watched_warns_if_the_next_one_has_not_aired(uuut):
    assert "ep 4 has not aired yet" in uuut("watched", "dungeon").words


# --- get


def test_get_shows_each_step_and_prints_the_torrent(uuut, daemon):
    done = uuut("get", "band cry")
    assert done.code == 0
    assert done.out.split() == [HASH, *daemon.releases[0].title.split()]
    shown = [line.split()[0] for line in done.words.splitlines()]
    assert shown == ["resolve", "search", "choose", "add", "link"]
    given = daemon.body("POST", "watchlist/download", DownloadRequest)
    assert given == DownloadRequest(entry="6", provider="anilist")


def test_get_waits_for_the_file(uuut, daemon):
    done = uuut("get", "band cry", "8", "--wait")
    assert done.code == 0
    assert done.out.strip() == f"/srv/anime/{daemon.releases[0].title}"
    assert "100 %" in done.words


def test_get_json_holds_job_and_torrent(uuut):
    reply = uuut("get", "band cry", "--wait", "--json").json()
    assert reply["schema"] == 1
    assert reply["job"]["state"] == "done"
    assert reply["torrent"]["progress"] == 1.0


def test_a_dry_run_gets_nothing(uuut, daemon):
    done = uuut("get", "band cry", "--dry-run")
    assert done.code == 0
    assert "SubsPlease" in done.out
    assert not daemon.called("POST", "watchlist/download")
    daemon.releases = daemon.releases[2:]
    assert uuut("get", "band cry", "--dry-run", "--json").code == 3


def test_pick_and_force(uuut, daemon):
    uuut("get", "band cry", "--pick", "3", "--force", "--client", "seedbox")
    given = daemon.body("POST", "watchlist/download", DownloadRequest)
    assert (given.release, given.force, given.client) == ("r3", True, "seedbox")
    assert uuut("get", "band cry", "--pick", "4").code == 3


def test_a_failed_step_says_where_why_what_and_when(uuut, daemon):
    daemon.download_ends = "failed"
    done = uuut("get", "band cry")
    assert done.code == 1
    for part in (
        "connection refused",
        "step add",
        "backend seedbox",
        "Start the",
        "42s",
        "--retry job1",
    ):
        assert part in done.words
    assert done.out == ""
    assert uuut("jobs", "--retry", "job1").code == 0


def test_a_job_that_waits_says_once_for_what(uuut, daemon, monkeypatch):
    monkeypatch.setattr("uuutd.uuut_commands.get.FIRST_PAUSE", 0.02)
    daemon.download_ends = "waits"
    done = uuut("get", "band cry", "--timeout", "3")
    assert done.code == 124
    assert done.words.count("waiting: seedbox cannot be reached (tries again within 42s)") == 1
    assert "add ⋯: waiting: seedbox cannot be reached" in uuut("jobs").out
    shown = uuut("jobs", "--json").json()["jobs"][0]
    assert (shown["state"], shown["problem"]["backend"]) == ("running", "seedbox")
    daemon.download_ends = "done"
    assert uuut("get", "band cry").code == 0


def test_nothing_fits_lists_the_refusals(uuut, daemon):
    daemon.problems["POST", "watchlist/download"] = problem_reply(
        404, "no-release", "Nothing fits.", releases=(daemon.releases[2],)
    )
    done = uuut("get", "band cry", "--json")
    assert done.code == 3
    assert "season 1, not 2" in done.words
    assert done.json()["problem"]["code"] == "no-release"


def test_the_time_can_be_over(uuut, daemon):
    daemon.download_ends = "never"
    done = uuut("get", "band cry", "--timeout", "1")
    assert done.code == 124
    assert "jobs --cancel job1" in done.words


@pytest.mark.parametrize(
    ("ends", "asked", "said", "unsaid"),
    [
        ("never", "jobs/job1", b"uuut jobs --cancel job1", b"uuut pause"),
        (
            "done",
            f"torrents/{HASH}",
            f"uuut pause {HASH[:8]} or uuut rm {HASH[:8]}".encode(),
            b"--cancel",
        ),
    ],
)
def test_an_interrupt_says_what_goes_on_and_how_to_stop_it(
    daemon, logins, ends, asked, said, unsaid
):
    daemon.download_ends = ends
    daemon.finishes = False
    process = subprocess.Popen(
        [sys.executable, "-m", "uuutd.uuut", "get", "band cry", "--wait"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=os.environ | {"UUUT_SERVER": daemon.url},
    )
    daemon.wait_for_call("GET", asked)
    process.send_signal(signal.SIGINT)
    _, words = process.communicate(timeout=20)
    assert process.returncode == 130
    assert said in words
    assert unsaid not in words
    assert not daemon.called("POST", "jobs/job1/cancel")


def test_a_torrent_that_brings_nothing_is_said_once(uuut, daemon, monkeypatch):
    monkeypatch.setattr("uuutd.uuut_commands.arrival.DRY_FOR", 0.5)
    monkeypatch.setattr("uuutd.uuut_commands.arrival.LONGEST_PAUSE", 0.1)
    monkeypatch.setattr("uuutd.uuut_commands.get.FIRST_PAUSE", 0.02)
    daemon.finishes = False
    done = uuut("get", "band cry", "8", "--wait", "--timeout", "5")
    assert done.code == 124
    assert done.words.count("nothing more has come") == 1
    assert "uuut get 'band cry' 8 --pick N --force" in done.words
    assert "--timeout" in done.words


def test_a_torrent_without_metadata_has_no_size(uuut, daemon):
    daemon.torrents = {"d" * 40: torrent("d" * 40, "X", state="metadata", progress=0, size=0)}
    assert "0B" not in uuut("torrents").out
    daemon.entries = [entry("3", "X", state="downloading", torrent="d" * 40)]
    assert "waiting for the torrent's metadata" in uuut("list").out


# --- torrents


def test_torrents_by_state_and_word(uuut):
    assert "Oshi no Ko" in uuut("torrents").out
    done = uuut("torrents", "seeding", "ワンピース", "--json")
    assert [item["hash"] for item in done.json()["torrents"]] == ["b" * 40]


def test_an_absent_torrent_client_is_named(uuut, daemon):
    assert "seedbox" not in uuut("torrents").words
    daemon.client_state = "down"
    assert "seedbox is down" in uuut("torrents").words


def test_pause_and_resume_by_hash_and_by_name(uuut, daemon):
    assert uuut("pause", "aaaa", "ワンピ").code == 0
    assert daemon.called("POST", f"torrents/{'a' * 40}/pause")
    assert daemon.called("POST", f"torrents/{'b' * 40}/pause")
    assert uuut("resume", "oshi no").code == 0
    assert daemon.called("POST", f"torrents/{'a' * 40}/resume")


def test_what_fails_in_part_says_so(uuut, daemon):
    daemon.problems["POST", f"torrents/{'b' * 40}/pause"] = problem_reply(
        409, "foreign", "Not ours to change."
    )
    assert uuut("pause", "aaaa", "bbbb").code == 6
    assert uuut("pause", "bbbb").code == 4


def test_a_name_of_several_torrents_is_not_guessed(uuut, daemon):
    daemon.torrents["c" * 40] = torrent("c" * 40, "Oshi no Ko - 01")
    assert uuut("pause", "oshi").code == 3
    assert not any(method == "POST" for method, _ in daemon.requests)


@pytest.mark.parametrize(("flags", "query"), [((), "false"), (("--files",), "true")])
def test_rm_keeps_files_unless_told(uuut, daemon, flags, query):
    done = uuut("rm", "aaaa", "--yes", *flags)
    assert done.code == 0
    assert "off your list" in done.words
    assert "removed" not in done.words
    assert "it goes in 10 s" in done.words
    assert "until then: uuut jobs --cancel job-remove" in done.words
    assert daemon.called("DELETE", f"torrents/{'a' * 40}")
    assert daemon.queries[-1].get("delete_files") == query


@pytest.mark.parametrize("more", [{"foreign": True}, {"owners": 2}])
def test_rm_says_what_stays(uuut, daemon, more):
    daemon.torrents["a" * 40] = torrent("a" * 40, "X", **more)
    done = uuut("rm", "aaaa", "--yes", "--files")
    assert "it and its files stay" in done.words
    assert "FILES" not in done.words
    assert "this undoes it: uuut jobs --cancel job-remove" in done.words


def test_add_takes_magnets_hashes_files_and_stdin(uuut, daemon, tmp_path):
    magnet = "magnet:?xt=urn:btih:" + "c" * 40
    assert uuut("add", magnet).code == 0
    assert daemon.body("POST", "torrents", AddTorrentRequest).source == magnet
    file = tmp_path / "x.torrent"
    file.write_bytes(b"d4:infode")
    assert (uuut("add", str(file))).code == 0
    assert b"d4:infode" in daemon.bodies[-1]
    done = uuut("add", "-", stdin=f"{magnet}\n\nmagnet:?garbage\n")
    assert done.code == 6
    assert done.out.count("c" * 40) == 1


def test_add_what_is_nothing(uuut):
    done = uuut("add", "/nowhere/x.torrent")
    assert done.code == 3
    assert "neither a magnet" in done.words


# --- the daemon


def test_status_shows_backends_and_their_problems(uuut):
    done = uuut("status")
    assert done.code == 0
    assert "timed out" in done.out
    assert uuut("status", "--json").json()["about"]["version"] == "0.1.0"


def test_status_tells_of_alarms_and_an_administrator_confirms_one(uuut, daemon):
    daemon.alarms = [AlarmReply(code="lost-state", text="seedbox shows 0 of 7.", since=now())]
    done = uuut("status")
    assert done.code == 0
    assert "lost-state: seedbox shows 0 of 7." in done.words
    client = uuut("status", "--json").json()["backends"][2]
    assert client["alarms"][0]["code"] == "lost-state"
    done = uuut("status", "--confirm-missing", "seedbox")
    assert done.code == 0
    assert "recorded as missing" in done.words
    assert "lost-state" not in done.words
    again = uuut("status", "--confirm-missing", "seedbox")
    assert again.code == 1
    assert "misses nothing" in again.words


def test_status_works_without_a_login(uuut, daemon, logins):
    logins.forget(daemon.url)
    done = uuut()
    assert done.code == 0
    assert "uuutd 0.1.0" in done.out
    assert "uuut login" in done.words


def test_jobs(uuut, daemon):
    uuut("get", "band cry")
    assert "Girls Band Cry ep 8" in uuut("jobs").out
    assert uuut("jobs", "--cancel", "job1", "--json").json()["state"] == "cancelled"


@pytest.mark.parametrize("change", ["--retry", "--cancel"])
@pytest.mark.parametrize("job", ["../x", "..", "a/b", "a b", "é", "x" * 99, ""])
def test_what_cannot_be_a_job_is_never_asked_for(uuut, daemon, change, job):
    done = uuut("jobs", change, job)
    assert done.code == 3
    assert "there is no such job" in done.words
    assert daemon.requests == []


def test_an_unreachable_daemon_is_code_5(uuut, unused_server):
    done = uuut("--server", unused_server, "status")
    assert done.code == 5
    assert "cannot be reached" in done.words


def test_hostile_names_reach_the_terminal_as_text(uuut, daemon):
    name = "evil\x1b[2J\u202e\nname"
    daemon.torrents = {"d" * 40: torrent("d" * 40, name)}
    done = uuut("torrents")
    assert "\x1b" not in done.out
    assert "\u202e" not in done.out
    assert len(done.out.splitlines()) == 2


def test_colour_only_where_asked(uuut):
    assert "\x1b[" in uuut("list", "--color", "always").out


def test_unknown_fields_of_a_newer_daemon_do_not_hurt(uuut, daemon):
    daemon.extra = {"something_new": {"a": 1}}
    assert uuut("list").code == 0


def test_a_stale_source_is_named(uuut, daemon):
    daemon.source_problem = "anilist asks us to wait"
    done = uuut("list")
    assert "stale" in done.words
    assert "asks us to wait" in done.words
    assert "Sousou no Frieren S2" in done.out
