"""The main job, acted out as a user would do it: over the API, from sign-up to a verified file."""

import asyncio
import hashlib
from pathlib import Path

from ..remote import Logins, Remote
from ..wire import (
    ChoiceReply,
    DownloadRequest,
    EntryReply,
    JobReply,
    ProgressRequest,
    SignupRequest,
    TorrentReply,
    WatchlistReply,
)
from .box import Box, DemoFailed
from .cast import Cast
from .stage import Stage

USERNAME = "mika"
PASSWORD = "a lantern over the sea"  # noqa: S105 - of an account that lives for a minute
FINISHES_WITHIN = 45.0


async def play(stage: Stage, cast: Cast, box: Box) -> None:
    """Do the main job; raises `DemoFailed` at the first thing that is not as it should be."""
    async with Remote(box.url, Logins(box.folder / "uuut")) as remote:
        await _sign_up(stage, remote, box)
        await _link(stage, remote, cast)
        entry = await _watchlist(stage, remote, cast)
        choice = await _choose(stage, remote, entry)
        torrent = await _download(stage, remote, entry, choice)
        _verify(stage, cast, box, choice, torrent)
        await _mark_watched(stage, remote, cast, entry)


async def _sign_up(stage: Stage, remote: Remote, box: Box) -> None:
    with stage.act("Sign up: the first account, with the code that the daemon printed"):
        code = box.setup_code_file.read_text(encoding="utf-8").strip()
        user = await remote.sign_up(
            SignupRequest(username=USERNAME, password=PASSWORD, setup_code=code)
        )
        await remote.log_in(USERNAME, PASSWORD)
        me = await remote.me()
        _expect(me.username == user.username, "the account is not the one that signed up")
        stage.say(f"{me.username}, {me.role}")


async def _link(stage: Stage, remote: Remote, cast: Cast) -> None:
    with stage.act("Link the watchlist: paste the token that AniList shows"):
        prompt = await remote.link_prompt("anilist")
        stage.say(f"at {prompt.url}" if prompt.url else prompt.instructions)
        token = cast.anilist.issue_token(cast.user)
        link = await remote.link("anilist", {"answer": token})
        _expect(link.state == "ok", f"the link is {link.state}")
        stage.say(f"linked as {link.account}, until {link.expires_at:%d %b %Y}")


async def _watchlist(stage: Stage, remote: Remote, cast: Cast) -> EntryReply:
    with stage.act("Read the watchlist"):
        watchlist = await remote.watchlist()
        _expect(not [s for s in watchlist.sources if s.state != "ok"], "AniList did not answer")
        _table(stage, watchlist)
        found = [e for e in watchlist.entries if e.id == str(cast.scene.get.id)]
        _expect(bool(found), "the show is not on the list")
        _expect(found[0].state == "ready", f"the next episode is {found[0].state}")
        return found[0]


def _table(stage: Stage, watchlist: WatchlistReply) -> None:
    for entry in watchlist.entries:
        title = entry.title.romaji or entry.title.english or entry.id
        seen = f"{entry.progress}/{entry.episodes or '?'}"
        following = f"ep {entry.next_episode}" if entry.next_episode else "all watched"
        stage.say(f"{title:<40} {seen:>6}   {following:<12} {entry.state.upper()}")


async def _choose(stage: Stage, remote: Remote, entry: EntryReply) -> ChoiceReply:
    with stage.act(f"Choose a release of episode {entry.next_episode}, and say why"):
        choice = await remote.releases(entry.provider, entry.id)
        for query in choice.queries:
            stage.say(f"asked: {query}")
        for release in choice.releases:
            mark = "›" if release.id == choice.best else "✗" if release.rejections else " "
            points = "" if release.rejections else str(release.score)
            stage.say(f"{mark} {points:>4}  {release.title}")
            why = [r.text for r in release.rejections] or [
                f"{reason.text} {reason.points:+d}" for reason in release.reasons if reason.points
            ]
            stage.say(f"         {' · '.join(why)}")
        _expect(choice.best is not None, "no release fits")
        return choice


async def _download(
    stage: Stage, remote: Remote, entry: EntryReply, choice: ChoiceReply
) -> TorrentReply:
    with stage.act("Download it"):
        request = DownloadRequest(provider=entry.provider, entry=entry.id)
        job = await remote.download(request)
        for step in job.steps:
            took = "" if step.ms is None else f"{step.ms} ms"
            stage.say(f"{step.name:<8} {step.state:<8} {took:>8}  {step.detail or ''}")
        _check_job(job, choice)
        again = await remote.download(request)
        _expect(again.id == job.id, "asking twice made two jobs")
        return await _until_finished(stage, remote, job.torrent or "")


def _check_job(job: JobReply, choice: ChoiceReply) -> None:
    why = f": {job.problem.detail}" if job.problem else ""
    _expect(job.state == "done", f"the job is {job.state}{why}")
    taken = job.release.id if job.release else None
    _expect(taken == choice.best, "another release was taken than the one that was shown as best")


async def _until_finished(stage: Stage, remote: Remote, info_hash: str) -> TorrentReply:
    try:
        async with asyncio.timeout(FINISHES_WITHIN):
            while True:
                torrent = await remote.torrent(info_hash)
                finished = torrent.progress >= 1 and torrent.state in ("seeding", "paused")
                done = round(24 * torrent.progress)
                stage.progress(
                    f"{'█' * done}{'░' * (24 - done)} {torrent.progress:4.0%}  "
                    f"{torrent.done_bytes / 2**20:.0f} of {torrent.size / 2**20:.0f} MiB  "
                    f"{torrent.down_rate / 2**20:.1f} MiB/s  {torrent.state}",
                    last=finished,
                )
                if finished:
                    return torrent
                _expect(torrent.state != "error", f"the client says: {torrent.error}")
                await asyncio.sleep(0.2)
    except TimeoutError:
        raise DemoFailed(f"the file was not there after {FINISHES_WITHIN:.0f} s") from None


def _verify(stage: Stage, cast: Cast, box: Box, choice: ChoiceReply, torrent: TorrentReply) -> None:
    with stage.act("Verify the file: its SHA-256 against the seeder's"):
        title = next(r.title for r in choice.releases if r.id == choice.best)
        expected = cast.seeded[title].sha256
        _expect(bool(expected), "the seeder has no files")
        for name, digest in expected.items():
            path = Path(torrent.save_path or box.downloads) / name
            _expect(path.is_file(), f"{path} is not there")
            with path.open("rb") as file:
                found = hashlib.file_digest(file, "sha256").hexdigest()
            _expect(found == digest, f"{path} has other content than the seeder's")
            stage.say(str(path.relative_to(box.folder)))
            stage.say(f"sha256 {found}, the same")


async def _mark_watched(stage: Stage, remote: Remote, cast: Cast, entry: EntryReply) -> None:
    number = entry.next_episode or 0
    with stage.act(f"Mark episode {number} as watched, since the user says so"):
        before = cast.anilist.entry(cast.user, cast.scene.get)
        _expect(
            before is not None and before.progress == entry.progress,
            "progress was written although nobody asked for it",
        )
        request = ProgressRequest(provider=entry.provider, entry=entry.id, episode=number)
        marked = await remote.progress(request)
        after = cast.anilist.entry(cast.user, cast.scene.get)
        _expect(
            after is not None and after.progress == number, "AniList does not know of the progress"
        )
        stage.say(f"{marked.entry.progress} watched; next is episode {marked.entry.next_episode}")


def _expect(truth: bool, otherwise: str) -> None:
    if not truth:
        raise DemoFailed(otherwise)
