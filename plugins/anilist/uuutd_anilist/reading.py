"""AniList's objects into ours, with nothing taken on trust."""

from datetime import UTC, date, datetime
from enum import Enum
from typing import Any, Final, TypeVar

from uuutd.domain import Airing, Entry, EntryId, Format, ListStatus, Titles, Work
from uuutd.text import clean

MOST_EPISODES: Final = 100_000
_LARGEST_ID = 2**31 - 1
_LAST_SECOND = 253_402_300_799  # the year 9999 ends here, and with it datetime
_LONGEST_TITLE = 300
_LONGEST_URL = 500
_MOST_SYNONYMS = 50

E = TypeVar("E", bound=Enum)


class Odd(ValueError):
    """An object that makes no sense; the text says why."""


def field(node: object, name: str) -> Any:
    """Return a field of an object; None if *node* is none, or has no such field."""
    return node.get(name) if isinstance(node, dict) else None


def objects(value: object) -> list[dict[str, Any]]:
    """Return the objects in a list; everything else in it, or instead of it, is left out."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def number(value: object, least: int, most: int) -> int | None:
    """Return a whole number within bounds, None for anything else."""
    return value if type(value) is int and least <= value <= most else None


def media_id(value: object) -> int | None:
    """Return an id that AniList may have given to a show, from a number or its digits."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 10:
        value = int(value)
    return number(value, 1, _LARGEST_ID)


def work(node: object) -> Work:
    """Read a show; raises `Odd` if it has no id or no title."""
    show = media_id(field(node, "id"))
    if show is None:
        raise Odd("a show without an id")
    titles = Titles(
        romaji=_title(field(field(node, "title"), "romaji")),
        english=_title(field(field(node, "title"), "english")),
        native=_title(field(field(node, "title"), "native")),
    )
    if not titles.all():
        raise Odd(f"show {show} has no title")
    mal = number(field(node, "idMal"), 1, _LARGEST_ID)
    return Work(
        id=EntryId(str(show)),
        titles=titles,
        synonyms=_synonyms(field(node, "synonyms")),
        format=_member(Format, field(node, "format")),
        airing=_member(Airing, field(node, "status")),
        episodes=number(field(node, "episodes"), 1, MOST_EPISODES),
        season_year=number(field(node, "seasonYear"), 1900, 9999),
        start_date=_date(field(node, "startDate")),
        ids={"anilist": str(show)} | ({"mal": str(mal)} if mal else {}),
    )


def entry(node: object, now: datetime) -> Entry:
    """Read one show on a list; raises `Odd`, as `work` does, also for a strange progress."""
    status = _member(ListStatus, field(node, "status"))
    if status is None:
        raise Odd(f"entry of show {field(field(node, 'media'), 'id')!r:.40} is on no list we know")
    return _entry(field(node, "media"), node, status, now)


def unlisted(node: object, now: datetime) -> Entry:
    """Read a show that need not be on anybody's list."""
    return _entry(node, {}, ListStatus.PLANNING, now)


def _entry(media: object, node: object, status: ListStatus, now: datetime) -> Entry:
    show = work(media)
    seen = field(node, "progress")
    progress = 0 if seen is None else number(seen, 0, MOST_EPISODES)
    if progress is None:
        raise Odd(f"entry of show {show.id} has a strange progress")
    aired, airs_at = _aired(show, field(media, "nextAiringEpisode"), now)
    return Entry(
        work=show,
        status=status,
        progress=progress,
        aired=aired,
        airs_at=airs_at,
        site_url=_url(field(media, "siteUrl")),
        cover_url=_url(field(field(media, "coverImage"), "large")),
        updated_at=_time(field(node, "updatedAt")),
    )


def _aired(show: Work, coming: object, now: datetime) -> tuple[int | None, datetime | None]:
    """Return the last aired episode and when the next one airs, each as far as known."""
    if show.airing is Airing.FINISHED:
        return show.episodes, None
    episode = number(field(coming, "episode"), 1, MOST_EPISODES)
    airs_at = _time(field(coming, "airingAt"))
    if episode is None or airs_at is None:
        return None, None
    if airs_at <= now:  # AniList has not moved on yet
        return episode, None
    return episode - 1, airs_at


def _member(kind: type[E], value: object) -> E | None:
    return next((one for one in kind if one.value == value), None)


def _title(value: object) -> str | None:
    if not isinstance(value, str):
        return None
    return clean(value[: 4 * _LONGEST_TITLE], _LONGEST_TITLE) or None


def _synonyms(value: object) -> tuple[str, ...]:
    names = (_title(one) for one in value[:_MOST_SYNONYMS]) if isinstance(value, list) else ()
    return tuple(name for name in names if name)


def _date(value: object) -> date | None:
    parts = [number(field(value, name), 1, 9999) for name in ("year", "month", "day")]
    try:
        return date(*(part or 0 for part in parts))
    except ValueError:
        return None


def _time(value: object) -> datetime | None:
    seconds = number(value, 1, _LAST_SECOND)
    return datetime.fromtimestamp(seconds, UTC) if seconds else None


def _url(value: object) -> str | None:
    if not isinstance(value, str) or not value.startswith(("https://", "http://")):
        return None
    return value if len(value) <= _LONGEST_URL and clean(value, _LONGEST_URL) == value else None
