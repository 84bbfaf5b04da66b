"""Finds the installed plugins, loads those that are needed, and keeps a record of each.

A plugin that cannot be imported, whose hook raises, or that brings something unusable is
left out, with the reason in its record; the others are not touched by it.  Which
plugins are needed stands in docs/decisions/0003-lazy-plugins.md.
"""

import functools
import inspect
import logging
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from importlib.metadata import EntryPoint, entry_points
from types import MappingProxyType
from typing import Any, Literal, cast

import attrs
import pluggy

from . import hookspecs
from .backends import Backend, Indexer, TorrentClient, WatchlistProvider
from .domain import Adjustment, Kind, Release, Taste, Verdict, Wanted

SHIPPED = frozenset({"anilist", "libtorrent", "nyaa", "qbittorrent", "transmission"})
"""Our own plugins: each brings one backend, called as the plugin is, and judges nothing.

They are imported only if a backend of this type is configured.
"""

Judge = Callable[[Wanted, Release, Taste, Verdict], Adjustment | None]
PluginState = Literal["loaded", "failed", "blocked", "idle"]

log = logging.getLogger(__name__)

_HOOKS: Mapping[Kind, tuple[str, type[Backend[Any]]]] = MappingProxyType(
    {
        "watchlist": ("uuutd_watchlists", WatchlistProvider),
        "indexer": ("uuutd_indexers", Indexer),
        "client": ("uuutd_torrent_clients", TorrentClient),
    }
)
_SLUG = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}")


class Unusable(Exception):
    """What is wrong with a plugin, as a sentence."""


@attrs.frozen(kw_only=True)
class PluginRecord:
    """One installed plugin: ``loaded``, ``failed`` (see *problem*), ``blocked`` or ``idle``.

    An idle one is not needed by the configuration.  The tuples name what it brings.
    """

    name: str
    distribution: str | None
    version: str | None
    state: PluginState = "idle"
    problem: str | None = None
    watchlists: tuple[str, ...] = ()
    indexers: tuple[str, ...] = ()
    clients: tuple[str, ...] = ()
    judges: bool = False


