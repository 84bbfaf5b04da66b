"""Newer versions of what users have, seen in searches that were made for whatever reason."""

import logging

import attrs

from ..domain import Choice, Release, Taste, WorkId
from ..errors import Error
from ..store import upgrades as stored
from ..store.records import Findings, Link, Search
from ..tasks import Tasks
from ..wire import NoticeEvent
from . import replies
from .events import Events
from .newer import newer_than
from .torrents import Torrents
from .watchlists import Listed

log = logging.getLogger("uuutd.upgrades")


@attrs.frozen
class Held:
    """The torrent that serves an episode for a user, and what its release is called."""

    link: Link
    title: str

    @property
    def serves_more(self) -> bool:
        """Whether other episodes would be lost with it: then it is not replaced."""
        return len(self.link.episodes) > 1


class Offers:
    """Tells users of newer versions, each once.  Nothing is searched for that, and none taken."""

    def __init__(self, torrents: Torrents, events: Events, tasks: Tasks) -> None:
        self._torrents = torrents
        self._events = events
        self._tasks = tasks

    async def newest_held(self, user_id: int, work: WorkId) -> int | None:
        """Return the last episode of a show that a user has, None if they have none."""
        serving = await self._torrents.serving(user_id)
        return max((number for show, number in serving if show == work), default=None)

    async def held(
        self, user_id: int, work: WorkId, episode: int, *, look: bool = True
    ) -> Held | None:
        """Return what serves an episode for a user, None if nothing does.

        *look* is as for `Torrents.serving`.
        """
        serving = (await self._torrents.serving(user_id, look=look)).get((work, episode))
        if serving is None:
            return None
        link, torrent = serving.link, serving.torrent
        title = await stored.title_taken(user_id, link.client, link.info_hash)
        if title is None:  # added by hand, perhaps by nothing but its hash
            unnamed = torrent is not None and link.name == link.info_hash
            title = torrent.name if torrent and unnamed else link.name
        return Held(link, title)

    async def seen(self, user_id: int, listed: Listed, choice: Choice, taste: Taste) -> str | None:
        """Return the id of a newer version of what a user has, if they want to know.

        The first time that it is seen they are told of it, also where they did not look.
        """
        if taste.upgrades == "off":
            return None
        episode = choice.wanted.episode
        held = await self.held(user_id, listed.work, episode, look=False)
        release = None if held is None else newer_in(choice, taste, held)
        if held is None or release is None:
            return None
        notice = NoticeEvent(
            code="upgrade",
            text=f"{listed.entry.work.titles} episode {episode}: "
            f"{release.title} replaces {held.title}",
            provider=listed.provider,
            entry=listed.entry.id,
            episode=episode,
            release=replies.release_id(release),
        )
        await self._tell(user_id, notice)
        return notice.release

    async def found(self, user_id: int, search: Search, findings: Findings) -> str | None:
        """Return the id of what a kept search found that is newer than what its user has now."""
        if findings.taste.upgrades == "off":
            return None
        held = await self.held(user_id, search.work, search.episode, look=False)
        if held is None or held.serves_more:
            return None
        others = {
            id(each.release): each.id
            for each in findings.candidates
            if not each.rejections and each.release.info_hash != held.link.info_hash
        }
        fitting = [each.release for each in findings.candidates if id(each.release) in others]
        release = newer_than(held.title, fitting, findings.wanted, findings.taste)
        return None if release is None else others[id(release)]

    def look_later(self, user_id: int, listed: Listed, choice: Choice, taste: Taste) -> None:
        """Do what `seen` does in the background."""
        self._tasks.spawn(self.seen(user_id, listed, choice, taste), name="newer versions")

    async def _tell(self, user_id: int, notice: NoticeEvent) -> None:
        try:
            news = await stored.is_news(user_id, notice.release)
        except Error as error:  # whoever looks at releases gets to see them all the same
            log.warning("nobody is told of a newer version: %s", error)
            return
        if news:
            self._events.publish("notice", notice, user_id=user_id)


def newer_in(choice: Choice, taste: Taste, held: Held) -> Release | None:
    """Return the release of a choice that is a newer version of what is held, None if none is."""
    if held.serves_more:
        return None
    fitting = (v.release for v in choice.verdicts if v.fits)
    others = (release for release in fitting if release.info_hash != held.link.info_hash)
    return newer_than(held.title, others, choice.wanted, taste)
