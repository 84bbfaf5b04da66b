"""``uuut prefs``: what it shows, what it sends, and what it does not."""

import pytest

from uuutd.wire import ProblemItem, ShowPreferences

from .fake_daemon import problem_reply

MINE = "preferences"
OF_SHOW = "watchlist/anilist/6/preferences"


def rows(done):
    return {line.split("\t")[0]: line.split("\t")[1:] for line in done.out.splitlines()}


def test_prefs_shows_what_counts_and_where_it_is_from(uuut, daemon):
    daemon.wanted[MINE] = ShowPreferences(groups=("Yuki", "Kagami"))
    shown = rows(uuut("prefs"))
    assert shown["KEY"] == ["VALUE", "FROM"]
    assert shown["groups"] == ["Yuki, Kagami", "user"]
    assert shown["resolutions"] == ["1080p, 720p, 480p", "default"]
    assert shown["codec"] == ["-", "default"]
    assert shown["min_size"] == ["40.0M", "default"]
    assert "counts_from" not in shown
    daemon.wanted[OF_SHOW] = ShowPreferences(groups=(), counts_from=13)
    done = uuut("prefs", "band cry")
    assert "Girls Band Cry" in done.words
    assert rows(done)["groups"] == ["-", "show"]
    assert rows(done)["counts_from"] == ["13", "show"]
    assert not any(method in ("PUT", "DELETE") for method, _ in daemon.requests)


def test_prefs_as_json(uuut, daemon):
    daemon.wanted[MINE] = ShowPreferences(audio="dub")
    shown = uuut("prefs", "--json").json()
    assert shown["schema"] == 1
    assert (shown["set"]["audio"], shown["effective"]["audio"]) == ("dub", "dub")
    assert shown["from"]["audio"] == "user"


def test_what_is_set_is_added_to_what_was_said_before(uuut, daemon):
    daemon.wanted[OF_SHOW] = ShowPreferences(audio="dub", language="fr")
    done = uuut(
        *("prefs", "band cry", "--set", "resolutions=720p, 480p", "--set", "groups="),
        *("--set", "min_size=100MiB", "--set", "counts_from=13", "--unset", "language"),
    )
    assert done.code == 0
    assert daemon.body("PUT", OF_SHOW, dict) == {
        "audio": "dub",
        "resolutions": ["720p", "480p"],
        "groups": [],
        "min_size": 100 * 1024 * 1024,
        "counts_from": 13,
    }
    assert rows(done)["resolutions"] == ["720p, 480p", "show"]
    assert rows(done)["language"] == ["en", "default"]


def test_clear_forgets_all_but_what_is_set_with_it(uuut, daemon):
    daemon.wanted[MINE] = ShowPreferences(audio="dub", language="fr")
    assert uuut("prefs", "--clear", "--set", "codec=any").code == 0
    assert daemon.wanted[MINE] == ShowPreferences(codec="any")
    assert not daemon.called("DELETE", MINE)
    done = uuut("prefs", "--clear")
    assert daemon.called("DELETE", MINE)
    assert rows(done)["codec"] == ["-", "default"]


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (("--set", "groups"), "is not KEY=VALUE"),
        (("--set", "group=Yuki"), "no preference 'group'"),
        (("--unset", "group"), "no preference 'group'"),
        (("--set", "counts_from=13"), "is of one show only"),
        (("--set", "min_seeders=2k"), "must be a whole number"),
        (("--set", "min_seeders=-1"), "must be a whole number"),
        (("--set", "min_size=much"), "must be bytes, or 100MiB"),
    ],
)
def test_what_is_not_understood_changes_nothing(uuut, daemon, argv, said):
    done = uuut("prefs", *argv)
    assert done.code == 2
    assert said in done.words
    assert not daemon.called("PUT", MINE)


def test_what_the_daemon_refuses_is_said(uuut, daemon):
    problems = (ProblemItem(path="language", detail="must be one of de, en"),)
    daemon.problems["PUT", MINE] = problem_reply(
        422, "invalid", "language: must be one of de, en", problems=problems
    )
    done = uuut("prefs", "--set", "language=english")
    assert done.code == 2
    assert done.words.count("must be one of de, en") == 1


def test_a_title_that_is_not_clear_changes_nothing(uuut, daemon):
    assert uuut("prefs", "frieren", "--set", "audio=dub").code == 3
    assert not any(method == "PUT" for method, _ in daemon.requests)
    assert uuut("prefs", "frieren", "--first", "--set", "audio=dub").code == 0
