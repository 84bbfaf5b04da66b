"""What a title, marks and a number in a name mean: which episodes of which show of the line."""

from typing import NamedTuple

from .numbering import Episode, Line


class Claim(NamedTuple):
    """What a name says of the show it holds.

    *place* is the show in the line whose own title it carries, None for a title of the
    whole line.  *marked* tells that the title itself names the season or part.  *compact*
    is set for numbers written like ``S01E17``.
    """

    place: int | None = None
    marked: bool = False
    season: int | None = None
    part: int | None = None
    compact: bool = False


def episodes(line: Line, claim: Claim, number: int) -> frozenset[Episode]:
    """Return every episode that *number* can mean by the lengths of the shows."""
    if number < 1:
        return frozenset()
    if claim.season is not None or claim.part is not None:
        return frozenset(_of_marks(line, claim, number))
    if claim.place is None or _stands_for_line(line, claim):
        return frozenset(_only(line.count_all(number)))
    return frozenset(_of_title(line, claim.place, number))


def places(line: Line, claim: Claim) -> list[int]:
    """Return the shows that a name without any number holds."""
    if claim.part is not None:
        place = _part(line, claim)
        return [] if place is None else [place]
    if claim.place is not None and not claim.marked and not _stands_for_line(line, claim):
        fits = claim.season in (None, 1, line.places[claim.place].season)
        return [claim.place] if fits else []
    readings = line.readings(claim.season or 1)
    return readings[0] if len(readings) == 1 else []


def carrier(line: Line, claim: Claim) -> int | None:
    """Return the show behind whose title the number stands; None if nobody can tell."""
    if claim.part is not None:
        return _part(line, claim)
    if claim.place is not None and not claim.marked and not _stands_for_line(line, claim):
        fits = claim.season in (None, 1, line.places[claim.place].season)
        return claim.place if fits else None
    if claim.season is not None:
        return next(iter(line.season(claim.season)), None)
    return 0 if line.complete else None


def _stands_for_line(line: Line, claim: Claim) -> bool:
    """Whether the title is that of the first show, by which groups also call the later ones."""
    return claim.place == 0 and not claim.marked and line.complete


def _only(*found: Episode | None) -> set[Episode]:
    return {episode for episode in found if episode is not None}


def _of_title(line: Line, place: int, number: int) -> set[Episode]:
    """Count for a show with a title of its own, such as an arc's: on from it, or continuously."""
    own = line.count(number, [place])
    if own is not None:
        return {own}
    onward = line.count(number, range(place, len(line.places)))
    whole = line.count_all(number)
    season = line.season(line.places[place].season)
    return _only(onward, whole if whole is not None and whole.place in season else None)


def _of_marks(line: Line, claim: Claim, number: int) -> set[Episode]:
    place = claim.place
    if place is not None and not claim.marked and place > 0 and claim.part is None:
        return _of_arc(line, claim, place, number)
    if claim.part is not None:
        part = _part(line, claim)
        return set() if part is None else _of_part(line, claim, part, number)
    return _of_season(line, claim.season or 1, number)


def _of_arc(line: Line, claim: Claim, place: int, number: int) -> set[Episode]:
    """Count behind an arc's title and a season: the arc's own seasons, or those of the line."""
    season = claim.season or 1
    arc = line.arc(place, season)
    found = set() if arc is None else _only(line.count(number, [arc]))
    if season == 1 or any(place in reading for reading in line.readings(season)):
        found |= _of_part(line, claim, place, number)
        if not found and claim.compact and line.places[place].part == 1:
            found = _of_season(line, season, number)
    return found


def _of_season(line: Line, season: int, number: int) -> set[Episode]:
    """Count over the parts of a season; a number past them counts through the whole line."""
    found: set[Episode] = set()
    for places in line.readings(season):
        counted = _counted(line, places, number)
        whole = line.count_all(number) if counted is None else None
        found |= _only(counted or (whole if whole is not None and whole.place in places else None))
    return found


def _counted(line: Line, places: list[int], number: int) -> Episode | None:
    """Count over the parts of a season; None if those that it begins with are not known."""
    return line.count(number, places) if line.places[places[0]].part == 1 else None


def _of_part(line: Line, claim: Claim, place: int, number: int) -> set[Episode]:
    """Count for one part: its own numbers, the season's, or the whole line's."""
    own = line.count(number, [place])
    season = _counted(line, line.season(line.places[place].season), number)
    if season is not None and season.place != place:
        season = None
    if own is not None:
        return _only(own, season) if claim.compact and claim.season is not None else {own}
    whole = line.count_all(number)
    return _only(season or (whole if whole is not None and whole.place == place else None))


def _part(line: Line, claim: Claim) -> int | None:
    part = claim.part or 1
    if claim.place is not None and not claim.marked and line.places[claim.place].season > 1:
        return line.part(line.places[claim.place].season, part)
    if claim.season is not None:
        return line.part(claim.season, part)
    if claim.marked and claim.place is not None:
        return line.part(line.places[claim.place].season, part)
    parted = [i for i, p in enumerate(line.places) if p.part == part and part > 1]
    alone = len(parted) == 1 and (line.complete or line.places[parted[0]].season == 1)
    return parted[0] if alone else line.part(1, part)
