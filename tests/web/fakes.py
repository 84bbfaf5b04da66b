"""Services in memory: what the web face asks for, without anything behind it.

Four users exist.  Ann has a show, a torrent and a job; Cay has the same torrent and a
show; Ben and Ada, who is an administrator, have a show each.
"""

import asyncio
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import attrs
import msgspec
from prometheus_client import CollectorRegistry

from uuutd import wire
from uuutd.domain import Taste
from uuutd.errors import BadCredentials, Busy, NoRelease, NotFound, NotLoggedIn, SignupClosed
from uuutd.store.records import User
from uuutd.web import make_app

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
HASH = "a" * 40
NEW_HASH = "b" * 40
JOB = "1" * 32
TOKEN = "2" * 16


def user(number, name, role="user"):
    return User(id=number, name=name, role=role, gen=1, disabled=False, created_at=NOW)


ANN, BEN, ADA, CAY = user(1, "ann"), user(2, "ben"), user(3, "ada", "admin"), user(4, "cay")
USERS = {each.name: each for each in (ANN, BEN, ADA, CAY)}
ENTRIES = {"ann": "101", "ben": "202", "ada": "303", "cay": "404"}
OWNERS = (ANN, CAY)
READS = frozenset({"watchlist:read", "torrents:read"})
WRITES = frozenset({"watchlist:write", "torrents:write"})


@attrs.frozen
class Caller:
    user: User
    session_id: str | None = "s1"
    scopes: frozenset[str] | None = None
    fresh: bool = True


@attrs.frozen
class Event:
    id: str
    name: str
    data: bytes


def torrent(hash_=HASH, **changes):
    fields = {
        "hash": hash_,
        "name": "A Show - 07",
        "state": "downloading",
        "progress": 0.5,
        "size": 1000,
        "done_bytes": 500,
        "down_rate": 10,
        "up_rate": 0,
        "ratio": 0.0,
        "client": "libtorrent",
        "added_at": NOW,
    }
    return wire.TorrentReply(**fields | changes)


def job(id_=JOB, state="done", **changes):
    steps = (wire.StepReply(name="resolve", state="done", ms=3),)
    fields = {"id": id_, "kind": "get", "state": state, "steps": steps, "created_at": NOW}
    return wire.JobReply(**fields | changes)


def entry(id_):
    return wire.EntryReply(
        provider="anilist",
        id=id_,
        work="w1",
        ids={"anilist": id_},
        title=wire.TitleReply(romaji="A Show"),
        synonyms=(),
        format="TV",
        status="CURRENT",
        airing="RELEASING",
        season_year=2026,
        episodes=12,
        progress=6,
        next_episode=7,
        available=True,
        state="ready",
    )


class Signups:
    mode = "invite"

    def __init__(self):
        self.seen = []

    async def setup_needed(self):
        return False

    async def signup(self, request, *, address):
        self.seen.append(request)
        if request.invite is None:
            raise SignupClosed("An invite is needed.")
        return wire.UserReply(id="9", username=request.username, role="user")


class Auth:
    def __init__(self):
        callers = {name: Caller(who) for name, who in USERS.items()}
        for name, who in USERS.items():
            callers[f"{name}-stale"] = Caller(who, fresh=False)
            for kind, scopes in (
                ("reads", READS),
                ("writes", WRITES),
                ("steward", frozenset({"admin"})),
                ("all", READS | WRITES | {"admin"}),
            ):
                callers[f"{name}-{kind}"] = Caller(who, None, scopes, fresh=False)
        self.tokens = {f"token-{name}": caller for name, caller in callers.items()}
        self.busy = False
        self.seen = []

    async def login(self, username, password, *, agent, address):
        self.seen.append((username, password, agent))
        return wire.TokenReply(access_token="a", refresh_token="r", expires_in=900)

    async def refresh(self, token, *, agent, address):
        self.seen.append((token, agent))
        return wire.TokenReply(access_token="a2", refresh_token="r2", expires_in=900)

    async def logout(self, caller, *, everywhere, address):
        self.seen.append((caller.session_id, everywhere))

    async def change_password(self, caller, request, *, address):
        self.seen.append((caller.session_id, request.current, request.new))
        if request.current == "wrong":
            raise BadCredentials("The current password is wrong.")

    async def sessions(self, caller):
        session = wire.SessionReply(
            id="s1",
            agent="uuut",
            address="127.0.0.1",
            created_at=NOW,
            used_at=NOW,
            expires_at=NOW,
            current=True,
        )
        return wire.SessionsReply(sessions=(session,))

    async def end_session(self, caller, session_id, *, address):
        if (caller.user, session_id) != (ANN, "s1"):
            raise NotFound("You have no such session.")

    async def authenticate(self, access_token):
        if self.busy:
            raise Busy("The database does not answer.", retry_after=2.2)
        if access_token not in self.tokens:
            raise NotLoggedIn("The token is not good.")
        return self.tokens[access_token]


