"""Which show a name holds, and which of its episodes: what rules R1 to R3 ask."""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from ..domain import Format, Work
from .facets import Facets
from .family import Alias, Family
from .found import Found
from .lexicon import VIDEO_SUFFIXES
from .meaning import Claim, places
from .numbering import ELSEWHERE, Episode, Line, is_serial
from .reading import Reading
from .told import episodes, of_relative

_OWN_FORMATS = {
    Format.MOVIE: {Format.MOVIE},
    Format.OVA: {Format.OVA, Format.SPECIAL},
    Format.SPECIAL: {Format.OVA, Format.SPECIAL, Format.ONA},
    Format.ONA: {Format.ONA},
}
_KEPT = 512
"""How many readings are kept with what they mean."""
_YEARLY = 40
"""At least so many episodes a year has a show that goes on for years."""


class Identity(NamedTuple):
    """What a release holds, as seen from the wanted show.

    *stranger* says why it is another show, *doubt* why the episode cannot be told; without
    both, *held* are the places of the line of which it holds something and *numbers* the
    episodes it holds of the wanted show.  *several* marks a batch.  *whole* tells that it
    holds every episode of the wanted show, *exact* that it holds no other show's.
    """

    stranger: str | None = None
    doubt: str | None = None
    held: tuple[int, ...] = ()
    numbers: range = range(0)
    several: bool = False
    whole: bool = False
    exact: bool = False


def identify(reading: Reading, family: Family) -> Identity:
    """Say which show and which episodes a read name holds.

    Names behind whose titles the same was read mean the same: most names of a page are one
    episode by many groups.  Those without a number are not as simple: the facets count, too.
    """
    if reading.found.number is None:
        return _identify(reading, family)
    return _meaning(reading.aliases, reading.odd, tuple(vars(reading.found).items()), family)


@lru_cache(maxsize=_KEPT)
def _meaning(
    aliases: tuple[Alias, ...], odd: str, said: tuple[tuple[str, object], ...], family: Family
) -> Identity:
    found = Found()
    vars(found).update(said)
    return _identify(Reading(aliases, found, Facets(), odd), family)


def _identify(reading: Reading, family: Family) -> Identity:
    found = reading.found
    stranger = _another_format(found, family.work) or _unexplained(reading)
    if stranger:
        return Identity(stranger=stranger)
    alias = _choose_alias(reading, family)
    if isinstance(alias, str):
        return _of_relative(reading, family) or Identity(stranger=alias)
    alias = _more_exact(alias, found)
    claim = _claim(alias, found, family.line)
    if isinstance(claim, str):
        return Identity(stranger=claim)
    identity = _count(claim, reading, family)
    other = _contradiction(reading, alias, identity, family)
    return Identity(stranger=other) if other else identity


def _another_format(found: Found, work: Work) -> str | None:
    """Say which kind of thing it is instead, if the name says that it is another kind."""
    if found.format is None or work.format is None:
        return None
    if found.format in _OWN_FORMATS.get(work.format, set()):
        return None
    return f"is a {found.format.value}, not a {work.format.value}"


def _unexplained(reading: Reading) -> str | None:
    """Say what in the name belongs to another title, if anything does."""
    found = reading.found
    if reading.odd:
        return f"its title is written with “{reading.odd}”"
    if not found.unexplained or found.extra is not None:
        return None
    return f"the name goes on with “{' '.join(found.unexplained[:6])}”, which is not in the title"


def _choose_alias(reading: Reading, family: Family) -> Alias | str:
    """Return the one show that the title names, or why that is not the wanted line."""
    found = reading.found
    if len(reading.aliases) == 1:
        only = reading.aliases[0]
        return f"is {family.title_of(only)}" if only.kind == "other" else only
    direct = [alias for alias in reading.aliases if alias.kind != "base"]
    base = [alias for alias in reading.aliases if alias.kind == "base"]
    later_season = (found.season or 1) > 1 and bool(family.line.season(found.season or 1))
    if base and (not direct or (later_season and direct[0].kind == "other")):
        return base[0]
    if len({(alias.kind, alias.place) for alias in direct}) > 1:
        if found.season is not None and _is_of_first(direct):
            return direct[0]
        direct = _told_apart(direct, found, family)
        if len(direct) != 1:
            return "the title is also that of another show, and nothing tells them apart"
    if direct[0].kind == "other":
        return f"is {family.title_of(direct[0])}"
    return direct[0]


def _is_of_first(aliases: Sequence[Alias]) -> bool:
    """Whether seasons share the first one's title, so that the season mark tells them apart."""
    return aliases[0].place == 0 and all(alias.kind == "line" for alias in aliases)


def _more_exact(alias: Alias, found: Found) -> Alias:
    """Return the later season that the second title of a bilingual name tells, if only it does."""
    beside = found.beside
    of_line = alias.kind == "base" or (alias.place == 0 and alias.season is None)
    if not of_line or found.seasons or found.part is not None or len(beside) != 1:
        return alias
    return beside[0] if beside[0].kind == "line" and beside[0].place > 0 else alias


