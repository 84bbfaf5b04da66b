"""Upgrades: a newer version of an episode, got when a user asks and put in place when finished.

The old torrent stays until every wanted byte of the new one is on the disk, or, if it does not
move itself, until the client has the new one.  What is to be
replaced stands in the new job's record; see `uuutd.store.upgrades` for its key.
"""

import asyncio
import logging
import uuid
from collections.abc import Collection
from datetime import UTC, datetime

import attrs

from ..domain import EntryId, InfoHash, Release
from ..errors import Error, NoRelease, NotFound
from ..instances import Instances
from ..store import intents, successions
from ..store import upgrades as stored
from ..store.blocks import STALLED
from ..store.records import Intent, IntentState, User
from ..tasks import Tasks
from ..wire import HeldReleaseReply, UpgradeReply
from . import replies
from .jobs import Jobs
from .newer import named, read_made
from .offers import Held, Offers, newer_in
from .releases import Chosen, Releases, which_episode
from .remover import removal
from .run import waiting
from .snapshots import Snapshots
from .torrents import Torrents
from .watchlists import Listed, Watchlists

log = logging.getLogger("uuutd.upgrades")


@attrs.frozen
class _Look:
    """What a user has of an episode, and what a search found for it."""

    listed: Listed
    episode: int
    held: Held
    chosen: Chosen
    newer: Release | None


