"""What a search found, put down so that it can be explained and judged again."""

from collections.abc import Callable, Sequence
from datetime import datetime

import attrs

from ..choice import Judge, rank
from ..choice.family import family_of
from ..choice.rules import examine
from ..domain import Choice, Entry, Release, Taste, Verdict, Wanted
from ..store.records import Candidate, Findings
from ..titles import search_terms
from ..wire import (
    DifferenceReply,
    FailureReply,
    ReadingReply,
    ReasonReply,
    RejectionReply,
    ReleaseReply,
    ReplayReply,
    VerdictReply,
)
from . import replies
from .blocked import blocked_before
from .kept_group import keep_to_group

MOST_CANDIDATES = 300
"""How many releases of a search are kept: the best, and those that came nearest."""


def queries(wanted: Wanted) -> tuple[str, ...]:
    """Return what the indexers were asked, for people."""
    return tuple(" ".join((term.words, *term.numbers)) for term in search_terms(wanted))


def findings_of(
    choice: Choice, taste: Taste, entry: Entry, failures: tuple[FailureReply, ...]
) -> Findings:
    """Return what is kept of a choice: no trackers and no addresses, which may hold a passkey.

    Takes some microseconds a release, as nearly every name was read a moment ago.
    """
    read = _reader(choice.wanted, taste)
    return Findings(
        wanted=choice.wanted,
        taste=taste,
        entry=entry,
        queries=queries(choice.wanted),
        found=len(choice.verdicts),
        candidates=tuple(
            _candidate(
                verdict,
                attrs.evolve(verdict.release, trackers=(), torrent_url=None),
                replies.release_id(verdict.release),
                read(verdict),
            )
            for verdict in choice.verdicts[:MOST_CANDIDATES]
        ),
        failures=failures,
    )


def judge_again(
    findings: Findings, at: datetime, judges: Sequence[tuple[str, Judge]]
) -> tuple[Candidate, ...]:
    """Return the candidates as today's rules judge them, as of the moment of the search.

    What only the addresses told apart keeps its order, as the sorting is stable.
    """
    ids = {id(each.release): each.id for each in findings.candidates}
    releases = [each.release for each in findings.candidates]
    ranked = rank(findings.wanted, releases, findings.taste, judges)
    kept = keep_to_group(ranked, findings.taste, findings.entry, at)
    choice = blocked_before(kept, findings.candidates)
    read = _reader(choice.wanted, findings.taste)
    return tuple(
        _candidate(verdict, verdict.release, ids[id(verdict.release)], read(verdict))
        for verdict in choice.verdicts
    )


def compare(before: tuple[Candidate, ...], after: tuple[Candidate, ...]) -> ReplayReply:
    """Say what is different *after* another judgement of the same releases."""
    then = {each.id: each for each in before}
    return ReplayReply(
        best=best_of(after),
        same=before == after,
        differences=tuple(
            DifferenceReply(
                id=now.id,
                title=now.release.title,
                before=_verdict(then[now.id]),
                after=_verdict(now),
            )
            for now in after
            if now != then[now.id]
        ),
    )


def best_of(candidates: tuple[Candidate, ...]) -> str | None:
    """Return the id of the release to take; None if none fits."""
    best = next(iter(candidates), None)
    return best.id if best is not None and not best.rejections else None


def shown(candidate: Candidate) -> ReleaseReply:
    """Return a candidate as the API shows releases."""
    verdict = _verdict(candidate)
    return attrs.evolve(
        replies.raw_release(candidate.release),
        id=candidate.id,
        score=verdict.score,
        reasons=verdict.reasons,
        rejections=verdict.rejections,
        group=candidate.reading.group if candidate.reading else None,
        reading=verdict.reading,
    )


def judged_and_read(choice: Choice, taste: Taste) -> tuple[ReleaseReply, ...]:
    """Return all releases of a choice as the API shows them, with how their names were read."""
    read = _reader(choice.wanted, taste)
    return tuple(
        attrs.evolve(replies.judged_release(verdict), reading=read(verdict))
        for verdict in choice.verdicts
    )


def _candidate(
    verdict: Verdict, release: Release, release_id: str, reading: ReadingReply | None
) -> Candidate:
    return Candidate(
        id=release_id,
        release=release,
        reading=reading,
        score=verdict.score,
        reasons=verdict.reasons,
        rejections=verdict.rejections,
    )


def _verdict(candidate: Candidate) -> VerdictReply:
    return VerdictReply(
        score=candidate.score,
        reasons=tuple(ReasonReply(text=r.text, points=r.points) for r in candidate.reasons),
        rejections=tuple(RejectionReply(code=r.code, text=r.text) for r in candidate.rejections),
        reading=candidate.reading,
    )


def _reader(wanted: Wanted, taste: Taste) -> Callable[[Verdict], ReadingReply | None]:
    """Return what tells how the name of a release was read."""
    family = family_of(wanted)

    def read(verdict: Verdict) -> ReadingReply | None:
        reading = examine(verdict.release, wanted, family, taste).reading
        if reading is None:
            return None
        facets, found, held = reading.facets, reading.found, verdict.episodes
        return ReadingReply(
            group=facets.group,
            resolution=facets.resolution,
            codec=facets.codec,
            source=facets.source,
            season=found.season,
            part=found.part,
            version=found.version,
            episodes=(held[0], held[-1]) if held else None,
            languages=tuple(sorted(facets.languages)),
            multi=facets.multi,
            dub=facets.dub,
            dual=facets.dual,
            raw=facets.raw,
        )

    return read
