"""The moment at which a newer version takes the place of an older one."""

from tortoise.exceptions import IntegrityError

from ..domain import InfoHash
from ..errors import Busy
from .errors import answering
from .intents import episode_key
from .records import Intent, LinkState
from .removals import hide
from .statements import Statement
from .tables import EpisodeRow, LinkRow
from .touched import transaction_on
from .upgrades import upgrade_key

_TRIES = 5
# It changes nothing, and holds the row: a removal of the new torrent waits, or was first.
_HOLD_LIVE = Statement(
    "UPDATE links SET state = 'live' WHERE state = 'live' AND user_id = :user_id AND torrent_id ="
    " (SELECT id FROM torrents WHERE client = :client AND info_hash = :info_hash)"
)
_SETTLE = Statement(
    "UPDATE intents SET key = NULL WHERE id = :id AND key = :key AND state = 'done'"
)
_FREE = Statement(
    "UPDATE intents SET key = NULL WHERE key = :key AND client = :client AND info_hash = :info_hash"
)
_SUCCEED = Statement(
    "UPDATE intents SET key = :key WHERE id = :id"
    " AND NOT EXISTS (SELECT 1 FROM intents o WHERE o.key = :key)"
)


@answering
async def succeed(upgrade: Intent, replaced: InfoHash, cleanup: Intent) -> Intent | None:
    """Put a finished *upgrade* in the place of what it replaces, in one transaction.

    The episode's key becomes its own, its user's link to the *replaced* torrent is hidden,
    and the removal *cleanup* begun, which is returned.  None if there is nothing to remove:
    it was settled before, one of the two torrents left the user's list meanwhile, or the
    replaced one serves episodes that the new one does not, and stays.
    """
    for _ in range(_TRIES):
        try:
            async with transaction_on(upgrade.client, upgrade.info_hash, replaced):
                return await _succeed(upgrade, replaced, cleanup)
        except IntegrityError:
            continue  # somebody began to get the episode at this moment
    raise Busy("The database did not settle who was first.", retry_after=1)


async def _succeed(upgrade: Intent, replaced: InfoHash, cleanup: Intent) -> Intent | None:
    user_id, client = upgrade.user_id, upgrade.client
    if upgrade.work is None or upgrade.episode is None:
        return None
    if not await _HOLD_LIVE.changed(user_id=user_id, client=client, info_hash=upgrade.info_hash):
        return None  # it waits until the user's removal is carried out, or undone
    key = upgrade_key(user_id, upgrade.work, upgrade.episode)
    if not await _SETTLE.changed(id=upgrade.id, key=key):
        return None
    removal = await hide(cleanup) if await _goes(upgrade, replaced) else None
    key = episode_key(user_id, upgrade.work, upgrade.episode)
    await _FREE.changed(key=key, client=client, info_hash=replaced)
    await _SUCCEED.changed(key=key, id=upgrade.id)
    return removal


async def _goes(upgrade: Intent, replaced: InfoHash) -> bool:
    """Whether the replaced torrent is still the user's, and serves nothing that would be lost."""
    owned = LinkRow.filter(user_id=upgrade.user_id, torrent__client=upgrade.client)
    old = await owned.get_or_none(torrent__info_hash=replaced)
    if old is None or old.state == LinkState.REMOVING.value:
        return False
    new = await owned.get(torrent__info_hash=upgrade.info_hash)
    before, after = [
        set(await EpisodeRow.filter(link_id=link.id).values_list("work", "episode"))
        for link in (old, new)
    ]
    return before <= after
