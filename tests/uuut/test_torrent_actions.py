"""``uuut info recheck limit label fetch adopt``."""

import attrs
import pytest

from uuutd.wire import LabelsRequest, SpeedLimits

from .fake_daemon import problem_reply, torrent

DONE, RUNNING = "b" * 40, "a" * 40
LINES = ("rsync -avsP box:'/srv/[Erai-raws] x.mkv' .", "sftp -r box:/srv/x.mkv .")


def give(daemon, info_hash, **changes):
    daemon.torrents[info_hash] = attrs.evolve(daemon.torrents[info_hash], **changes)


def test_info_shows_a_torrent_in_full(uuut, daemon):
    give(daemon, DONE, labels=("later",))
    daemon.limits = SpeedLimits(down=2 << 20, up=None)
    shown = uuut("info", "bbbb")
    assert shown.code == 0
    for part in ("a.mkv", "https://tracker.example/…", "unregistered", "192.0.2.7:6881"):
        assert part in shown.out
    assert "down 2.0M/s, up no limit; labels: later" in shown.words
    as_json = uuut("info", "bbbb", "--json").json()
    assert (as_json["schema"], as_json["hash"]) == (1, DONE)
    assert [file["index"] for file in as_json["files"]] == [0, 1]


def test_recheck_asks_for_each(uuut, daemon):
    assert uuut("recheck", "aaaa", "bbbb").code == 0
    for info_hash in (RUNNING, DONE):
        assert daemon.called("POST", f"torrents/{info_hash}/recheck")


def test_a_recheck_that_would_disturb_others_is_told(uuut, daemon):
    daemon.problems["POST", f"torrents/{RUNNING}/recheck"] = problem_reply(
        409, "conflict", "Others here have it, too."
    )
    done = uuut("recheck", "aaaa")
    assert done.code == 1
    assert "Others here have it, too." in done.words


@pytest.mark.parametrize(
    ("options", "sent"),
    [
        (("--down", "2M"), SpeedLimits(down=2 << 20, up=4096)),
        (("--up", "none"), SpeedLimits(down=None, up=None)),
        (("--down", "800k", "--up", "1.5k"), SpeedLimits(down=800 << 10, up=1536)),
        (("--down", "0"), SpeedLimits(down=None, up=4096)),
    ],
)
def test_what_is_not_said_of_a_limit_stays(uuut, daemon, options, sent):
    daemon.limits = SpeedLimits(down=None, up=4096)
    assert uuut("limit", "aaaa", *options).code == 0
    assert daemon.limits == sent
    assert daemon.called("PATCH", f"torrents/{RUNNING}/limits")
    assert uuut("limit", "--client", "seedbox", *options).code == 0
    assert daemon.called("PATCH", "backends/client/seedbox/limits")


def test_without_a_rate_limits_are_shown(uuut, daemon):
    daemon.limits = SpeedLimits(down=1 << 20, up=None)
    assert "down 1.0M/s, up no limit" in uuut("limit", "aaaa").out
    shown = uuut("limit", "--client", "seedbox", "--json").json()
    assert (shown["down"], shown["up"]) == (1 << 20, None)
    assert uuut("limit", "aaaa", "--json").json()["limits"] == {
        RUNNING: {"down": 1 << 20, "up": None}
    }
    assert not [request for request in daemon.requests if request[0] == "PATCH"]


def test_who_shares_a_torrent_is_told_whose_limit_counts(uuut, daemon):
    give(daemon, RUNNING, owners=2)
    assert "the most generous limit counts" in uuut("limit", "aaaa", "--down", "1M").words


@pytest.mark.parametrize(
    "argv",
    [
        ("limit", "aaaa", "--down", "fast"),
        ("limit", "aaaa", "--down", "-1"),
        ("limit",),
        ("limit", "aaaa", "--client", "seedbox"),
    ],
)
def test_a_limit_that_makes_no_sense_is_wrong_usage(uuut, argv):
    assert uuut(*argv).code == 2


def test_labels_are_set_shown_and_cleared(uuut, daemon):
    path = f"torrents/{RUNNING}/labels"
    assert "later, hd" in uuut("label", "aaaa", "later", "hd").out
    assert daemon.body("PATCH", path, LabelsRequest).labels == ("later", "hd")
    give(daemon, RUNNING, labels=("kept",))
    assert "kept" in uuut("label", "aaaa").out
    assert uuut("label", "aaaa", "--clear", "--json").json()["labels"] == []
    assert daemon.body("PATCH", path, LabelsRequest).labels == ()


def test_fetch_prints_the_lines_as_they_are(uuut, daemon):
    give(daemon, DONE, fetch_commands=LINES)
    shown = uuut("fetch", "bbbb")
    assert (shown.code, shown.out.splitlines()) == (0, list(LINES))
    assert uuut("fetch", "bbbb", "--json").json()["commands"] == {DONE: list(LINES)}


def test_fetch_says_why_there_is_nothing_to_fetch(uuut, daemon):
    running = uuut("fetch", "aaaa")
    assert (running.code, running.out) == (3, "")
    assert "not finished, 61" in running.words
    for why in ("no [fetch] commands in uuutd.toml", "its files holds control characters"):
        daemon.fetch_problem = why
        told = uuut("fetch", "bbbb")
        assert (told.code, why in told.words) == (3, True)


def test_administrators_see_everybodys_and_what_nobody_here_has(uuut, daemon):
    stranger = attrs.evolve(
        torrent("c" * 40, "Somebody elses.iso"), foreign=True, owners=0, owner_names=()
    )
    daemon.strangers = (stranger,)
    assert "Somebody elses.iso" not in uuut("torrents").out
    shown = uuut("torrents", "--all")
    assert shown.code == 0
    assert "aneesh, vidhi" in shown.out
    (line,) = [each for each in shown.out.splitlines() if "Somebody elses.iso" in each]
    assert "(foreign)" in line
    assert line.split()[-2:] == ["seedbox", "-"]
    told = uuut("torrents", "--all", "--json", "elses").json()
    assert [(row["hash"], row["client"], row["owners"]) for row in told["torrents"]] == [
        ("c" * 40, "seedbox", 0)
    ]
    daemon.problems["GET", "torrents/all"] = problem_reply(404, "not-found", "Nothing is here.")
    assert uuut("torrents", "--all").code == 3


def test_adopt_is_for_administrators(uuut, daemon):
    assert uuut("adopt", "seedbox", DONE).code == 0
    path = f"admin/torrents/seedbox/{DONE}/adopt"
    assert daemon.called("POST", path)
    daemon.problems["POST", path] = problem_reply(403, "forbidden", "Only for administrators.")
    assert uuut("adopt", "seedbox", DONE).code == 4


@pytest.mark.parametrize("given", [DONE[:8], DONE + "b", "g" * 40, "Frieren"])
def test_adopt_says_that_it_needs_the_whole_hash(uuut, daemon, given):
    told = uuut("adopt", "seedbox", given)
    assert told.code == 2
    assert f"{given} is not a whole info hash" in told.words
    assert not daemon.called("POST", f"admin/torrents/seedbox/{given}/adopt")
