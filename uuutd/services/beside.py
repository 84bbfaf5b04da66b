"""Where the files of a torrent go: never over those of another that has the same episode."""

import asyncio
import re
from typing import Any, cast

from ..backends import Indexer, TorrentFileFetcher
from ..domain import InfoHash, Release, Source
from ..errors import Error
from ..instances import Instances
from ..metainfo import read_metainfo
from ..store import links
from ..store.records import Intent
from ..store.upgrades import REPLACES
from .folders import show_folder

MADE_HARD = 16
"""Digits of a hash that cannot be had for another torrent on purpose: a matter of 2**64 tries."""
COMPARED = 50
"""With how many torrents one is compared, as the client is asked for the files of each."""
_NO_LETTERS = re.compile(r"[\W_]+")


class Beside:
    """Compares the names of the files of two torrents."""

    def __init__(self, instances: Instances) -> None:
        self._instances = instances

    async def folder(self, intent: Intent, source: Source) -> str:
        """Return the folder inside the show's for the files of *source*; empty for the show's own.

        A torrent client takes a file that is there for its own and writes over it, and deletes
        it with either torrent.  So another torrent of an episode, of whomever it is, gets a
        folder of its own, and so does what is called like another of the show.  That *intent*
        brings it must be recorded before this is asked: of several that come at the same time,
        each but one then sees another.
        """
        if REPLACES in intent.request:
            return str(intent.request.get("folder", ""))
        if intent.kind == "add":
            return await self._folder_by_hand(intent, source)
        return await _own_folder(intent, source.name)

    async def _folder_by_hand(self, intent: Intent, source: Source) -> str:
        """Return the folder inside the show's for what is added by hand; empty for the show's own.

        Only a ``.torrent`` file tells what the files are called; the name in a magnet is a claim
        of whoever wrote it.  What may be called like a file of another torrent of the show, or of
        no known show, gets a folder of its own.
        """
        if intent.work is None or source.metainfo is None:
            return _folder_alone(source)
        if folder := await _own_folder(intent, source.name):
            return folder
        others = await links.of_show(intent)
        if len(others) > COMPARED:
            return _folder_alone(source)
        name = _letters((await asyncio.to_thread(read_metainfo, source.metainfo)).name)
        for other in others:
            tops = await self._tops(intent.client, other)
            if not tops or name in map(_letters, tops):
                return _folder_alone(source)
        return ""

    async def of_newer(self, intent: Intent, release: Release) -> str:
        """Return the folder inside the show's for a newer version of what *intent* replaces.

        It is one of its own only if the new file is called like an old one, or may be because
        the names are not known.
        """
        new = await self._top(intent, release)
        old = await self._tops(intent.client, InfoHash(intent.request[REPLACES]))
        if new is not None and old and _letters(new) not in map(_letters, old):
            return ""
        return f"newer {_short(intent)}"

    async def _top(self, intent: Intent, release: Release) -> str | None:
        """Return the file or folder that the new torrent puts down, None if nobody can tell."""
        indexer = self._instances.indexer(release.indexer)
        data = intent.metainfo
        if data is None and not indexer.supports(TorrentFileFetcher):
            return None
        try:
            if data is None:
                data = await indexer.call("fetch", lambda i: _fetch(i, release))
            read = await asyncio.to_thread(read_metainfo, data)
        except Error:
            return None
        return read.name if intent.info_hash in (read.info_hash, *read.aliases) else None

    async def _tops(self, client: str | None, info_hash: InfoHash) -> set[str]:
        """Return the files and folders that a torrent puts down; none if nobody can tell."""
        try:
            files = await self._instances.client(client or "").call(
                "files", lambda c: c.files(info_hash)
            )
        except Error:
            return set()
        return {file.path.partition("/")[0] for file in files}


async def _own_folder(intent: Intent, name: str) -> str:
    """Return a folder for a torrent that may write over another in its show's; else none, empty.

    The other one has the same episode, or is called *name*, too.
    """
    return f"other {_short(intent)}" if await links.has_another(intent, name) else ""


def _folder_alone(source: Source) -> str:
    """Return a folder for one torrent: nobody else's files are in it.

    The hash is in its name, as names of torrents are easily the same, by accident or not.
    """
    if source.name == source.info_hash:
        return source.info_hash
    return f"{show_folder(source.name)} {source.info_hash[:MADE_HARD]}"


def _short(intent: Intent) -> str:
    return (intent.info_hash or "")[:8]


async def _fetch(indexer: Indexer[Any], release: Release) -> bytes:
    return await cast("TorrentFileFetcher", indexer).fetch(release)


def _letters(name: str) -> str:
    """Return a name without what file systems and clients spell in more than one way."""
    return _NO_LETTERS.sub("", name).casefold()
