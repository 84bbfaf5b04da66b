"""Links: who owns which torrent, and which episodes it serves for them."""

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

import attrs
import msgspec

from ..domain import EntryId, InfoHash, Limits, WorkId
from ..errors import NotFound
from .aliases import resolve
from .errors import answering, reading
from .records import Intent, IntentState, Link, LinkedEpisode, LinkState
from .statements import Row, Statement, Step
from .tables import IntentRow, LinkRow, TorrentRow, UserRow
from .touched import touching, transaction_on

_LINKS = """
SELECT l.id, l.user_id, l.torrent_id, l.state, l.wants_pause, l.limit_down, l.limit_up, l.labels,
    t.client, t.info_hash, t.name, t."foreign" AS is_foreign, t.added_at,
    (SELECT count(*) FROM links o WHERE o.torrent_id = l.torrent_id
        AND o.state IN ('pending', 'live', 'missing')) AS owners
FROM links l JOIN torrents t ON t.id = l.torrent_id
"""
_EPISODES = """
SELECT e.link_id, e.provider, e.entry, e.work, e.episode
FROM link_episodes e JOIN links l ON l.id = e.link_id JOIN torrents t ON t.id = l.torrent_id
"""


class _Which:
    """Which links are read, with their episodes: those for which *where* holds."""

    def __init__(self, where: str) -> None:
        shown = f"l.state IN ('pending', 'live', 'missing') AND {where}"
        self.links = Statement(f"{_LINKS} WHERE {shown} ORDER BY l.created_at DESC, l.id DESC")
        self.episodes = Statement(f"{_EPISODES} WHERE {shown} ORDER BY e.episode")


_OF_USER = _Which("l.user_id = :user_id")
_EVERYBODYS = _Which("TRUE")
# A pack is known by the files that were chosen from it; what was added by hand may be one.
_PACKS = _Which("""
    l.user_id = :user_id AND t.client = :client AND NOT t."foreign"
    AND EXISTS (SELECT 1 FROM link_episodes s WHERE s.link_id = l.id AND s.work = :work)
    AND EXISTS (SELECT 1 FROM intents i WHERE i.user_id = l.user_id AND i.client = t.client
        AND i.info_hash = t.info_hash AND (i.kind = 'add' OR i.request LIKE '%"files":[%'))
""")
_ANOTHER = Statement("""
SELECT 1 FROM link_episodes e
JOIN links l ON l.id = e.link_id JOIN torrents t ON t.id = l.torrent_id
WHERE e.work = :work AND t.client = :client AND t.info_hash <> :info_hash
    AND (e.episode = :episode OR lower(t.name) = lower(:name))
LIMIT 1
""")
_OF_SHOW = Statement("""
SELECT DISTINCT t.info_hash FROM link_episodes e
JOIN links l ON l.id = e.link_id JOIN torrents t ON t.id = l.torrent_id
WHERE e.work = :work AND t.client = :client AND t.info_hash <> :info_hash
""")
_ONE = _Which("l.user_id = :user_id AND t.info_hash = :info_hash")
_OF_TORRENT = _Which("t.client = :client AND t.info_hash = :info_hash")
_TORRENT = Statement(
    'SELECT id, "foreign" AS is_foreign FROM torrents WHERE client = :client'
    " AND info_hash = :info_hash"
)
_LEAVING = Statement("""
SELECT t.client, t.info_hash FROM torrents t
WHERE NOT t."foreign" AND NOT EXISTS (SELECT 1 FROM links l WHERE l.torrent_id = t.id
    AND l.state IN ('pending', 'live', 'missing'))
""")
_TIE = Statement(
    "SELECT id, state FROM links WHERE user_id = :user_id AND torrent_id = :torrent_id"
)
_NEW_TORRENT = Statement(
    'INSERT INTO torrents (client, info_hash, name, "foreign", added_at)'
    " VALUES (:client, :info_hash, :name, :is_foreign, :now)"
    ' ON CONFLICT (client, info_hash) DO NOTHING RETURNING id, "foreign" AS is_foreign'
)
_NEW_TIE = Statement(
    "INSERT INTO links (user_id, torrent_id, state, wants_pause, created_at)"
    " VALUES (:user_id, :torrent_id, 'pending', FALSE, :now)"
    " ON CONFLICT (user_id, torrent_id) DO NOTHING RETURNING id"
)
_WISH_NOTHING = Statement(
    "UPDATE links SET wants_pause = FALSE, limit_down = NULL, limit_up = NULL WHERE id = :link_id"
)
_SERVE = Statement(
    "INSERT INTO link_episodes (link_id, provider, entry, work, episode)"
    " VALUES (:link_id, :provider, :entry, :work, :episode)"
    " ON CONFLICT (link_id, work, episode) DO NOTHING"
)
_FIRST_TORRENT = Statement(
    'INSERT INTO torrents (client, info_hash, name, "foreign", added_at)'
    " VALUES (:client, :info_hash, :name, :is_foreign, :now)"
    " ON CONFLICT (client, info_hash) DO NOTHING RETURNING id"
)
_FIRST_TIE = Statement("""
INSERT INTO links (user_id, torrent_id, state, wants_pause, created_at)
VALUES (:user_id, (SELECT id FROM torrents WHERE client = :client AND info_hash = :info_hash),
    'pending', FALSE, :now) RETURNING id
""")
_FIRST_SERVED = Statement("""
INSERT INTO link_episodes (link_id, provider, entry, work, episode)
VALUES ((SELECT l.id FROM links l JOIN torrents t ON t.id = l.torrent_id
    WHERE l.user_id = :user_id AND t.client = :client AND t.info_hash = :info_hash),
    :provider, :entry, :work, :episode) RETURNING id
""")


