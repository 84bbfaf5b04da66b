"""A whole town on loopback: AniList, Nyaa, a seeder, a real daemon and the users of it."""

import asyncio
import contextlib
import hashlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Self

import aiohttp
import attrs

from uuutd.remote import Logins, Remote
from uuutd.testing.anilist import AniListStandIn
from uuutd.testing.anilist_world import Media, User
from uuutd.testing.nyaa import NyaaStandIn
from uuutd.testing.private import PrivateSite
from uuutd.testing.swarm import SeededTorrent, Swarm
from uuutd.wire import DownloadRequest, JobReply, TorrentDetailReply

from .gate import Gate
from .outside import Client, Database, State, compare, eventually
from .process import DaemonProcess
from .shows import PROGRESS, Show, invented, release_name

PASSWORD = "seven herons over the mill"
KIB = 1 << 10
CONTENT = 256 * KIB
SHOWN_SIZE = 700 << 20
"""What the indexer says of the size; the content is smaller, to be quick."""


class Town:
    """The stand-ins and a swarm; a context manager.  Shows are added as a test wants them.

    The daemon reaches AniList and Nyaa through a gate each, which a test can close.
    """

    def __init__(self, folder: Path) -> None:
        self.anilist = AniListStandIn(rate=1000)
        self.nyaa = NyaaStandIn()
        self.swarm = Swarm(folder)
        self.people: list[User] = []
        self.shows: list[Show] = []
        self._invented = invented()
        self._stack = contextlib.AsyncExitStack()

    async def __aenter__(self) -> Self:
        for part in (self.anilist, self.nyaa, self.swarm):
            await self._stack.enter_async_context(part)
        self.anilist_gate = await self._stack.enter_async_context(Gate(self.anilist.url))
        self.nyaa_gate = await self._stack.enter_async_context(Gate(self.nyaa.url))
        self.nyaa.url = self.nyaa_gate.url  # which it writes into its links
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    def person(self, name: str) -> User:
        """Open an account at AniList, with all shows on its list."""
        user = self.anilist.add_user(name)
        self.people.append(user)
        for show in self.shows:
            self.anilist.add_entry(user, show.media, "CURRENT", PROGRESS)
        return user

    async def show(self, *, size: int = CONTENT) -> Show:
        """Invent one more show, put it on everybody's list, and seed its next episode."""
        media = next(self._invented)
        name = release_name(media)
        return self._listed(media, name, await self.swarm.add(name, size=size))

    async def pack(self, episodes: int = 12, *, size: int = CONTENT) -> Show:
        """Invent a show that has ended, of which there is but one torrent with all episodes."""
        media = attrs.evolve(next(self._invented), airing={})
        name = f"[Hoshi] {media.romaji} (01-{episodes:02}) (1080p) [Batch]"
        files = {release_name(media, number): size for number in range(1, episodes + 1)}
        return self._listed(media, name, await self.swarm.add(name, files=files))

    async def private_show(self, site: PrivateSite, *, size: int = CONTENT) -> Show:
        """Invent a show whose next episode only *site* has."""
        media = next(self._invented)
        name = release_name(media)
        torrent = await self.swarm.add(name, size=size, private=True)
        site.add(name, torrent.metainfo, size=SHOWN_SIZE, seeders=80)
        return self._known(Show(media=media, release=name, torrent=torrent))

    def _listed(self, media: Media, release: str, torrent: SeededTorrent) -> Show:
        self.nyaa.add(release, torrent.metainfo, size=SHOWN_SIZE, seeders=80, trusted=True)
        return self._known(Show(media=media, release=release, torrent=torrent))

    def _known(self, show: Show) -> Show:
        self.anilist.add_media(show.media)
        for user in self.people:
            self.anilist.add_entry(user, show.media, "CURRENT", PROGRESS)
        self.shows.append(show)
        return show

    def searches(self) -> int:
        """Return how many requests for a feed the indexer got."""
        return sum("q" in request.query for request in self.nyaa.requests)

    def settings(self) -> str:
        """Return the tables of ``uuutd.toml`` for the stand-ins."""
        return f"""
[watchlists.anilist]
url = "{self.anilist_gate.url}"
site = "{self.anilist.site}"
rate = 1000

[indexers.nyaa]
url = "{self.nyaa.url}"
trackers = ["{self.swarm.tracker_url}"]
burst = 500
rate = 500
in_flight = 50
"""