class PersonalTokens:
    def __init__(self):
        self.made = []

    async def make(self, user, request, *, address):
        self.made.append(request)
        return wire.MadePersonalTokenReply(token="uuut_x", **self._fields(request))

    async def view(self, user):
        asked = wire.PersonalTokenRequest(name="script", scopes=("torrents:read",))
        return wire.PersonalTokensReply(tokens=(wire.PersonalTokenReply(**self._fields(asked)),))

    async def end(self, user, token_id, *, address):
        if (user, token_id) != (ANN, TOKEN):
            raise NotFound("You have no such token.")

    def _fields(self, request):
        return {
            "id": TOKEN,
            "name": request.name,
            "scopes": request.scopes,
            "created_at": NOW,
            "expires_at": request.expires_at or NOW,
        }


class Accounts:
    async def prompt(self, provider):
        self._known(provider)
        fields = (wire.LinkFieldReply(name="answer", label="Token", secret=True),)
        return wire.LinkPromptReply(url="https://a.example", instructions="Go.", fields=fields)

    async def link(self, user, provider, fields):
        self._known(provider)
        return wire.LinkReply(provider=provider, account=fields["answer"], state="ok")

    async def unlink(self, user, provider):
        self._known(provider)

    async def links(self, user):
        return (wire.LinkReply(provider="anilist", account=user.name, state="ok"),)

    def _known(self, provider):
        if provider != "anilist":
            raise NotFound("There is no such watchlist.")


class Watchlists:
    queued = False

    def __init__(self):
        self.statuses = None

    async def view(self, user, statuses):
        self.statuses = statuses
        source = wire.SourceReply(provider="anilist", state="ok", synced_at=NOW)
        found = (entry(ENTRIES[user.name]),)
        return wire.WatchlistReply(entries=found, sources=(source,), synced_at=NOW)

    async def entry(self, user, provider, entry_id):
        self.check(user, provider, entry_id)
        shown = attrs.asdict(entry(entry_id), recurse=False)
        count = shown.pop("episodes")
        listed = (wire.EpisodeReply(number=7, aired=True, state="ready"),)
        return wire.EntryDetailReply(episodes=listed, episode_count=count, **shown)

    async def set_progress(self, user, request):
        self.check(user, request.provider or "anilist", request.entry)
        return attrs.evolve(entry(request.entry), progress=request.episode), self.queued

    def check(self, user, provider, entry_id):
        if provider != "anilist" or ENTRIES[user.name] != entry_id:
            raise NotFound("This show is not on your watchlist.")


class Releases:
    def __init__(self, watchlists):
        self._watchlists = watchlists

    async def choice(self, user, provider, entry_id, episode):
        self._watchlists.check(user, provider, entry_id)
        wanted = wire.WantedReply(
            provider=provider, entry=entry_id, work="w1", title="A Show", episode=episode or 7
        )
        return wire.ChoiceReply(wanted=wanted, best=None, releases=())

    async def search(self, text):
        release = wire.ReleaseReply(id="r1", title=text, info_hash=HASH, indexer="nyaa")
        return wire.SearchReply(releases=(release,))