def own_first(
    user_id: int,
    *,
    client: str,
    info_hash: InfoHash,
    name: str,
    present: bool,
    episode: LinkedEpisode | None,
) -> tuple[Step, ...]:
    """Return what `own` does if nobody has owned the torrent yet, which is the usual case."""
    which = {"client": client, "info_hash": info_hash, "now": datetime.now(UTC)}
    tie = {**which, "user_id": user_id}
    first = (
        (_FIRST_TORRENT, {**which, "name": name, "is_foreign": present}),
        (_FIRST_TIE, tie),
    )
    if episode is None:
        return first
    return (*first, (_FIRST_SERVED, {**tie, **attrs.asdict(episode)}))


async def own(
    user_id: int,
    *,
    client: str,
    info_hash: InfoHash,
    name: str,
    present: bool,
    episode: LinkedEpisode | None,
) -> bool:
    """Record inside the caller's transaction that a user owns a torrent; tell if it is foreign.

    It is foreign if it is *present* in the client although nobody here owned it before,
    and no longer once it is gone from there.  A removal of the torrent that still waits is
    cancelled: the user wants it again.
    """
    torrent_id, foreign = await _torrent(client, info_hash, name, present=present)
    both = {"user_id": user_id, "torrent_id": torrent_id}
    tie = await _NEW_TIE.row(**both, now=datetime.now(UTC))
    if tie is None:
        (tie,) = await _TIE.rows(**both)
        if tie["state"] == LinkState.REMOVING.value:
            await _revive(tie["id"], user_id, client, info_hash)
        if not present:  # it begins anew, and runs
            await _WISH_NOTHING.changed(link_id=tie["id"])
    if episode is not None:
        await serve(tie["id"], episode)
    return foreign


