"""Logging in and signing up through the real web face: storms, races, and what they sound like."""

import asyncio
import itertools
from contextlib import AsyncExitStack, asynccontextmanager

import aiohttp
import attrs
import pytest
from aiohttp import web
from prometheus_client import CollectorRegistry

from uuutd.passwords import Passwords
from uuutd.services.assembly import Services
from uuutd.store.tables import AuditRow, InviteRow, UserRow
from uuutd.web import make_app

PASSWORD = "a lantern over the sea"


@attrs.frozen
class Answer:
    """What came back of a request."""

    status: int
    body: dict
    headers: dict


@attrs.frozen
class Face:
    """The web face of real services; people come from several addresses of this machine."""

    url: str
    services: Services
    sessions: dict[str, aiohttp.ClientSession]
    stack: AsyncExitStack

    async def post(self, path, body, *, address="127.0.0.1"):
        if address not in self.sessions:
            connector = aiohttp.TCPConnector(local_addr=(address, 0), limit=100)
            session = aiohttp.ClientSession(connector=connector)
            self.sessions[address] = await self.stack.enter_async_context(session)
        async with self.sessions[address].post(f"{self.url}/api/v1{path}", json=body) as reply:
            return Answer(reply.status, await reply.json(), dict(reply.headers))

    async def log_in(self, name, password=PASSWORD, *, address="127.0.0.1"):
        body = {"grant_type": "password", "username": name, "password": password}
        return await self.post("/auth/token", body, address=address)

    async def sign_up(self, name, *, address="127.0.0.1", **codes):
        body = {"username": name, "password": PASSWORD, **codes}
        return await self.post("/auth/signup", body, address=address)


@asynccontextmanager
async def served(services, ping):
    app = make_app(
        services, ping=ping, allowed_hosts=(), registry=CollectorRegistry(), version="test"
    )
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0]
        async with AsyncExitStack() as stack:
            yield Face(f"http://{host}:{port}", services, {}, stack)
    finally:
        await runner.cleanup()


@pytest.fixture
async def face(box, store):
    async with served(box.services, store.ping) as face:
        yield face


@pytest.fixture
def hashes(monkeypatch):
    """Return a list that grows by one whenever a password is looked at."""
    looked, verify = [], Passwords.verify

    async def counted(self, password, kept, *, stranger):
        looked.append(kept is not None)
        return await verify(self, password, kept, stranger=stranger)

    monkeypatch.setattr(Passwords, "verify", counted)
    return looked


async def add(face, *names):
    for name in names:
        await face.services.signups.add_user(name, PASSWORD, role="user")


def said(answer):
    """Return all that an answer lets somebody see, but for what differs in every answer."""
    body = {key: text for key, text in answer.body.items() if key != "request_id"}
    own = ("Date", "X-Request-ID", "Content-Length")
    return (
        answer.status,
        body,
        {key: each for key, each in answer.headers.items() if key not in own},
    )


async def test_unknown_locked_and_wrong_sound_alike_and_cost_alike(face, hashes):
    await add(face, "anna", "gone")
    await UserRow.filter(name="gone").update(disabled=True)
    heard, cost = [], []
    for name, password in (("nobody", PASSWORD), ("gone", PASSWORD), ("anna", "wrong"), ("", "")):
        before = len(hashes)
        heard.append(said(await face.log_in(name, password)))
        cost.append(len(hashes) - before)
    assert heard[0][0] == 401
    assert heard[0][1]["code"] == "bad-credentials"
    assert heard == [heard[0]] * 4
    assert cost == [1] * 4


async def test_names_that_are_there_and_names_that_are_not_wait_alike(face):
    await add(face, "anna")
    heard = {}
    for name, address in (("anna", "127.0.0.2"), ("nobody", "127.0.0.3")):
        answers = [await face.log_in(name, "wrong", address=address) for _ in range(7)]
        heard[name] = [(each.status, each.headers.get("Retry-After")) for each in answers]
    assert heard["anna"] == heard["nobody"] == [(401, None)] * 5 + [(429, "1")] * 2


