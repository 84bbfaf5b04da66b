"""From the words of the trade to those of the API."""

import hashlib
from typing import Any

import attrs

from ..domain import Choice, Entry, Release, Titles, Verdict
from ..errors import BackendError, Error, Throttled, Unavailable
from ..store.records import Intent, IntentState
from ..wire import (
    EntryDetailReply,
    EntryFields,
    EntryReply,
    EntryState,
    EpisodeReply,
    FailureReply,
    JobReply,
    JobState,
    ReasonReply,
    RejectionReply,
    ReleaseReply,
    TitleReply,
)

_JOB_STATES: dict[IntentState, JobState] = {
    IntentState.DONE: "done",
    IntentState.FAILED: "failed",
    IntentState.CANCELLED: "cancelled",
}


def failure(error: Error) -> FailureReply:
    """Return what is said of an error inside an answer or a job."""
    backend = error.backend if isinstance(error, BackendError) else None
    retry_after = error.retry_after if isinstance(error, BackendError | Throttled) else None
    return FailureReply(
        code=error.code,
        title=error.title,
        detail=error.detail,
        step=error.step,
        backend=backend,
        hint=error.hint,
        retry_after=retry_after,
    )


def release_id(release: Release) -> str:
    """Return a short name of a release, the same each time that it is found."""
    mark = release.info_hash or release.torrent_url or release.title
    return hashlib.sha256(f"{release.indexer}\0{mark}".encode()).hexdigest()[:16]


def raw_release(release: Release) -> ReleaseReply:
    """Return a release that nothing has judged."""
    return ReleaseReply(
        id=release_id(release),
        title=release.title,
        info_hash=release.info_hash,
        indexer=release.indexer,
        size=release.size,
        seeders=release.seeders,
        leechers=release.leechers,
        published_at=release.published_at,
        trusted=release.trusted,
        page_url=release.page_url,
    )


def judged_release(verdict: Verdict) -> ReleaseReply:
    """Return a release with what the rules and preferences made of it."""
    return attrs.evolve(
        raw_release(verdict.release),
        score=verdict.score,
        reasons=tuple(ReasonReply(text=r.text, points=r.points) for r in verdict.reasons),
        rejections=tuple(RejectionReply(code=r.code, text=r.text) for r in verdict.rejections),
        group=verdict.group,
    )


def judged(choice: Choice) -> tuple[ReleaseReply, ...]:
    """Return all releases of a choice, in its order."""
    return tuple(judged_release(verdict) for verdict in choice.verdicts)


def titles(value: Titles) -> TitleReply:
    """Return a show's titles."""
    return TitleReply(romaji=value.romaji, english=value.english, native=value.native)


def entry(
    provider: str, work: str, entry: Entry, *, state: EntryState, torrent: str | None
) -> EntryReply:
    """Return a show on a watchlist and what is next."""
    number = entry.next_episode
    return EntryReply(
        provider=provider,
        id=entry.id,
        work=work,
        ids=dict(entry.work.ids),
        title=titles(entry.work.titles),
        synonyms=entry.work.synonyms,
        format=entry.work.format.value if entry.work.format else None,
        status=entry.status.value,
        airing=entry.work.airing.value if entry.work.airing else None,
        season_year=entry.work.season_year,
        episodes=entry.work.episodes,
        progress=entry.progress,
        next_episode=number,
        available=None if number is None else entry.has_aired(number),
        state=state,
        airs_at=entry.airs_at,
        torrent=torrent,
        site_url=entry.site_url,
        cover_url=entry.cover_url,
        updated_at=entry.updated_at,
    )


def entry_detail(shown: EntryReply, episodes: tuple[EpisodeReply, ...]) -> EntryDetailReply:
    """Return a show with its episodes one by one."""
    fields: dict[str, Any] = {
        field.name: getattr(shown, field.name) for field in attrs.fields(EntryFields)
    }
    return EntryDetailReply(episodes=episodes, episode_count=shown.episodes, **fields)


def job(intent: Intent) -> JobReply:
    """Return an intent as people see it."""
    return JobReply(
        id=intent.id,
        kind=intent.kind,
        state=_JOB_STATES.get(intent.state, "running"),
        steps=intent.steps,
        created_at=intent.created_at,
        follows=intent.follows,
        provider=intent.provider,
        entry=intent.entry,
        title=intent.title,
        episode=intent.episode,
        release=intent.release,
        torrent=intent.info_hash,
        client=intent.client,
        problem=intent.problem,
    )


def still_waiting(intent: Intent) -> FailureReply:
    """Say of a job that goes on what holds it up, and that nobody has to ask again."""
    late = f"{intent.client} has not taken the torrent yet"
    hint = f"Job {intent.id} goes on by itself; asking again joins it, cancelling it ends it."
    if intent.problem is not None:
        return attrs.evolve(intent.problem, detail=f"{late}: {intent.problem.detail}", hint=hint)
    late = f"{late}."
    return failure(Unavailable(late, backend=intent.client, step="add", hint=hint))
