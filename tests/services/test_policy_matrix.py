"""The table of addresses over HTTP, with the real services and a real database behind it.

`tests/web/test_policy.py` walks the whole table with services in memory; here the things
that belong to somebody are real ones, and so are the tokens.
"""

import time

import aiohttp
import attrs
import pytest
from aiohttp import web
from prometheus_client import CollectorRegistry

from uuutd.domain import Account, Secret
from uuutd.errors import NotFound
from uuutd.keys import KeyRing
from uuutd.services.callers import Caller
from uuutd.store import users
from uuutd.store.tables import UserRow
from uuutd.testing.fakes import FakeConfig, FakeWatchlist
from uuutd.testing.serving import listening
from uuutd.tokens import AccessTokens, Claims
from uuutd.web import make_app
from uuutd.web.call import Policy
from uuutd.web.routes import ROUTES
from uuutd.wire import AddTorrentRequest, PersonalTokenRequest

from .conftest import SHOW, World, entry
from .tools import get

PASSWORD = "a lantern over the sea"
A = "/api/v1"
NOBODYS = {
    "$entry": "4711",
    "$hash": "c" * 40,
    "$job": "f" * 32,
    "$session": "e" * 32,
    "$token": "d" * 16,
}
BODIES = {
    f"PUT {A}/watchlist/{{provider}}/{{id}}/preferences": {"audio": "dub"},
    f"PATCH {A}/torrents/{{hash}}/files": {"wanted": [0]},
    f"PATCH {A}/torrents/{{hash}}/limits": {"down": 1 << 20, "up": None},
    f"PATCH {A}/torrents/{{hash}}/labels": {"labels": ["later"]},
}
ENDS_IT = (f"{A}/torrents/{{hash}}", f"{A}/auth/sessions/{{id}}", f"{A}/auth/tokens/{{id}}")
REFUSED = (401, 403)


class Lists(FakeWatchlist):
    """A watchlist of several users: the token is the user's name, and Ann's list alone is full."""

    async def link(self, fields, redirect_uri):
        name = fields["answer"]
        return Account(id=name, name=name, credentials={"token": Secret(self.token)}, writable=True)

    async def watching(self, account):
        return list(self.entries.values()) if account.name == "ann" else []

    async def entry(self, account, entry_id):
        if account.name != "ann":
            raise NotFound("The list has no such show.")
        return await super().entry(account, entry_id)


@pytest.fixture
def world(world):
    lists = Lists(FakeConfig(), None)
    lists.entries[SHOW] = entry()
    return World(lists, world.indexer, world.client)


@attrs.frozen
class Scene:
    """Who is there with which token, what is Ann's, and where it is served."""

    url: str
    http: aiohttp.ClientSession
    tokens: dict[str, str]
    things: dict[str, str]

    async def ask(self, who, method, path, json=None):
        """Return the status and the body without what differs from request to request."""
        token = self.tokens[who]
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        async with self.http.request(
            method, self.url + path, headers=headers, json=json
        ) as response:
            found = await response.json(content_type=None) if response.status != 204 else {}
        found.pop("request_id", None)
        return response.status, found

    async def follow(self, route, who, *, there=True):
        """Walk *route* as *who*: to Ann's thing, or to one that nobody has."""
        path = path_of(route)
        for mark, value in (self.things if there else NOBODYS).items():
            path = path.replace(mark, value)
        body = BODIES.get(f"{route.method} {route.path}")
        status, found = await self.ask(who, route.method, path, body)
        if "detail" in found and not there:  # it may name what was asked for
            found["detail"] = found["detail"].replace(NOBODYS["$entry"], self.things["$entry"])
        return status, found


def path_of(route):
    """Return the path of *route* with a mark for what is Ann's."""
    if route.path.startswith(f"{A}/watchlist/"):
        return route.path.replace("{provider}", "main").replace("{id}", "$entry")
    kind = {"jobs": "$job", "sessions": "$session", "tokens": "$token"}
    name = next((mark for word, mark in kind.items() if f"/{word}/" in route.path), "$hash")
    return route.path.replace("{id}", name).replace("{hash}", "$hash")


async def sign_in(services, name):
    pair = await services.auth.login(name, PASSWORD, agent="test", address="127.0.0.1")
    return pair.access_token, await services.auth.authenticate(pair.access_token)