def _told_apart(aliases: Sequence[Alias], found: Found, family: Family) -> list[Alias]:
    """Return those of several shows with one title that the year and the kind leave over."""
    left: list[Alias] = []
    for alias in aliases:
        work = family.work_of(alias)
        film = work.format is Format.MOVIE
        if found.year is not None and found.year != _year_of(work):
            continue
        if (film and found.numbered) or (found.format is Format.MOVIE and not film):
            continue
        left.append(alias)
    return left


def _year_of(work: Work) -> int | None:
    return work.start_date.year if work.start_date else work.season_year


def _claim(alias: Alias, found: Found, line: Line) -> Claim | str:
    """Put together what the title and the marks say, or say how they contradict each other."""
    if len(found.seasons) > 1 and found.numbered:
        return "its season marks contradict each other"
    season, part = found.season, found.part
    if season == 0:
        return "is a special" if is_serial(line.place.work) else _special(alias)
    if alias.season is not None:
        if season not in (None, 1, alias.season):
            return f"says season {season}, and {alias.season} in its title"
        season = alias.season
    elif season == 1 and alias.part is not None and not line.season(1):
        season = None  # a title that names a part of who knows which season begins its own
    if found.year is not None and not _is_year_of_line(found.year, alias, line, season):
        return f"is from {found.year}"
    return Claim(
        place=None if alias.kind == "base" else alias.place,
        marked=alias.marked,
        season=season,
        part=part if part is not None else _part_of_title(alias, line),
        compact=found.compact,
    )


def _part_of_title(alias: Alias, line: Line) -> int | None:
    """Return the part that a title names, be it only by belonging to a later part of a season."""
    if alias.part is None and alias.kind == "line" and alias.season is not None:
        part = line.places[alias.place].part
        return part if part > 1 else None
    return alias.part


def _special(alias: Alias) -> Claim:
    """Read ``S00E01`` behind the own title of a show that is no series."""
    return Claim(place=alias.place, marked=alias.marked)


def _is_year_of_line(year: int, alias: Alias, line: Line, season: int | None) -> bool:
    """Whether a year fits the wanted show; that of the first season fits later ones too."""
    years = {_year_of(line.place.work), line.place.work.season_year}
    if season is not None or alias.kind == "base" or alias.place == 0:
        years |= {_year_of(place.work) for place in line.places[: line.wanted]}
    known = [known for known in years if known is not None]
    return not known or any(abs(year - each) <= 1 for each in known)


def _of_relative(reading: Reading, family: Family) -> Identity | None:
    """Find the episode that is numbered as one of a show outside of the line, such as an OVA's."""
    found = reading.found
    (alias, *more) = reading.aliases
    if more or alias.kind != "other" or not family.line.is_told or not _is_plain(found):
        return None
    source = family.others[alias.place]
    episode = of_relative(family.line, source, found.number or 0)
    years = {_year_of(source), _year_of(family.work)}
    if episode is None or (found.year is not None and found.year not in years):
        return None
    identity = _single(episode, found, family)
    other = _contradiction(reading, alias, identity, family)
    return Identity(stranger=other) if other else identity


def _is_plain(found: Found) -> bool:
    """Whether a name has one number, and no season or part that it would count in."""
    several = found.half or found.vague or found.last is not None or found.compact
    if found.late or found.doubt is not None or found.also:
        return False
    return found.number is not None and not (several or found.seasons or found.part is not None)


def _count(claim: Claim, reading: Reading, family: Family) -> Identity:
    """Find the episodes that the number, the range or the missing number stand for."""
    found = reading.found
    doubt = _doubt(found, family)
    if doubt is not None:
        return Identity(doubt=doubt)
    if found.number is None:
        return _count_all(claim, reading, family)
    line = family.line
    if found.aired is not None and not _may_air(found.aired, found.number, line):
        return Identity(stranger=f"is from {found.aired}")
    if claim.season is not None and not line.season(claim.season):
        return Identity(stranger=f"is season {claim.season}")
    first = _one(episodes(line, claim, found.number), line)
    if isinstance(first, str):
        return Identity(doubt=first)
    if found.last is None:
        return _told_twice(first, found, line) or _single(first, found, family)
    last = _one(episodes(line, claim, found.last), line)
    if isinstance(last, str):
        return Identity(doubt=last)
    return _range(first, last, line)


def _doubt(found: Found, family: Family) -> str | None:
    """Say why nobody can tell what a name holds, whatever its number counts."""
    if found.half:
        return "is half an episode, or one numbered in between"
    if found.doubt is not None:
        return found.doubt
    whole = bool(found.seasons) or family.work.format is Format.MOVIE
    if found.late and (found.numbered or not whole):
        return f"the name goes on with “{' '.join(found.late[:6])}”, which is not understood"
    return "its number may be a season or an episode" if found.vague else None


