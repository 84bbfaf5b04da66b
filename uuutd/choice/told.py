"""What the user and the public table say of a number, before it is counted by lengths.

The user wins over the table, and the table over the lengths.  Where what is said and a
show's own numbers both claim a number, it can mean either, and nothing is chosen by it.
"""

from functools import lru_cache

from ..domain import Work
from . import meaning
from .meaning import Claim
from .numbering import ELSEWHERE, Episode, Line

_COUR = 10
"""The numbers of a show of unknown length that are taken for its own, not for counted on."""

Meant = frozenset[Episode]


@lru_cache(maxsize=4096)
def episodes(line: Line, claim: Claim, number: int) -> Meant:
    """Return every episode that *number* can mean; more than one if that stays open.

    Those of shows outside of the line have the place `ELSEWHERE`.
    """
    counted = meaning.episodes(line, claim, number)
    if not line.is_told:
        return counted
    carrier = meaning.carrier(line, claim)
    if carrier is None:
        return counted
    said = _of_user(line, claim, carrier, number, counted)
    if said is not None:
        return said
    told = _of_table(line, claim, carrier, number, counted)
    return _unless_denied(line, claim, carrier, number, told)


def of_relative(line: Line, source: Work, number: int) -> Episode | None:
    """Return the episode of the line that is numbered as one of a show outside of it.

    None unless the table says so, and the show has no such episode itself.
    """
    told = line.redirected(source.id, number)
    if len(told) != 1 or _is_own(source.episodes, number):
        return None
    episode = next(iter(told))
    return None if episode.place == ELSEWHERE else episode


def _is_own(length: int | None, number: int) -> bool:
    """Whether a show is known to have an episode of that number itself."""
    return length is not None and 1 <= number <= length


def _of_table(line: Line, claim: Claim, carrier: int, number: int, counted: Meant) -> Meant:
    """Put what the table says in the place of what was counted.

    A name that says its season stays in it, unless it carries the later show's own title.
    """
    place = line.places[carrier]
    told = line.redirected(place.work.id, number)
    if not told:
        return counted
    if _says_season(claim) and not _titled(claim):
        inside = {each for each in told if _season(line, each) == place.season}
        if told != inside:
            return counted | told if counted else counted
    moved = any(each.place != carrier for each in told)
    if claim.compact or (moved and _is_own(place.length, number)):
        return counted | told
    return told


def _season(line: Line, episode: Episode) -> int | None:
    return None if episode.place == ELSEWHERE else line.places[episode.place].season


def _titled(claim: Claim) -> bool:
    """Whether it is the title of a show that names the season, and the number says nothing."""
    return claim.marked and claim.place is not None and not claim.compact


def _says_season(claim: Claim) -> bool:
    return claim.season is not None or claim.part is not None


def _of_user(line: Line, claim: Claim, carrier: int, number: int, counted: Meant) -> Meant | None:
    """Count from the number that the user gave to the first episode; None if that says nothing.

    It counts on the show's own titles, those before it in the line, and those of the line.
    The numbers of a season, such as ``S02E04`` or ``S2 - 04``, stay as they are; a plain
    number behind the show's own title is not one of them, whatever season that title names.
    """
    first, length, wanted = line.counts_from, line.place.length, line.wanted
    if first is None or not _is_concerned(line, claim, carrier):
        return None
    if _says_season(claim) and not _titled(claim) and _is_of_season(line, claim, number):
        return None
    episode = number - first + 1
    if episode < 1 or (length is not None and episode > length):
        taken = first <= (_COUR if length is None else length)
        own = carrier == wanted and not claim.compact and _is_own(length or number, number)
        return frozenset() if own and taken else None
    meant = frozenset({Episode(wanted, episode)})
    if claim.compact or (carrier != wanted and _is_own(line.places[carrier].length, number)):
        return counted | meant
    return meant


def _is_of_season(line: Line, claim: Claim, number: int) -> bool:
    """Whether the wanted show's season has an episode of that number, and is not counted on."""
    places = line.season(line.place.season)
    if any(line.places[index].length is None for index in places) and not claim.compact:
        return number <= _COUR
    return line.count(number, places) is not None


def _is_concerned(line: Line, claim: Claim, carrier: int) -> bool:
    """Whether a name may be numbered as the user says."""
    if not _says_season(claim):
        return carrier <= line.wanted
    if claim.part is not None and carrier != line.wanted:
        return False
    return carrier <= line.wanted and line.places[carrier].season == line.place.season


def _unless_denied(line: Line, claim: Claim, carrier: int, number: int, meant: Meant) -> Meant:
    """Drop the wanted show's episodes under continuous numbers that are not the user's."""
    if line.counts_from is None:
        return meant
    offset = line.offset(line.wanted, line.season(line.place.season))
    said = _says_season(claim)

    def stays(episode: Episode) -> bool:
        if episode.place != line.wanted:
            return True
        if said and offset is not None and offset + episode.number == number:
            return True
        return episode.number == number and (said or carrier == line.wanted)

    return frozenset(filter(stays, meant))