@pytest.fixture
async def scene(box, store, tmp_path):
    services, people = box.services, {}
    for name in ("ann", "ben", "cay", "ada", "dan"):
        role = "admin" if name == "ada" else "user"
        await services.signups.add_user(name, PASSWORD, role=role)
        people[name] = (await users.find(name))[0]
        await services.accounts.link(people[name], "main", {"answer": name})
    tokens = {"anonymous": ""}
    callers: dict[str, Caller] = {}
    for name in people:
        tokens[name], callers[name] = await sign_in(services, name)
    await UserRow.filter(name="dan").update(disabled=True)
    old = AccessTokens(
        KeyRing.load(tmp_path / "keys" / "keys.json"), clock=lambda: time.time() - 1000
    )
    ann = people["ann"]
    tokens["ann, expired"] = old.issue(Claims(ann.id, callers["ann"].session_id, ann.gen))
    programs = {
        "ann, only reading": ("watchlist:read", "torrents:read"),
        "ann, wrong scope": ("watchlist:write",),
    }
    for name, scopes in programs.items():
        made = await services.personal_tokens.make(
            ann, PersonalTokenRequest(name=name, scopes=scopes)
        )
        tokens[name] = made.token
    job = await get(box, ann)
    assert job.state == "done", job
    await services.jobs.add(people["cay"], AddTorrentRequest(source=job.torrent))
    _, second = await sign_in(services, "ann")
    spare = await services.personal_tokens.make(
        ann, PersonalTokenRequest(name="spare", scopes=("torrents:read",))
    )
    things = {
        "$entry": str(SHOW),
        "$job": job.id,
        "$hash": job.torrent,
        "$session": second.session_id,
        "$token": spare.id,
    }
    app = make_app(
        services, ping=store.ping, allowed_hosts=[], registry=CollectorRegistry(), version="1"
    )
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    async with listening(runner) as url, aiohttp.ClientSession() as http:
        yield Scene(url, http, tokens, things)


def in_order(routes):
    """Return *routes*, those that end what they name behind the others."""
    return sorted(routes, key=lambda r: r.method == "DELETE" and r.path in ENDS_IT)


async def test_what_is_somebodys_is_theirs_alone(scene):
    for route in in_order(r for r in ROUTES if r.policy is Policy.OWNER):
        where = f"{route.method} {route.path}"
        for who in ("anonymous", "dan", "ann, expired"):
            status, problem = await scene.follow(route, who)
            assert (status, problem["code"]) == (401, "not-logged-in"), (where, who)
        for who, scopes in (
            ("ann, only reading", ("watchlist:read", "torrents:read")),
            ("ann, wrong scope", ("watchlist:write",)),
        ):
            if route.scope not in scopes:
                status, problem = await scene.follow(route, who)
                assert (status, problem["code"]) == (403, "scope"), (where, who)
        owners = {"ann", "cay"} if "{hash}" in route.path else {"ann"}
        for who in ("ben", "ada", *({"cay"} - owners)):
            found = await scene.follow(route, who)
            assert (found[0], found[1]["code"]) == (404, "not-found"), (where, who, found)
            assert found == await scene.follow(route, who, there=False), (where, who)
        for who in sorted(owners):
            status, found = await scene.follow(route, who)
            assert status not in REFUSED, (where, who)
            assert found.get("code") != "not-found", (where, who, found)


async def test_what_a_program_may_read_it_reads(scene):
    for route in ROUTES:
        if route.policy is Policy.OWNER and route.method == "GET" and route.scope:
            status, found = await scene.follow(route, "ann, only reading")
            assert status == 200 or found["code"] == "no-release", (route.path, found)


LISTS = {
    f"{A}/torrents": "torrents",
    f"{A}/jobs": "jobs",
    f"{A}/watchlist": "entries",
    f"{A}/auth/tokens": "tokens",
}


async def test_lists_show_what_is_the_callers(scene):
    for path, key in LISTS.items():
        counts = {}
        for who in ("ann", "ben", "ada"):
            status, found = await scene.ask(who, "GET", path)
            assert status == 200
            counts[who] = len(found[key])
        assert counts["ann"] > 0, path
        assert counts["ben"] == counts["ada"] == 0, path


async def test_preferences_are_each_users_own(scene):
    for path in (f"{A}/preferences", f"{A}/watchlist/main/{SHOW}/preferences"):
        assert (await scene.ask("ann", "PUT", path, {"audio": "dub"}))[0] == 200
        assert (await scene.ask("ann", "GET", path))[1]["set"]["audio"] == "dub"
    _, found = await scene.ask("ben", "GET", f"{A}/preferences")
    assert found["set"].get("audio") is None


async def test_accounts_are_for_administrators(scene):
    users_path = f"{A}/admin/users"
    for who, status in (
        *(("anonymous", 401), ("dan", 401), ("ann, expired", 401), ("ann", 403)),
        *(("ben", 403), ("ann, only reading", 403), ("ada", 200)),
    ):
        found = await scene.ask(who, "GET", users_path)
        assert found[0] == status, who
    ann = next(each for each in found[1]["users"] if each["username"] == "ann")
    for who in ("ann", "ben"):  # not even their own, and nobody learns who exists
        own, nobody = [
            await scene.ask(who, "PATCH", f"{users_path}/{user}", {"role": "admin"})
            for user in (ann["id"], "4242")
        ]
        assert own == nobody
        assert own[0] == 403
    assert (await UserRow.get(name="ann")).role == "user"
