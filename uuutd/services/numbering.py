"""How an episode is numbered, and where each of its numbers comes from."""

from collections.abc import Iterator

from ..choice.accepted import accepted
from ..choice.numbering import Line
from ..domain import EntryId, Redirect, Wanted
from ..store.records import User
from ..wire import LineShowReply, NumberingReply, NumberingRuleReply, NumberReply
from .preferences import Preferences
from .relations import Relations
from .releases import which_episode
from .rule_table import RuleTable
from .watchlists import Watchlists


class Numbering:
    """Explains numbers; nothing is searched."""

    def __init__(
        self,
        watchlists: Watchlists,
        relations: Relations,
        preferences: Preferences,
        rules: RuleTable | None = None,
    ) -> None:
        self._watchlists = watchlists
        self._relations = relations
        self._preferences = preferences
        self._rules = rules

    async def show(
        self, user: User, provider: str, entry_id: EntryId, episode: int | None
    ) -> NumberingReply:
        """Return all numbers of an episode of the user's list; of the next one, else the first."""
        listed = await self._watchlists.locate(
            user.id, provider, entry_id, meanwhile=self._relations.foresee
        )
        if episode is None:
            episode = listed.entry.next_episode or 1
        number = which_episode(listed.entry, episode)
        wish = await self._preferences.wish(user.id, listed)
        wanted = await self._relations.wanted(
            listed.provider, listed.entry.work, number, counts_from=wish.counts_from
        )
        line = Line.of(wanted)
        return NumberingReply(
            provider=listed.provider,
            entry=entry_id,
            work=listed.work,
            title=str(wanted.work.titles),
            episode=number,
            season=line.place.season,
            part=line.place.part,
            counts_from=wanted.counts_from,
            line=tuple(_shows(line)),
            numbers=tuple(
                NumberReply(
                    number=each.number,
                    season=each.season,
                    behind=each.behind,
                    source=each.source,
                    text=each.text,
                )
                for each in accepted(line, number)
            ),
            rules=tuple(_rules(wanted, line)),
            table_at=self._rules.checked_at if self._rules else None,
        )


def _shows(line: Line) -> Iterator[LineShowReply]:
    every = range(len(line.places))
    for index, place in enumerate(line.places):
        yield LineShowReply(
            id=place.work.id,
            title=str(place.work.titles),
            season=place.season,
            part=place.part,
            episodes=place.length,
            offset=line.offset(index, every) if line.complete else None,
            wanted=index == line.wanted,
        )


def _rules(wanted: Wanted, line: Line) -> Iterator[NumberingRuleReply]:
    """Yield the rules from or to a show of the line."""
    relatives = (wanted.work, *wanted.prequels, *(each.work for each in wanted.related))
    titles = {work.id: str(work.titles) for work in relatives}
    counted = {place.work.id for place in line.places}
    for redirect in wanted.redirects:
        if redirect.source in counted or redirect.target in counted:
            yield NumberingRuleReply(text=_in_words(redirect, titles), rule=redirect.text)


def _in_words(redirect: Redirect, titles: dict[EntryId, str]) -> str:
    target = titles[redirect.target] if redirect.target else "a show that is no known relative"
    last = redirect.last
    end = None if last is None else redirect.meaning(last)
    numbers = _span(redirect.first, last)
    return f"{numbers} of {titles[redirect.source]}: {_span(redirect.start, end)} of {target}"


def _span(first: int, last: int | None) -> str:
    if last is None:
        return f"{first} and on"
    return f"{first}" if first == last else f"{first} to {last}"
