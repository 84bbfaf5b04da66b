"""Links: who owns which torrent, and which episodes it serves for them."""

from collections.abc import Collection, Iterable
from datetime import UTC, datetime
from typing import Any

import msgspec
from tortoise.functions import Count
from tortoise.transactions import in_transaction

from ..domain import EntryId, InfoHash, WorkId
from ..errors import NotFound
from .errors import answering
from .records import IntentState, Link, LinkedEpisode, LinkState
from .tables import EpisodeRow, IntentRow, LinkRow, TorrentRow, UserRow

_SHOWN = (LinkState.PENDING.value, LinkState.LIVE.value, LinkState.MISSING.value)


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
    torrent = await _torrent(client, info_hash, name, present=present)
    link = await LinkRow.get_or_none(user_id=user_id, torrent_id=torrent.id)
    if link is None:
        link = await LinkRow.create(
            user_id=user_id,
            torrent_id=torrent.id,
            state=LinkState.PENDING.value,
            created_at=datetime.now(UTC),
        )
    elif link.state == LinkState.REMOVING.value:
        await _revive(link, client, info_hash)
    if episode is not None:
        await serve(link.id, episode)
    return torrent.foreign


async def _torrent(client: str, info_hash: InfoHash, name: str, *, present: bool) -> TorrentRow:
    torrent = await TorrentRow.get_or_none(client=client, info_hash=info_hash)
    if torrent is None:
        return await TorrentRow.create(
            client=client,
            info_hash=info_hash,
            name=name,
            foreign=present,
            added_at=datetime.now(UTC),
        )
    if torrent.foreign and not present:
        torrent.foreign = False
        await TorrentRow.filter(id=torrent.id).update(foreign=False)
    return torrent


async def _revive(link: LinkRow, client: str, info_hash: InfoHash) -> None:
    """Bring a link back that was to be removed, as it was before, and cancel its removal."""
    removals = IntentRow.filter(
        user_id=link.user_id,  # type: ignore[attr-defined]  # Tortoise makes it at run time
        kind="remove",
        client=client,
        info_hash=info_hash,
        state=IntentState.WAITING.value,
    )
    waiting = await removals.first()
    before = state_before(waiting.request) if waiting else LinkState.PENDING
    await LinkRow.filter(id=link.id).update(state=before.value)
    await removals.update(state=IntentState.CANCELLED.value, due_at=None)


def state_before(request: str) -> LinkState:
    """Return what a link was when its removal, of this recorded *request*, was begun."""
    return LinkState(msgspec.json.decode(request).get("was", LinkState.PENDING.value))


async def serve(link_id: int, episode: LinkedEpisode) -> None:
    """Record inside the caller's transaction that a link serves an episode."""
    known = await EpisodeRow.exists(link_id=link_id, work=episode.work, episode=episode.episode)
    if not known:
        await EpisodeRow.create(
            link_id=link_id,
            provider=episode.provider,
            entry=episode.entry,
            work=episode.work,
            episode=episode.episode,
        )


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
    """Record that a torrent which a user has already serves one more episode for them."""
    async with in_transaction():
        await serve(link.id, episode)


@answering
async def of_user(user_id: int) -> list[Link]:
    """Return what a user owns and has not removed, the newest first."""
    return await _links(LinkRow.filter(user_id=user_id, state__in=_SHOWN))


@answering
async def everybody() -> list[Link]:
    """Return all ownerships but those being removed, the newest first."""
    return await _links(LinkRow.filter(state__in=_SHOWN))


@answering
async def one(user_id: int, info_hash: InfoHash) -> Link:
    """Return a user's ownership of a torrent; `uuutd.errors.NotFound` if there is none."""
    found = await _links(
        LinkRow.filter(user_id=user_id, torrent__info_hash=info_hash, state__in=_SHOWN)
    )
    if not found:
        raise NotFound("You have no such torrent.")
    return found[0]


@answering
async def of_torrent(client: str, info_hash: InfoHash) -> list[Link]:
    """Return all ownerships of one torrent."""
    return await _links(
        LinkRow.filter(torrent__client=client, torrent__info_hash=info_hash, state__in=_SHOWN)
    )


@answering
async def known(client: str) -> set[InfoHash]:
    """Return the hashes of all torrents that we know of in a client."""
    rows = await TorrentRow.filter(client=client).values_list("info_hash", flat=True)
    return {InfoHash(str(row)) for row in rows}


@answering
async def mark(client: str, hashes: Iterable[InfoHash], *, missing: bool) -> int:
    """Record that torrents went missing from their client, or that they are back."""
    before, after = LinkState.LIVE, LinkState.MISSING
    if not missing:
        before, after = after, before
    return await LinkRow.filter(
        torrent__client=client, torrent__info_hash__in=list(hashes), state=before.value
    ).update(state=after.value)


@answering
async def want_pause(link: Link, *, wants: bool) -> bool:
    """Record that an owner wants the torrent paused or not; tell whether all owners want it so."""
    await LinkRow.filter(id=link.id).update(wants_pause=wants)
    return not await LinkRow.exists(torrent_id=link.torrent_id, wants_pause=False, state__in=_SHOWN)


@answering
async def paused_by(client: str, info_hash: InfoHash) -> tuple[int, int]:
    """Return how many owners of a torrent want it paused, and how many own it."""
    links = LinkRow.filter(torrent__client=client, torrent__info_hash=info_hash, state__in=_SHOWN)
    return await links.filter(wants_pause=True).count(), await links.count()


@answering
async def owner_names(links: Collection[Link]) -> dict[int, str]:
    """Return the names of the owners of *links*, by user id."""
    rows = await UserRow.filter(id__in=list({link.user_id for link in links}))
    return {row.id: row.name for row in rows}


async def _links(query: Any) -> list[Link]:
    rows = await query.order_by("-created_at", "-id").select_related("torrent")
    torrents = list({row.torrent_id for row in rows})
    owners = dict(
        await LinkRow.filter(torrent_id__in=torrents, state__in=_SHOWN)
        .annotate(owners=Count("id"))
        .group_by("torrent_id")
        .values_list("torrent_id", "owners")
    )
    episodes: dict[int, list[LinkedEpisode]] = {}
    for each in await EpisodeRow.filter(link_id__in=[row.id for row in rows]).order_by("episode"):
        served = LinkedEpisode(
            provider=each.provider,
            entry=EntryId(each.entry),
            work=WorkId(each.work),
            episode=each.episode,
        )
        episodes.setdefault(each.link_id, []).append(served)  # type: ignore[attr-defined]  # as below
    return [_read(row, owners.get(row.torrent_id, 0), episodes.get(row.id, [])) for row in rows]


def _read(row: LinkRow, owners: int, episodes: list[LinkedEpisode]) -> Link:
    return Link(
        id=row.id,
        user_id=row.user_id,  # type: ignore[attr-defined]  # Tortoise makes it at run time
        torrent_id=row.torrent.id,
        client=row.torrent.client,
        info_hash=InfoHash(row.torrent.info_hash),
        name=row.torrent.name,
        foreign=row.torrent.foreign,
        state=LinkState(row.state),
        wants_pause=row.wants_pause,
        added_at=row.torrent.added_at,
        owners=owners,
        episodes=tuple(episodes),
    )
