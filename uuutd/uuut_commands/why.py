"""``why``: what was searched for an episode, what was taken of it, and why nothing else."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from types import MappingProxyType

from ..terminal.console import Cell, Column, Console
from ..terminal.words import ago, read_as
from ..wire import DifferenceReply, ReleaseReply, ReplayReply, VerdictReply, WhyReply
from .choice import counts, say_what_is_newer, say_who_failed, show_releases
from .context import Context
from .exits import OK
from .matching import find_entries, find_entry

NEXT_BEST = 3
"""How many releases are shown beside the one that was taken."""
MOST_TEXTS = 3
"""How many of the reasons for a rule's refusals are shown."""

REFUSALS = (Column("REFUSED", right=True), Column("BECAUSE"), Column("IN WORDS", flexible=True))
RULES: Mapping[str, str] = MappingProxyType(
    {
        "R1": "another show",
        "R2": "another episode",
        "R3": "single or batch",
        "R4": "language",
        "R5": "no good file",
        "R6": "date",
        "superseded": "newer version",
        "judge": "a plugin",
        "waiting": "another group",
    }
)
_ADDRESS = re.compile(r"([A-Za-z0-9_-]{1,64}):([A-Za-z0-9._:-]{1,64})")


async def why(context: Context) -> int:
    """Print the last search for an episode; nothing is searched."""
    console, options = context.console, context.options
    provider, entry = await _show_of(context)
    told = await context.remote.why(provider, entry, options.episode, replay=options.replay)
    if context.json:
        console.json(told)
        return OK
    _say_what_it_is(console, told)
    say_what_is_newer(console, told)
    numbered = list(enumerate(told.releases, 1))
    if options.all:
        show_releases(console, numbered)
    else:
        _show_in_short(console, told, numbered)
    if told.replay is not None:
        _show_replay(console, told, told.replay)
    return OK


async def _show_of(context: Context) -> tuple[str, str]:
    """Return the show that is meant: one that is not on the list is found by its full id."""
    options = context.options
    address = _ADDRESS.fullmatch(options.title)
    if address:  # or a title with a colon
        watchlist = await context.remote.watchlist()
        if not find_entries(watchlist.entries, options.title):
            return address[1], address[2]
    entry = await find_entry(context.console, context.remote, options.title, first=options.first)
    return entry.provider, entry.id


def _say_what_it_is(console: Console, told: WhyReply) -> None:
    who = f"by job {told.job}" if told.job else "to look"
    when = ago(told.searched_at, datetime.now(UTC))
    console.say(
        f"{told.wanted.title} ep {told.wanted.episode}, searched {when} {who}: {counts(told)}"
    )
    if told.found > len(told.releases):
        console.say(f"of {told.found} found, only the best {len(told.releases)} are kept")
    if told.rules == "changed":
        console.say("the rules have changed since; --replay judges by those of today")
    say_who_failed(console, told.failures)


def _show_in_short(
    console: Console, told: WhyReply, numbered: list[tuple[int, ReleaseReply]]
) -> None:
    """Print what was taken, what came next, and how many were refused for which reasons."""
    chosen = told.taken or told.best
    first = [each for each in numbered if each[1].id == chosen]
    others = [each for each in numbered if each[1].id != chosen and not each[1].rejections]
    if first:
        console.data("taken:" if told.taken else "would be taken:", "good")
        show_releases(console, first)
    else:
        console.data("nothing fits" if told.releases else "nothing was found", "bad")
    if others:
        console.data("next best:")
        show_releases(console, others[:NEXT_BEST])
    refused = [release for release in told.releases if release.rejections]
    if refused:
        console.table(REFUSALS, list(_refusals(refused)))
    if len(first) + len(others[:NEXT_BEST]) < len(numbered):
        console.say("each of them: --all")


def _refusals(refused: Iterable[ReleaseReply]) -> Iterable[tuple[Cell, ...]]:
    """Yield a row for each rule; a release counts for the first one that it breaks."""
    texts: dict[str, Counter[str]] = {}
    for release in refused:
        first = release.rejections[0]
        texts.setdefault(first.code, Counter())[first.text] += 1
    for code, found in sorted(texts.items(), key=lambda item: -item[1].total()):
        words = "; ".join(
            f"{text} ({count})" if count > 1 else text
            for text, count in found.most_common(MOST_TEXTS)
        )
        more = len(found) - MOST_TEXTS
        ending = f"; and {more} other reasons" if more > 0 else ""
        yield (
            Cell(str(found.total())),
            Cell(RULES.get(code, code)),
            Cell(words + ending, "bad"),
        )


def _show_replay(console: Console, told: WhyReply, replay: ReplayReply) -> None:
    if replay.same:
        console.data("judged again: every release as it was", "good")
        return
    titles = {release.id: release.title for release in told.releases}
    best = titles.get(replay.best or "", "nothing")
    console.data(f"judged again: {best} would be taken", "busy")
    for difference in replay.differences:
        _show_difference(console, difference)
    if not replay.differences:
        console.data("  only the order is another")


def _show_difference(console: Console, difference: DifferenceReply) -> None:
    console.data(f"  {difference.title}")
    console.data(f"    before: {_verdict(difference.before)}", "quiet")
    console.data(f"    now: {_verdict(difference.after)}", "quiet")


def _verdict(verdict: VerdictReply) -> str:
    reading = f"{read_as(verdict.reading)}: " if verdict.reading else ""
    if verdict.rejections:
        return reading + "; ".join(rejection.text for rejection in verdict.rejections)
    points = ", ".join(f"{reason.text} {reason.points:+}" for reason in verdict.reasons)
    return f"{reading}{verdict.score} ({points})"
