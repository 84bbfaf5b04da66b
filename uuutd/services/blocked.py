"""Refusing the releases whose torrents did not move for the same user and episode."""

from collections.abc import Callable

import attrs

from ..domain import Choice, Rejection, Release, Verdict
from ..store.blocks import STALLED, Blocks
from ..store.records import Candidate
from .replies import release_id


def without_blocked(choice: Choice, blocks: Blocks) -> Choice:
    """Refuse what *blocks* names; it stands before what rules refuse, as it would fit."""
    if not blocks.hashes:
        return choice
    return _refuse(choice, lambda release: blocks.against(release.info_hash, release_id(release)))


def blocked_before(choice: Choice, candidates: tuple[Candidate, ...]) -> Choice:
    """Refuse again what was blocked when a search that is judged anew was made."""
    reasons = {
        id(each.release): rejection.text
        for each in candidates
        for rejection in each.rejections
        if rejection.code == STALLED
    }
    return _refuse(choice, lambda release: reasons.get(id(release))) if reasons else choice


def _refuse(choice: Choice, why: Callable[[Release], str | None]) -> Choice:
    free: list[Verdict] = []
    held: list[Verdict] = []
    rejected: list[Verdict] = []
    for verdict in choice.verdicts:
        if text := why(verdict.release):
            against = (*verdict.rejections, Rejection(STALLED, text))
            held.append(attrs.evolve(verdict, score=0, reasons=(), rejections=against))
        else:
            (free if verdict.fits else rejected).append(verdict)
    return attrs.evolve(choice, verdicts=(*free, *held, *rejected))
