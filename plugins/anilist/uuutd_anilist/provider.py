"""AniList as a watchlist provider."""

from collections.abc import Mapping
from datetime import UTC, datetime

from uuutd.backends import (
    Host,
    ProgressWriter,
    RelationReader,
    TitleSearcher,
    WatchlistProvider,
)
from uuutd.domain import Account, Entry, EntryId, LinkPrompt, ListStatus, Relation, Secret
from uuutd.errors import BadReply, Invalid, LinkExpired, LinkReadOnly, NotFound, Problem
from uuutd.text import clean

from . import linking, queries, reading
from .api import Api, Rejected
from .config import AniListConfig
from .pacing import Pacer
from .relatives import Relatives

MOST_CHUNKS = 22
"""AniList keeps at most 11,000 entries for a user and gives 500 at a time."""


class AniList(WatchlistProvider[AniListConfig], ProgressWriter, TitleSearcher, RelationReader):
    """The watchlists of one AniList."""

    name = "anilist"
    title = "AniList"
    Config = AniListConfig

    def __init__(self, config: AniListConfig, host: Host) -> None:
        super().__init__(config, host)
        self._api = Api(config.url, host, Pacer(config.rate))
        self._linker = linking.Linker(config, self._api, host.http)
        self._relatives = Relatives(self._api, host.log)

    async def check(self) -> str:
        """Ask AniList for nothing, and return how many requests a minute it allows us.

        That it was switched off a moment ago is no reason not to ask: somebody may know better.
        """
        self._api.pacer.reopen()
        await self._api.ask(queries.PING)
        return f"{self._api.pacer.limit} requests a minute"

    def link_prompt(self, redirect_uri: str, state: str) -> LinkPrompt:
        """Say where a user goes to link."""
        return linking.prompt(self.config, redirect_uri, state)

    async def link(self, fields: Mapping[str, str], redirect_uri: str) -> Account:
        """Make an account of ``answer`` or ``username``; ``state`` may stand beside them."""
        return await self._linker.link(fields, redirect_uri)

    async def watching(self, account: Account) -> list[Entry]:
        """Return what stands on CURRENT and REPEATING, on the user's own lists too."""
        found: dict[EntryId, Entry] = {}
        for chunk in range(1, MOST_CHUNKS + 1):
            collection = await self._collection(account, chunk)
            for group in reading.objects(collection.get("lists")):
                for entry in self._entries(group.get("entries")):
                    found.setdefault(entry.id, entry)
            if collection.get("hasNextChunk") is not True:
                break
        return list(found.values())

    async def _collection(self, account: Account, chunk: int) -> dict[str, object]:
        user, token = _user(account), _token(account)
        try:
            data = await self._api.ask(queries.WATCHING, token=token, user=user, chunk=chunk)
        except NotFound as error:
            raise LinkExpired(
                f"AniList no longer shows us the list of {account.name}: {error.detail}",
                hint="A private list has to be linked with a token.",
            ) from error
        collection = data.get("MediaListCollection")
        if not isinstance(collection, dict) or not isinstance(collection.get("lists"), list):
            raise BadReply("AniList answered without a list")
        return collection

    def _entries(self, nodes: object) -> list[Entry]:
        now, found = datetime.now(UTC), []
        for node in reading.objects(nodes):
            try:
                entry = reading.entry(node, now)
            except reading.Odd as odd:
                self.host.log.warning("left out of a list: %s", odd)
                continue
            if entry.status in (ListStatus.CURRENT, ListStatus.REPEATING):
                found.append(entry)
        return found

    async def entry(self, account: Account, entry_id: EntryId) -> Entry:
        """Return one show of the list, whichever status it has."""
        user, token, media = _user(account), _token(account), _media(entry_id)
        absent = f"show {media} is not on the list of {account.name}"
        try:
            data = await self._api.ask(queries.ENTRY, token=token, user=user, media=media)
        except NotFound as error:
            raise NotFound(absent) from error
        if data.get("MediaList") is None:
            raise NotFound(absent)
        return _entry(data["MediaList"])

    async def set_progress(self, account: Account, entry_id: EntryId, episode: int) -> Entry:
        """Write the progress and nothing else; what AniList makes of the status is its own."""
        token, media = _token(account), _media(entry_id)
        if token is None or not account.writable:
            raise LinkReadOnly(
                f"the list of {account.name} is linked by name and cannot be written",
                hint="Link it with a token to write progress.",
            )
        if not 0 <= episode <= reading.MOST_EPISODES:
            text = f"must be from 0 to {reading.MOST_EPISODES}"
            raise Invalid(f"episode: {text}", [Problem("episode", text)])
        try:
            data = await self._api.ask(
                queries.SET_PROGRESS, token=token, media=media, progress=episode
            )
        except Rejected as error:
            if "mediaId" in error.arguments:
                raise NotFound(f"AniList knows no show {entry_id}") from error
            raise
        return _entry(data.get("SaveMediaListEntry"))

    async def titles(self, query: str) -> list[Entry]:
        """Return the shows that AniList finds for *query*, in its order."""
        query = clean(query, 200)
        if not query:
            return []
        data = await self._api.ask(queries.TITLES, search=query)
        found = reading.field(data.get("Page"), "media")
        if not isinstance(found, list):
            raise BadReply("AniList answered without search results")
        now, entries = datetime.now(UTC), []
        for node in reading.objects(found):
            try:
                entries.append(reading.unlisted(node, now))
            except reading.Odd as odd:
                self.host.log.warning("left out of search results: %s", odd)
        return entries

    async def relations(self, entry_id: EntryId) -> list[Relation]:
        """Return all prequels, the nearest first, and then the other direct relatives."""
        return await self._relatives.of(_media(entry_id))


def _media(entry_id: EntryId) -> int:
    media = reading.media_id(entry_id)
    if media is None:
        raise NotFound(f"AniList has no show {clean(entry_id, 40)!r}")
    return media


def _user(account: Account) -> int:
    user = reading.media_id(account.id)
    if user is None:
        raise NotFound(f"AniList has no user {clean(account.id, 40)!r}")
    return user


def _token(account: Account) -> Secret | None:
    return account.credentials.get("token")


def _entry(node: object) -> Entry:
    try:
        return reading.entry(node, datetime.now(UTC))
    except reading.Odd as odd:
        raise BadReply(f"AniList answered with {odd}") from odd
