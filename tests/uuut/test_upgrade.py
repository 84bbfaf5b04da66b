"""``uuut upgrade``: what it says, what it asks for, and what it leaves alone."""

from .fake_daemon import release

PATH = "watchlist/anilist/4/upgrade"
NEWER = release("r9", "[SubsPlease] One Piece - 1161v2 (1080p)")


def asked(daemon, method):
    return [
        query
        for request, query in zip(daemon.requests, daemon.queries, strict=True)
        if request == (method, PATH)
    ]


def test_an_upgrade_says_what_is_there_and_what_it_does(uuut, daemon):
    daemon.newer = NEWER
    done = uuut("upgrade", "one piece")
    assert done.code == 0
    for part in (
        "One Piece ep 1161",
        "you have  [SubsPlease] One Piece - 1161 (1080p)  (v1 by SubsPlease)",
        f"newer     {NEWER.title}",
        "goes when the newer one is finished",
    ):
        assert part in done.words
    assert asked(daemon, "GET") == [{}]
    assert asked(daemon, "POST") == [{"episode": "1161"}]


def test_a_dry_run_asks_and_does_nothing(uuut, daemon):
    daemon.newer = NEWER
    done = uuut("upgrade", "one piece", "1160", "--dry-run")
    assert done.code == 0
    assert "uuut upgrade 'one piece' 1160" in done.words
    assert asked(daemon, "GET") == [{"episode": "1160"}]
    assert asked(daemon, "POST") == []


def test_where_nothing_is_newer_nothing_is_asked_for(uuut, daemon):
    done = uuut("upgrade", "one piece")
    assert done.code == 3
    assert "nothing newer by SubsPlease" in done.words
    assert asked(daemon, "POST") == []
    found = uuut("upgrade", "one piece", "--json")
    assert found.code == 3
    assert found.json()["available"] is None
    assert found.json()["current"]["version"] == 1
    daemon.held_serves = 3
    assert "it serves 3 episodes of yours" in uuut("upgrade", "one piece").words


def test_an_upgrade_as_json_is_its_job(uuut, daemon):
    daemon.newer = NEWER
    shown = uuut("upgrade", "one piece", "--json").json()
    assert (shown["schema"], shown["job"]["state"], shown["job"]["episode"]) == (1, "done", 1161)
    dry = uuut("upgrade", "one piece", "--json", "--dry-run").json()
    assert dry["available"]["title"] == NEWER.title


def test_a_failed_upgrade_is_a_failure(uuut, daemon):
    daemon.newer = NEWER
    daemon.download_ends = "failed"
    done = uuut("upgrade", "one piece", "--wait")
    assert done.code == 1
    assert "connection refused" in done.words


def test_whoever_looks_at_releases_is_told_in_one_line(uuut, daemon):
    for command in (("releases", "one piece"), ("get", "one piece", "--dry-run")):
        daemon.newer = None
        assert "newer" not in uuut(*command).words
        daemon.newer = daemon.releases[1]
        (line,) = [line for line in uuut(*command).words.splitlines() if "newer" in line]
        assert daemon.newer.title in line
        assert "uuut upgrade anilist:4 1161" in line