async def _torrent(
    client: str, info_hash: InfoHash, name: str, *, present: bool
) -> tuple[int, bool]:
    """Return the id of a torrent, recorded if it was not, and whether it is foreign."""
    which = {"client": client, "info_hash": info_hash}
    new = {**which, "name": name, "is_foreign": present}
    known = await _NEW_TORRENT.row(**new, now=datetime.now(UTC))
    if known is None:
        (known,) = await _TORRENT.rows(**which)
    foreign = bool(known["is_foreign"])
    if foreign and not present:
        foreign = False
        await TorrentRow.filter(id=known["id"]).update(foreign=False)
    return known["id"], foreign


async def _revive(link_id: int, user_id: int, client: str, info_hash: InfoHash) -> None:
    """Bring a link back that was to be removed, as it was before, and cancel its removal."""
    removals = IntentRow.filter(
        user_id=user_id,
        kind="remove",
        client=client,
        info_hash=info_hash,
        state=IntentState.WAITING.value,
    )
    waiting = await removals.first()
    before = state_before(waiting.request) if waiting else LinkState.PENDING
    await LinkRow.filter(id=link_id).update(state=before.value)
    await removals.update(state=IntentState.CANCELLED.value, due_at=None)


def state_before(request: str) -> LinkState:
    """Return what a link was when its removal, of this recorded *request*, was begun."""
    return LinkState(msgspec.json.decode(request).get("was", LinkState.PENDING.value))


async def serve(link_id: int, episode: LinkedEpisode) -> None:
    """Record inside the caller's transaction that a link serves an episode."""
    await _SERVE.changed(link_id=link_id, **attrs.asdict(episode))


async def find_link(user_id: int, client: str | None, info_hash: InfoHash | None) -> LinkRow:
    """Return a user's link to a torrent in a client; `uuutd.errors.NotFound` if none."""
    row = await LinkRow.get_or_none(
        user_id=user_id, torrent__client=client, torrent__info_hash=info_hash
    )
    if row is None:
        raise NotFound("You have no such torrent.")
    return row


@answering
async def also_serves(link: Link, episode: LinkedEpisode) -> None:
    """Record that a torrent which a user has already serves one more episode for them.

    Raises `uuutd.errors.NotFound` if they have removed it.
    """
    async with transaction_on(link.client, link.info_hash):
        there = LinkRow.filter(id=link.id).exclude(state=LinkState.REMOVING.value)
        if await there.select_for_update().first() is None:
            raise NotFound("You have no such torrent.")
        await serve(link.id, episode)


@reading
async def of_user(user_id: int) -> list[Link]:
    """Return what a user owns and has not removed, the newest first."""
    return await _links(_OF_USER, user_id=user_id)


@reading
async def packs(user_id: int, client: str, work: WorkId) -> list[Link]:
    """Return a user's own packs in a client that serve episodes of a show, the newest first.

    Those are not among them that the client had from somebody else.
    """
    return await _links(_PACKS, user_id=user_id, client=client, work=work)


@reading
async def has_another(intent: Intent, name: str) -> bool:
    """Whether the client of *intent* has another torrent, anybody's, that is in its way.

    That is one for the same episode, or for another of the show and called *name*, too.
    """
    if intent.work is None or intent.episode is None:
        return False
    row = await _ANOTHER.row(
        work=intent.work,
        episode=intent.episode,
        client=intent.client,
        info_hash=intent.info_hash,
        name=name,
    )
    return row is not None


@reading
async def of_show(intent: Intent) -> list[InfoHash]:
    """Return all other torrents, anybody's, that the client of *intent* has of its show.

    Those that it is just being given are among them.
    """
    rows = await _OF_SHOW.rows(work=intent.work, client=intent.client, info_hash=intent.info_hash)
    return [InfoHash(row["info_hash"]) for row in rows]


@answering
async def everybody() -> list[Link]:
    """Return all ownerships but those being removed, the newest first."""
    return await _links(_EVERYBODYS)


@answering
async def one(user_id: int, info_hash: InfoHash) -> Link:
    """Return a user's ownership of a torrent, by any of its hashes that are known.

    Raises `uuutd.errors.NotFound` if there is none.
    """
    found = await _links(_ONE, user_id=user_id, info_hash=info_hash)
    if not found:
        known = await resolve(info_hash)
        found = await _links(_ONE, user_id=user_id, info_hash=known)
    if not found:
        raise NotFound("You have no such torrent.")
    return found[0]


