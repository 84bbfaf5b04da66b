"""Secrets of many kinds go through a real daemon, in fair weather and foul; none comes out.

Afterwards everything that others can see is searched for them: what the daemon wrote, what
it answers to other users, what it keeps, what the list of processes shows.
"""

import asyncio
import base64
import json
import secrets
import stat
import sys
from pathlib import Path

import aiohttp
import attrs
import pytest
import pytest_asyncio

from uuutd.testing.misbehaving import Fault, Misbehaving

from .harness import Box, ask
from .outside import EmbeddedFiles, PostgresDatabase, SqliteFile, eventually
from .places import Kinds, placed

COMBINATIONS = [Kinds("qbittorrent", "sqlite"), Kinds("libtorrent", "postgres")]

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.kinds(*COMBINATIONS)]

LOUD = """
import asyncio, sys
from uuutd import log
from uuutd.passwords import Passwords
from uuutd.cli import main

configure, verify = log.configure, Passwords.verify

async def failing(self, password, *given, **more):
    if password.startswith("crash"):
        raise RuntimeError("an accident while a password was at hand")
    return await verify(self, password, *given, **more)

log.configure = lambda level="INFO", **more: configure("DEBUG", **more)
Passwords.verify = failing
sys.exit(main(sys.argv[1:]))
"""
"""A daemon that tells everything it can, and has an accident with some passwords."""


def canary(kind):
    return f"{kind}-canary-{secrets.token_hex(12)}"


@attrs.define
class Story:
    """What happened: the secrets, by what they are, and all that others could see."""

    box: Box
    secrets: dict[str, str]
    seen: dict[str, str]

    def leaks(self, texts, *, but=()):
        """Return which secrets stand in which texts, as they are or in a usual disguise."""
        return sorted(
            (kind, place)
            for place, text in texts.items()
            for kind, secret in self.secrets.items()
            if kind not in but and any(form in text for form in forms(secret))
        )


def forms(secret):
    """Return how a text may be written: plain, as basic credentials end up, in hex."""
    raw = secret.encode()
    yield secret
    yield raw.hex()
    yield base64.b64encode(raw).decode().rstrip("=")[:-2]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def story(town, kinds, servers, folder):
    async with (
        Misbehaving(Fault(kind="status", status=403)) as wrong,
        Misbehaving(Fault(kind="status", status=401)) as other,
        placed(town, kinds, servers, folder / "box") as box,
    ):
        known = {kind: canary(kind) for kind in ("wrong-login", "wrong-rpc", "client-secret")}
        known |= {kind: canary(kind) for kind in ("file-secret", "proxy-login")}
        secret_file = box.daemon.folder / "rpc-password"
        secret_file.write_text(known["wrong-rpc"])
        secret_file.chmod(0o600)
        text = box.daemon.config.read_text("utf-8").replace(
            "[watchlists.anilist]",
            f'[watchlists.anilist]\nclient_id = "1001"\nclient_secret = "{known["client-secret"]}"',
        )
        box.daemon.config.write_text(
            f"{text}\n"
            f'[clients.wrong]\ntype = "qbittorrent"\nurl = "{wrong.url}"\nsave_path = "/tmp/x"\n'
            f'username = "admin"\npassword = "{known["wrong-login"]}"\n'
            f'[clients.other]\ntype = "transmission"\nurl = "{other.url}"\nsave_path = "/tmp/x"\n'
            f'username = "admin"\npassword = {{ file = "{secret_file}" }}\n',
            "utf-8",
        )
        box.daemon.program = ("-c", LOUD)
        told = Story(box, known, {})
        if servers.qbittorrent is not None:
            known["client-password"] = servers.qbittorrent.password
        if servers.postgres is not None:
            known["database-password"] = servers.postgres.password
        await box.daemon.start()
        await fair_weather(told, town)
        await foul_weather(told, town)
        await look(told)
        yield told