def _one(meant: frozenset[Episode], line: Line) -> Episode | str:
    if not meant:
        return "its number is none of the show's"
    if len(meant) > 1:
        texts = sorted(f"{_name(episode, line)}" for episode in meant)
        return f"its number may be {' or '.join(texts)}"
    return next(iter(meant))


def _may_air(year: int, number: int, line: Line) -> bool:
    """Whether an episode can be of a year: of one in which its show began or went on."""
    begun = [_year_of(place.work) for place in line.places[: line.wanted + 1]]
    known = [known for known in begun if known is not None]
    return not known or min(known) - 1 <= year <= max(known) + 1 + number // _YEARLY


def _told_twice(episode: Episode, found: Found, line: Line) -> Identity | None:
    """Doubt a name that has a second number which is none that the episode is known by."""
    if episode.place != line.wanted or (found.total is None and not found.also):
        return None
    numbers = {numbering.number for numbering in line.numberings(episode.number)}
    first = found.number or 0
    numbers.add(first)
    # A name with the year of its show may count on from older shows that nobody told us of.
    dated = found.year is not None
    unknown = (also for also in found.also if also not in numbers and not (dated and also > first))
    other = next(unknown, None)
    if other is not None:
        return Identity(doubt=f"is also numbered {other}, which is another episode")
    lengths = {None, line.place.length, sum(each.length or 0 for each in line.places)}
    if found.total not in lengths or (found.total is not None and found.batch):
        return Identity(doubt=f"is one of {found.total}, which this show does not have")
    return None


def _name(episode: Episode, line: Line) -> str:
    if episode.place == ELSEWHERE:
        return f"episode {episode.number} of {episode.elsewhere}, says the public table"
    return f"episode {episode.number} of {line.places[episode.place].work.titles}"


def _single(episode: Episode, found: Found, family: Family) -> Identity:
    line = family.line
    if episode.place != line.wanted:
        return Identity(stranger=f"is {_name(episode, line)}")
    return Identity(
        held=(episode.place,),
        numbers=range(episode.number, episode.number + 1),
        several=found.batch,
        whole=line.place.length == 1,
        exact=True,
    )


def _range(first: Episode, last: Episode, line: Line) -> Identity:
    wanted, length = line.wanted, line.place.length
    outside = next((each for each in (first, last) if each.place == ELSEWHERE), None)
    if outside is not None:
        return Identity(doubt=f"holds {_name(outside, line)}")
    if last < first:
        return Identity(doubt="its numbers run backwards")
    if not first.place <= wanted <= last.place:
        return Identity(stranger=f"is {_name(first, line)} to {_name(last, line)}")
    start = first.number if first.place == wanted else 1
    end = last.number if last.place == wanted else length or 0
    return Identity(
        held=tuple(range(first.place, last.place + 1)),
        numbers=range(start, end + 1),
        several=True,
        whole=start == 1 and length is not None and end >= length,
        exact=first.place == wanted == last.place,
    )


def _count_all(claim: Claim, reading: Reading, family: Family) -> Identity:
    """Find what a name without any number holds: a film, a season, or everything."""
    line, found = family.line, reading.found
    if len(found.seasons) > 1:
        held = sorted(index for season in found.seasons for index in line.season(season))
    else:
        held = places(line, claim)
    if not held:
        return Identity(stranger=f"is season {claim.season or 1}")
    if line.wanted not in held:
        return Identity(stranger=f"is {line.places[held[0]].work.titles}")
    length = line.place.length
    several = found.batch or bool(found.seasons) or length != 1 or len(held) > 1
    if length != 1 and not (claim.marked or _may_be_whole(found, family.work)):
        return Identity(doubt="has no episode number")
    facets = reading.facets
    if found.sound and not (facets.resolution or facets.codec or facets.source):
        return Identity(doubt="speaks of sound only, and may be music")
    if length != 1 and not found.batch and facets.suffix in VIDEO_SUFFIXES:
        return Identity(doubt="has no episode number")
    return Identity(
        held=tuple(held),
        numbers=range(1, (length or 0) + 1),
        several=several,
        whole=True,
        exact=held == [line.wanted],
    )


def _may_be_whole(found: Found, work: Work) -> bool:
    """Whether a name without a number may stand for all episodes: only of finished shows."""
    return bool(found.seasons) or found.part is not None or work.finished


def _contradiction(
    reading: Reading, alias: Alias, identity: Identity, family: Family
) -> str | None:
    """Say which other show a second title in the name stands for, if it does."""
    if not identity.held or (alias.kind == "line" and alias.place == family.line.wanted > 0):
        return None
    for aliases in reading.found.aside:
        if any(other.kind == "base" for other in aliases):
            continue
        named = {other.place for other in aliases if other.kind == "line"}
        if named and (0 in named or named.intersection(identity.held)):
            continue
        return f"is also called {family.title_of(aliases[0])}"
    return None
