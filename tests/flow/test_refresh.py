"""Refresh tokens of a real daemon: many at once, and one whose answer is lost in a power cut."""

import asyncio

import aiohttp
import pytest

from .gate import Gate
from .harness import PASSWORD, Answer, ask
from .outside import eventually
from .process import DaemonProcess

SETTINGS = '[auth]\nsignup = "open"\n'
API = "/api/v1"


@pytest.fixture
async def daemon(tmp_path):
    made = DaemonProcess(tmp_path / "box", SETTINGS)
    await started(made)
    yield made
    await made.kill()


async def started(daemon):
    """Start it and wait until it answers; without any torrent client it is never ready."""

    async def answers():
        try:
            return (await ask(f"{daemon.url}{API}/about")).status == 200
        except aiohttp.ClientError:
            return False

    await daemon.start(wait=False)
    await eventually(answers, seconds=20)


async def log_in(url):
    account = {"username": "anna", "password": PASSWORD}
    assert (await ask(f"{url}{API}/auth/signup", "POST", json=account)).status == 201
    login = {"grant_type": "password", **account}
    return (await ask(f"{url}{API}/auth/token", "POST", json=login)).body


async def refresh(url, token) -> Answer:
    body = {"grant_type": "refresh_token", "refresh_token": token}
    return await ask(f"{url}{API}/auth/token", "POST", json=body)


async def good(url, pair):
    headers = {"Authorization": f"Bearer {pair['access_token']}"}
    return (await ask(f"{url}{API}/auth/me", headers=headers)).status == 200


async def sessions(url, pair):
    headers = {"Authorization": f"Bearer {pair['access_token']}"}
    return (await ask(f"{url}{API}/auth/sessions", headers=headers)).body["sessions"]


async def test_fifty_refreshes_at_once_leave_one_living_family(daemon):
    pair = await log_in(daemon.url)
    answers = await asyncio.gather(*(refresh(daemon.url, pair["refresh_token"]) for _ in range(50)))
    assert [answer.status for answer in answers] == [200] * 50
    assert len({answer.body["refresh_token"] for answer in answers}) == 1
    assert len(await sessions(daemon.url, answers[0].body)) == 1
    following = await refresh(daemon.url, answers[0].body["refresh_token"])
    assert following.status == 200
    # The first token is now two behind: whoever still has it is not the one who goes on with it.
    assert (await refresh(daemon.url, pair["refresh_token"])).status == 401
    assert (await refresh(daemon.url, following.body["refresh_token"])).status == 401
    assert not await good(daemon.url, following.body)


async def test_an_answer_that_died_with_the_daemon_is_given_again(daemon):
    pair = await log_in(daemon.url)
    async with Gate(daemon.url) as gate, gate.hold("auth/token", "after") as held:
        asking = asyncio.create_task(refresh(gate.url, pair["refresh_token"]))
        await asyncio.wait_for(held.came.wait(), 10)  # exchanged, and nobody has been told
        await daemon.kill()
    with pytest.raises(aiohttp.ClientError):
        await asking
    await started(daemon)
    again = await refresh(daemon.url, pair["refresh_token"])
    assert again.status == 200
    assert again.body["refresh_token"] != pair["refresh_token"]
    assert await good(daemon.url, again.body)
    assert (await refresh(daemon.url, again.body["refresh_token"])).status == 200
