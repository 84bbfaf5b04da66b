"""What every indexer must do."""

import logging
import re
from typing import Any, ClassVar

import attrs
import pytest
from yarl import URL

from ...backends import Indexer, TorrentFileFetcher
from ...domain import EntryId, Release, Secret, Titles, Wanted, Work
from ...errors import BackendError, LoginFailed, RateLimited, Refused, Unavailable
from ...metainfo import read_metainfo
from .base import NetworkContract, to_override

ODD_TITLES = (
    '"Oshi no Ko" [quoted] (and bracketed',
    "Re:Zero: Kara | Hajimeru -Isekai- Seikatsu~ !? & ☆ + ♭",
    "葬送のフリーレン 第2期",
    "Тетрадь смерти",
    "é" * 300,
    "word " * 60,
    "' OR 1=1 --",
    "😀 \u202e\u200b\x00\x1b[31m",
    "\ud800 half a character",
)
_HASH = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?")


class IndexerContract(NetworkContract):
    """Subclass it, set `backend_class`, override `config`, `config_for` and `stocked`."""

    refusals: ClassVar = {
        401: (LoginFailed, Refused),
        403: (LoginFailed, Refused, RateLimited, Unavailable),
    }

    @pytest.fixture
    def stocked(self, config: Any) -> tuple[str, int]:  # noqa: ARG002 - what overrides it wants it
        """Put some releases on the service and return a text that finds them, and how many.

        At least one of them has a size.
        """
        to_override(self, "the fixture stocked")

    async def ask(self, backend: Indexer[Any]) -> object:
        return await backend.search("anything", limit=10)

    async def test_what_is_there_is_found(
        self, stocked: tuple[str, int], backend: Indexer[Any]
    ) -> None:
        text, count = stocked
        releases = await backend.search(text, limit=100)
        assert len(releases) == count
        for release in releases:
            _assert_usable(release, backend)
        assert any(release.size for release in releases)

    async def test_the_limit_is_kept(self, stocked: tuple[str, int], backend: Indexer[Any]) -> None:
        assert len(await backend.search(stocked[0], limit=1)) == 1

    async def test_nothing_found_is_an_empty_list(self, backend: Indexer[Any]) -> None:
        assert await backend.search("zzzzqqqqxxxx", limit=10) == []

    async def test_a_wanted_episode_can_be_searched(self, backend: Indexer[Any]) -> None:
        work = Work(id=EntryId("1"), titles=Titles(romaji="Zzzzqqqqxxxx"))
        assert await backend.search(Wanted(work=work, episode=7), limit=10) == []

    @pytest.mark.parametrize("title", ODD_TITLES, ids=ascii)
    async def test_odd_titles_do_no_harm(self, title: str, backend: Indexer[Any]) -> None:
        assert isinstance(await backend.search(title, limit=10), list)
        work = Work(id=EntryId("1"), titles=Titles(romaji=title, english=title[::-1]))
        assert isinstance(await backend.search(Wanted(work=work, episode=7), limit=10), list)

    async def test_torrent_files_come_as_bytes(
        self, stocked: tuple[str, int], backend: Indexer[Any]
    ) -> None:
        if not isinstance(backend, TorrentFileFetcher):
            pytest.skip(f"{backend.title} serves no .torrent files")
        releases = await backend.search(stocked[0], limit=100)
        with_file = [release for release in releases if release.torrent_url]
        assert with_file
        assert (await backend.fetch(with_file[0])).startswith(b"d")

    async def test_what_has_no_hash_has_a_file_that_tells_it(
        self, stocked: tuple[str, int], backend: Indexer[Any]
    ) -> None:
        for release in await backend.search(stocked[0], limit=100):
            if release.info_hash is None:
                assert isinstance(backend, TorrentFileFetcher)
                assert _HASH.fullmatch(read_metainfo(await backend.fetch(release)).info_hash)

    async def test_keys_stay_in_the_addresses_of_files(
        self, stocked: tuple[str, int], backend: Indexer[Any], caplog: pytest.LogCaptureFixture
    ) -> None:
        """An address that only its owner may know is in no text that anybody is shown."""
        caplog.set_level(logging.DEBUG)
        releases = await backend.search(stocked[0], limit=100)
        hidden = _secrets(backend.config)
        for url in (URL(release.torrent_url) for release in releases if release.torrent_url):
            hidden |= set(url.query.values())
        failures = []
        if isinstance(backend, TorrentFileFetcher):
            for release in releases:
                if release.torrent_url:
                    with pytest.raises(BackendError) as caught:
                        await backend.fetch(_elsewhere(release))
                    failures.append(str(caught.value))
        told = [repr(release) for release in releases]
        told += [release.page_url or "" for release in releases]
        text = "\n".join((*told, *failures, caplog.text))
        assert [secret for secret in hidden if secret in text] == []


def _secrets(config: Any) -> set[str]:
    values = attrs.asdict(config, recurse=False).values()
    return {value.reveal() for value in values if isinstance(value, Secret) and value}


def _elsewhere(release: Release) -> Release:
    """Return a release whose file is not there, at the same site with the same keys."""
    url = URL(release.torrent_url or "")
    nowhere = url.with_path("/download/nowhere").with_query(url.query)
    return attrs.evolve(release, torrent_url=str(nowhere))


def _assert_usable(release: Release, backend: Indexer[Any]) -> None:
    assert release.indexer == backend.host.instance
    assert release.title.strip()
    assert release.title.isprintable()
    assert release.info_hash or release.torrent_url
    assert release.info_hash is None or _HASH.fullmatch(release.info_hash)
    assert release.size is None or release.size > 0
    assert release.seeders is None or release.seeders >= 0
    assert release.published_at is None or release.published_at.utcoffset() is not None