async def test_a_guess_that_has_to_wait_costs_no_hash_and_says_how_long(face, hashes):
    await add(face, "anna")
    answers = [await face.log_in("anna", f"guess {n}") for n in range(60)]
    refused = [each for each in answers if each.status == 429]
    assert len(hashes) + len(refused) == 60
    assert len(hashes) < 15
    assert {each.body["code"] for each in refused} == {"throttled"}
    for each in refused:
        assert each.headers["Retry-After"] == str(each.body["retry_after"])
        assert f"{each.body['retry_after']} s" in each.body["detail"]


async def test_in_a_storm_of_a_thousand_guesses_the_user_gets_in(face, hashes):
    await add(face, "anna")
    assert (await face.log_in("anna", address="127.0.0.2")).status == 200
    hashes.clear()

    async def guess(number):
        address = f"127.0.1.{number % 20}"
        return (await face.log_in("anna", f"guess {number}", address=address)).status

    waves = [asyncio.gather(*(guess(wave * 100 + n) for n in range(100))) for wave in range(10)]
    statuses = []
    for wave in waves:
        statuses += await wave
        assert (await face.log_in("anna", address="127.0.0.2")).status == 200
    assert set(statuses) <= {401, 429, 503}
    assert statuses.count(401) < 30
    assert len(hashes) - len(waves) < 30 + statuses.count(503)


async def test_fifty_guesses_at_once_from_one_address(face, hashes):
    await add(face, "anna")
    found = await asyncio.gather(*(face.log_in("anna", f"guess {n}") for n in range(50)))
    assert len(hashes) <= 5
    assert sum(each.status == 429 for each in found) == 50 - len(hashes)


async def test_logins_stand_in_the_audit_log_and_the_metrics(face):
    await add(face, "anna")
    await face.log_in("anna", address="127.0.0.2")
    await face.log_in("anna", "secret guess", address="127.0.0.3")
    await face.log_in("secret name", "secret guess", address="127.0.0.3")
    rows = await AuditRow.all().order_by("id")
    found = {(row.event, row.user_name, row.address) for row in rows if "login" in row.event}
    assert found == {
        ("login", "anna", "127.0.0.2"),
        ("login-failed", "anna", "127.0.0.3"),
        ("login-failed", None, "127.0.0.3"),
    }
    assert "secret" not in str(await AuditRow.all().values())


async def test_fifty_first_set_ups_at_once_make_one_administrator(face):
    code = await face.services.signups.prepare_setup()
    calls = (face.sign_up(f"user{n}", setup_code=code) for n in range(50))
    found = await asyncio.gather(*calls)
    made = [each for each in found if each.status == 201]
    assert [each.body["role"] for each in made] == ["admin"]
    assert {each.status for each in found} <= {201, 403, 503}
    assert await UserRow.all().count() == 1
    assert await face.services.signups.prepare_setup() is None  # and no code at the next start
    assert (await face.log_in(made[0].body["username"])).status == 200


async def test_twenty_at_once_with_one_invitation_make_one_account(face):
    face.services.signups.mode = "invite"
    code = await face.services.signups.invite()
    found = await asyncio.gather(*(face.sign_up(f"user{n}", invite=code) for n in range(20)))
    assert sum(each.status == 201 for each in found) == 1
    assert {each.status for each in found} <= {201, 403, 503}
    assert await UserRow.all().count() == 1
    assert await InviteRow.filter(used_at__isnull=True).count() == 0
    newer = await face.services.signups.invite()  # losing a race is no guess
    assert (await face.sign_up("late", invite=newer)).status == 201


async def test_wrong_codes_are_refused_after_twenty_and_only_there(face):
    face.services.signups.mode = "invite"
    statuses = [(await face.sign_up("anna", invite=f"no {n}")).status for n in range(22)]
    assert statuses == [403] * 20 + [429] * 2
    code = await face.services.signups.invite()
    assert (await face.sign_up("anna", invite=code)).status == 429
    assert (await face.sign_up("anna", invite=code, address="127.0.0.2")).status == 201


async def test_where_sign_up_is_open_five_an_hour_come_from_one_address(face):
    names = (f"user{n}" for n in itertools.count())
    found = [await face.sign_up(next(names)) for _ in range(6)]
    assert [each.status for each in found] == [201] * 5 + [429]
    assert 60 < int(found[-1].headers["Retry-After"]) <= 720
    assert (await face.sign_up(next(names), address="127.0.0.2")).status == 201
    assert await UserRow.all().count() == 6
