"""Numbers, times and states in few words."""

from datetime import datetime, timedelta
from typing import Literal

import attrs

from ..wire import (
    EntryReply,
    FailureReply,
    JobReply,
    ProblemReply,
    ReadingReply,
    TitleReply,
    TorrentReply,
)
from .cells import safe

Tone = Literal["good", "busy", "bad", "quiet", "plain"]

HOUR = 3600
DAY = 24 * HOUR


@attrs.frozen
class Badge:
    """The state of a show in one word, and how it is coloured."""

    text: str
    tone: Tone


def title(titles: TitleReply) -> str:
    """Return the title to call a show by."""
    return safe(titles.romaji or titles.english or titles.native or "?")


def size(count: float) -> str:
    """Return *count* bytes in at most five characters: ``1.4G``, ``412M``."""
    for unit in "BKMGT":
        if count < 999.5 or unit == "T":
            break
        count /= 1024
    digits = 1 if unit in "MGT" and count < 99.95 else 0
    return f"{count:.{digits}f}{unit}"


def rate(count: float) -> str:
    """Return *count* bytes per second."""
    return f"{size(count)}/s"


def duration(seconds: float) -> str:
    """Return a length of time in its two largest units: ``3m10``, ``1h05``, ``2d 04h``."""
    total = max(0, round(seconds))
    if total < 60:
        return f"{total}s"
    if total < HOUR:
        return f"{total // 60}m{total % 60:02}"
    if total < DAY:
        return f"{total // HOUR}h{total % HOUR // 60:02}"
    return f"{total // DAY}d {total % DAY // HOUR:02}h"


def ago(then: datetime, now: datetime) -> str:
    """Say how long *then* is over, in its largest unit."""
    seconds = max(0, (now - then).total_seconds())
    for length, unit in ((DAY, "d"), (HOUR, "h"), (60, "m")):
        if seconds >= length:
            return f"{int(seconds // length)}{unit} ago"
    return "just now"


def moment(when: datetime, now: datetime) -> str:
    """Say when something is, on the clock of whoever reads it: ``Sat 17:30``, ``14 Mar 17:30``."""
    local = when.astimezone()
    near = abs(when - now) < timedelta(days=6)
    return f"{local:%a %H:%M}" if near else f"{local.day} {local:%b %H:%M}"


def percent(progress: float) -> str:
    """Return *progress* (0 to 1) in per cent; 100 only when nothing is missing."""
    return f"{int(min(max(progress, 0.0), 1.0) * 100)} %"


def watched(entry: EntryReply) -> str:
    """Return how much of a show has been watched: ``8/12``."""
    return f"{entry.progress}/{'?' if entry.episodes is None else entry.episodes}"


def badge(entry: EntryReply, torrent: TorrentReply | None, now: datetime) -> Badge:
    """Return the state of *entry*; *torrent* is the one that holds its next episode."""
    match entry.state:
        case "ready":
            return Badge("READY", "good")
        case "downloading":
            return Badge("DOWN" if torrent is None else percent(torrent.progress), "busy")
        case "on_disk":
            return Badge("DISK", "good")
        case "unaired":
            left = None if entry.airs_at is None else (entry.airs_at - now).total_seconds()
            return Badge("UNAIRED" if left is None else duration(left), "quiet")
        case "none":
            return Badge("NONE", "bad")
        case "late":
            return Badge("LATE", "bad")
        case "done":
            return Badge("DONE", "quiet")


def whats_next(entry: EntryReply, torrent: TorrentReply | None, now: datetime) -> str:
    """Say in one line what comes next for *entry*, and how it stands."""
    episode = f"ep {entry.next_episode}"
    match entry.state:
        case "ready":
            return f"{episode} is out"
        case "downloading":
            return f"{episode} {transfer(torrent)}"
        case "on_disk":
            return f"{episode} is on the server, unwatched"
        case "unaired":
            if entry.airs_at is None:
                return f"{episode} has not aired"
            return f"{episode} airs {moment(entry.airs_at, now)}"
        case "none":
            return f"{episode}: nothing fits yet"
        case "late":
            return f"{episode} aired long ago, and nothing was found"
        case "done":
            return _all_watched(entry)


def _all_watched(entry: EntryReply) -> str:
    if entry.episodes is not None and entry.progress > entry.episodes:
        return f"all {entry.episodes} watched; your list says {entry.progress}"
    return f"all {entry.progress} watched"


def transfer(torrent: TorrentReply | None) -> str:
    """Say how far a download is: ``downloading 61 %, 4.2M/s, 3m10``."""
    if torrent is None:
        return "downloading"
    parts = [stage(torrent) or f"{torrent.state} {percent(torrent.progress)}"]
    if torrent.down_rate:
        parts.append(rate(torrent.down_rate))
    if torrent.eta is not None:
        parts.append(duration(torrent.eta))
    if torrent.error:
        parts.append(safe(torrent.error))
    return ", ".join(parts)


def stage(torrent: TorrentReply) -> str:
    """Say what a torrent of unknown size is at; empty once its size is known."""
    if torrent.size:
        return ""
    return "waiting for the torrent's metadata" if torrent.state == "metadata" else torrent.state


def arrived(torrent: TorrentReply) -> bool:
    """Tell whether all wanted files of *torrent* are on the server."""
    return torrent.completed_at is not None or (
        torrent.progress >= 1.0 and torrent.state in ("seeding", "paused", "queued", "stalled")
    )


def job_name(job: JobReply) -> str:
    """Return what *job* is about: ``get: Frieren ep 9``."""
    episode = "" if job.episode is None else f" ep {job.episode}"
    what = safe(job.title or job.torrent or "")
    return f"{job.kind}: {what}{episode}" if what else job.kind


def waits_for(job: JobReply) -> str:
    """Say what keeps a running *job* waiting; empty if nothing does."""
    if job.state != "running" or job.problem is None:
        return ""
    when = job.problem.retry_after
    again = f" (tries again within {duration(when)})" if when else ""
    return f"waiting: {safe(job.problem.detail)}{again}"


def complaint(failure: FailureReply | ProblemReply) -> list[str]:
    """Say what failed, where, what to do and when; a line each."""
    lines = [safe(failure.detail)]
    where = [f"step {failure.step}"] if failure.step else []
    where += [f"backend {safe(failure.backend)}"] if failure.backend else []
    if where:
        lines.append(", ".join(where))
    if isinstance(failure, ProblemReply):
        items = (safe(f"{item.path}: {item.detail}") for item in failure.problems or ())
        lines += [item for item in items if item != lines[0]]
    if failure.hint:
        lines.append(safe(failure.hint))
    if failure.retry_after:
        lines.append(f"another try makes sense in {duration(failure.retry_after)}")
    return lines


def read_as(reading: ReadingReply) -> str:
    """Say how a release's name was read: ``ep 5, 1080p, HEVC, SubsPlease``."""
    first, last = reading.episodes or (None, None)
    numbers = f"{first}" if first == last else f"{first}-{last}"
    parts = (
        f"ep {numbers}" if reading.episodes else "no ep",
        f"season {reading.season}" if reading.season is not None else "",
        f"part {reading.part}" if reading.part is not None else "",
        reading.resolution,
        reading.codec,
        reading.source,
        reading.group,
        f"v{reading.version}" if reading.version > 1 else "",
        f"subtitles {' '.join(reading.languages)}" if reading.languages else "",
        "many subtitles" if reading.multi else "",
        f"dub {reading.dub}" if reading.dub else "",
        "two audio tracks" if reading.dual else "",
        "raw" if reading.raw else "",
    )
    return safe(", ".join(part for part in parts if part))
