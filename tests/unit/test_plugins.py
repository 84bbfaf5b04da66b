"""Broken plugins are named and left out; the others serve."""

import sys
from importlib.metadata import EntryPoint

import attrs
import pytest

from uuutd.backends import Indexer, TorrentClient
from uuutd.domain import (
    Adjustment,
    EntryId,
    Release,
    Taste,
    Titles,
    Verdict,
    Wanted,
    Work,
)
from uuutd.hookspecs import hookimpl
from uuutd.plugins import SHIPPED, Plugins, Unusable
from uuutd.services.rules import rules_digest

RELEASE = Release(title="[A] B - 01", info_hash=None, indexer="x")
ASKED = (
    Wanted(work=Work(id=EntryId("1"), titles=Titles("B")), episode=1),
    RELEASE,
    Taste(),
    Verdict(release=RELEASE),
)

GOOD = """
    import attrs
    from uuutd.backends import Indexer
    from uuutd.hookspecs import hookimpl

    @attrs.frozen
    class Config:
        pass

    class Site(Indexer[Config]):
        name, title, Config = "{type}", "A site", Config
        async def check(self): return "1"
        async def search(self, wanted, *, limit): return []

    @hookimpl
    def uuutd_indexers():
        return [Site]
"""
JUDGE = """
    from uuutd.domain import Adjustment
    from uuutd.hookspecs import hookimpl

    @hookimpl
    def uuutd_judge_release(release):
        return Adjustment(points=3, reason=release.title)
"""


@pytest.fixture
def install(tmp_path, monkeypatch):
    """Return what makes an installed plugin of a source text."""
    monkeypatch.syspath_prepend(str(tmp_path))
    modules = []

    def install(name, source):
        module = f"uuutd_test_{name.replace('-', '_')}_{len(modules)}"
        modules.append(module)
        lines = [line.removeprefix("    ") for line in source.splitlines()]
        (tmp_path / f"{module}.py").write_text("\n".join(lines))
        return EntryPoint(name=name, value=module, group="uuutd")

    yield install
    for module in modules:
        sys.modules.pop(module, None)


def record(plugins, name):
    return next(each for each in plugins.records if each.name == name)