@attrs.frozen
class Answer:
    """An answer of the API as it came; *body* is its JSON, None if there is none."""

    status: int
    headers: Mapping[str, str]
    body: Any

    @property
    def problem(self) -> tuple[int, str, str | None, str | None]:
        """Status, code, step and backend of a problem document."""
        assert self.headers["Content-Type"].startswith("application/problem+json"), self
        document = self.body
        assert document["status"] == self.status
        assert document["type"] == f"urn:uuutd:problem:{document['code']}"
        assert document["title"]
        assert document["detail"]
        assert document["request_id"] == self.headers["X-Request-ID"]
        return self.status, document["code"], document.get("step"), document.get("backend")


async def ask(url: str, method: str = "GET", **request: Any) -> Answer:
    """Send one request, with what aiohttp takes, and read all of its answer."""
    async with (
        aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=30)) as session,
        session.request(method, url, **request) as answer,
    ):
        text = await answer.read()
        is_json = "json" in answer.content_type
        return Answer(answer.status, answer.headers, json.loads(text) if is_json else None)


@attrs.define
class Person:
    """A user of the daemon: *at* AniList, with the *token* that they gave the daemon."""

    name: str
    remote: Remote
    at: User
    token: str

    async def get(self, show: Show, **fields: Any) -> JobReply:
        """Ask for the next episode of a show, and wait until the client has it."""
        key, wait = fields.pop("key", None), fields.pop("wait", True)
        request = DownloadRequest(entry=show.entry, **fields)
        return await self.remote.download(request, key=key, wait=wait)

    async def ask(self, method: str, path: str, **request: Any) -> Answer:
        """Send a request as it is, logged in; *request* is what aiohttp takes."""
        login = self.remote.logins.get(self.remote.server)
        headers = {**request.pop("headers", {})}
        if login is not None:
            headers.setdefault("Authorization", f"Bearer {login.access_token}")
        return await ask(f"{self.remote.server}/api/v1/{path}", method, headers=headers, **request)

    async def finished(self, info_hash: str, *, seconds: float = 60) -> TorrentDetailReply:
        """Wait until a torrent has been downloaded; Transmission takes 10 seconds for any."""

        async def look() -> TorrentDetailReply | None:
            row = await self.remote.torrent(info_hash)
            assert row.state != "error", row.error
            whole = row.files and all(f.done_bytes == f.size for f in row.files if f.wanted)
            at_rest = row.progress >= 1 and row.state in ("seeding", "paused")
            return row if whole and at_rest else None

        found: TorrentDetailReply = await eventually(look, seconds=seconds, what="the download")
        return found

    async def ended(self, job: str, *, seconds: float = 20) -> JobReply:
        """Wait until a job has ended."""

        async def look() -> JobReply | None:
            found = await self.remote.job(job)
            return found if found.state != "running" else None

        found: JobReply = await eventually(look, seconds=seconds, what=f"the end of job {job}")
        return found


