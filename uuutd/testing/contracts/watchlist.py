"""What every watchlist provider must do."""

import traceback
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import attrs
import pytest

from ...backends import (
    CredentialRefresher,
    Host,
    ProgressWriter,
    RelationReader,
    TitleSearcher,
    WatchlistProvider,
)
from ...domain import Account, Airing, Entry, EntryId, ListStatus, RelationKind
from ...errors import (
    BadReply,
    Error,
    Invalid,
    LinkExpired,
    LinkReadOnly,
    LoginFailed,
    NotFound,
    RateLimited,
    Refused,
    Unavailable,
)
from ..misbehaving import Fault, Misbehaving
from .base import NetworkContract, to_override

UNKNOWN_IDS = ("2147483647", "0", "-1", "no such id", "", "1 OR 1=1", "\ud800")
NONSENSE = ("x", "?code=", "#access_token=&state=", "a.b.c", "http://[", "\x00\ud800", "x" * 20_000)
ODD_QUERIES = ('"', "葬送", "☆ + ♭", "%", "\\", "{}", "\x00\x1b[31m", "\ud800", "é" * 5000)


class RefreshContract:
    """What a provider must do that renews credentials; the others skip it."""

    async def test_renewed_credentials_are_good(
        self, backend: WatchlistProvider[Any], account: Account
    ) -> None:
        renewed = await _able(backend, CredentialRefresher).refresh(account)
        assert (renewed.id, renewed.writable) == (account.id, account.writable)
        assert renewed.credentials != account.credentials
        assert renewed.expires_at is None or renewed.expires_at > datetime.now(UTC)
        assert await backend.watching(renewed)

    async def test_they_are_renewed_again_and_again(
        self, backend: WatchlistProvider[Any], account: Account
    ) -> None:
        refresher = _able(backend, CredentialRefresher)
        for _ in range(3):
            account = await refresher.refresh(account)
        assert await backend.watching(account)

    async def test_what_only_the_user_can_renew_is_an_expired_link(
        self, backend: WatchlistProvider[Any], refused_account: Account
    ) -> None:
        refresher = _able(backend, CredentialRefresher)
        await _assert_expired(refused_account, lambda: refresher.refresh(refused_account))


