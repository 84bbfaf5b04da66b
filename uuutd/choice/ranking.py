"""Putting all that was found for an episode in order, with the reasons for it."""

import logging
from collections.abc import Callable, Sequence
from itertools import starmap
from operator import attrgetter

from ..domain import (
    Adjustment,
    Choice,
    Reason,
    Rejection,
    Release,
    Taste,
    Verdict,
    Wanted,
)
from ..text import clean
from .family import family_of
from .rules import Candidate, examine
from .score import JUDGE_LIMIT, Contender, Standing, identity_key, order, scale

Judge = Callable[[Wanted, Release, Taste, Verdict], Adjustment | None]
"""A second opinion on a release that passed the rules."""

_MOST_EPISODES = 10_000

log = logging.getLogger(__name__)


def rank(
    wanted: Wanted,
    releases: Sequence[Release],
    taste: Taste,
    judges: Sequence[tuple[str, Judge]] = (),
) -> Choice:
    """Judge all releases and put the best first and the rejected last.

    The result does not depend on the order of *releases*.  *judges*, each with its name,
    are asked of releases that passed the rules: they give and take points or refuse, and
    cannot lift a rule.  One that raises is logged once and counts as having said nothing.
    """
    family = family_of(wanted)
    candidates = [examine(release, wanted, family, taste) for release in releases]
    contenders: list[Contender] = []
    rejected: list[Verdict] = []
    failed: set[str] = set()
    for candidate in candidates:
        contender = _contender(candidate)
        if contender is None:
            rejected.append(_rejected(candidate))
            continue
        contender, refusals = _ask(judges, contender, wanted, taste, failed)
        if refusals:
            rejected.append(_verdict(contender, rejections=refusals))
        else:
            contenders.append(contender)
    current, superseded = _drop_superseded(contenders)
    rejected.extend(superseded)
    tie = _tie_breaker(releases)
    rejected.sort(key=lambda verdict: (*_rejected_key(verdict), tie(verdict.release)))
    weights = scale(taste, len(judges))
    fitting = [(contender, weights.standing(contender)) for contender in current]
    fitting.sort(key=lambda fit: (*order(fit[0], fit[1].points), tie(fit[0].release)), reverse=True)
    return Choice(wanted=wanted, verdicts=(*starmap(_scored, fitting), *rejected))


def _tie_breaker(releases: Sequence[Release]) -> Callable[[Release], object]:
    """Return the last key of the order: the title, if that tells all of them apart."""
    if len({release.title for release in releases}) == len(releases):
        return attrgetter("title")
    return identity_key


def _contender(candidate: Candidate) -> Contender | None:
    if candidate.rejections or candidate.reading is None:
        return None
    reading = candidate.reading
    return Contender(candidate.release, reading.facets, candidate.identity, reading.found.version)


def _ask(
    judges: Sequence[tuple[str, Judge]],
    contender: Contender,
    wanted: Wanted,
    taste: Taste,
    failed: set[str],
) -> tuple[Contender, tuple[Rejection, ...]]:
    """Ask every judge about a release, each in a guard of its own.

    *failed* are the judges that have been complained of: one complaint for all releases.
    """
    if not judges:
        return contender, ()
    verdict = _verdict(contender)
    judged: list[Reason] = []
    refusals: list[Rejection] = []
    for name, judge in judges:
        try:
            adjustment = judge(wanted, contender.release, taste, verdict)
            points, refusal = _weigh(name, adjustment)
        except BaseException:
            # A plugin's judge may raise anything, and must not harm the choice.  It is called
            # synchronously: a SystemExit or CancelledError here is its own doing, nobody's wish.
            if name not in failed:
                log.warning("judge %s failed on %r", name, contender.release.title, exc_info=True)
            failed.add(name)
            continue
        if refusal is not None:
            refusals.append(refusal)
        if points is not None:
            judged.append(points)
    return contender._replace(judged=tuple(judged)), tuple(refusals)


def _weigh(name: str, adjustment: Adjustment | None) -> tuple[Reason | None, Rejection | None]:
    """Return what a judge's answer is worth: points within the limit, and a refusal."""
    if adjustment is None:
        return None, None
    said: object = adjustment.reason  # nobody checks what a plugin puts there
    text = clean(said) if isinstance(said, str) else ""
    if adjustment.refuse:  # stands whatever else is wrong with the answer
        return None, Rejection("judge", f"{name}: {text or 'refused'}")
    points = max(-JUDGE_LIMIT, min(JUDGE_LIMIT, int(adjustment.points)))
    reason = Reason(f"{name}: {text or 'no reason given'}", points) if points else None
    return reason, None


def _drop_superseded(contenders: list[Contender]) -> tuple[list[Contender], list[Verdict]]:
    """Set aside what its own group has replaced by a higher version."""
    if len({contender.version for contender in contenders}) < 2:
        return contenders, []
    highest: dict[object, int] = {}
    for contender in contenders:
        key = _version_key(contender)
        highest[key] = max(highest.get(key, 0), contender.version)
    current: list[Contender] = []
    superseded: list[Verdict] = []
    for contender in contenders:
        newest = highest[_version_key(contender)]
        if contender.facets.group is None or contender.version == newest:
            current.append(contender)
        else:
            rejection = Rejection("superseded", f"replaced by v{newest} of the same group")
            superseded.append(_verdict(contender, rejections=(rejection,)))
    return current, superseded


def _version_key(contender: Contender) -> tuple[object, ...]:
    facets = contender.facets
    group = (facets.group or "").casefold()
    return (group, facets.resolution, facets.codec, contender.identity.numbers)


def _scored(contender: Contender, standing: Standing) -> Verdict:
    score = sum([reason.points for reason in standing.reasons])
    return _verdict(contender, reasons=standing.reasons, score=score)


def _verdict(
    contender: Contender,
    *,
    score: int = 0,
    reasons: tuple[Reason, ...] = (),
    rejections: tuple[Rejection, ...] = (),
) -> Verdict:
    return Verdict(
        release=contender.release,
        score=score,
        reasons=reasons,
        rejections=rejections,
        episodes=tuple(contender.identity.numbers[:_MOST_EPISODES]),
        group=contender.facets.group,
        resolution=contender.facets.resolution,
    )


def _rejected(candidate: Candidate) -> Verdict:
    facets = candidate.reading.facets if candidate.reading else None
    return Verdict(
        release=candidate.release,
        rejections=candidate.rejections,
        episodes=tuple(candidate.identity.numbers[:_MOST_EPISODES]),
        group=facets.group if facets else None,
        resolution=facets.resolution if facets else None,
    )


def _rejected_key(verdict: Verdict) -> tuple[object, ...]:
    """Put those first that came nearest: the last rule broken, then the seeders."""
    first = min([rejection.code for rejection in verdict.rejections])
    return (
        first != "superseded",
        len(verdict.rejections),
        -ord(first[-1]),
        -(verdict.release.seeders or 0),
    )
