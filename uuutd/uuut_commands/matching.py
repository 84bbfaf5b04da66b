"""Finding what somebody means by part of a title or of a hash."""

import difflib
import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from ..remote import Remote
from ..terminal.console import Console
from ..terminal.words import title
from ..wire import EntryReply, TorrentReply
from .exits import NOT_FOUND, Stop

T = TypeVar("T")

CLOSE = 0.8  # how alike two words are when one is the other mistyped
SHORTEST_HASH_PART = 4
MOST_HITS = 10
_NO_WORD = re.compile(r"[\W_]+")


def fold(text: str) -> str:
    """Return *text* without case, accents and punctuation, its words one space apart."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    letters = "".join(char for char in plain if unicodedata.category(char) != "Mn")
    return _NO_WORD.sub(" ", unicodedata.normalize("NFKC", letters)).strip()


def find_entries(entries: Iterable[EntryReply], text: str) -> list[EntryReply]:
    """Return the shows that *text* means, each work once; the strictest reading that hits wins.

    The readings: an id or a whole title; the starts of words; any part; words mistyped.
    """
    works = {entry.work: entry for entry in reversed(list(entries))}
    candidates = [
        (entry, {fold(name) for name in _names(entry)}) for entry in reversed(works.values())
    ]
    exact = [entry for entry, _ in candidates if text in (entry.id, f"{entry.provider}:{entry.id}")]
    if exact:
        return exact
    wanted = fold(text)
    readings: tuple[Callable[[str, str], bool], ...] = (_equal, _word_starts, _part, _mistyped)
    for reading in readings:
        hits = [
            entry for entry, names in candidates if any(reading(wanted, name) for name in names)
        ]
        if hits and wanted:
            return hits
    return []


def _names(entry: EntryReply) -> list[str]:
    titles = (entry.title.romaji, entry.title.english, entry.title.native)
    return [name for name in (*titles, *entry.synonyms) if name]


def _equal(wanted: str, name: str) -> bool:
    return wanted == name


def _word_starts(wanted: str, name: str) -> bool:
    words = name.split()
    return all(any(word.startswith(part) for word in words) for part in wanted.split())


def _part(wanted: str, name: str) -> bool:
    return wanted.replace(" ", "") in name.replace(" ", "")


def _mistyped(wanted: str, name: str) -> bool:
    words = name.split()
    return all(difflib.get_close_matches(part, words, 1, CLOSE) for part in wanted.split())


def find_torrents(torrents: Iterable[TorrentReply], text: str) -> list[TorrentReply]:
    """Return the torrents whose hash starts with *text*, else those whose name holds it."""
    torrents = list(torrents)
    start = text.strip().lower()
    if len(start) >= SHORTEST_HASH_PART:
        hits = [torrent for torrent in torrents if torrent.hash.startswith(start)]
        if hits:
            return hits
    wanted = fold(text)
    if not wanted:
        return []
    exact = [torrent for torrent in torrents if fold(torrent.name) == wanted]
    return exact or [torrent for torrent in torrents if _part(wanted, fold(torrent.name))]


def one_of(
    console: Console,
    hits: Sequence[T],
    text: str,
    label: Callable[[T], str],
    *,
    first: bool,
    where: str,
) -> T:
    """Return the only hit, or the first if *first*; else list them and stop."""
    if not hits:
        raise Stop(NOT_FOUND, f"nothing {where} is called {text!r}")
    if len(hits) > 1 and not first:
        for hit in hits[:MOST_HITS]:
            console.say(f"  {label(hit)}")
        raise Stop(
            NOT_FOUND,
            f"{text!r} means {len(hits)} {where}",
            hint="Name more of it, or take the first: --first",
        )
    return hits[0]


async def find_entry(console: Console, remote: Remote, text: str, *, first: bool) -> EntryReply:
    """Return the show on the user's watchlist that *text* means."""
    watchlist = await remote.watchlist()
    if not watchlist.sources:
        raise Stop(NOT_FOUND, "no watchlist is linked", hint="Link one with: uuut link")
    hits = find_entries(watchlist.entries, text)
    return one_of(console, hits, text, _label, first=first, where="on your watchlist")


def _label(entry: EntryReply) -> str:
    year = f" ({entry.season_year})" if entry.season_year else ""
    return f"{entry.provider}:{entry.id}  {title(entry.title)}{year}"
