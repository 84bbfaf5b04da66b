"""From a chosen release to what a torrent client must be told of it."""

import asyncio

from ..backends import TorrentFileFetcher
from ..choice import pick_files
from ..domain import Release, Verdict, Wanted
from ..errors import BadReply, NoRelease
from ..instances import Instances
from ..magnets import V1_DIGITS
from ..metainfo import read_metainfo, source_from
from ..store.upgrades import REPLACES
from .beside import Beside
from .run import Run


class Taking:
    """Learns the info hash of a release, the files of a pack, and where a newer version goes."""

    def __init__(self, instances: Instances, beside: Beside) -> None:
        self._instances = instances
        self._beside = beside

    async def take(self, run: Run, wanted: Wanted, verdict: Verdict) -> None:
        """Note in the intent of *run* what the client must be told: for packs the files, too.

        The ``.torrent`` file is fetched when it is needed: for its hash, for the files of a
        pack, because its v2 hash may be that of a hybrid, which has a v1 hash too, or because
        there are no trackers to make a magnet of.  A private torrent keeps
        its own trackers, and gets no others.
        """
        release = verdict.release
        source = None
        files: tuple[int, ...] | None = None
        info_hash, trackers = release.info_hash, release.trackers
        several = len(verdict.episodes) > 1
        of_v2 = info_hash is not None and len(info_hash) != V1_DIGITS
        if info_hash is None or several or of_v2 or (release.torrent_url and not trackers):
            data = await self._metainfo(release)
            source, read = await asyncio.to_thread(lambda: (source_from(data), read_metainfo(data)))
            if info_hash is not None and info_hash not in (read.info_hash, *read.aliases):
                raise BadReply(
                    f"The .torrent file of {release.title} is another torrent than was listed.",
                    backend=release.indexer,
                )
            info_hash = read.info_hash
            trackers = () if read.private else trackers
            if several:
                files = pick_files(wanted, read.files, read.name)
                if not files:
                    raise NoRelease(
                        f"None of the files of {release.title} can be told to be the episode.",
                        hint="Pick another release.",
                    )
        if info_hash == run.intent.request.get(REPLACES):
            raise NoRelease(f"{release.title} is the very torrent that is to be replaced.")
        metainfo = source.metainfo if source else None
        run.change(info_hash=info_hash, trackers=trackers, metainfo=metainfo)
        request = {**run.intent.request, "files": files}
        if REPLACES in request:
            request["folder"] = await self._beside.of_newer(run.intent, release)
        run.change(request=request)

    async def _metainfo(self, release: Release) -> bytes:
        async def act(indexer: object) -> bytes:
            if not isinstance(indexer, TorrentFileFetcher):
                raise BadReply(f"{release.title} has neither an info hash nor a .torrent file.")
            return await indexer.fetch(release)

        return await self._instances.indexer(release.indexer).call("fetch", act)
