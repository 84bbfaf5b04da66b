"""A small daemon that speaks the API over real HTTP, for tests of its clients.

It runs in a thread of its own, so that a client may block or run its own event loop.
"""

import asyncio
import threading
from datetime import UTC, datetime, timedelta
from typing import Any, Self

import attrs
import msgspec
from aiohttp import web

from uuutd.domain import Taste
from uuutd.testing.serving import listening
from uuutd.wire import (
    AboutReply,
    AddTorrentRequest,
    AlarmReply,
    BackendReply,
    BackendsReply,
    ChoiceReply,
    ClientReply,
    DownloadRequest,
    EffectivePreferences,
    EntryDetailReply,
    EntryReply,
    EpisodeReply,
    FailureReply,
    FilesRequest,
    HeldReleaseReply,
    JobReply,
    JobsReply,
    LineShowReply,
    LinkFieldReply,
    LinkPromptReply,
    LinkReply,
    LinkRequest,
    MadePersonalTokenReply,
    MeReply,
    NumberingReply,
    NumberingRuleReply,
    NumberReply,
    PeerReply,
    PersonalTokenReply,
    PersonalTokenRequest,
    PersonalTokensReply,
    PreferencesReply,
    ProblemReply,
    ProgressRequest,
    QuotaSetting,
    ReasonReply,
    RejectionReply,
    ReleaseReply,
    SessionReply,
    SessionsReply,
    ShowPreferences,
    SignupRequest,
    SourceReply,
    SpeedLimits,
    StepReply,
    TitleReply,
    TokenReply,
    TokenRequest,
    TorrentDetailReply,
    TorrentFileReply,
    TorrentReply,
    TorrentsEvent,
    TorrentsReply,
    TrackerReply,
    UpgradeReply,
    UserReply,
    WantedReply,
    WatchlistReply,
    WhyReply,
)

API = "/api/v1"
HASH = "9f3a" + "0" * 36


def now() -> datetime:
    return datetime.now(UTC)


def entry(number: str, romaji: str, **more: Any) -> EntryReply:
    values: dict[str, Any] = {
        "provider": "anilist",
        "work": f"work-{number}",
        "ids": {"anilist": number},
        "title": TitleReply(
            romaji=romaji, english=more.pop("english", None), native=more.pop("native", None)
        ),
        "synonyms": (),
        "format": "TV",
        "status": "CURRENT",
        "airing": "RELEASING",
        "season_year": 2026,
        "episodes": 12,
        "progress": 8,
        "next_episode": 9,
        "available": True,
        "state": "ready",
    }
    return EntryReply(id=number, **values | more)


def torrent(info_hash: str, name: str, **more: Any) -> TorrentReply:
    values: dict[str, Any] = {
        "state": "downloading",
        "progress": 0.61,
        "size": 1_500_000_000,
        "done_bytes": 915_000_000,
        "down_rate": 4_400_000,
        "up_rate": 300_000,
        "eta": 190,
        "ratio": 0.2,
        "client": "seedbox",
        "save_path": "/srv/anime",
    }
    return TorrentReply(hash=info_hash, name=name, **values | more)


def release(number: str, title: str, *, score: int = 96, against: str = "") -> ReleaseReply:
    return ReleaseReply(
        id=number,
        title=title,
        info_hash=HASH,
        indexer="nyaa",
        size=1_400_000_000,
        seeders=412,
        score=0 if against else score,
        reasons=() if against else (ReasonReply(text="1080p", points=score),),
        rejections=(RejectionReply(code="R1", text=against),) if against else (),
    )