async def fair_weather(story, town):
    """Sign up, log in, link, download, make tokens and invitations."""
    box, known = story.box, story.secrets
    known["setup-code"] = (box.daemon.data / "setup-code").read_text("utf-8").strip()
    user, other = await box.user("aneesh"), await box.user("berta")
    known["provider-token"], known["other-token"] = user.token, other.token
    login = user.remote.logins.get(user.remote.server)
    known["first-access"], known["first-refresh"] = login.access_token, login.refresh_token
    renewed = await user.ask(
        "POST",
        "auth/token",
        json={"grant_type": "refresh_token", "refresh_token": login.refresh_token},
    )
    assert renewed.status == 200, renewed
    known["access"], known["refresh"] = (
        renewed.body["access_token"],
        renewed.body["refresh_token"],
    )
    ring = json.loads((box.daemon.data / "keys.json").read_text("utf-8"))
    known["fernet-key"], known["jwt-key"] = ring["fernet"][0], ring["jwt"][0]["key"]
    made = await with_token(story, "POST", "auth/tokens", json=PERSONAL)
    assert made.status == 201, made
    known["personal-token"] = made.body["token"]
    invited = await with_token(story, "POST", "admin/invites", json={})
    assert invited.status == 201, invited
    known["invite-code"] = invited.body["code"]
    reset = await with_token(story, "POST", f"admin/users/{await user_id(other)}/reset", json={})
    assert reset.status in (200, 201), reset
    known["reset-code"] = reset.body["code"]
    known["password"] = canary("password")
    signed = await ask(
        f"{box.daemon.url}/api/v1/auth/signup",
        "POST",
        json={"username": "third", "password": known["password"], "invite": known["invite-code"]},
    )
    assert signed.status == 201, signed
    if isinstance(box.client, EmbeddedFiles):  # the other client is shared by many tests
        limits = f"backends/client/{box.client.name}/limits"
        fast = {"down": 100_000_000, "up": None}
        limited = await with_token(story, "PATCH", limits, json=fast)
        assert limited.status == 200, limited
    show = await town.show()
    await other.get(show)
    await other.remote.watchlist()


PERSONAL = {"name": "for a script", "scopes": ["torrents:read"]}


async def with_token(story, method, path, **request):
    """Ask as the administrator, whose client's own tokens have been replaced by renewed ones."""
    headers = {"Authorization": f"Bearer {story.secrets['access']}"}
    return await ask(f"{story.box.daemon.url}/api/v1/{path}", method, headers=headers, **request)


async def user_id(person):
    return (await person.remote.me()).id


async def foul_weather(story, town):
    """Wrong passwords, dead services, bad tokens, wrong places for secrets, an accident."""
    box, known = story.box, story.secrets
    login = f"{box.daemon.url}/api/v1/auth/token"
    for kind in ("guessed", "crash"):
        known[kind] = canary(kind)
        form = {"grant_type": "password", "username": "berta", "password": known[kind]}
        answer = await ask(login, "POST", json=form)
        assert answer.status == (401 if kind == "guessed" else 500)
    known["in-a-query"], known["in-a-cookie"] = canary("query"), canary("cookie")
    known["in-a-body"], known["bad-bearer"] = canary("body"), canary("bearer")
    answer = await ask(
        f"{box.daemon.url}/api/v1/torrents?access_token={known['in-a-query']}",
        headers={"Cookie": f"session={known['in-a-cookie']}"},
    )
    assert answer.status == 401
    bearer = {"Authorization": f"Bearer {known['bad-bearer']}"}
    assert (await ask(f"{box.daemon.url}/api/v1/torrents", headers=bearer)).status == 401
    broken = f'{{"username": "x", "password": "{known["in-a-body"]}", '
    assert (await ask(login, "POST", data=broken, headers=AS_JSON)).status in (400, 422)
    wrong = {"grant_type": "password", "username": "x", "password": [known["in-a-body"]]}
    assert (await ask(login, "POST", json=wrong)).status == 422
    known["passkey"] = canary("passkey")
    magnet = f"magnet:?xt=urn:btih:{'ab' * 20}&tr=http://t.invalid/{known['passkey']}/announce"
    (_, person, *_) = box.people
    assert (await person.ask("POST", "torrents", json={"source": magnet})).status in (201, 202)
    for kind in ("status", "garbage", "drop", "html200"):
        town.anilist.fail(kind, 2)
        with_new = await person.ask("POST", "auth/anilist/link", json={"fields": LINK})
        assert with_new.status in (422, 502, 503, 409, 429), with_new
        town.anilist.heal()
    known["nobodys-token"] = town.anilist.issue_token(person.at)
    town.anilist.revoke_token(known["nobodys-token"])
    fields = {"answer": known["nobodys-token"]}
    assert (await person.ask("POST", "auth/anilist/link", json={"fields": fields})).status == 422
    town.anilist.revoke_token(person.token)
    await person.ask("POST", "watchlist/progress", json={"entry": "1", "episode": 1})

    async def both_tried():
        states = {b.name: b.state for b in (await person.remote.backends()).backends}
        return all(states[name] in ("misconfigured", "down") for name in ("wrong", "other"))

    await eventually(both_tried, what="trying the clients with wrong passwords")


LINK = {"username": "nobody-of-that-name"}
AS_JSON = {"Content-Type": "application/json"}