class Plugins:
    """The plugins of one daemon; *found* are their entry points, left out: those installed."""

    def __init__(self, found: Iterable[EntryPoint] | None = None) -> None:
        if found is None:
            found = entry_points(group=hookspecs.PROJECT)
        self._found = sorted(found, key=lambda each: (each.name not in SHIPPED, each.name))
        self._records = [_record(each) for each in self._found]
        self._classes: dict[Kind, dict[str, type[Backend[Any]]]] = {
            "watchlist": {},
            "indexer": {},
            "client": {},
        }
        self._bringer: dict[tuple[Kind, str], str] = {}
        self._manager = pluggy.PluginManager(hookspecs.PROJECT)
        self._manager.add_hookspecs(hookspecs)

    @property
    def watchlists(self) -> Mapping[str, type[WatchlistProvider[Any]]]:
        """The watchlist providers that the loaded plugins bring, by type."""
        return cast("Mapping[str, type[WatchlistProvider[Any]]]", self._classes["watchlist"])

    @property
    def indexers(self) -> Mapping[str, type[Indexer[Any]]]:
        """The indexers that the loaded plugins bring, by type."""
        return cast("Mapping[str, type[Indexer[Any]]]", self._classes["indexer"])

    @property
    def clients(self) -> Mapping[str, type[TorrentClient[Any]]]:
        """The torrent clients that the loaded plugins bring, by type."""
        return cast("Mapping[str, type[TorrentClient[Any]]]", self._classes["client"])

    @property
    def records(self) -> tuple[PluginRecord, ...]:
        """All installed plugins, ours first."""
        return tuple(self._records)

    def load(self, types: Collection[str], *, blocked: Collection[str] = ()) -> None:
        """Load what a configuration with backends of *types* needs, and whatever may judge."""
        wanted = set(types) | {each.name for each in self._found} - SHIPPED
        self._load(wanted, blocked)

    def load_all(self, *, blocked: Collection[str] = ()) -> None:
        """Load everything that is installed and not *blocked*."""
        self._load({each.name for each in self._found}, blocked)

    def register(self, plugin: object, name: str) -> None:
        """Take in *plugin*, which is not installed; raises `Unusable`."""
        brought = self._take(plugin, name)
        record = PluginRecord(name=name, distribution=None, version=None)
        self._records.append(_loaded(record, brought, judges=self._judges(plugin)))

    def classes(self, kind: Kind) -> Mapping[str, type[Backend[Any]]]:
        """Return the backends of *kind* that the loaded plugins bring, by type."""
        return self._classes[kind]

    def suspect(self, type_: str) -> PluginRecord | None:
        """Return the failed plugin that may be why nobody brings *type_*.

        Ours bring nothing but what they are named for; any other might have.
        """
        failed = [each for each in self._records if each.state == "failed"]
        failed = [each for each in failed if each.name == type_ or each.name not in SHIPPED]
        return min(failed, key=lambda each: each.name != type_, default=None)

    def judges(self) -> tuple[tuple[str, Judge], ...]:
        """Return the judges that the loaded plugins bring, each with its plugin's name."""
        hook = self._manager.hook.uuutd_judge_release
        judges = ((impl.plugin_name, _judge(impl)) for impl in hook.get_hookimpls())
        return tuple(sorted(judges, key=lambda named: named[0]))

    def _load(self, wanted: Collection[str], blocked: Collection[str]) -> None:
        for index, entry in enumerate(self._found):
            record = self._records[index]
            if entry.name in blocked:
                record = attrs.evolve(record, state="blocked")
            elif entry.name in wanted and record.state == "idle":
                record = self._load_one(entry, record)
            self._records[index] = record

    def _load_one(self, entry: EntryPoint, record: PluginRecord) -> PluginRecord:
        try:
            plugin = entry.load()
            brought = self._take(plugin, entry.name)
        except (Unusable, pluggy.PluginValidationError) as error:
            problem = str(error)
            log.error("plugin %s is left out: %s", entry.name, problem)  # noqa: TRY400 - it says all
        except (Exception, SystemExit) as error:
            problem = f"{type(error).__name__}: {error}"
            log.exception("plugin %s cannot be imported", entry.name)
        else:
            return _loaded(record, brought, judges=self._judges(plugin))
        return attrs.evolve(record, state="failed", problem=problem)

    def _take(self, plugin: object, name: str) -> dict[Kind, tuple[type[Backend[Any]], ...]]:
        if self._manager.has_plugin(name):
            raise Unusable(f"another plugin is called {name}, too")
        self._manager.register(plugin, name)
        try:
            self._manager.check_pending()
            self._refuse_wrappers(plugin)
            brought = {kind: self._ask(plugin, kind) for kind in _HOOKS}
            self._refuse_duplicates(brought)
        except Exception:
            self._manager.unregister(name=name)
            raise
        for kind, classes in brought.items():
            for each in classes:
                self._classes[kind][each.name] = each
                self._bringer[kind, each.name] = name
        return brought

    def _refuse_wrappers(self, plugin: object) -> None:
        for caller in self._manager.get_hookcallers(plugin) or ():
            for impl in caller.get_hookimpls():
                if impl.plugin is plugin and (impl.wrapper or impl.hookwrapper):
                    raise Unusable(f"{caller.name} is a hook wrapper, and there are none here")

    def _ask(self, plugin: object, kind: Kind) -> tuple[type[Backend[Any]], ...]:
        hook, base = _HOOKS[kind]
        brought: list[type[Backend[Any]]] = []
        for impl in getattr(self._manager.hook, hook).get_hookimpls():
            if impl.plugin is plugin:
                try:
                    brought.extend(impl.function())
                except Exception as error:
                    raise Unusable(f"{hook} failed: {type(error).__name__}: {error}") from error
        for each in brought:
            if (problem := _flaw(each, base)) is not None:
                raise Unusable(f"{hook} brings {each!r}, which {problem}")
        return tuple(brought)

    def _refuse_duplicates(self, brought: Mapping[Kind, Iterable[type[Backend[Any]]]]) -> None:
        for kind, classes in brought.items():
            names = [each.name for each in classes]
            for name in names:
                if (other := self._bringer.get((kind, name))) is not None:
                    raise Unusable(f"plugin {other} brings {_a(kind)} called {name} already")
                if names.count(name) > 1:
                    raise Unusable(f"it brings {_a(kind)} called {name} twice")

    def _judges(self, plugin: object) -> bool:
        impls = self._manager.hook.uuutd_judge_release.get_hookimpls()
        return any(impl.plugin is plugin for impl in impls)


def _judge(impl: pluggy.HookImpl) -> Judge:
    """Return the judge of a plugin, asked with what it wants to know."""

    @functools.wraps(impl.function)  # whoever asks where a judge is written finds it
    def judge(
        wanted: Wanted, release: Release, taste: Taste, verdict: Verdict
    ) -> Adjustment | None:
        given = {"wanted": wanted, "release": release, "taste": taste, "verdict": verdict}
        said = impl.function(*(given[name] for name in impl.argnames))
        return cast("Adjustment | None", said)

    return judge


def _flaw(each: object, base: type[Backend[Any]]) -> str | None:
    """Say why *each* is no usable backend; None if it is one."""
    if not (isinstance(each, type) and issubclass(each, base)):
        return f"is no subclass of {base.__name__}"
    if inspect.isabstract(each):
        return f"lacks {', '.join(sorted(each.__abstractmethods__))}"
    name = getattr(each, "name", None)
    if not (isinstance(name, str) and _SLUG.fullmatch(name)):
        return f"has the name {name!r}; it must be lower-case letters, digits, - and _"
    if not isinstance(getattr(each, "title", None), str):
        return "has no title"
    if not attrs.has(getattr(each, "Config", type)):
        return "has no attrs class as its Config"
    return None


def _a(kind: Kind) -> str:
    return f"an {kind}" if kind == "indexer" else f"a {kind}"


def _record(entry: EntryPoint) -> PluginRecord:
    dist = entry.dist
    return PluginRecord(
        name=entry.name,
        distribution=None if dist is None else dist.name,
        version=None if dist is None else dist.version,
    )


def _loaded(
    record: PluginRecord,
    brought: Mapping[Kind, tuple[type[Backend[Any]], ...]],
    *,
    judges: bool,
) -> PluginRecord:
    return attrs.evolve(
        record,
        state="loaded",
        watchlists=tuple(each.name for each in brought["watchlist"]),
        indexers=tuple(each.name for each in brought["indexer"]),
        clients=tuple(each.name for each in brought["client"]),
        judges=judges,
    )