FRIEREN = entry(
    "1", "Sousou no Frieren S2", english="Frieren: Beyond", native="葬送のフリーレン 第2期"
)
SHOWS = (
    FRIEREN,
    entry(
        "2",
        "Sousou no Frieren",
        native="葬送のフリーレン",
        episodes=28,
        state="done",
        progress=28,
        next_episode=None,
    ),
    entry(
        "3",
        "Oshi no Ko S3",
        native="【推しの子】第3期",
        state="downloading",
        progress=5,
        next_episode=6,
        torrent="a" * 40,
    ),
    entry(
        "4",
        "One Piece",
        native="ワンピース",
        episodes=None,
        progress=1160,
        next_episode=1161,
        state="on_disk",
        torrent="b" * 40,
    ),
    entry(
        "5",
        "Dungeon Meshi S2",
        native="ダンジョン飯",
        progress=3,
        next_episode=4,
        state="unaired",
        available=False,
        airs_at=now() + timedelta(days=2, hours=4),
    ),
    entry("6", "Girls Band Cry", progress=7, next_episode=8, state="none"),
    entry("7", "Chi: Chikyuu no Undou ni Tsuite", native="チ。―地球の運動について―", state="late"),
)
TORRENTS = (
    torrent("a" * 40, "[SubsPlease] Oshi no Ko S3 - 06 (1080p).mkv"),
    torrent(
        "b" * 40,
        "[Erai-raws] ワンピース - 1161 [1080p].mkv",
        state="seeding",
        progress=1.0,
        down_rate=0,
        eta=None,
        completed_at=now(),
    ),
)


FILES = (
    TorrentFileReply(index=0, path="a.mkv", size=100, done_bytes=50, wanted=True),
    TorrentFileReply(index=1, path="b.txt", size=0, done_bytes=0, wanted=False),
)
TRACKERS = (
    TrackerReply(url="https://tracker.example/…", state="error", message="unregistered", seeders=3),
)
PEERS = (
    PeerReply(address="192.0.2.7:6881", client="uTorrent", progress=0.5, down_rate=1, up_rate=2),
)
USUAL = EffectivePreferences(
    **{each.name: getattr(Taste(), each.name, None) for each in attrs.fields(EffectivePreferences)}
)