class Numbering:
    def __init__(self, watchlists):
        self._watchlists = watchlists

    async def show(self, user, provider, entry_id, episode):
        self._watchlists.check(user, provider, entry_id)
        return wire.NumberingReply(
            provider=provider,
            entry=entry_id,
            work="w1",
            title="A Show",
            episode=episode or 7,
            season=1,
            part=1,
            counts_from=None,
            line=(),
            numbers=(),
            rules=(),
            table_at=None,
        )


class Preferences:
    """Keeps what is said; nothing else counts."""

    def __init__(self, watchlists):
        self._watchlists = watchlists
        self.said = {}

    async def show(self, user, show):
        if show:
            self._watchlists.check(user, *show)
        said = self.said.get((user.name, show), wire.ShowPreferences())
        usual = {
            each.name: getattr(Taste(), each.name, None)
            for each in attrs.fields(wire.EffectivePreferences)
        }
        if said.resolutions:
            usual["resolutions"] = said.resolutions
        effective = wire.EffectivePreferences(**usual)
        return wire.PreferencesReply(set=said, effective=effective, from_={"groups": "default"})

    async def replace(self, user, show, said):
        await self.show(user, show)
        self.said[user.name, show] = said
        return await self.show(user, show)

    async def forget(self, user, show):
        await self.show(user, show)
        self.said.pop((user.name, show), None)


class Searches:
    def __init__(self, watchlists):
        self._watchlists = watchlists
        self.asked = []

    async def why(self, user, provider, entry_id, episode, *, replay):
        self._watchlists.check(user, provider, entry_id)
        self.asked.append((episode, replay))
        wanted = wire.WantedReply(
            provider=provider, entry=entry_id, work="w1", title="A Show", episode=episode or 7
        )
        again = wire.ReplayReply(best=None, same=True, differences=())
        return wire.WhyReply(
            wanted=wanted,
            best=None,
            releases=(),
            searched_at=NOW,
            rules="same",
            found=0,
            replay=again if replay else None,
        )


class Jobs:
    def __init__(self, watchlists):
        self._watchlists = watchlists
        self.outcome = job()
        self.waited = []
        self.keys = []
        self.uploads = []
        self.added = []
        self.had = False
        self.error = None

    async def download(self, user, request, *, idempotency_key):
        if self.error:
            raise self.error
        self._watchlists.check(user, request.provider or "anilist", request.entry)
        self.keys.append(idempotency_key)
        return "started"

    async def wait(self, job_id, seconds):
        self.waited.append((job_id, seconds))

    async def get(self, user, job_id):
        if job_id == "started":
            return self.outcome
        if (user, job_id) != (ANN, JOB):
            raise NotFound("There is no such job.")
        return job()

    async def list(self, user):
        return wire.JobsReply(jobs=(job(),) if user == ANN else ())

    async def retry(self, user, job_id):
        await self.get(user, job_id)
        return job(job_id, "running")

    async def cancel(self, user, job_id):
        await self.get(user, job_id)
        return job(job_id, "cancelled")

    async def remove(self, user, info_hash, *, delete_files):
        await TorrentDetails().one(user, info_hash)
        return job("rm", "running", kind="remove", release=None, client=str(delete_files))

    async def add(self, user, request):
        self.added.append(request)
        return torrent(NEW_HASH), not self.had

    async def add_file(self, user, data, request):
        self.uploads.append((data, request.client))
        self.added.append(request)
        return torrent(NEW_HASH, client=request.client or "libtorrent"), not self.had


class Upgrades:
    def __init__(self, watchlists):
        self._watchlists = watchlists
        self.newer = True

    async def look(self, user, provider, entry_id, episode):
        self._watchlists.check(user, provider, entry_id)
        held = wire.HeldReleaseReply(title="A Show - 07", info_hash=HASH, group="G", version=1)
        newer = wire.ReleaseReply(id="r2", title="A Show - 07v2", info_hash=None, indexer="nyaa")
        return wire.UpgradeReply(
            provider=provider,
            entry=entry_id,
            title="A Show",
            episode=episode or 7,
            current=held,
            available=newer if self.newer else None,
        )

    async def begin(self, user, provider, entry_id, episode):
        found = await self.look(user, provider, entry_id, episode)
        if found.available is None:
            raise NoRelease("There is no newer version.")
        return "started"


