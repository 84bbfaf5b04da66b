"""One method for each call of the API."""

import os
from collections.abc import AsyncGenerator, Mapping
from typing import Self, TypeVar

import attrs

from ..wire import (
    AddTorrentRequest,
    BackendReply,
    BackendsReply,
    ChoiceReply,
    DownloadRequest,
    EntryDetailReply,
    EntryReply,
    FilesRequest,
    JobReply,
    JobsReply,
    LabelsRequest,
    NumberingReply,
    PreferencesReply,
    ProgressRequest,
    SpeedLimits,
    TorrentDetailReply,
    TorrentReply,
    TorrentsReply,
    UpgradeReply,
    UserPreferences,
    WatchlistReply,
    WhyReply,
)
from .account import Account
from .administration import Administration
from .events import Event, follow
from .logins import DEFAULT_SERVER, Logins, config_dir, server_url
from .transport import Answer, Call, Transport, quoted

T = TypeVar("T")


@attrs.frozen
class Marked:
    """An episode was marked as watched; *queued* if the provider is told later."""

    entry: EntryReply
    queued: bool


@attrs.frozen
class Added:
    """A torrent is there; *new* if it was not the user's before."""

    torrent: TorrentReply
    new: bool


class Remote(Account):
    """The daemon at *server*, as one user sees it.  Use it with ``async with``.

    The login comes from *logins*, unless *token* is one that the user made for programs.
    Every call raises `RemoteError` and nothing else.
    """

    def __init__(self, server: str, logins: Logins, token: str | None = None) -> None:
        self.server = server
        self.logins = logins
        super().__init__(Transport(server, logins, token))
        self._etags: dict[str, Answer] = {}

    def waiting(self) -> float:
        """Return for how many seconds the call has no answer that has waited longest."""
        return self._transport.waiting()

    @property
    def administration(self) -> Administration:
        """What only administrators may do."""
        return Administration(self._transport)

    @classmethod
    def from_environment(
        cls, server: str | None = None, environ: Mapping[str, str] = os.environ
    ) -> Self:
        """Make a client of *server*, or of the one that the environment or the last login names.

        ``UUUT_SERVER``, ``UUUT_TOKEN`` and ``UUUT_CONFIG_DIR`` are read.
        """
        logins = Logins(config_dir(environ))
        address = server or environ.get("UUUT_SERVER") or logins.default() or DEFAULT_SERVER
        return cls(server_url(address), logins, environ.get("UUUT_TOKEN") or None)

    async def __aenter__(self) -> Self:
        await self._transport.__aenter__()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._transport.__aexit__(*error)

    # --- watchlist

    async def watchlist(self) -> WatchlistReply:
        """Return the shows that the user is watching."""
        return await self._get_changed(WatchlistReply, "watchlist")

    async def entry(self, provider: str, entry: str) -> EntryDetailReply:
        """Return one show with its episodes."""
        return await self._get(EntryDetailReply, "watchlist", provider, entry)

    async def progress(self, request: ProgressRequest) -> Marked:
        """Mark an episode as the last one watched."""
        answer = await self._transport.send(
            Call(method="POST", path="watchlist/progress", body=request)
        )
        entry = self._transport.decode(answer.body, EntryReply)
        return Marked(entry, queued=answer.status == 202)

    async def releases(self, provider: str, entry: str, episode: int | None = None) -> ChoiceReply:
        """Search for *episode* and return every release found; downloads nothing."""
        query = {} if episode is None else {"episode": str(episode)}
        path = quoted("watchlist", provider, entry, "releases")
        return await self._transport.ask(Call(method="GET", path=path, query=query), ChoiceReply)

    async def why(
        self, provider: str, entry: str, episode: int | None = None, *, replay: bool = False
    ) -> WhyReply:
        """Return the user's last search for *episode*, by default the last one of the show.

        With *replay* it is also judged by the rules of today.
        """
        query = {} if episode is None else {"episode": str(episode)}
        if replay:
            query["replay"] = "true"
        path = quoted("watchlist", provider, entry, "why")
        return await self._transport.ask(Call(method="GET", path=path, query=query), WhyReply)

    async def download(
        self, request: DownloadRequest, *, key: str | None = None, wait: bool = True
    ) -> JobReply:
        """Get an episode.

        With *wait* the answer comes when the client has the torrent, or after 20 s; without
        it at once, and the job goes on.  The same *key* within a day is the same request.
        """
        headers = {} if key is None else {"Idempotency-Key": key}
        if not wait:
            headers["Prefer"] = "respond-async"
        call = Call(method="POST", path="watchlist/download", body=request, headers=headers)
        return await self._transport.ask(call, JobReply)

    async def numbering(
        self, provider: str, entry: str, episode: int | None = None
    ) -> NumberingReply:
        """Return how *episode*, or the next one, is numbered, and why."""
        query = {} if episode is None else {"episode": str(episode)}
        path = quoted("watchlist", provider, entry, "numbering")
        return await self._transport.ask(Call(method="GET", path=path, query=query), NumberingReply)

    # --- upgrades

    async def upgrade(self, provider: str, entry: str, episode: int | None = None) -> UpgradeReply:
        """Return what the user has of *episode*, by default their last one, and what is newer."""
        return await self._transport.ask(_upgrade("GET", provider, entry, episode), UpgradeReply)

    async def begin_upgrade(
        self, provider: str, entry: str, episode: int | None = None, *, wait: bool = True
    ) -> JobReply:
        """Get the newer version of *episode*; *wait* as for `download`."""
        call = _upgrade("POST", provider, entry, episode)
        if not wait:
            call = attrs.evolve(call, headers={"Prefer": "respond-async"})
        return await self._transport.ask(call, JobReply)

    # --- preferences

    async def preferences(self, show: tuple[str, str] | None) -> PreferencesReply:
        """Return what the user wants of *show* (a provider and an id there), or of all shows."""
        return await self._get(PreferencesReply, *_preferences(show))

    async def set_preferences(
        self, show: tuple[str, str] | None, said: UserPreferences
    ) -> PreferencesReply:
        """Put *said* in place of all that the user wanted of *show*, or of all shows."""
        call = Call(method="PUT", path=quoted(*_preferences(show)), body=said)
        return await self._transport.ask(call, PreferencesReply)

    async def forget_preferences(self, show: tuple[str, str] | None) -> None:
        """Forget what the user wanted of *show*, or of all shows."""
        await self._transport.send(Call(method="DELETE", path=quoted(*_preferences(show))))

    # --- torrents

    async def torrents(self, since: int | None = None) -> TorrentsReply:
        """Return the user's torrents, with *since* only those changed after that revision."""
        if since is None:
            return await self._get_changed(TorrentsReply, "torrents")
        call = Call(method="GET", path="torrents", query={"since": str(since)})
        return await self._transport.ask(call, TorrentsReply)

    async def all_torrents(self) -> TorrentsReply:
        """Return everybody's torrents and those that nobody here owns; for administrators."""
        return await self._get_changed(TorrentsReply, "torrents/all")

    async def torrent(self, info_hash: str) -> TorrentDetailReply:
        """Return one torrent with its files."""
        return await self._get(TorrentDetailReply, "torrents", info_hash)

    async def add_torrent(self, request: AddTorrentRequest) -> Added:
        """Add a magnet link or an info hash."""
        return self._added(
            await self._transport.send(Call(method="POST", path="torrents", body=request))
        )

    async def add_torrent_file(self, content: bytes, *, client: str | None = None) -> Added:
        """Add the torrent that a ``.torrent`` file with this *content* describes."""
        fields = {} if client is None else {"client": client}
        call = Call(method="POST", path="torrents", file=content, fields=fields)
        return self._added(await self._transport.send(call))

    async def pause(self, info_hash: str) -> None:
        """Pause a torrent."""
        await self._transport.send(Call(method="POST", path=quoted("torrents", info_hash, "pause")))

    async def resume(self, info_hash: str) -> None:
        """Let a paused torrent go on."""
        await self._transport.send(
            Call(method="POST", path=quoted("torrents", info_hash, "resume"))
        )

    async def recheck(self, info_hash: str) -> None:
        """Let the files of a torrent be verified again."""
        call = Call(method="POST", path=quoted("torrents", info_hash, "recheck"))
        await self._transport.send(call)

    async def choose_files(self, info_hash: str, wanted: tuple[int, ...]) -> None:
        """Download those files of a torrent that have these indexes, and no others."""
        path, body = quoted("torrents", info_hash, "files"), FilesRequest(wanted=wanted)
        await self._transport.send(Call(method="PATCH", path=path, body=body))

    async def limit(self, info_hash: str, limits: SpeedLimits) -> None:
        """Say how fast a torrent may be."""
        call = Call(method="PATCH", path=quoted("torrents", info_hash, "limits"), body=limits)
        await self._transport.send(call)

    async def label(self, info_hash: str, labels: tuple[str, ...]) -> None:
        """Give a torrent these labels and no others."""
        path, body = quoted("torrents", info_hash, "labels"), LabelsRequest(labels=labels)
        await self._transport.send(Call(method="PATCH", path=path, body=body))

    async def adopt(self, client: str, info_hash: str) -> None:
        """Take over a torrent that was in a client before the daemon; for administrators."""
        path = quoted("admin", "torrents", client, info_hash, "adopt")
        await self._transport.send(Call(method="POST", path=path))

    async def client_limits(self, client: str) -> SpeedLimits:
        """Return how fast a torrent client may be; for administrators."""
        return await self._get(SpeedLimits, "backends", "client", client, "limits")

    async def limit_client(self, client: str, limits: SpeedLimits) -> SpeedLimits:
        """Say how fast a torrent client may be; for administrators."""
        path = quoted("backends", "client", client, "limits")
        return await self._transport.ask(Call(method="PATCH", path=path, body=limits), SpeedLimits)

    async def remove(self, info_hash: str, *, delete_files: bool = False) -> JobReply:
        """Remove a torrent from the user's list; the job is carried out after ten seconds."""
        query = {"delete_files": "true" if delete_files else "false"}
        call = Call(method="DELETE", path=quoted("torrents", info_hash), query=query)
        return await self._transport.ask(call, JobReply)

    # --- jobs, events, backends

    async def jobs(self) -> JobsReply:
        """Return the user's jobs, the newest first."""
        return await self._get(JobsReply, "jobs")

    async def job(self, job: str) -> JobReply:
        """Return one job."""
        return await self._get(JobReply, "jobs", job)

    async def retry(self, job: str) -> JobReply:
        """Start a failed job again at the step that failed."""
        call = Call(method="POST", path=quoted("jobs", job, "retry"))
        return await self._transport.ask(call, JobReply)

    async def cancel(self, job: str) -> JobReply:
        """Stop a job; for a removal that waits this undoes it."""
        call = Call(method="POST", path=quoted("jobs", job, "cancel"))
        return await self._transport.ask(call, JobReply)

    def events(self) -> AsyncGenerator[Event, None]:
        """Follow the user's events; see `uuutd.remote.events.follow`."""
        return follow(self._transport)

    async def backends(self) -> BackendsReply:
        """Return all configured backends and how they are."""
        return await self._get(BackendsReply, "backends")

    async def confirm_missing(self, client: str) -> BackendReply:
        """Say, as an administrator, that the torrents which a client lost are gone for good."""
        path = quoted("backends", "client", client, "confirm-missing")
        return await self._transport.ask(Call(method="POST", path=path), BackendReply)

    # --- helpers

    async def _get_changed(self, kind: type[T], path: str) -> T:
        """Ask for *path*, and let the daemon answer that it has not changed."""
        known = self._etags.get(path)
        headers = {"If-None-Match": known.etag} if known is not None and known.etag else {}
        answer = await self._transport.send(Call(method="GET", path=path, headers=headers))
        if answer.status == 304 and known is not None:
            answer = known
        self._etags[path] = answer
        return self._transport.decode(answer.body, kind)

    def _added(self, answer: Answer) -> Added:
        torrent = self._transport.decode(answer.body, TorrentReply)
        return Added(torrent, new=answer.status == 201)


def _upgrade(method: str, provider: str, entry: str, episode: int | None) -> Call:
    path = quoted("watchlist", provider, entry, "upgrade")
    return Call(
        method=method, path=path, query={} if episode is None else {"episode": str(episode)}
    )


def _preferences(show: tuple[str, str] | None) -> tuple[str, ...]:
    return ("watchlist", *show, "preferences") if show else ("preferences",)
