"""Whether the daemon can do its work."""

import asyncio

from ..errors import Busy
from ..wire import ReadyReply
from .ports import Instances, Ping

ASK_EVERY = 2.0
"""For how long an answer of the database is good, in seconds."""
PING_WITHIN = 5.0


class Readiness:
    """Asks the database and the clients; asking often costs no more than asking once."""

    def __init__(self, ping: Ping, instances: Instances) -> None:
        self._ping = ping
        self._instances = instances
        self._lock = asyncio.Lock()
        self._database = False
        self._asked_at = float("-inf")

    async def look(self) -> ReadyReply:
        """Say what works."""
        async with self._lock:
            now = asyncio.get_running_loop().time()
            if now - self._asked_at >= ASK_EVERY:
                self._database = await self._answers()
                self._asked_at = now
        clients = any(
            each.kind == "client" and each.state == "ready"
            for each in self._instances.replies().backends
        )
        return ReadyReply(
            ready=self._database and clients, database=self._database, clients=clients
        )

    async def _answers(self) -> bool:
        try:
            async with asyncio.timeout(PING_WITHIN):
                await self._ping()
        except (Busy, TimeoutError):
            return False
        return True