@attrs.frozen
class Listing:
    """A whole list, as the services give it."""

    reply: wire.TorrentsReply

    @property
    def parts(self):
        return (msgspec.json.encode(self.reply),)

    @property
    def tag(self):
        return f"{hash(self.reply):x}"


class Torrents:
    def __init__(self):
        self.rows = (torrent(),)
        self.asked = None

    async def view(self, user, ask):
        self.asked = ask
        rows = self.rows if user == ANN else ()
        client = wire.ClientReply(name="libtorrent", state="ready", synced_at=NOW)
        return Listing(wire.TorrentsReply(torrents=rows, revision=1, clients=(client,)))

    async def view_all(self, user, ask):
        self.asked = ask
        rows = tuple(attrs.evolve(row, owner_names=("ann",)) for row in self.rows)
        return Listing(wire.TorrentsReply(torrents=rows, revision=1))


class TorrentDetails:
    async def one(self, user, info_hash):
        if user not in OWNERS or info_hash != HASH:
            raise NotFound("You have no such torrent.")
        file = wire.TorrentFileReply(index=0, path="a.mkv", size=1, done_bytes=0, wanted=True)
        return wire.TorrentDetailReply(files=(file,), **attrs.asdict(torrent(), recurse=False))


class TorrentActions:
    def __init__(self):
        self.wanted = None

    def _ours(self, user, info_hash):
        if user not in OWNERS or info_hash != HASH:
            raise NotFound("You have no such torrent.")

    async def pause(self, user, info_hash):
        self._ours(user, info_hash)

    async def resume(self, user, info_hash):
        self._ours(user, info_hash)

    async def set_wanted(self, user, info_hash, indexes):
        self._ours(user, info_hash)
        self.wanted = indexes

    async def recheck(self, user, info_hash):
        self._ours(user, info_hash)

    async def limit(self, user, info_hash, said):
        self._ours(user, info_hash)
        self.limits = said

    async def label(self, user, info_hash, labels):
        self._ours(user, info_hash)


class Stewardship:
    """One client, ``libtorrent``."""

    async def limits(self, client):
        return wire.SpeedLimits(down=None, up=1 << 20)

    async def set_limits(self, client, said):
        return said

    async def adopt(self, user, client, info_hash):
        self.adopted = client, info_hash


class Administration:
    """Knows the users; notes what it is asked to do."""

    def __init__(self):
        self.asked = []
        self.addresses = []

    async def users(self):
        return wire.AccountsReply(users=tuple(self._account(each) for each in USERS.values()))

    async def user(self, user_id):
        found = [each for each in USERS.values() if each.id == user_id]
        if not found:
            raise NotFound("There is no such user.")
        return self._account(found[0])

    async def make(self, by, request, *, address):
        self.addresses.append(address)
        self.asked.append((by, request))
        reset = await self.reset(by, 1, address=address)
        return wire.NewAccountReply(user=await self.user(1), reset=reset)

    async def change(self, by, user_id, changes, *, address):
        self.addresses.append(address)
        self.asked.append((by, user_id, changes))
        return await self.user(user_id)

    async def delete(self, by, user_id, fate, *, address):
        self.addresses.append(address)
        self.asked.append((by, user_id, fate))
        found = await self.user(user_id)
        return wire.DeletionReply(
            id=found.id, username=found.username, torrents=fate, removed=1, kept=0, shared=0
        )

    async def reset(self, by, user_id, *, address):
        self.addresses.append(address)
        await self.user(user_id)
        return wire.ResetReply(code="c", expires_at=NOW)

    async def use_reset(self, request, *, address):
        self.asked.append((request, address))

    async def invites(self):
        invite = wire.InviteReply(
            id="4", role="user", state="open", created_at=NOW, expires_at=NOW, made_by="ada"
        )
        return wire.InvitesReply(invites=(invite,))

    async def invite(self, by, request, *, address):
        self.addresses.append(address)
        self.asked.append((by, request))
        return wire.NewInviteReply(id="5", code="c", role=request.role, expires_at=NOW)

    async def end_invite(self, by, invite_id, *, address):
        self.addresses.append(address)
        if invite_id != 4:
            raise NotFound("There is no such invitation.")

    @staticmethod
    def _account(found):
        return wire.AccountReply(
            id=str(found.id),
            username=found.name,
            role=found.role,
            disabled=found.disabled,
            created_at=found.created_at,
            torrents=0,
            quota=wire.QuotaSetting(torrents=None, adds_per_hour=None),
        )


