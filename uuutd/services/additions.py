"""Torrents that users add by hand: which job is to bring them."""

import uuid
from datetime import UTC, datetime

import attrs

from ..domain import EntryId, Source
from ..errors import Invalid
from ..magnets import V1_DIGITS
from ..store import aliases
from ..store.records import Intent, IntentState, User
from ..wire import AddTorrentRequest
from .releases import which_episode
from .routing import Routing
from .run import waiting
from .watchlists import Watchlists


class Additions:
    """Drafts the jobs of what is added by hand."""

    def __init__(self, watchlists: Watchlists, routing: Routing) -> None:
        self._watchlists = watchlists
        self._routing = routing

    async def draft(self, user: User, source: Source, request: AddTorrentRequest) -> Intent:
        """Return the job that brings *source*, without its key.

        Raises `uuutd.errors.Invalid` for a v2 hash alone, unless the v1 hash to it is known.
        """
        info_hash = await aliases.resolve(source.info_hash)
        if source.metainfo is None and len(info_hash) != V1_DIGITS:
            raise Invalid(
                "A v2 hash alone cannot be told from a hybrid torrent that is there already.",
                hint="Give its .torrent file, or a magnet with its v1 hash (urn:btih:...).",
            )
        if source.aliases:
            await aliases.remember(info_hash, source.aliases)
        now = datetime.now(UTC)
        draft = Intent(
            id=uuid.uuid4().hex,
            user_id=user.id,
            kind="add",
            state=IntentState.NEW,
            info_hash=info_hash,
            trackers=source.trackers,
            metainfo=source.metainfo,
            request={"name": source.name},
            steps=waiting("add", "link"),
            created_at=now,
            updated_at=now,
        )
        if request.entry is None:
            client = await self._routing.client(user.id, request.client, None)
            return attrs.evolve(draft, client=client)
        listed = await self._watchlists.locate(user.id, request.provider, EntryId(request.entry))
        show = (listed.provider, listed.entry.id)
        return attrs.evolve(
            draft,
            client=await self._routing.client(user.id, request.client, show),
            work=listed.work,
            provider=listed.provider,
            entry=listed.entry.id,
            title=str(listed.entry.work.titles),
            episode=which_episode(listed.entry, request.episode),
        )
