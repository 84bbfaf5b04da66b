"""Which torrent client gets a download, where several are configured."""

from ..instances import Instances
from ..store import preferences
from ..store.preferences import Show


class Routing:
    """Follows the rules in their order.

    The client that was asked for; the one that the user wants for the show; the one that
    they want for all; the one that is configured first.  A wanted client that is no longer
    configured is passed over, an asked one raises `uuutd.errors.NotFound`.
    """

    def __init__(self, instances: Instances) -> None:
        self._instances = instances

    async def client(self, user_id: int, asked: str | None, show: Show | None) -> str:
        """Return the name of the client for a download of *show*, or of no show that is known."""
        if asked is not None:
            return self._instances.client(asked).name
        if len(self._instances.clients) > 1:
            of_all, of_show = await preferences.load(user_id, show)
            for said in (of_show, of_all):
                wanted = None if said is None else said.client
                if wanted is not None and wanted in self._instances.clients:
                    return wanted
        return self._instances.default_client().name