class Audit:
    def __init__(self):
        self.asked = None

    async def page(self, **asked):
        self.asked = asked
        note = wire.AuditEventReply(
            id="9",
            event="login",
            at=NOW,
            last_at=NOW,
            count=1,
            by="ann",
            user="ann",
            address="127.0.0.1",
            detail="",
        )
        return wire.AuditReply(events=(note,), next="9")


class Events:
    """Events with the ids 1, 2, 3 ... ; *publish* adds one."""

    def __init__(self):
        self.past = []
        self.asked_for = []
        self.queues = []
        self.all_gone = asyncio.Event()

    def publish(self, name, data):
        event = Event(str(len(self.past) + 1), name, data)
        self.past.append(event)
        for queue in self.queues:
            queue.put_nowait(event)

    @asynccontextmanager
    async def subscribe(self, user_id, last_event_id):
        self.asked_for.append(last_event_id)
        queue = asyncio.Queue()
        for event in self.past if last_event_id is not None else ():
            if int(event.id) > int(last_event_id):
                queue.put_nowait(event)
        self.queues.append(queue)
        try:
            yield self._all(queue)
        finally:
            self.queues.remove(queue)
            if not self.queues:
                self.all_gone.set()

    async def _all(self, queue):
        while True:
            yield await queue.get()


class Reconciler:
    def __init__(self, instances):
        self._instances = instances

    async def confirm_missing(self, client):
        return await self._instances.check("client", client)


class Instances:
    state = "ready"

    def replies(self):
        return wire.BackendsReply(backends=(self._reply(),))

    async def check(self, kind, name):
        if (kind, name) != ("client", "libtorrent"):
            raise NotFound("There is no such backend.")
        return self._reply()

    def _reply(self):
        return wire.BackendReply(
            kind="client", name="libtorrent", type="libtorrent", state=self.state
        )


class Services:
    def __init__(self):
        self.auth = Auth()
        self.signups = Signups()
        self.personal_tokens = PersonalTokens()
        self.administration = Administration()
        self.audit = Audit()
        self.accounts = Accounts()
        self.watchlists = Watchlists()
        self.releases = Releases(self.watchlists)
        self.searches = Searches(self.watchlists)
        self.preferences = Preferences(self.watchlists)
        self.numbering = Numbering(self.watchlists)
        self.jobs = Jobs(self.watchlists)
        self.upgrades = Upgrades(self.watchlists)
        self.torrents = Torrents()
        self.torrent_actions = TorrentActions()
        self.torrent_details = TorrentDetails()
        self.stewardship = Stewardship()
        self.events = Events()
        self.instances = Instances()
        self.reconciler = Reconciler(self.instances)


class Database:
    """Whether the database answers."""

    def __init__(self):
        self.up = True
        self.asked = 0

    async def ping(self):
        self.asked += 1
        if not self.up:
            raise Busy("The database does not answer.", retry_after=1)


def application(services, database, **settings):
    """Make the application over these."""
    return make_app(
        services,
        ping=database.ping,
        allowed_hosts=["UUUT.example", "[2001:db8::1]"],
        registry=CollectorRegistry(),
        version="1.2.3",
        **settings,
    )
