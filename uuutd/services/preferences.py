"""What users want of releases: for all shows, and for one.

What a user has not said of a show falls back to what they said of all shows, then to the
``[choice]`` of the configuration, which has a default for everything.
"""

from collections.abc import Collection, Iterator
from typing import Any

import attrs

from ..config import Choice
from ..domain import Taste, WorkId
from ..errors import Invalid, Problem
from ..store import preferences as stored
from ..store.preferences import Show
from ..store.records import User
from ..wire import (
    EffectivePreferences,
    PreferenceOrigin,
    PreferencesReply,
    ShowPreferences,
    UserPreferences,
)
from .watchlists import Listed, Watchlists

ANY_CODEC = "any"
"""What is said instead of a codec to undo what was said further back."""
MOST_NAMES = 50
"""How many resolutions or groups may be listed; each has a tier of points of its own."""
LONGEST_NAME = 80
MOST_COUNTED = 9999
"""The highest number that a first episode may have; no name has one of more digits."""

_FIELDS = tuple(field.name for field in attrs.fields(EffectivePreferences))
_USUAL = Taste()


@attrs.frozen
class Wish:
    """What counts for one show of one user.

    *counts_from* is the number that the groups give to its first episode, if the user said so.
    """

    taste: Taste
    counts_from: int | None = None


class Preferences:
    """Everybody's preferences; *configured* is what counts for who has said nothing.

    *clients* are the names of the torrent clients that there are.
    """

    def __init__(
        self, watchlists: Watchlists, configured: Taste, clients: Collection[str] = ()
    ) -> None:
        self._watchlists = watchlists
        self._clients = clients
        self._configured = Taste(
            **{field.name: getattr(configured, field.name) for field in attrs.fields(Taste)}
        )

    async def wish(self, user_id: int, listed: Listed) -> Wish:
        """Return what counts for a show of a user, by what was said."""
        of_all, of_show = await stored.load(user_id, (listed.provider, listed.entry.id))
        if not (of_all or of_show):  # as for nearly everybody
            return Wish(self._configured)
        values, _ = self._merged(of_all, of_show)
        counts_from = values.pop("counts_from")
        del values["client"]  # it is no matter of releases: see `uuutd.services.routing`
        return Wish(Taste(**values), counts_from)

    @staticmethod
    async def with_group(taste: Taste, user_id: int, work: WorkId) -> Taste:
        """Return *taste* with the group of a user's earlier episodes of a show, if that counts."""
        if taste.keep_group == "off":
            return taste
        group = await stored.earlier_group(user_id, work)
        return taste if group is None else attrs.evolve(taste, earlier_group=group)

    async def show(self, user: User, show: Show | None) -> PreferencesReply:
        """Return what a user wants of *show*, or of all shows, and what counts there."""
        await self._check_listed(user, show)
        return await self._reply(user, show)

    async def replace(
        self, user: User, show: Show | None, said: UserPreferences
    ) -> PreferencesReply:
        """Put *said* in place of all that the user wanted of *show*, or of all shows, before.

        Raises `uuutd.errors.Invalid` with all that no release can ever fit.
        """
        await self._check_listed(user, show)
        if problems := (*_problems(said), *self._unknown_client(said)):
            raise Invalid("; ".join(map(str, problems)), problems)
        await stored.save(user.id, show, _tidied(said))
        return await self._reply(user, show)

    def _unknown_client(self, said: UserPreferences) -> Iterator[Problem]:
        if said.client is not None and said.client not in self._clients:
            there = ", ".join(self._clients) or "none"
            yield Problem("client", f"no torrent client is configured as this; there are: {there}")

    async def forget(self, user: User, show: Show | None) -> None:
        """Forget what the user wanted of *show*, or of all shows: what lies further back counts."""
        await self._check_listed(user, show)
        await stored.remove(user.id, show)

    async def _check_listed(self, user: User, show: Show | None) -> None:
        if show is not None:
            await self._watchlists.locate(user.id, *show)

    async def _reply(self, user: User, show: Show | None) -> PreferencesReply:
        of_all, of_show = await stored.load(user.id, show)
        values, origins = self._merged(of_all, of_show)
        said = of_show if show else of_all
        return PreferencesReply(
            set=said or ShowPreferences(),
            effective=EffectivePreferences(**values),
            from_=origins,
        )

    def _merged(
        self, of_all: UserPreferences | None, of_show: UserPreferences | None
    ) -> tuple[dict[str, Any], dict[str, PreferenceOrigin]]:
        """Return what counts and where it is from, by the names of the fields."""
        values: dict[str, Any] = {}
        origins: dict[str, PreferenceOrigin] = {}
        for name in _FIELDS:
            value, origin = self._value(name, of_all, of_show)
            values[name] = None if name == "codec" and value == ANY_CODEC else value
            origins[name] = origin
        return values, origins

    def _value(
        self, name: str, of_all: UserPreferences | None, of_show: UserPreferences | None
    ) -> tuple[Any, PreferenceOrigin]:
        if (value := getattr(of_show, name, None)) is not None:
            return value, "show"
        if (value := getattr(of_all, name, None)) is not None:
            return value, "user"
        value, usual = (getattr(each, name, None) for each in (self._configured, _USUAL))
        return value, "default" if value == usual else "configuration"


def _problems(said: UserPreferences) -> Iterator[Problem]:
    """Say what no release can ever fit, as of the settings of ``[choice]``."""
    settings = attrs.fields_dict(Choice)
    for name, value in attrs.asdict(said).items():
        if value is None or name == "client" or (name == "codec" and value == ANY_CODEC):
            continue
        if name == "counts_from":
            if not 1 <= value <= MOST_COUNTED:
                yield Problem(name, f"must be from 1 to {MOST_COUNTED}, got {value}")
        elif isinstance(value, tuple) and (detail := _too_much(value)):
            yield Problem(name, detail)
        elif validator := settings[name].validator:
            try:
                validator(None, settings[name], value)
            except ValueError as error:
                yield Problem(name, str(error))


def _tidied(said: UserPreferences) -> UserPreferences:
    """Return *said* with each name of a list once, where it stands first, and small letters."""
    changes: dict[str, Any] = {}
    for name in ("resolutions", "groups"):
        if (names := getattr(said, name)) is not None:
            first: dict[str, str] = {}
            for each in map(str.strip, names):
                first.setdefault(each.casefold(), each)
            changes[name] = tuple(first.values())
    if said.language is not None:
        changes["language"] = said.language.lower()
    return attrs.evolve(said, **changes)


def _too_much(names: tuple[str, ...]) -> str | None:
    if len(names) > MOST_NAMES:
        return f"must not list more than {MOST_NAMES}"
    if any(len(name) > LONGEST_NAME for name in names):
        return f"must not hold a name of more than {LONGEST_NAME} characters"
    return None