BROKEN = {
    "fails at import": ("import no_such_module_anywhere", "ModuleNotFoundError"),
    "is no Python": ("def", "SyntaxError"),
    "ends the program": ("raise SystemExit(3)", "SystemExit: 3"),
    "has a hook that raises": (
        """
    from uuutd.hookspecs import hookimpl
    @hookimpl
    def uuutd_indexers():
        raise ValueError("not today")
    """,
        "uuutd_indexers failed: ValueError: not today",
    ),
    "has a hook that brings nothing to iterate": (
        """
    from uuutd.hookspecs import hookimpl
    @hookimpl
    def uuutd_indexers():
        return None
    """,
        "uuutd_indexers failed: TypeError",
    ),
    "has a hook that we do not know": (
        """
    from uuutd.hookspecs import hookimpl
    @hookimpl
    def uuutd_weather():
        return []
    """,
        "uuutd_weather",
    ),
    "has a hook with an argument that we do not know": (
        """
    from uuutd.hookspecs import hookimpl
    @hookimpl
    def uuutd_judge_release(moon):
        return None
    """,
        "moon",
    ),
    "wraps a hook": (
        """
    from uuutd.hookspecs import hookimpl
    @hookimpl(wrapper=True)
    def uuutd_indexers():
        return (yield)
    """,
        "hook wrapper",
    ),
    "brings another kind of thing": (GOOD.replace("[Site]", "[Config]"), "no subclass of Indexer"),
    "brings an abstract class": (
        GOOD.replace("async def check(self)", "async def look(self)"),
        "lacks check",
    ),
    "brings a nameless class": (GOOD.replace('"{type}"', "None"), "has the name None"),
    "brings a badly named class": (GOOD.replace("{type}", "A Site!"), "has the name 'A Site!'"),
    "has settings of another make": (GOOD.replace("@attrs.frozen", ""), "no attrs class"),
    "brings one name twice": (GOOD.replace("[Site]", "[Site, Site]"), "brings an indexer called"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_plugin_is_named_with_the_reason_and_the_others_load(install, case):
    source, problem = BROKEN[case]
    plugins = Plugins(
        [
            install("broken", source.replace("{type}", "broken")),
            install("good", GOOD.replace("{type}", "good")),
        ]
    )
    plugins.load(["good"])
    assert record(plugins, "broken").state == "failed"
    assert problem in record(plugins, "broken").problem
    assert record(plugins, "good").state == "loaded"
    assert list(plugins.indexers) == ["good"]


def test_a_name_is_given_once_and_the_second_is_told_who_has_it(install):
    plugins = Plugins(
        [
            install("zebra", GOOD.replace("{type}", "site")),
            install("aardvark", GOOD.replace("{type}", "site")),
        ]
    )
    plugins.load(["site"])
    assert record(plugins, "aardvark").state == "loaded"
    assert record(plugins, "zebra").problem == (
        "plugin aardvark brings an indexer called site already"
    )


def test_nobody_takes_the_name_of_one_of_ours(install):
    plugins = Plugins(
        [
            install("aardvark", GOOD.replace("{type}", "nyaa")),
            install("nyaa", GOOD.replace("{type}", "nyaa")),
        ]
    )
    plugins.load(["nyaa"])
    assert record(plugins, "nyaa").state == "loaded"
    assert record(plugins, "aardvark").state == "failed"


def test_two_plugins_of_one_name_are_not_confused(install):
    plugins = Plugins(
        [
            install("same", GOOD.replace("{type}", "one")),
            install("same", GOOD.replace("{type}", "two")),
        ]
    )
    plugins.load([])
    assert [each.state for each in plugins.records] == ["loaded", "failed"]
    assert plugins.records[1].problem == "another plugin is called same, too"
    assert list(plugins.indexers) == ["one"]


def test_ours_are_imported_only_if_they_are_configured_and_others_always(install):
    entries = [
        install("nyaa", GOOD.replace("{type}", "nyaa")),
        install("libtorrent", "raise AssertionError('imported')"),
        install("judge", JUDGE),
    ]
    plugins = Plugins(entries)
    plugins.load(["nyaa"])
    states = {each.name: each.state for each in plugins.records}
    assert states == {"nyaa": "loaded", "libtorrent": "idle", "judge": "loaded"}
    assert entries[1].value not in sys.modules


def test_a_blocked_plugin_is_not_imported(install):
    plugins = Plugins([install("judge", "raise AssertionError('imported')")])
    plugins.load_all(blocked=["judge"])
    assert record(plugins, "judge").state == "blocked"


def test_a_judge_is_asked_with_what_it_wants_to_know(install):
    plugins = Plugins([install("b-judge", JUDGE), install("a-judge", JUDGE)])
    plugins.load([])
    assert record(plugins, "a-judge").judges
    said = [(name, judge(*ASKED)) for name, judge in plugins.judges()]
    assert said == [
        ("a-judge", Adjustment(points=3, reason="[A] B - 01")),
        ("b-judge", Adjustment(points=3, reason="[A] B - 01")),
    ]


def test_a_judge_that_is_written_anew_makes_other_rules(install):
    names = set()
    for points in (3, 4):
        plugins = Plugins([install("judge", JUDGE.replace("points=3", f"points={points}"))])
        plugins.load([])
        names.add(rules_digest(plugins.judges()))
    assert len(names) == 2


def test_the_plugin_that_may_be_to_blame_for_a_missing_type(install):
    plugins = Plugins(
        [
            install("nyaa", "import no_such_module_anywhere"),
            install("other", "import no_such_module_anywhere"),
        ]
    )
    plugins.load(["nyaa", "site"])
    assert plugins.suspect("nyaa").name == "nyaa"
    assert plugins.suspect("site").name == "other"  # nyaa brings nothing but nyaa
    assert Plugins([]).suspect("site") is None


def test_a_plugin_can_be_given_by_hand():
    @attrs.frozen
    class Config:
        pass

    class Site(Indexer[Config]):
        name, title = "site", "A site"

        async def check(self):
            return "1"

        async def search(self, wanted, *, limit):
            return []

    Site.Config = Config

    class Plugin:
        @hookimpl
        def uuutd_indexers(self):
            return [Site]

    plugins = Plugins([])
    plugins.register(Plugin(), "mine")
    assert plugins.indexers == {"site": Site}
    assert record(plugins, "mine").indexers == ("site",)
    with pytest.raises(Unusable):
        plugins.register(Plugin(), "again")


def test_what_is_shipped_brings_one_backend_called_as_it_is_and_judges_nothing():
    plugins = Plugins()
    plugins.load_all()
    ours = [each for each in plugins.records if each.name in SHIPPED]
    assert {each.name for each in ours} >= {"anilist", "nyaa", "qbittorrent", "libtorrent"}
    for each in ours:
        assert each.state == "loaded", each.problem
        assert (*each.watchlists, *each.indexers, *each.clients) == (each.name,)
        assert not each.judges
    assert all(issubclass(each, TorrentClient) for each in plugins.clients.values())
