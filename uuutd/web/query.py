"""What addresses take after the question mark."""

import re
from typing import Any, Generic, NewType, TypeVar, get_args

import attrs
import cattrs
from aiohttp import web

from .. import strict
from ..domain import ListStatus
from ..strict import Unfit
from ..wire import AuditEvent, Fate
from .plain import parse_form

T = TypeVar("T")

SearchText = NewType("SearchText", str)
"""Words to search for: 1 to 200 characters, with single spaces."""

Revision = NewType("Revision", int)
"""The number of a change: a whole number of at most 18 digits."""

_REVISION = re.compile(r"[0-9]{1,18}", re.ASCII)
_NUMBER = re.compile(r"[0-9]{1,9}", re.ASCII)
_SPACES = re.compile(r"\s+")


@attrs.frozen
class Query(Generic[T]):
    """The parameters of an address, read into *kind*; any other parameter is refused.

    A misspelt ``delete_file=true`` must not pass as if nothing had been asked for.
    """

    kind: type[T]

    def read(self, request: web.Request) -> T:
        """Read them; raises `Invalid` with everything that is wrong."""
        found = parse_form(request.rel_url.raw_query_string)
        return strict.structure(found, self.kind, _CONVERTER, what="The query")


@attrs.frozen
class NoParameters:
    """Nothing is taken."""


@attrs.frozen(kw_only=True)
class WatchlistQuery:
    """Which of the user's lists to show."""

    status: tuple[ListStatus, ...] = (ListStatus.CURRENT, ListStatus.REPEATING)


@attrs.frozen(kw_only=True)
class EpisodeQuery:
    """The episode that is asked about; the next one if it is left out."""

    episode: int | None = None


@attrs.frozen(kw_only=True)
class UpgradeQuery:
    """The episode that is asked about; the last one that the user has if it is left out."""

    episode: int | None = None


@attrs.frozen(kw_only=True)
class WhyQuery:
    """The episode whose search is asked about, and whether to judge it again by today's rules.

    Without *episode* it is the one that was searched for last.
    """

    episode: int | None = None
    replay: bool = False


@attrs.frozen(kw_only=True)
class SearchQuery:
    """What to search for."""

    q: SearchText


@attrs.frozen(kw_only=True)
class TorrentsQuery:
    """Which torrents to show, in which order, and how many at a time.

    *since* is the revision of an earlier answer: only what changed after it is wanted.
    *filter* is in the language of the terminal client, *sort* names columns, ``-`` before
    one for falling.  *cursor* is the end of the page before, of the same list.
    """

    since: Revision | None = None
    filter: str | None = None
    sort: str | None = None
    limit: int | None = None
    cursor: str | None = None


@attrs.frozen(kw_only=True)
class RemoveQuery:
    """Whether what was downloaded goes as well."""

    delete_files: bool = False


@attrs.frozen(kw_only=True)
class DeleteUserQuery:
    """What becomes of those torrents of a deleted user that nobody else owns."""

    torrents: Fate


@attrs.frozen(kw_only=True)
class AuditQuery:
    """Which notes to show: of one *event*, and what somebody did or had done to them.

    *cursor* is the end of the page before, *limit* how many one page holds, at most 100.
    """

    cursor: int | None = None
    limit: int | None = None
    event: AuditEvent | None = None
    user: str | None = None


def _number(text: str, _: Any) -> int:
    if not _NUMBER.fullmatch(text):
        raise Unfit("expected a whole number of at most 9 digits")
    return int(text)


def _revision(text: str, _: Any) -> Revision:
    if not _REVISION.fullmatch(text):
        raise Unfit("expected the revision of an earlier answer")
    return Revision(int(text))


def _truth(text: str, _: Any) -> bool:
    if text not in ("true", "false"):
        raise Unfit("expected true or false")
    return text == "true"


def _search_text(text: str, _: Any) -> SearchText:
    found = _SPACES.sub(" ", _CONVERTER.structure(text, str)).strip()
    if not 1 <= len(found) <= 200:
        raise Unfit("expected 1 to 200 characters")
    return SearchText(found)


def _is_statuses(kind: Any) -> bool:
    return get_args(kind) == (ListStatus, ...)


def _statuses(text: str, _: Any) -> tuple[ListStatus, ...]:
    return tuple(_CONVERTER.structure(word.strip(), ListStatus) for word in text.split(","))


def _converter() -> cattrs.Converter:
    made = strict.converter()
    made.register_structure_hook(int, _number)
    made.register_structure_hook(Revision, _revision)
    made.register_structure_hook(bool, _truth)
    made.register_structure_hook(SearchText, _search_text)
    made.register_structure_hook_func(_is_statuses, _statuses)
    return made


_CONVERTER = _converter()

NO_QUERY = Query(NoParameters)
