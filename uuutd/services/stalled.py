"""Downloads that do not move: another release is taken in their place.

Only what the daemon itself chose is given up, see docs/decisions/0006-stalled.md.
"""

import asyncio
import logging
import uuid
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from ..config import Stalled
from ..domain import InfoHash, Torrent, TrackerState
from ..errors import Error
from ..instances import Instances
from ..store import blocks, links
from ..store.blocks import STALLED, TRIES
from ..store.records import Intent, IntentState, Link, LinkState
from ..store.upgrades import REPLACES, is_news, upgrade_key
from ..tasks import Tasks
from ..wire import NoticeEvent
from .events import Events
from .idleness import ACTIVE, Idleness
from .jobs import Jobs
from .run import waiting
from .snapshots import Snapshot, Snapshots

SLOWEST = 60.0
"""Seconds between two looks at most."""
LOOKS = 4
"""How often at least to look within the shortest time that counts."""
AT_ONCE = 5
"""How many downloads of one client are given up at one look; the others follow at the next."""
CUT_OFF_FROM = 3
"""As many downloads that know nobody at once may be due to the network as well."""

log = logging.getLogger("uuutd.stalled")


class StalledDownloads:
    """Watches downloads, and lets jobs of other releases follow those that do not move."""

    def __init__(
        self,
        settings: Stalled,
        jobs: Jobs,
        instances: Instances,
        snapshots: Snapshots,
        *,
        events: Events,
        tasks: Tasks,
    ) -> None:
        self._settings = settings
        self._jobs = jobs
        self._instances = instances
        self._snapshots = snapshots
        self._events = events
        self._tasks = tasks
        self._idle: dict[str, Idleness] = {}
        self._blocked: set[InfoHash] | None = None
        jobs.listen(self._ended)

    async def forever(self) -> None:
        """Look again and again."""
        limits = (
            self._settings.metadata_minutes,
            self._settings.no_seeders_minutes,
            self._settings.no_progress_minutes,
        )
        shortest = min((60 * limit for limit in limits if limit), default=None)
        if shortest is None or not self._settings.replacements:
            return
        while True:
            try:
                await self.look()
            except Error as error:
                log.warning("downloads that do not move are looked for later: %s", error)
            except Exception:  # whatever it is, the next look must come
                log.exception("a look for downloads that do not move failed")
            await asyncio.sleep(min(SLOWEST, shortest / LOOKS))

    async def look(self) -> None:
        """Look at every client once; one that does not answer counts for nothing."""
        if self._blocked is None:
            self._blocked = await blocks.hashes()
        for snapshot in self._snapshots.all():
            idle = self._idle.setdefault(snapshot.name, Idleness(self._settings))
            try:
                await self._snapshots.refresh(snapshot)
            except Error as error:
                log.debug("%s does not say what moves: %s", snapshot.name, error)
                idle.interrupt()
                continue
            await self._look_at(snapshot, idle)

    async def _look_at(self, snapshot: Snapshot, idle: Idleness) -> None:
        rows = dict(snapshot.rows)  # as of now: it goes on changing
        now = asyncio.get_running_loop().time()
        if await self._is_cut_off(snapshot.name, rows):
            log.info("%s has no connection at all: no download is given up", snapshot.name)
            idle.interrupt()
            return
        for info_hash in idle.look(rows, now) & (self._blocked or set()):
            await blocks.lift(info_hash)
            self._blocked = (self._blocked or set()) - {info_hash}
        for info_hash, why in list(idle.overdue().items())[:AT_ONCE]:
            idle.forget(info_hash)
            for link in await links.of_torrent(snapshot.name, info_hash):
                await self._give_up(link, rows[info_hash], why)

    async def _is_cut_off(self, name: str, rows: Mapping[InfoHash, Torrent]) -> bool:
        """Whether it is the network that fails: nobody is connected, and no tracker answers."""
        active = [row for row in rows.values() if row.state in ACTIVE]
        if len(active) < CUT_OFF_FROM or any(map(_has_company, rows.values())):
            return False
        return not await self._has_tracker(name, active[:CUT_OFF_FROM])

    async def _has_tracker(self, name: str, rows: Iterable[Torrent]) -> bool:
        return any([await self._is_announced(name, row.info_hash) for row in rows])

    async def _is_announced(self, name: str, info_hash: InfoHash) -> bool:
        """Whether a tracker of the torrent answers its client."""
        try:
            found = await self._instances.client(name).call(
                "trackers", lambda c: c.trackers(info_hash)
            )
        except Error:
            return False
        return any(tracker.state is TrackerState.WORKING for tracker in found)

    async def _give_up(self, link: Link, row: Torrent, why: str) -> None:
        """Let another release follow what a user has, if the daemon chose it for one episode."""
        if link.foreign or link.state is not LinkState.LIVE or len(link.episodes) != 1:
            return
        intent = await blocks.chosen(link)
        if intent is None or intent.work is None or intent.episode is None:
            return
        if intent.request.get(TRIES, 0) >= self._settings.replacements:
            text = f"{row.name}: {why}. {self._settings.replacements} others were tried before"
            await self._tell(intent, "cap", f"{text}: it stays, and you may pick another.")
            return
        draft = _draft(intent, why)
        begun = await blocks.begin(draft, intent, draft.steps)
        if begun is not None:
            log.warning("%s is given up: %s", row.name, why)
            self._blocked = (self._blocked or set()) | {row.info_hash}
            self._jobs.launch(begun)

    def _ended(self, intent: Intent) -> None:
        if intent.request.get(STALLED) and intent.kind == "get":
            self._tasks.spawn(self._report(intent), name="tell of what is stalled")

    async def _report(self, intent: Intent) -> None:
        what, why = f"{intent.title} episode {intent.episode}", intent.request[STALLED]
        if intent.state is IntentState.DONE and intent.release is not None:
            text = f"{what}: {why}. {intent.release.title} takes its place."
            await self._tell(intent, "new", text)
        elif intent.state is IntentState.FAILED and intent.problem is not None:
            await self._tell(intent, "old", f"{what}: {why}. It stays: {intent.problem.detail}")

    async def _tell(self, intent: Intent, what: str, text: str) -> None:
        """Tell the user of *intent* a thing once; *what* names it in three letters."""
        try:
            news = await is_news(intent.user_id, f"{intent.id[:12]}:{what}")
        except Error as error:
            log.warning("nobody is told of a stalled download: %s", error)
            return
        if news and intent.provider and intent.entry and intent.episode is not None:
            notice = NoticeEvent(
                code="stalled",
                text=text,
                provider=intent.provider,
                entry=intent.entry,
                episode=intent.episode,
                release=intent.release.id if intent.release else "",
            )
            self._events.publish("notice", notice, user_id=intent.user_id)


def _has_company(row: Torrent) -> bool:
    return bool(row.seeders or row.leechers or row.down_rate or row.up_rate)


def _draft(blocked: Intent, why: str) -> Intent:
    assert blocked.work is not None  # noqa: S101 - its caller looked
    assert blocked.episode is not None  # noqa: S101
    now = datetime.now(UTC)
    return Intent(
        id=uuid.uuid4().hex,
        user_id=blocked.user_id,
        kind="get",
        state=IntentState.NEW,
        key=upgrade_key(blocked.user_id, blocked.work, blocked.episode),
        work=blocked.work,
        provider=blocked.provider,
        entry=blocked.entry,
        title=blocked.title,
        episode=blocked.episode,
        client=blocked.client,
        request={
            "release": None,
            "force": False,
            REPLACES: blocked.info_hash,
            STALLED: why,
            TRIES: blocked.request.get(TRIES, 0) + 1,
        },
        steps=waiting("resolve", "search", "choose", "add", "link"),
        follows=blocked.id,
        created_at=now,
        updated_at=now,
    )
