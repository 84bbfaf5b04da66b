"""The public table that says which numbers of one show are episodes of another.

Read here is the format of `erengy/anime-relations`: rules such as

    - 101|102|103:13-24 -> 201|202|203:1-12!

between the shows with these ids at MyAnimeList, Kitsu and AniList: what is called episode
13 of the first is episode 1 of the second.  ``?`` stands for an id or an end that nobody
knows and ``~`` for the source's id; with ``!`` the same numbers count on the second show's
own titles, too.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

import attrs

from .domain import Redirect, Work
from .errors import BadReply

MOST_BYTES = 2 * 1024 * 1024
MOST_RULES = 20_000
SITES = ("mal", "kitsu", "anilist")
"""The sites whose ids a rule gives, in its order."""

_LONGEST_LINE = 200
_MOST_OF_SHOW = 100
"""How many rules count for one show: several times what the longest lines have."""
_IDS = r"([0-9]{1,9}|[?~])\|([0-9]{1,9}|[?~])\|([0-9]{1,9}|[?~])"
_NUMBERS = r"([0-9]{1,5})(?:-([0-9]{1,5}|\?))?"
_RULE = re.compile(rf"- *{_IDS}:{_NUMBERS} *-> *{_IDS}:{_NUMBERS}(!?)", re.ASCII)
_META = re.compile(r"- *(?:version|last_modified): *([0-9][0-9.-]{0,20})", re.ASCII)

Ids = tuple[str | None, ...]
"""What each of `SITES` calls a show, None where the table does not know."""


@attrs.frozen
class Rule:
    """The numbers *first* to *last* of *source* are episodes of *target*, from *start* on.

    *last* None means without an end.  With *single* all of them are the episode *start*.
    *repeated* marks the second half of a rule with ``!``, in which *target* is *source*.
    """

    source: Ids
    first: int
    last: int | None
    target: Ids
    start: int
    single: bool = False
    repeated: bool = False

    def __str__(self) -> str:
        """Return it as the table writes it, ``!`` left out."""
        end = "" if self.single or self.last == self.first else f"-{self._until}"
        numbers = f"{self.first}" if self.last == self.first else f"{self.first}-{self.last or '?'}"
        return f"{_written(self.source)}:{numbers} -> {_written(self.target)}:{self.start}{end}"

    @property
    def _until(self) -> int | str:
        return "?" if self.last is None else self.start + self.last - self.first


@attrs.frozen
class Table:
    """All rules, and how many lines were *skipped* because they are none."""

    rules: tuple[Rule, ...] = ()
    skipped: int = 0

    @cached_property
    def _by_source(self) -> Mapping[tuple[str, str], tuple[Rule, ...]]:
        found: dict[tuple[str, str], list[Rule]] = {}
        for rule in self.rules:
            for site, number in zip(SITES, rule.source, strict=True):
                if number is not None:
                    found.setdefault((site, number), []).append(rule)
        return {key: tuple(rules) for key, rules in found.items()}

    def redirects(self, works: Iterable[Work]) -> tuple[Redirect, ...]:
        """Return what the table says of the numbers of these shows, which are all relatives."""
        relatives = {key: work for work in works if (key := _key(work)) is not None}
        found = (
            redirect
            for key, work in relatives.items()
            for rule in self._by_source.get(key, ())[:_MOST_OF_SHOW]
            if (redirect := _redirect(rule, key[0], work, relatives)) is not None
        )
        return tuple(found)


def _key(work: Work) -> tuple[str, str] | None:
    """Return the site in whose numbering *work* is counted, and its id there.

    That is the site whose id is the provider's own: elsewhere the same show may be cut
    into other pieces.
    """
    for site in SITES:
        if work.ids.get(site) == work.id:
            return site, str(work.id)
    known = ((site, work.ids[site]) for site in reversed(SITES) if work.ids.get(site))
    return next(known, None)


def _redirect(
    rule: Rule, site: str, source: Work, relatives: Mapping[tuple[str, str], Work]
) -> Redirect | None:
    """Return *rule* in the ids of the shows' provider; None if there is nothing left of it.

    A repeated rule is about numbers past the show's own only: ``Show II - 12`` is episode
    12 of a show with twelve, even if its first season had eleven.
    """
    number = rule.target[SITES.index(site)]
    target = None if number is None else relatives.get((site, number))
    first, start = rule.first, rule.start
    if rule.repeated and source.episodes is not None and first <= source.episodes:
        first, start = source.episodes + 1, start + source.episodes + 1 - first
    if rule.last is not None and first > rule.last:
        return None
    return Redirect(
        source=source.id,
        first=first,
        last=rule.last,
        target=None if target is None else target.id,
        start=start,
        single=rule.single,
        text=str(rule),
    )


def parse(data: bytes) -> Table:
    """Read a table; whatever a line is that is no rule, it is skipped and counted.

    Raises `uuutd.errors.BadReply` for more than `MOST_BYTES` or `MOST_RULES`, and for what
    has no rule at all.
    """
    if len(data) > MOST_BYTES:
        raise BadReply(f"the table of numbering rules has more than {MOST_BYTES} bytes")
    rules: list[Rule] = []
    skipped = 0
    for line in data.decode("utf-8", "replace").split("\n"):
        text = line.strip()
        if not text or text.startswith(("#", "::")):
            continue
        found = tuple(_read(text))
        rules.extend(found)
        skipped += not found and _META.fullmatch(text) is None
        if len(rules) > MOST_RULES:
            raise BadReply(f"the table of numbering rules has more than {MOST_RULES} rules")
    if not rules:
        raise BadReply("the table of numbering rules has no rule in it")
    return Table(tuple(rules), skipped)


def _read(text: str) -> Iterator[Rule]:
    """Yield the rule that a line is, two with ``!``, none if it is wrong."""
    match = _RULE.fullmatch(text) if len(text) <= _LONGEST_LINE else None
    if match is None or "~" in match.group(1, 2, 3):
        return
    source = tuple(None if each == "?" else _plain(each) for each in match.group(1, 2, 3))
    pairs = zip(match.group(6, 7, 8), source, strict=True)
    target = tuple(same if t == "~" else None if t == "?" else _plain(t) for t, same in pairs)
    first, last = _range(match[4], match[5])
    start, until = _range(match[9], match[10])
    single = until == start and last != first
    if last is not None and until is not None and not single:
        last = min(last, first + until - start)  # what is beyond the target is nobody's
    wrong = last is not None and last < first
    if wrong or (until is not None and until < start) or not (any(source) and any(target)):
        return
    yield Rule(source, first, last, target, start, single)
    if match[11] and target != source:
        yield from _repeated(target, first, last, start)


def _repeated(show: Ids, first: int, last: int | None, start: int) -> Iterator[Rule]:
    """Yield the second half of a rule with ``!``: the numbers that are not the show's own."""
    own = start + last - first if last is not None else start
    if first <= own:
        first, start = own + 1, start + own + 1 - first
    if last is None or first <= last:
        yield Rule(show, first, last, show, start, repeated=True)


def _range(first: str, last: str | None) -> tuple[int, int | None]:
    if last is None:
        return int(first), int(first)
    return int(first), None if last == "?" else int(last)


def _plain(number: str) -> str:
    return number.lstrip("0") or "0"


def _written(ids: Ids) -> str:
    return "|".join(each or "?" for each in ids)