async def look(story):
    """Collect everything that others can see."""
    box, seen = story.box, story.seen
    (_, person, *_) = box.people
    for path in (
        *("backends", "torrents", "jobs", "watchlist", "auth/me", "about", "preferences"),
        *("openapi.json", "auth/sessions", "auth/tokens", "torrents/all", "admin/users"),
        *("admin/invites", "admin/audit", "events"),
    ):
        seen[path] = await read(f"{box.daemon.url}/api/v1/{path}", person)
    for path in ("metrics", "openapi.json", "health", "ready"):
        seen[f"/{path}"] = await read(f"{box.daemon.url}/{path}", None)
    for path in ("admin/audit", "admin/users", "admin/invites", "auth/tokens"):
        headers = {"Authorization": f"Bearer {story.secrets['access']}"}
        seen[f"admin {path}"] = await read(f"{box.daemon.url}/api/v1/{path}", None, headers)
    for words in (["check"], ["check", "--online"], ["plugins"], ["openapi"], ["keys", "list"]):
        seen[" ".join(words)] = await command(box, *words)
    seen["argv"], seen["environment"] = of_process(box.daemon.process.pid)
    announced = f"Set-up code: {story.secrets['setup-code']}\n"  # once, for who started it
    seen["log"] = box.daemon.log.replace(announced, "", 1)


def of_process(pid):
    """Return how a process was started: what everybody on the machine sees, and what its user."""
    folder = Path(f"/proc/{pid}")
    return [(folder / name).read_text("utf-8", "replace") for name in ("cmdline", "environ")]


async def read(url, person, headers=None):
    """Return status, headers and the first part of an answer; the event stream never ends."""
    if person is not None:
        login = person.remote.logins.get(person.remote.server)
        headers = {"Authorization": f"Bearer {login.access_token}"}
    limit = aiohttp.ClientTimeout(total=10)
    async with (
        aiohttp.ClientSession(timeout=limit) as session,
        session.get(url, headers=headers) as answer,
    ):
        body = await (answer.content.readany() if url.endswith("events") else answer.read())
        return f"{answer.status} {dict(answer.headers)} {body.decode('utf-8', 'replace')}"


async def command(box, *words):
    config = [] if words[0] in ("plugins", "openapi") else ["--config", str(box.daemon.config)]
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "uuutd", *words, *config),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await asyncio.wait_for(process.communicate(), 60)
    return said.decode("utf-8", "replace")


async def test_no_secret_is_to_be_seen(story):
    assert len(story.secrets) >= 20
    assert all(len(text) >= 8 for text in story.secrets.values())
    assert story.leaks(story.seen) == []


async def test_what_was_searched_is_what_was_meant(story):
    assert all(story.seen.values())
    assert "Traceback" in story.seen["log"]
    assert "an accident while a password was at hand" in story.seen["log"]
    assert '"level": "debug"' in story.seen["log"]
    assert story.seen["/metrics"].startswith("200 ")
    assert "wrong" in story.seen["check --online"]
    planted = {"log": f"before {story.secrets['passkey'].encode().hex()} after"}
    assert story.leaks(planted) == [("passkey", "log")]


async def test_the_database_holds_no_secret_in_the_clear(story):
    database = story.box.database
    texts = {}
    if isinstance(database, SqliteFile):
        for path in database.path.parent.glob("uuutd.db*"):
            texts[path.name] = path.read_bytes().decode("latin-1")
    if isinstance(database, PostgresDatabase):
        sql = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        for (table,) in await database.rows(sql):
            texts[table] = repr(await database.rows(f'SELECT * FROM "{table}"'))
    assert len(texts) >= 2
    assert any("gAAAA" in text for text in texts.values()), "what is sealed is there"
    # A tracker is asked with its passkey by whoever downloads: the magnet is kept with the job.
    assert story.leaks(texts, but=("passkey",)) == []


async def test_only_we_can_read_what_the_daemon_made(story):
    data = story.box.daemon.data
    found = {
        str(path.relative_to(data)): stat.S_IMODE(path.lstat().st_mode)
        for path in [data, *data.rglob("*")]
    }
    assert {"uuutd.lock", "keys.json"} <= found.keys()
    wrong = {
        name: oct(mode)
        for name, mode in found.items()
        if mode & 0o077 and not (data / name).is_symlink()
    }
    assert wrong == {}


async def test_a_password_is_no_argument_of_any_command(story):
    help_of_add = await command_help("user", "add")
    assert "--password-stdin" in help_of_add
    assert "--password " not in help_of_add.replace("--password-stdin", "")


async def command_help(*words):
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "uuutd", *words, "--help"), stdout=asyncio.subprocess.PIPE
    )
    said, _ = await process.communicate()
    return said.decode()