class Box:
    """A daemon in a town, with its database and client, which a test sees from outside.

    With a *gate* the daemon reaches its client only through that.  *door*, if it is open,
    stands between the users and the daemon.
    """

    def __init__(
        self,
        town: Town,
        folder: Path,
        database: Database,
        client: Client,
        *,
        gate: Gate | None = None,
    ) -> None:
        self.town = town
        self.gate = gate
        self.database = database
        self.client = client
        settings = (
            f'[database]\nurl = "{database.url}"\n[auth]\nsignup = "open"\n'
            '[choice]\nbatch = "allow"\n[numbering]\ntable = ""\n'
            "[disk]\nmin_free_bytes = 0\nmin_free_percent = 0\n"  # however full this one is
            + town.settings()
            + client.table(gate.url if gate else None)
        )
        self.daemon = DaemonProcess(folder, settings)
        self.door: Gate | None = None
        self.foreign: set[str] = set()
        self.people: list[Person] = []
        self._stack = contextlib.AsyncExitStack()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: object, *_: object) -> None:
        await self._stack.aclose()
        if self.daemon.running:
            await self.daemon.kill()
        if kind is None:
            secrets = (PASSWORD, *(person.token for person in self.people))
            assert not any(secret in self.daemon.log for secret in secrets), "a secret in the log"

    async def open_door(self) -> None:
        """Let the users who sign up from now on come through a gate."""
        self.door = await self._stack.enter_async_context(Gate(self.daemon.url))

    async def user(self, name: str, *, at: User | None = None) -> Person:
        """Sign somebody up, the first one with the set-up code, and link their list."""
        logins = Logins(self.daemon.folder / "people" / name)
        server = self.door.url if self.door else self.daemon.url
        remote = await self._stack.enter_async_context(Remote(server, logins))
        await self._sign_up(name)
        await remote.log_in(name, PASSWORD)
        at = at or self.town.person(name)
        token = self.town.anilist.issue_token(at)
        link = await remote.link("anilist", {"answer": token})
        assert link.state == "ok"
        person = Person(name, remote, at, token)
        self.people.append(person)
        return person

    async def _sign_up(self, name: str) -> None:
        """Sign somebody up from an address of their own: few may do so from one in an hour."""
        request = {"username": name, "password": PASSWORD}
        if not self.people:
            request["setup_code"] = (self.daemon.data / "setup-code").read_text("utf-8").strip()
        connector = aiohttp.TCPConnector(local_addr=(f"127.1.{len(self.people)}.1", 0))
        async with aiohttp.ClientSession(connector=connector, raise_for_status=True) as session:
            await session.post(f"{self.daemon.url}/api/v1/auth/signup", json=request)

    async def somebody(self, name: str = "aneesh") -> Person:
        """Return the user of that name, who signs up at the first time."""
        known = {person.name: person for person in self.people}
        return known.get(name) or await self.user(name)

    async def backends_ready(self) -> None:
        """Wait until every backend has been reached once."""
        remote = self.people[0].remote

        async def look() -> bool:
            return all(each.state == "ready" for each in (await remote.backends()).backends)

        await eventually(look, what="reaching all backends")

    async def state(self) -> State:
        """Compare database and client from outside."""
        return await compare(self.database, self.client, frozenset(self.foreign))

    async def settled(self, *, seconds: float = 10) -> State:
        """Wait until database and client are in step, and return how they are in the end."""
        deadline = asyncio.get_running_loop().time() + seconds
        while True:
            found = await self.state()
            if found.clean or asyncio.get_running_loop().time() > deadline:
                return found
            await asyncio.sleep(0.05)

    async def intents(self, show: Show) -> list[tuple[Any, ...]]:
        """Return id and state of the intents to get a show, from the database."""
        return await self.database.rows(
            "SELECT id, state FROM intents WHERE kind = 'get' "
            f"AND entry = '{show.entry}' ORDER BY created_at"
        )

    async def has(self, show: Show) -> bool:
        """Whether the client has the show's torrent, by its own account."""
        return show.info_hash in {info_hash for info_hash, _ in await self.client.names()}


def check_files(show: Show, save_path: str | Path, only: Callable[[str], bool] = bool) -> None:
    """Compare the files of a finished torrent with the seeder's."""
    names = [name for name in show.torrent.sha256 if only(name)]
    assert names
    for name in names:
        with (Path(save_path) / name).open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
        assert found == show.torrent.sha256[name], name