@answering
async def of_torrent(client: str, info_hash: InfoHash) -> list[Link]:
    """Return all ownerships of one torrent."""
    return await _links(_OF_TORRENT, client=client, info_hash=info_hash)


@answering
async def known(client: str) -> set[InfoHash]:
    """Return the hashes of all torrents that we know of in a client."""
    rows = await TorrentRow.filter(client=client).values_list("info_hash", flat=True)
    return {InfoHash(str(row)) for row in rows}


@answering
async def leaving() -> set[tuple[str, InfoHash]]:
    """Return the torrents, with their clients, that are ours and on nobody's list any more."""
    return {(row["client"], InfoHash(row["info_hash"])) for row in await _LEAVING.rows()}


@answering
async def is_ours(client: str, info_hash: InfoHash) -> bool:
    """Whether a torrent of a client is ours, on anybody's list or not."""
    rows = await _TORRENT.rows(client=client, info_hash=info_hash)
    return any(not row["is_foreign"] for row in rows)


@answering
async def mark(client: str, hashes: Iterable[InfoHash], *, missing: bool) -> int:
    """Record that torrents went missing from their client, or that they are back."""
    before, after = LinkState.LIVE, LinkState.MISSING
    if not missing:
        before, after = after, before
    marked = tuple(hashes)
    with touching(client, *marked):
        return await LinkRow.filter(
            torrent__client=client, torrent__info_hash__in=marked, state=before.value
        ).update(state=after.value)


@answering
async def want_pause(link: Link, *, wants: bool) -> bool:
    """Record that an owner wants the torrent paused or not; tell whether all owners want it so.

    Who is about to leave counts until their removal is carried out: it may be undone.
    """
    with touching(link.client, link.info_hash):
        await LinkRow.filter(id=link.id).update(wants_pause=wants)
    return not await LinkRow.exists(torrent_id=link.torrent_id, wants_pause=False)


@answering
async def paused_by(client: str, info_hash: InfoHash) -> tuple[int, int]:
    """Return how many owners of a torrent want it paused, and how many own it."""
    links = LinkRow.filter(torrent__client=client, torrent__info_hash=info_hash)
    return await links.filter(wants_pause=True).count(), await links.count()


@answering
async def owner_names(user_ids: Collection[int]) -> dict[int, str]:
    """Return the names of users, by id."""
    rows = await UserRow.filter(id__in=list(user_ids))
    return {row.id: row.name for row in rows}


async def _links(which: _Which, **values: Any) -> list[Link]:
    served: dict[int, list[LinkedEpisode]] = {}
    rows = await which.links.rows(**values)
    for each in await which.episodes.rows(**values) if rows else ():
        episode = LinkedEpisode(
            provider=each["provider"],
            entry=EntryId(each["entry"]),
            work=WorkId(each["work"]),
            episode=each["episode"],
        )
        served.setdefault(each["link_id"], []).append(episode)
    return [_read(row, served.get(row["id"], ())) for row in rows]


def _read(row: Row, episodes: Sequence[LinkedEpisode]) -> Link:
    return Link(
        id=row["id"],
        user_id=row["user_id"],
        torrent_id=row["torrent_id"],
        client=row["client"],
        info_hash=InfoHash(row["info_hash"]),
        name=row["name"],
        foreign=bool(row["is_foreign"]),
        state=LinkState(row["state"]),
        wants_pause=bool(row["wants_pause"]),
        added_at=row["added_at"],
        owners=row["owners"],
        limits=Limits(down=row["limit_down"], up=row["limit_up"]),
        labels=tuple(msgspec.json.decode(row["labels"])) if row["labels"] else (),
        episodes=tuple(episodes),
    )
