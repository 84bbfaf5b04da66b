"""Watchlists: where a user says what they watch."""

import abc
from collections.abc import Mapping

from ..domain import Account, Entry, EntryId, LinkPrompt, Relation
from .base import Backend, ConfigT


class WatchlistProvider(Backend[ConfigT]):
    """A site that keeps users' lists.

    A token that the site no longer takes raises `uuutd.errors.LinkExpired`.
    """

    @abc.abstractmethod
    def link_prompt(self, redirect_uri: str, state: str) -> LinkPrompt:
        """Say where a user goes to link, and which fields they may fill in."""

    @abc.abstractmethod
    async def link(self, fields: Mapping[str, str], redirect_uri: str) -> Account:
        """Check what the user filled in and say who they are.

        Raises `uuutd.errors.Invalid` when the fields make no account.
        """

    @abc.abstractmethod
    async def watching(self, account: Account) -> list[Entry]:
        """Return what the user watches now, each show once."""

    @abc.abstractmethod
    async def entry(self, account: Account, entry_id: EntryId) -> Entry:
        """Return one show of the list; `uuutd.errors.NotFound` if it is not on it."""


class ProgressWriter(abc.ABC):
    """Mixed in by providers that can write."""

    @abc.abstractmethod
    async def set_progress(self, account: Account, entry_id: EntryId, episode: int) -> Entry:
        """Record *episode* as the last one watched, and return the entry as it is now."""


class CredentialRefresher(abc.ABC):
    """Mixed in by providers whose credentials can be renewed without their user."""

    @abc.abstractmethod
    async def refresh(self, account: Account) -> Account:
        """Return *account* with credentials in the place of its own, good from now on.

        Called some time before `expires_at` and after a `uuutd.errors.LinkExpired`, never
        twice at once for an account; what is returned is kept before it is used.  Raises
        `LinkExpired` where only the user can help, by linking again.
        """


class TitleSearcher(abc.ABC):
    """Mixed in by providers that can look titles up."""

    @abc.abstractmethod
    async def titles(self, query: str) -> list[Entry]:
        """Return shows whose title is like *query*, the best match first.

        They need not stand on anybody's list: then their progress is 0.
        """


class RelationReader(abc.ABC):
    """Mixed in by providers that know prequels and sequels."""

    @abc.abstractmethod
    async def relations(self, entry_id: EntryId) -> list[Relation]:
        """Return the show's relatives, with the whole chain of prequels (nearest first)."""
