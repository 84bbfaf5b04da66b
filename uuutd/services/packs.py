"""Episodes that need no search: they lie in a pack that the user has already."""

import attrs

from ..choice import pick_files
from ..domain import InfoHash
from ..errors import BackendError, NotFound
from ..instances import Instances
from ..store import links
from ..store.records import Link
from .preferences import Preferences
from .relations import Relations
from .watchlists import Listed


@attrs.frozen
class Held:
    """A torrent that the user owns, and those of its files that are the wanted episode."""

    info_hash: InfoHash
    name: str
    files: tuple[int, ...]


class Packs:
    """Looks into the packs that users have."""

    def __init__(
        self, instances: Instances, relations: Relations, preferences: Preferences
    ) -> None:
        self._instances = instances
        self._relations = relations
        self._preferences = preferences

    async def holding(self, user_id: int, client: str, listed: Listed, episode: int) -> Held | None:
        """Return the pack of the user in which an episode of a show lies, None if there is none.

        Only packs that serve another episode of the same show are looked into, and none
        that is foreign: what others put into the client is not ours to change.
        """
        for link in await links.packs(user_id, client, listed.work):
            if files := await self._files(user_id, link, listed, episode):
                return Held(link.info_hash, link.name, files)
        return None

    async def _files(
        self, user_id: int, link: Link, listed: Listed, episode: int
    ) -> tuple[int, ...]:
        """Return the files of a torrent that hold an episode, read as those of a new pack are."""
        try:
            files = await self._instances.client(link.client).call(
                "files", lambda c: c.files(link.info_hash)
            )
        except (BackendError, NotFound):
            return ()  # a search can be made without it
        if len(files) < 2:
            return ()
        wish = await self._preferences.wish(user_id, listed)
        wanted = await self._relations.wanted(
            listed.provider, listed.entry.work, episode, counts_from=wish.counts_from
        )
        return pick_files(wanted, files, link.name)
