"""What administrators do with torrent clients: how fast they are, and which torrents are ours."""

from ..domain import InfoHash
from ..errors import NotFound
from ..instances import Instances
from ..store import adoption
from ..store.records import User
from ..wire import SpeedLimits
from .audit import Audit
from .limits import read_limits
from .locks import Locks
from .torrents import Torrents


class Stewardship:
    """Acts on whole clients, and on torrents that were in them before us."""

    def __init__(
        self, instances: Instances, torrents: Torrents, locks: Locks, audit: Audit
    ) -> None:
        self._audit = audit
        self._instances = instances
        self._torrents = torrents
        self._locks = locks

    async def limits(self, client: str) -> SpeedLimits:
        """Return how fast a client is at most, all its torrents together."""
        found = await self._instances.client(client).call("limits", lambda c: c.limits())
        return SpeedLimits(down=found.down, up=found.up)

    async def set_limits(self, client: str, said: SpeedLimits) -> SpeedLimits:
        """Hold a client back, with all that it does, also for others than us."""
        limits = read_limits(said)
        await self._instances.client(client).call("set_limits", lambda c: c.set_limits(limits))
        return await self.limits(client)

    async def adopt(self, user: User, client: str, info_hash: InfoHash) -> None:
        """Make a torrent ours that was in a client before us; from now on we may touch it.

        It keeps its owners.  One that nobody here owns becomes the administrator's own.
        So does one whose last owners are about to leave.  Raises `uuutd.errors.NotFound` if the
        client does not have it, `uuutd.errors.Conflict` if the administrator is removing it.
        """
        async with self._locks.hold((client, info_hash)):
            found = await self._instances.client(client).call(
                "torrents", lambda c: c.torrents([info_hash])
            )
            if not found:
                raise NotFound(f"{client} has no such torrent.")
            made = await adoption.adopt(
                client, info_hash, name=found[0].name or info_hash, user_id=user.id
            )
        await self._audit.note(
            "adopted", by=user.id, detail=f"{client}: {found[0].name or info_hash}"
        )
        if made:
            self._torrents.listed(user, info_hash)
