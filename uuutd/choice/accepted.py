"""Every number under which an episode is accepted, and where each of them comes from."""

from collections.abc import Iterator

from ..domain import Redirect, Work
from . import told
from .meaning import Claim
from .numbering import Episode, Line, Numbering


def accepted(line: Line, episode: int) -> tuple[Numbering, ...]:
    """Return all numberings of an episode of the wanted show that names may use."""
    counted = tuple(line.numberings(episode))
    if not line.is_told:
        return counted
    meant = frozenset({Episode(line.wanted, episode)})
    of_user = list(_of_user(line, episode))
    stays = [
        each
        for each in counted
        if _meant(line, each) == meant and not _stands(each, of_user)  # who said it is told
    ]
    stays += of_user
    return (*stays, *(each for each in _of_table(line, episode) if not _stands(each, stays)))


def _stands(numbering: Numbering, among: list[Numbering]) -> bool:
    key = (numbering.number, numbering.season, numbering.behind)
    return any(key == (each.number, each.season, each.behind) for each in among)


def _meant(line: Line, numbering: Numbering) -> frozenset[Episode]:
    """Return what a name means that is numbered so."""
    if numbering.kind == "own":
        claim = Claim(place=line.wanted)
    elif numbering.kind == "season":
        claim = Claim(season=numbering.season, compact=True)
    else:
        claim = Claim(place=0)
    return told.episodes(line, claim, numbering.number)


def _of_user(line: Line, episode: int) -> Iterator[Numbering]:
    if line.counts_from is None:
        return
    number, title = line.counts_from + episode - 1, str(line.place.work.titles)
    text = f"you said that its first episode is numbered {line.counts_from}"
    yield Numbering("continuous", number, None, text, "user", title)


def _of_table(line: Line, episode: int) -> Iterator[Numbering]:
    """Yield the numbers that rules of the table give to the episode."""
    wanted = Episode(line.wanted, episode)
    indexes = {place.work.id: index for index, place in enumerate(line.places)}
    for redirect in line.into(line.place.work.id):
        number = _number_of(redirect, episode)
        if number is None:
            continue
        source = line.relatives[redirect.source]
        index = indexes.get(redirect.source)
        if index is None:
            if told.of_relative(line, source, number) == wanted:
                yield _told(number, source)
        elif _means(line, Claim(place=index), number, episode):
            yield _told(number, source)
            if index != line.wanted and index in line.season(line.place.season)[:1]:
                yield from _of_season(line, number, episode)


def _of_season(line: Line, number: int, episode: int) -> Iterator[Numbering]:
    """Yield a season's number that the lengths do not tell."""
    season = line.place.season
    if _means(line, Claim(season=season, compact=True), number, episode):
        text = f"episode {number} of season {season}, by the public table"
        yield Numbering("season", number, season, text, "table")


def _told(number: int, source: Work) -> Numbering:
    text = f"the public table: {number} of {source.titles} is this episode"
    return Numbering("continuous", number, None, text, "table", str(source.titles))


def _number_of(redirect: Redirect, episode: int) -> int | None:
    """Return the number that a rule gives to an episode; of several the first."""
    number = redirect.first + (0 if redirect.single else episode - redirect.start)
    return number if redirect.meaning(number) == episode else None


def _means(line: Line, claim: Claim, number: int, episode: int) -> bool:
    return told.episodes(line, claim, number) == frozenset({Episode(line.wanted, episode)})