class Upgrades:
    """Finds newer versions when users ask, gets them, and then removes what they replace."""

    def __init__(
        self,
        jobs: Jobs,
        watchlists: Watchlists,
        releases: Releases,
        offers: Offers,
        torrents: Torrents,
        instances: Instances,
        snapshots: Snapshots,
        tasks: Tasks,
    ) -> None:
        self._jobs = jobs
        self._watchlists = watchlists
        self._releases = releases
        self._offers = offers
        self._torrents = torrents
        self._instances = instances
        self._snapshots = snapshots
        self._tasks = tasks
        self._awaited: set[tuple[str | None, InfoHash | None]] = set()
        self._settling = asyncio.Lock()
        snapshots.listen(self._moved)
        jobs.listen(self._ended)

    # --- asking -----------------------------------------------------------------------------

    async def look(
        self, user: User, provider: str, entry_id: EntryId, episode: int | None
    ) -> UpgradeReply:
        """Say what a user has of an episode, by default the last they have, and what is newer.

        Raises `uuutd.errors.NotFound` if they do not have it.
        """
        listed, number = await self._locate(user, provider, entry_id, episode)
        found = await self._look(user, listed, number)
        wanted, taste = found.chosen.choice.wanted, found.chosen.taste
        made = read_made(named(found.held.title), wanted, taste)
        return UpgradeReply(
            provider=listed.provider,
            entry=entry_id,
            title=str(listed.entry.work.titles),
            episode=number,
            current=HeldReleaseReply(
                title=found.held.title,
                info_hash=found.held.link.info_hash,
                group=made.group if made else None,
                version=made.version if made else None,
                serves=len(found.held.link.episodes),
            ),
            available=next(
                (
                    replies.judged_release(verdict)
                    for verdict in found.chosen.choice.verdicts
                    if verdict.release is found.newer
                ),
                None,
            ),
            failures=found.chosen.found.failures,
        )

    async def begin(self, user: User, provider: str, entry_id: EntryId, episode: int | None) -> str:
        """Start to get a newer version, or join the job that gets it; return the job's id.

        Raises `uuutd.errors.NoRelease` if there is none.
        """
        listed, number = await self._locate(user, provider, entry_id, episode)
        under_way = await stored.under_way(user.id, listed.work, number)
        if under_way is not None:
            return under_way.id
        found = await self._look(user, listed, number)
        if found.newer is None:
            raise _none(found)
        intent, new = await intents.begin(_draft(user, found, found.newer))
        self._jobs.launch(intent, listed, fresh=new)
        return intent.id

    async def _locate(
        self, user: User, provider: str, entry_id: EntryId, episode: int | None
    ) -> tuple[Listed, int]:
        listed = await self._watchlists.locate(user.id, provider, entry_id)
        if episode is None:
            episode = await self._offers.newest_held(user.id, listed.work)
        if episode is None:
            raise NotFound(f"You have no episode of {listed.entry.work.titles}.")
        return listed, which_episode(listed.entry, episode)

    async def _look(self, user: User, listed: Listed, episode: int) -> _Look:
        held = await self._offers.held(user.id, listed.work, episode)
        if held is None:
            raise NotFound(
                f"You do not have episode {episode} of {listed.entry.work.titles}.",
                hint=f"Get it: uuut get {listed.provider}:{listed.entry.id} {episode}",
            )
        chosen = await self._releases.choose(user.id, listed, episode)
        self._releases.keep(user.id, listed, chosen)
        newer = newer_in(chosen.choice, chosen.taste, held)
        return _Look(listed, episode, held, chosen, newer)

    # --- putting in place -------------------------------------------------------------------

    def _moved(self, client: str, hashes: Collection[InfoHash]) -> None:
        rows = self._snapshots.of(client).rows
        for info_hash in hashes:
            row = rows.get(info_hash)
            if (client, info_hash) in self._awaited and row is not None and row.finished:
                self._settle_soon()
                return

    def _ended(self, intent: Intent) -> None:
        """Look at an upgrade whose torrent may have been finished before its job was."""
        if stored.REPLACES in intent.request and intent.state is IntentState.DONE:
            self._settle_soon()

    def _settle_soon(self) -> None:
        self._tasks.spawn(self._settle_all(), name="settle upgrades")

    async def _settle_all(self) -> None:
        try:
            await self.settle()
        except Error as error:
            log.warning("an upgrade is put in place later: %s", error)

    async def settle(self) -> None:
        """Put what is finished in the place of what it replaces; also after a restart."""
        async with self._settling:
            unsettled = await stored.unsettled()
            self._awaited = {(intent.client, intent.info_hash) for intent in unsettled}
            for intent in unsettled:
                if await self._is_due(intent):
                    await self._succeed(intent)

    async def _is_due(self, intent: Intent) -> bool:
        """Whether the new torrent is finished, or there if the old one is given up.

        The client itself is asked, as what is known of it may be of a torrent that went before.
        """
        info_hash, name = intent.info_hash, intent.client or ""
        if info_hash is None or name not in self._instances.clients:
            return False
        row = self._snapshots.of(name).rows.get(info_hash)
        given_up = bool(intent.request.get(STALLED))
        if not given_up and (row is None or not row.finished):
            return False
        try:
            rows = await self._instances.client(name).call(
                "torrents", lambda c: c.torrents([info_hash])
            )
        except Error as error:
            log.info("whether %s is finished is asked again later: %s", info_hash, error)
            return False
        return any(row.info_hash == info_hash and (given_up or row.finished) for row in rows)

    async def _succeed(self, intent: Intent) -> None:
        replaced = InfoHash(intent.request[stored.REPLACES])
        cleanup = removal(
            attrs.evolve(intent, info_hash=replaced), delete_files=True, due_at=datetime.now(UTC)
        )
        try:
            begun = await successions.succeed(intent, replaced, cleanup)
        except NotFound:  # its user removed the old one at this moment; the next round sees that
            return
        if begun is not None:
            self._torrents.gone(intent.user_id, replaced)
            self._jobs.launch(begun)


def _draft(user: User, found: _Look, newer: Release) -> Intent:
    listed, now = found.listed, datetime.now(UTC)
    return Intent(
        id=uuid.uuid4().hex,
        user_id=user.id,
        kind="get",
        state=IntentState.NEW,
        key=stored.upgrade_key(user.id, listed.work, found.episode),
        work=listed.work,
        provider=listed.provider,
        entry=listed.entry.id,
        title=str(listed.entry.work.titles),
        episode=found.episode,
        client=found.held.link.client,
        request={
            "release": replies.release_id(newer),
            "force": False,
            stored.REPLACES: found.held.link.info_hash,
        },
        steps=waiting("resolve", "search", "choose", "add", "link"),
        created_at=now,
        updated_at=now,
    )


def _none(found: _Look) -> NoRelease:
    if found.held.serves_more:
        return NoRelease(
            f"{found.held.title} serves other episodes of yours, too, and is not replaced for one."
        )
    silent = ", ".join(str(failure.backend) for failure in found.chosen.found.failures)
    return NoRelease(
        f"There is no newer version of {found.held.title}."
        + (f" These did not answer: {silent}." if silent else ""),
        hint="Only a higher version by the same group counts; "
        f"all that was found: uuut releases {found.listed.provider}:{found.listed.entry.id} "
        f"{found.episode}",
    )