class WatchlistContract(RefreshContract, NetworkContract):
    """Subclass it and override what the service needs.

    Set `backend_class`; override `config` and `config_for`, and the three accounts.
    """

    refusals: ClassVar = {
        401: (LoginFailed, Refused),
        403: (LoginFailed, Refused, RateLimited, Unavailable),
    }

    @pytest.fixture
    def account(self) -> Account:
        """Return an account that may write, with a show to watch on its list."""
        to_override(self, "the fixture account")

    @pytest.fixture
    def empty_account(self) -> Account:
        """Return an account with nothing on its list."""
        to_override(self, "the fixture empty_account")

    @pytest.fixture
    def refused_account(self) -> Account:
        """Return an account whose token the service does not take."""
        to_override(self, "the fixture refused_account")

    async def ask(self, backend: WatchlistProvider[Any]) -> object:
        return await backend.watching(Account(id="1", name="somebody"))

    # --- reading ---

    async def test_what_is_watched_is_listed(
        self, backend: WatchlistProvider[Any], account: Account
    ) -> None:
        entries = await backend.watching(account)
        assert entries
        assert len({entry.id for entry in entries}) == len(entries)
        for entry in entries:
            assert entry.status in (ListStatus.CURRENT, ListStatus.REPEATING)
            _assert_plausible(entry)

    async def test_one_show_is_read_like_the_list(
        self, backend: WatchlistProvider[Any], account: Account
    ) -> None:
        for entry in (await backend.watching(account))[:3]:
            assert await backend.entry(account, entry.id) == entry

    async def test_an_empty_list_is_empty(
        self, backend: WatchlistProvider[Any], empty_account: Account
    ) -> None:
        assert await backend.watching(empty_account) == []

    @pytest.mark.parametrize("unknown", UNKNOWN_IDS, ids=ascii)
    async def test_an_unknown_show_is_not_found(
        self, unknown: str, backend: WatchlistProvider[Any], account: Account
    ) -> None:
        with pytest.raises(NotFound):
            await backend.entry(account, EntryId(unknown))

    # --- tokens ---

    async def test_a_token_that_is_no_good(
        self, backend: WatchlistProvider[Any], account: Account, refused_account: Account
    ) -> None:
        known = (await backend.watching(account))[0].id
        await _assert_expired(refused_account, lambda: backend.watching(refused_account))
        await _assert_expired(refused_account, lambda: backend.entry(refused_account, known))
        if isinstance(backend, ProgressWriter):
            written = backend.set_progress
            await _assert_expired(refused_account, lambda: written(refused_account, known, 1))
        assert await backend.watching(account), "another user is not affected"

    async def test_a_service_that_wants_another_token(
        self, hasty_host: Host, account: Account
    ) -> None:
        async with Misbehaving(Fault(kind="status", status=401)) as service:
            backend = self.backend_class(self.config_for(service.url), hasty_host)
            assert isinstance(backend, WatchlistProvider)
            await backend.open()
            await _assert_expired(account, lambda: backend.watching(account))
            await backend.close()

    async def test_tokens_are_not_shown(self, account: Account) -> None:
        for secret in account.credentials.values():
            assert secret.reveal() not in f"{account!r} {account!s}"

    async def test_failures_do_not_show_tokens(self, hasty_host: Host, account: Account) -> None:
        for kind in ("refuse", "garbage", "drop"):
            async with Misbehaving(Fault(kind=kind)) as service:
                backend = self.backend_class(self.config_for(service.url), hasty_host)
                assert isinstance(backend, WatchlistProvider)
                await backend.open()
                with pytest.raises(Error) as caught:
                    await backend.watching(account)
                await backend.close()
            _assert_silent(caught.value, account)

    # --- linking ---

    async def test_the_prompt_says_what_to_fill_in(self, backend: WatchlistProvider[Any]) -> None:
        prompt = backend.link_prompt("http://127.0.0.1:8484/link", "a state")
        assert prompt.instructions.strip()
        assert prompt.url is None or prompt.url.startswith(("http://", "https://"))
        assert prompt.fields
        assert all(field.name.isidentifier() and field.label.strip() for field in prompt.fields)

    async def test_nothing_filled_in_makes_no_account(
        self, backend: WatchlistProvider[Any]
    ) -> None:
        with pytest.raises(Invalid):
            await backend.link({}, "")

    @pytest.mark.parametrize("nonsense", NONSENSE, ids=lambda text: ascii(text[:20]))
    async def test_nonsense_makes_no_account(
        self, nonsense: str, backend: WatchlistProvider[Any]
    ) -> None:
        for field in backend.link_prompt("", "").fields:
            with pytest.raises(Invalid) as caught:
                await backend.link({field.name: nonsense}, "")
            assert caught.value.problems

    # --- writing ---

    async def test_progress_written_is_progress_read(
        self, backend: WatchlistProvider[Any], account: Account
    ) -> None:
        writer = _able(backend, ProgressWriter)
        before = (await backend.watching(account))[0]
        written = await writer.set_progress(account, before.id, before.progress + 1)
        assert written.progress == before.progress + 1
        assert (await backend.entry(account, before.id)).progress == before.progress + 1
        again = await writer.set_progress(account, before.id, before.progress + 1)
        assert again.progress == before.progress + 1

    async def test_progress_of_an_unknown_show(
        self, backend: WatchlistProvider[Any], account: Account
    ) -> None:
        writer = _able(backend, ProgressWriter)
        for unknown in UNKNOWN_IDS:
            with pytest.raises(NotFound):
                await writer.set_progress(account, EntryId(unknown), 1)

    async def test_a_read_only_link_writes_nothing(
        self, backend: WatchlistProvider[Any], account: Account
    ) -> None:
        writer = _able(backend, ProgressWriter)
        before = (await backend.watching(account))[0]
        with pytest.raises(LinkReadOnly):
            await writer.set_progress(attrs.evolve(account, writable=False), before.id, 1)
        assert await backend.entry(account, before.id) == before

    # --- titles and relations ---

    async def test_a_title_on_the_list_is_found(
        self, backend: WatchlistProvider[Any], account: Account
    ) -> None:
        searcher = _able(backend, TitleSearcher)
        entry = (await backend.watching(account))[0]
        found = await searcher.titles(str(entry.work.titles))
        assert entry.id in [one.id for one in found]
        for one in found:
            _assert_plausible(one)

    @pytest.mark.parametrize("query", ODD_QUERIES, ids=lambda text: ascii(text[:20]))
    async def test_odd_titles_do_no_harm(self, query: str, backend: WatchlistProvider[Any]) -> None:
        assert isinstance(await _able(backend, TitleSearcher).titles(query), list)

    async def test_relations_come_nearest_first(
        self, backend: WatchlistProvider[Any], account: Account
    ) -> None:
        reader = _able(backend, RelationReader)
        for entry in (await backend.watching(account))[:5]:
            relations = await reader.relations(entry.id)
            assert entry.id not in [one.work.id for one in relations]
            prequels = [one for one in relations if one.kind is RelationKind.PREQUEL]
            distances = [one.distance for one in prequels]
            assert distances == sorted(distances)
            assert set(distances) == set(range(1, max(distances, default=0) + 1))

    async def test_relations_of_an_unknown_show(self, backend: WatchlistProvider[Any]) -> None:
        reader = _able(backend, RelationReader)
        for unknown in UNKNOWN_IDS:
            with pytest.raises(NotFound):
                await reader.relations(EntryId(unknown))


def _able(backend: WatchlistProvider[Any], ability: type[Any]) -> Any:
    """Return *backend* if it has *ability*; the test is not for the others."""
    if not isinstance(backend, ability):
        pytest.skip(f"{backend.title} is no {ability.__name__}")
    return backend


def _assert_plausible(entry: Entry) -> None:
    """Check what the daemon builds on: above all that nothing unaired passes for aired."""
    assert entry.work.titles.all()
    for title in (*entry.work.titles.all(), *entry.work.synonyms):
        assert title.strip() == title
        assert title.isprintable()
    assert entry.progress >= 0
    episodes, following = entry.work.episodes, entry.next_episode
    assert episodes is None or episodes > 0
    if entry.aired is not None:
        assert entry.aired >= 0
        assert episodes is None or entry.aired <= episodes
    if entry.airs_at is not None:
        assert entry.airs_at.utcoffset() == timedelta(0)
        assert entry.airs_at > datetime.now(UTC) - timedelta(minutes=1)
        assert entry.aired is not None
        assert not entry.has_aired(entry.aired + 1)
    if following is not None and entry.aired is not None and following > entry.aired:
        assert not entry.has_aired(following)
    if entry.work.airing is Airing.NOT_YET_RELEASED:
        assert not entry.has_aired(1)


async def _assert_expired(account: Account, call: Callable[[], Awaitable[object]]) -> None:
    with pytest.raises(LinkExpired) as caught:
        await call()
    _assert_silent(caught.value, account)


def _assert_silent(error: Error, account: Account) -> None:
    """Check that no token of *account* would stand in a log of *error*."""
    shown = "".join(traceback.format_exception(error)) + repr(error)
    for secret in account.credentials.values():
        assert secret.reveal() not in shown
    assert not isinstance(error, BadReply) or error.detail.strip()