class FakeDaemon:
    """Holds what the API shows; tests change it and look at `requests`."""

    def __init__(self) -> None:
        self.entries = list(SHOWS)
        self.torrents = {t.hash: t for t in TORRENTS}
        self.fetch_problem: str | None = None
        self.strangers: tuple[TorrentReply, ...] = ()
        self.jobs: dict[str, JobReply] = {}
        self.releases = [
            release("r1", "[SubsPlease] Sousou no Frieren S2 - 09 (1080p) [9F3A].mkv"),
            release("r2", "[Erai-raws] 葬送のフリーレン - 09 [1080p].mkv", score=88),
            release("r3", "[Judas] Sousou no Frieren (01-28)", against="season 1, not 2"),
        ]
        self.newer: ReleaseReply | None = None
        self.held_serves = 1
        self.told: WhyReply | None = None
        self.links = [LinkReply(provider="anilist", account="aneesh", state="ok")]
        self.quota = QuotaSetting(torrents=None, adds_per_hour=None)
        self.users = {"aneesh": "correct horse"}
        self.access = {"access-1"}
        self.programs: list[PersonalTokenReply] = []
        self.accounts: dict[tuple[str, str], Any] = {}
        self.refresh = {"refresh-1"}
        self.requests: list[tuple[str, str]] = []
        self.bodies: list[bytes] = []
        self.queries: list[dict[str, str]] = []
        self.extra: dict[str, Any] = {}
        self.source_problem = ""
        self.source_age = timedelta()
        self.last_aired = 9
        self.client_state = "ready"
        self.problems: dict[tuple[str, str], ProblemReply] = {}
        self.in_front: int | None = None  # the status of a proxy that answers in its place
        self.events_supported = True
        self.job_script: list[JobReply] = []
        self.wanted: dict[str, ShowPreferences] = {}
        self.download_ends = "done"
        self.finishes = True
        self.streams: set[asyncio.Queue[tuple[str, bytes]]] = set()
        self.alarms: list[AlarmReply] = []
        self.event_id = 1_795_000_000_000_000
        self.seen_ids: list[str | None] = []
        self.revision = 1
        self.limits = SpeedLimits(down=None, up=None)
        self.files = FILES
        self.answers = threading.Event()  # cleared, it takes calls and answers none
        self.answers.set()
        self.url = ""
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()))
        self._called = threading.Condition()

    # --- running

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stopping.set)
            self._thread.join(10)

    async def _serve(self) -> None:
        """Serve until told to stop; whatever is left over ends with the loop."""
        self._loop = asyncio.get_running_loop()
        self._stopping = asyncio.Event()
        runner = web.AppRunner(self._application(), shutdown_timeout=0.1)
        async with listening(runner) as self.url:
            self._ready.set()
            await self._stopping.wait()
            self._send(("end", b""))

    def _application(self) -> web.Application:
        app = web.Application(middlewares=[self._middleware])
        for method, path, handler in (
            ("GET", "about", self.about),
            ("POST", "auth/signup", self.signup),
            ("POST", "auth/token", self.token),
            ("POST", "auth/logout", self.nothing),
            ("GET", "auth/me", self.me),
            ("POST", "auth/password", self.nothing),
            ("GET", "auth/sessions", self.sessions),
            ("DELETE", "auth/sessions/{id}", self.nothing),
            ("GET", "auth/tokens", self.tokens),
            ("POST", "auth/tokens", self.make_token),
            ("DELETE", "auth/tokens/{id}", self.nothing),
            ("GET", "auth/{provider}/link", self.link_prompt),
            ("POST", "auth/{provider}/link", self.link),
            ("DELETE", "auth/{provider}/link", self.nothing),
            ("GET", "watchlist", self.watchlist),
            ("POST", "watchlist/progress", self.progress),
            ("POST", "watchlist/download", self.download),
            ("GET", "watchlist/{provider}/{id}", self.detail),
            ("GET", "watchlist/{provider}/{id}/releases", self.choice),
            ("GET", "watchlist/{provider}/{id}/why", self.why),
            ("GET", "watchlist/{provider}/{id}/numbering", self.numbering),
            ("GET", "watchlist/{provider}/{id}/upgrade", self.upgrade),
            ("POST", "watchlist/{provider}/{id}/upgrade", self.begin_upgrade),
            ("GET", "preferences", self.preferences),
            ("PUT", "preferences", self.preferences),
            ("DELETE", "preferences", self.preferences),
            ("GET", "watchlist/{provider}/{id}/preferences", self.preferences),
            ("PUT", "watchlist/{provider}/{id}/preferences", self.preferences),
            ("DELETE", "watchlist/{provider}/{id}/preferences", self.preferences),
            ("GET", "torrents", self.list_torrents),
            ("GET", "torrents/all", self.list_all),
            ("POST", "torrents", self.add),
            ("GET", "torrents/{hash}", self.torrent),
            ("POST", "torrents/{hash}/pause", self.nothing),
            ("POST", "torrents/{hash}/resume", self.nothing),
            ("POST", "torrents/{hash}/recheck", self.nothing),
            ("PATCH", "torrents/{hash}/limits", self.limit_torrent),
            ("PATCH", "torrents/{hash}/labels", self.nothing),
            ("PATCH", "torrents/{hash}/files", self.choose_files),
            ("POST", "admin/torrents/{client}/{hash}/adopt", self.nothing),
            ("GET", "backends/client/{name}/limits", self.client_limits),
            ("PATCH", "backends/client/{name}/limits", self.client_limits),
            ("DELETE", "torrents/{hash}", self.remove),
            ("GET", "jobs", self.list_jobs),
            ("GET", "jobs/{id}", self.job),
            ("POST", "jobs/{id}/retry", self.retry),
            ("POST", "jobs/{id}/cancel", self.cancel),
            ("GET", "backends", self.backends),
            ("POST", "backends/client/{name}/confirm-missing", self.confirm_missing),
            ("GET", "events", self.events),
            ("POST", "auth/reset", self.nothing),
            ("*", "admin/{path:.*}", self.administration),
        ):
            app.router.add_route(method, f"{API}/{path}", handler)
        return app

    @web.middleware
    async def _middleware(self, request: web.Request, handler: Any) -> web.StreamResponse:
        path = request.path.removeprefix(f"{API}/")
        body = await request.read()
        with self._called:
            self.requests.append((request.method, path))
            self.bodies.append(body)
            self.queries.append(dict(request.query))
            self._called.notify_all()
        while not self.answers.is_set():  # noqa: ASYNC110 - set by another thread
            await asyncio.sleep(0.01)
        if self.in_front is not None:
            return web.Response(status=self.in_front, text="<h1>", content_type="text/html")
        problem = self.problems.get((request.method, path))
        if problem is not None:
            return self._problem(problem)
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if (
            path not in ("about", "auth/signup", "auth/token", "auth/reset")
            and token not in self.access
        ):
            return self._problem(problem_reply(401, "not-logged-in", "The token is over."))
        return await handler(request)

    def _problem(self, problem: ProblemReply) -> web.Response:
        return web.Response(
            body=msgspec.json.encode(problem),
            status=problem.status,
            content_type="application/problem+json",
        )

    def called(self, method: str, path: str) -> bool:
        return (method, path) in self.requests

    def wait_for_call(self, method: str, path: str) -> None:
        """Block until somebody has called that."""
        with self._called:
            assert self._called.wait_for(lambda: self.called(method, path), 20), path

    def body(self, method: str, path: str, kind: type[Any]) -> Any:
        """Return the body of the last such request."""
        place = len(self.requests) - 1 - self.requests[::-1].index((method, path))
        return msgspec.json.decode(self.bodies[place], type=kind)

    def publish(self, name: str, value: object) -> None:
        """Send an event to everybody who follows."""
        message = (name, msgspec.json.encode(value))
        self._loop.call_soon_threadsafe(self._send, message)

    def end_streams(self) -> None:
        """Break every event stream."""
        self._loop.call_soon_threadsafe(self._send, ("end", b""))

    def _send(self, message: tuple[str, bytes]) -> None:
        for stream in self.streams:
            stream.put_nowait(message)

    # --- accounts

    async def about(self, _: web.Request) -> web.Response:
        return reply(
            AboutReply(version="0.1.0", api=1, signup="open", setup_needed=False, time=now())
        )

    async def signup(self, request: web.Request) -> web.Response:
        wanted = msgspec.json.decode(await request.read(), type=SignupRequest)
        self.users[wanted.username] = wanted.password
        return reply(UserReply(id="1", username=wanted.username, role="user"), 201)

    async def token(self, request: web.Request) -> web.Response:
        given = msgspec.json.decode(await request.read(), type=TokenRequest)
        if given.grant_type == "refresh_token":
            if given.refresh_token not in self.refresh:
                return self._problem(problem_reply(401, "bad-credentials", "The session is over."))
            self.refresh.discard(given.refresh_token)
        elif self.users.get(given.username or "") != given.password:
            return self._problem(
                problem_reply(401, "bad-credentials", "Wrong user name or password.")
            )
        number = len(self.requests)
        self.access.add(f"access-{number}")
        self.refresh.add(f"refresh-{number}")
        return reply(
            TokenReply(
                access_token=f"access-{number}", refresh_token=f"refresh-{number}", expires_in=900
            )
        )

    async def nothing(self, _: web.Request) -> web.Response:
        return web.Response(status=204)

    async def administration(self, request: web.Request) -> web.Response:
        """Answer what the test has put there."""
        found = self.accounts.get((request.method, request.match_info["path"]))
        return web.Response(status=204) if found is None else reply(found)

    async def me(self, _: web.Request) -> web.Response:
        me = MeReply(
            id="1", username="aneesh", role="user", quota=self.quota, links=tuple(self.links)
        )
        return reply(me)

    async def sessions(self, _: web.Request) -> web.Response:
        session = SessionReply(
            id="0a" * 16,
            agent="uuut/1.2",
            address="192.0.2.7",
            created_at=now(),
            used_at=now(),
            expires_at=now() + timedelta(days=30),
            current=False,
        )
        here = attrs.evolve(session, id="0b" * 16, address=None, agent="", current=True)
        return reply(SessionsReply(sessions=(here, session)))

    async def tokens(self, _: web.Request) -> web.Response:
        return reply(PersonalTokensReply(tokens=tuple(self.programs)))

    async def make_token(self, request: web.Request) -> web.Response:
        given = msgspec.json.decode(await request.read(), type=PersonalTokenRequest)
        made = PersonalTokenReply(
            id="c" * 16,
            name=given.name,
            scopes=given.scopes,
            created_at=now(),
            expires_at=given.expires_at or now() + timedelta(days=90),
        )
        self.programs.append(made)
        shown = MadePersonalTokenReply(token="uuut_once", **attrs.asdict(made, recurse=False))
        return reply(shown, 201)

    async def link_prompt(self, _: web.Request) -> web.Response:
        fields = (LinkFieldReply(name="answer", label="code or URL"),)
        return reply(
            LinkPromptReply(url="https://anilist.co/x", instructions="Open this.", fields=fields)
        )

    async def link(self, request: web.Request) -> web.Response:
        given = msgspec.json.decode(await request.read(), type=LinkRequest)
        state = "read-only" if "username" in given.fields else "ok"
        account = given.fields.get("username", "aneesh")
        return reply(
            LinkReply(provider=request.match_info["provider"], account=account, state=state)
        )

    # --- watchlist

    async def watchlist(self, request: web.Request) -> web.Response:
        sources = tuple(self._source(link.provider) for link in self.links)
        answer = WatchlistReply(entries=tuple(self.entries), sources=sources, synced_at=now())
        tag = f'"{hash(str(answer.entries))}"'
        if request.headers.get("If-None-Match") == tag:
            return web.Response(status=304, headers={"ETag": tag})
        return reply(msgspec.to_builtins(answer) | self.extra, headers={"ETag": tag})

    def _source(self, provider: str) -> SourceReply:
        read = now() - self.source_age
        if not self.source_problem:
            return SourceReply(provider=provider, state="ok", synced_at=read)
        problem = FailureReply(code="rate-limited", title="Wait", detail=self.source_problem)
        return SourceReply(provider=provider, state="stale", synced_at=read, problem=problem)

    async def detail(self, request: web.Request) -> web.Response:
        found = next(e for e in self.entries if e.id == request.match_info["id"])
        episodes = tuple(
            EpisodeReply(number=number, aired=number <= self.last_aired, state="ready")
            for number in range(1, (found.episodes or self.last_aired + 3) + 1)
        )
        fields = attrs.asdict(found, recurse=False) | {"episodes": episodes}
        return reply(EntryDetailReply(**fields, episode_count=found.episodes))

    async def progress(self, request: web.Request) -> web.Response:
        wanted = msgspec.json.decode(await request.read(), type=ProgressRequest)
        place = next(i for i, e in enumerate(self.entries) if e.id == wanted.entry)
        self.entries[place] = attrs.evolve(
            self.entries[place], progress=wanted.episode, next_episode=wanted.episode + 1
        )
        return reply(self.entries[place])

    async def numbering(self, request: web.Request) -> web.Response:
        found = next(e for e in self.entries if e.id == request.match_info["id"])
        episode = int(request.query.get("episode", found.next_episode or 1))
        title = found.title.romaji or ""
        shows = (("A first season", 28, 0), (title, None, 28))
        return reply(
            NumberingReply(
                provider="anilist",
                entry=found.id,
                work=found.work,
                title=title,
                episode=episode,
                season=2,
                part=1,
                counts_from=None,
                line=tuple(
                    LineShowReply(
                        id=str(place),
                        title=name,
                        season=place,
                        part=1,
                        episodes=length,
                        offset=offset,
                        wanted=place == 2,
                    )
                    for place, (name, length, offset) in enumerate(shows, 1)
                ),
                numbers=(
                    NumberReply(
                        number=episode, season=None, behind=title, source="own", text="its own"
                    ),
                    NumberReply(
                        number=episode, season=2, behind=None, source="chain", text="of season 2"
                    ),
                    NumberReply(
                        number=30 + episode,
                        season=None,
                        behind="A first season",
                        source="table",
                        text="a rule says so",
                    ),
                ),
                rules=(
                    NumberingRuleReply(text="31 and on of A: 1 and on of B", rule="1:31 -> 2:1"),
                ),
                table_at=None,
            )
        )

    async def choice(self, request: web.Request) -> web.Response:
        found = next(e for e in self.entries if e.id == request.match_info["id"])
        episode = int(request.query.get("episode", found.next_episode or 1))
        wanted = WantedReply(
            provider="anilist",
            entry=found.id,
            work=found.work,
            title=found.title.romaji or "",
            episode=episode,
        )
        best = next((r.id for r in self.releases if not r.rejections), None)
        return reply(
            ChoiceReply(
                wanted=wanted,
                best=best,
                releases=tuple(self.releases),
                upgrade=self.newer.id if self.newer else None,
            )
        )

    async def why(self, _: web.Request) -> web.Response:
        if self.told is None:
            return self._problem(
                problem_reply(404, "not-found", "No search is kept.", hint="Look.")
            )
        return reply(self.told)

    async def download(self, request: web.Request) -> web.Response:
        wanted = msgspec.json.decode(await request.read(), type=DownloadRequest)
        found = next(e for e in self.entries if e.id == wanted.entry)
        return self._begin(found, wanted.episode or found.next_episode)

    async def upgrade(self, request: web.Request) -> web.Response:
        found = next(e for e in self.entries if e.id == request.match_info["id"])
        held = HeldReleaseReply(
            title="[SubsPlease] One Piece - 1161 (1080p)",
            info_hash="b" * 40,
            group="SubsPlease",
            version=1,
            serves=self.held_serves,
        )
        return reply(
            UpgradeReply(
                provider="anilist",
                entry=found.id,
                title=found.title.romaji or "",
                episode=int(request.query.get("episode", 1161)),
                current=held,
                available=self.newer,
            )
        )

    async def begin_upgrade(self, request: web.Request) -> web.Response:
        found = next(e for e in self.entries if e.id == request.match_info["id"])
        return self._begin(found, int(request.query["episode"]))

    def _begin(self, found: EntryReply, episode: int | None) -> web.Response:
        names = ("resolve", "search", "choose", "add", "link")
        job = JobReply(
            id=f"job{len(self.jobs) + 1}",
            kind="get",
            state="running",
            steps=tuple(
                StepReply(name=name, state="running" if i == 0 else "waiting")
                for i, name in enumerate(names)
            ),
            created_at=now(),
            provider="anilist",
            entry=found.id,
            title=found.title.romaji,
            episode=episode,
        )
        self.jobs[job.id] = job
        return reply(job, 202)

    def advance(self, job: JobReply) -> JobReply:
        """Let the running step of *job* end; the fourth fails if the test wants that."""
        steps = list(job.steps)
        place = next(i for i, step in enumerate(steps) if step.state == "running")
        if self.download_ends == "failed" and steps[place].name == "add":
            steps[place] = attrs.evolve(steps[place], state="failed", ms=30)
            problem = FailureReply(
                code="unavailable",
                title="A service is not available",
                detail="connection refused",
                step="add",
                backend="seedbox",
                hint="Start the torrent client.",
                retry_after=42,
            )
            return attrs.evolve(job, state="failed", steps=tuple(steps), problem=problem)
        if self.download_ends == "waits" and steps[place].name == "add":
            problem = FailureReply(
                code="unavailable",
                title="A service is not available",
                detail="seedbox cannot be reached",
                backend="seedbox",
                retry_after=42,
            )
            steps[place] = attrs.evolve(steps[place], detail=f"waiting: {problem.detail}")
            return attrs.evolve(job, steps=tuple(steps), problem=problem)
        job = attrs.evolve(job, problem=None)
        steps[place] = attrs.evolve(steps[place], state="done", ms=800, detail=None)
        if place + 1 < len(steps):
            steps[place + 1] = attrs.evolve(steps[place + 1], state="running")
            return attrs.evolve(job, steps=tuple(steps))
        name = self.releases[0].title
        self.torrents[HASH] = torrent(HASH, name, progress=0.1)
        for i, found in enumerate(self.entries):
            if found.id == job.entry:
                self.entries[i] = attrs.evolve(found, state="downloading", torrent=HASH)
        return attrs.evolve(
            job, state="done", steps=tuple(steps), torrent=HASH, release=self.releases[0]
        )

    # --- preferences

    async def preferences(self, request: web.Request) -> web.Response:
        place = request.path.removeprefix(f"{API}/")
        if request.method == "DELETE":
            self.wanted.pop(place, None)
            return web.Response(status=204)
        if request.method == "PUT":
            self.wanted[place] = msgspec.json.decode(await request.read(), type=ShowPreferences)
        levels = [("user", self.wanted.get("preferences", ShowPreferences()))]
        if place != "preferences":
            levels.append(("show", self.wanted.get(place, ShowPreferences())))
        values: dict[str, Any] = attrs.asdict(USUAL)
        origins = dict.fromkeys(values, "default")
        for origin, said in levels:
            given = attrs.asdict(said, filter=lambda _, value: value is not None)
            values |= given
            origins |= dict.fromkeys(given, origin)
        effective = EffectivePreferences(**values)
        return reply(PreferencesReply(set=levels[-1][1], effective=effective, from_=origins))

    # --- torrents

    async def list_torrents(self, _: web.Request) -> web.Response:
        return reply(
            TorrentsReply(
                torrents=tuple(self.torrents.values()),
                revision=self.revision,
                clients=(ClientReply(name="seedbox", state=self.client_state),),
            )
        )

    async def list_all(self, _: web.Request) -> web.Response:
        owned = [attrs.evolve(t, owner_names=("aneesh", "vidhi")) for t in self.torrents.values()]
        return reply(TorrentsReply(torrents=(*owned, *self.strangers), revision=self.revision))

    async def torrent(self, request: web.Request) -> web.Response:
        if request.match_info["hash"] not in self.torrents:
            return self._problem(problem_reply(404, "not-found", "There is no such torrent."))
        found = self.torrents[request.match_info["hash"]]
        if self.finishes:
            progress = min(1.0, found.progress + 0.45)
            state = "seeding" if progress == 1.0 else "downloading"
            found = attrs.evolve(found, progress=progress, state=state)
            self.torrents[found.hash] = found
        more: dict[str, Any] = {"fetch_problem": self.fetch_problem}
        more |= {"limits": self.limits, "trackers": TRACKERS, "peers": PEERS, "files": self.files}
        return reply(TorrentDetailReply(**attrs.asdict(found, recurse=False), **more))

    async def choose_files(self, request: web.Request) -> web.Response:
        wanted = msgspec.json.decode(await request.read(), type=FilesRequest).wanted
        self.files = tuple(attrs.evolve(f, wanted=f.index in wanted) for f in self.files)
        return web.Response(status=204)

    async def limit_torrent(self, request: web.Request) -> web.Response:
        self.limits = msgspec.json.decode(await request.read(), type=SpeedLimits)
        return web.Response(status=204)

    async def client_limits(self, request: web.Request) -> web.Response:
        if request.method == "PATCH":
            self.limits = msgspec.json.decode(await request.read(), type=SpeedLimits)
        return reply(self.limits)

    async def add(self, request: web.Request) -> web.Response:
        if request.content_type == "application/json":
            source = msgspec.json.decode(await request.read(), type=AddTorrentRequest).source
            if "garbage" in source:
                return self._problem(problem_reply(422, "invalid", "This is no magnet link."))
        return reply(torrent("c" * 40, "added"), 201)

    async def remove(self, request: web.Request) -> web.Response:
        more = sum(1 for job in self.jobs.values() if job.kind == "remove")
        job = JobReply(
            id=f"job-remove{more or ''}",
            kind="remove",
            state="running",
            steps=(StepReply(name="wait", state="running"),),
            created_at=now(),
            torrent=request.match_info["hash"],
        )
        self.jobs[job.id] = job
        return reply(job, 202)

    # --- jobs, backends, events

    async def list_jobs(self, _: web.Request) -> web.Response:
        return reply(JobsReply(jobs=tuple(reversed(self.jobs.values()))))

    async def job(self, request: web.Request) -> web.Response:
        job = self.jobs[request.match_info["id"]]
        if job.state == "running" and self.download_ends != "never":
            job = self.jobs[job.id] = self.advance(job)
        return reply(job)

    async def retry(self, request: web.Request) -> web.Response:
        self.download_ends = "done"
        job = self.jobs[request.match_info["id"]]
        steps = tuple(
            attrs.evolve(step, state="running") if step.state == "failed" else step
            for step in job.steps
        )
        job = attrs.evolve(job, state="running", steps=steps, problem=None)
        self.jobs[job.id] = job
        return reply(job, 202)

    async def cancel(self, request: web.Request) -> web.Response:
        job = attrs.evolve(self.jobs[request.match_info["id"]], state="cancelled")
        self.jobs[job.id] = job
        return reply(job)

    async def backends(self, _: web.Request) -> web.Response:
        backends = (
            BackendReply(
                kind="watchlist", name="anilist", type="anilist", state="ready", version="2"
            ),
            BackendReply(
                kind="indexer", name="nyaa", type="nyaa", state="down", problem="timed out"
            ),
            self.seedbox(*self.alarms),
        )
        return reply(BackendsReply(backends=backends))

    def seedbox(self, *alarms: AlarmReply) -> BackendReply:
        return BackendReply(
            kind="client", name="seedbox", type="qbittorrent", state="ready", alarms=alarms
        )

    async def confirm_missing(self, request: web.Request) -> web.Response:
        if not self.alarms:
            return self._problem(problem_reply(409, "conflict", "It misses nothing."))
        self.alarms = []
        return reply(self.seedbox())

    async def events(self, request: web.Request) -> web.StreamResponse:
        if not self.events_supported:
            return self._problem(problem_reply(404, "not-found", "There is no such address."))
        queue: asyncio.Queue[tuple[str, bytes]] = asyncio.Queue()
        self.streams.add(queue)
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        try:
            await response.prepare(request)
            await response.write(b": welcome\n\n")
            self.seen_ids.append(request.headers.get("Last-Event-ID"))
            while (message := await queue.get())[0] != "end":
                self.event_id += 1
                lines = (self.event_id, message[0].encode(), message[1])
                await response.write(b"id: %d\nevent: %s\ndata: %s\n\n" % lines)
        finally:
            self.streams.discard(queue)
        return response


def reply(value: object, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    return web.Response(
        body=msgspec.json.encode(value),
        status=status,
        content_type="application/json",
        headers=headers,
    )


def problem_reply(status: int, code: str, detail: str, **more: Any) -> ProblemReply:
    return ProblemReply(
        type=f"about:{code}", title=code, status=status, detail=detail, code=code, **more
    )


def changed(*torrents: TorrentReply, revision: int = 2) -> TorrentsEvent:
    return TorrentsEvent(revision=revision, torrents=torrents)
