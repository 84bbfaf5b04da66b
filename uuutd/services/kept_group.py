"""Waiting for the group whose episodes a user has, as long as they said and not a moment more."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import attrs

from ..choice.facets import groups_of
from ..domain import Choice, Entry, Rejection, Taste, Verdict

WAITING = "waiting"
"""The code of what is held against other groups while one is waited for."""


def keep_to_group(choice: Choice, taste: Taste, entry: Entry, now: datetime) -> Choice:
    """Refuse what other groups than the earlier one made, while *taste* says to wait for that.

    How long is counted from when the episode aired; if nobody knows, from when the first
    release of another group was published.  If that is unknown, too, nothing is waited for:
    nobody could tell the user until when.
    """
    group = taste.earlier_group
    if taste.keep_group != "wait" or group is None:
        return choice
    others = [verdict for verdict in choice.verdicts if verdict.fits and not _is_by(verdict, group)]
    came_out = _came_out(choice.wanted.episode, entry, others, now)
    if not others or came_out is None:
        return choice
    until = came_out + timedelta(hours=taste.keep_group_hours)
    if until <= now:
        return choice
    against = Rejection(WAITING, f"waiting for {group} until {until:%Y-%m-%d %H:%M} UTC")
    fitting = [v for v in choice.verdicts if v.fits and v not in others]
    held = [attrs.evolve(v, score=0, reasons=(), rejections=(against,)) for v in others]
    rejected = [v for v in choice.verdicts if not v.fits]
    return attrs.evolve(choice, verdicts=(*fitting, *held, *rejected))


def waits_for(choice: Choice) -> str | None:
    """Return whom nothing is taken for and until when; None if that is not the reason."""
    texts = (r.text for v in choice.verdicts for r in v.rejections if r.code == WAITING)
    return None if choice.best else next(texts, None)


def _is_by(verdict: Verdict, group: str) -> bool:
    """Whether *group*, or one of its members if several worked together, made a release."""
    return not groups_of(group).isdisjoint(groups_of(verdict.group))


def _came_out(
    episode: int, entry: Entry, others: Sequence[Verdict], now: datetime
) -> datetime | None:
    """Return when an episode came out, as far as that is known; a time to come is none."""
    aired = entry.aired is not None and episode == entry.aired + 1 and entry.airs_at
    if aired and aired <= now:
        return aired
    dates = [date for v in others if (date := v.release.published_at) and date <= now]
    return min(dates, default=None)
