"""Prequels, sequels and other relatives of a show, remembered for a day."""

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from typing import Any, Final

import attrs

from uuutd.domain import Format, Relation, RelationKind, Work
from uuutd.errors import BadReply, NotFound

from . import queries, reading
from .api import Api

KEPT_FOR: Final = 24 * 3600.0
"""How long relations are believed, in seconds."""
MOST_KEPT: Final = 1000
"""How many shows' relations are remembered."""
MOST_PREQUELS: Final = 60
"""How many prequels of one show are followed."""


@attrs.frozen
class _Family:
    """A show's direct relatives, as known *since*."""

    relatives: tuple[Relation, ...]
    since: float

    def prequels(self) -> list[Work]:
        """Return the direct prequels, a series before a film."""
        found = [one.work for one in self.relatives if one.kind is RelationKind.PREQUEL]
        return sorted(found, key=lambda work: work.format is not Format.TV)


class Relatives:
    """Knows who is related to whom; what it does not know it asks AniList."""

    def __init__(
        self, api: Api, log: logging.Logger, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._api = api
        self._log = log
        self._clock = clock
        self._families: OrderedDict[int, _Family] = OrderedDict()
        self._asking = asyncio.Lock()

    async def of(self, show: int) -> list[Relation]:
        """Return the chain of prequels, the nearest first, and then the other direct relatives."""
        family = await self._family(show)
        others = (one for one in family.relatives if one.kind is not RelationKind.PREQUEL)
        return [*await self._chain(show), *others]

    async def _chain(self, show: int) -> list[Relation]:
        """Follow prequels of prequels; each show counts once, at its least distance."""
        found: list[Relation] = []
        seen = {show}
        generation = [show]
        while generation:
            distance = found[-1].distance + 1 if found else 1
            before: list[Work] = []
            for one in generation:
                before += (await self._family(one)).prequels()
            fresh = {int(work.id): work for work in before if int(work.id) not in seen}
            found += [Relation(RelationKind.PREQUEL, work, distance) for work in fresh.values()]
            seen |= fresh.keys()
            generation = list(fresh)
            if len(found) >= MOST_PREQUELS:
                self._log.warning("show %d has more prequels than can be followed", show)
                break
        return found

    def _known(self, show: int) -> _Family | None:
        family = self._families.get(show)
        if family is None or self._clock() - family.since > KEPT_FOR:
            return None
        self._families.move_to_end(show)
        return family

    async def _family(self, show: int) -> _Family:
        async with self._asking:
            known = self._known(show)
            if known is not None:
                return known
            try:
                data = await self._api.ask(queries.RELATIVES, media=show)
            except NotFound as error:
                raise NotFound(f"AniList knows no show {show}") from error
            media = data.get("Media")
            if reading.media_id(reading.field(media, "id")) != show:
                raise BadReply(f"AniList answered with another show than {show}")
            self._learn(media)
            return self._remember(show, media)

    def _learn(self, media: object) -> None:
        """Remember what the answer says of the show's relatives: theirs are in it too."""
        for edge in _edges(media):
            node = edge.get("node")
            relative = reading.media_id(reading.field(node, "id"))
            known = isinstance(reading.field(node, "relations"), dict)
            if relative is not None and known and reading.field(node, "type") == "ANIME":
                self._remember(relative, node)

    def _remember(self, show: int, media: object) -> _Family:
        family = _Family(tuple(_relations(media)), self._clock())
        self._families[show] = family
        self._families.move_to_end(show)
        while len(self._families) > MOST_KEPT:
            self._families.popitem(last=False)
        return family


def _edges(media: object) -> list[dict[str, Any]]:
    return reading.objects(reading.field(reading.field(media, "relations"), "edges"))


def _relations(media: object) -> Iterator[Relation]:
    """Read the relatives that are shows; books, and what makes no sense, are left out."""
    for edge in _edges(media):
        node = edge.get("node")
        if reading.field(node, "type") != "ANIME":
            continue
        try:
            yield Relation(_kind(edge.get("relationType")), reading.work(node))
        except reading.Odd:
            continue


def _kind(value: object) -> RelationKind:
    return next((one for one in RelationKind if one.value == value), RelationKind.OTHER)
