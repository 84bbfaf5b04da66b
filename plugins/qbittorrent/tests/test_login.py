"""How a real qBittorrent is logged in to: once, and never again once it has said no."""

import asyncio
from contextlib import asynccontextmanager

import attrs
import pytest
from uuutd_qbittorrent import QBittorrent, QBittorrentConfig

from uuutd.domain import InfoHash, Secret
from uuutd.errors import LoginFailed
from uuutd.testing.hosts import test_host
from uuutd.testing.qbittorrent import USERNAME, QBittorrentServer

HASH = InfoHash("ab" * 20)
SUCCESS, FAILURE = "WebAPI login success", "WebAPI login failure"


@pytest.fixture
def opened(tmp_path):
    """Open a backend with some settings."""

    @asynccontextmanager
    async def opened(config):
        async with test_host(tmp_path / "another") as host:
            backend = QBittorrent(config, host)
            await backend.open()
            try:
                yield backend
            finally:
                await backend.close()

    return opened


@pytest.fixture
def served(program, tmp_path):
    """Start a qBittorrent with some settings."""

    @asynccontextmanager
    async def served(settings):
        async with QBittorrentServer(tmp_path / "own", program=program, settings=settings) as own:
            password = Secret(own.password)
            yield own, QBittorrentConfig(url=own.url, username=USERNAME, password=password)

    return served


async def told(client, words):
    """Return how often qBittorrent's own log says these words."""
    rows = await client._api.call(lambda c: list(c.log_main()))
    return sum(words in row["message"] for row in rows)


async def test_one_login_serves_all_calls(client):
    before = await told(client, SUCCESS)  # our own login among them
    await asyncio.gather(*(client.torrents([HASH]) for _ in range(20)))
    for _ in range(5):
        await client.changes(None)
    await client.check()
    assert await told(client, SUCCESS) == before


async def test_an_expired_session_is_made_anew(served, opened):
    async with served("WebUI\\SessionTimeout=1") as (_, config), opened(config) as client:
        await client.torrents([HASH])
        while await told(client, SUCCESS) < 2:  # noqa: ASYNC110 - it tells nobody
            await asyncio.sleep(1.2)
        assert await client.torrents([HASH]) == []


async def test_a_wrong_password_is_sent_once(client, config, opened):
    wrong = attrs.evolve(config, password=Secret("not this one"))
    async with opened(wrong) as refused:
        results = await asyncio.gather(
            *(refused.torrents([HASH]) for _ in range(8)), return_exceptions=True
        )
    assert {type(result) for result in results} == {LoginFailed}
    assert "banned for an hour" in results[0].hint
    assert await told(client, FAILURE) == 1


async def test_without_credentials_none_are_sent(client, service, opened):
    async with opened(QBittorrentConfig(url=service.url)) as nobody:
        for _ in range(6):
            with pytest.raises(LoginFailed, match="none is configured"):
                await nobody.torrents([HASH])
    assert await told(client, FAILURE) == 0


async def test_whom_it_lets_in_needs_no_login(served, opened):
    async with (
        served("WebUI\\LocalHostAuth=false") as (own, config),
        opened(QBittorrentConfig(url=own.url)) as nobody,
        opened(config) as somebody,
    ):
        assert await nobody.torrents([HASH]) == []
        assert await somebody.torrents([HASH]) == []


async def test_a_password_that_is_changed_ends_in_one_try(served, opened):
    async with served("WebUI\\SessionTimeout=1") as (_, config), opened(config) as client:
        await client._api.call(lambda c: c.app_set_preferences({"web_ui_password": "changed"}))
        mended = attrs.evolve(config, password=Secret("changed"))
        async with opened(mended) as other:
            await asyncio.sleep(1.2)  # the session ends by itself
            for _ in range(6):
                with pytest.raises(LoginFailed):
                    await client.torrents([HASH])
            assert await told(other, FAILURE) == 1


async def test_a_ban_is_for_the_right_password_too_and_says_for_how_long(client, config, opened):
    await client.check()  # a session from before the ban goes on
    wrong = attrs.evolve(config, password=Secret("not this one"))
    async with opened(wrong) as refused, opened(config) as right:
        for _ in range(5):  # an administrator who insists
            with pytest.raises(LoginFailed, match="refuses"):
                await refused.check()
        for _ in range(2):
            with pytest.raises(LoginFailed, match="banned") as banned:
                await right.torrents([HASH])
        assert banned.value.retry_after == 3600
        assert "an hour" in banned.value.hint
    assert await client.torrents([HASH]) == []


async def test_after_a_ban_a_check_is_enough(served, opened):
    short = "WebUI\\BanDuration=2\nWebUI\\MaxAuthenticationFailCount=1"
    async with served(short) as (_, config), opened(config) as client:
        async with opened(attrs.evolve(config, password=Secret("not this one"))) as wrong:
            with pytest.raises(LoginFailed):
                await wrong.check()
        with pytest.raises(LoginFailed, match="banned"):
            await client.torrents([HASH])
        await asyncio.sleep(2.5)  # the ban ends by itself
        assert await client.check()
        assert await client.torrents([HASH]) == []


async def test_it_logs_out_whatever_its_cookie_is_called(client, config, opened):
    async with opened(config) as other:
        await other.check()
        raw = other._api._client
        names = set(raw._http_session.cookies.keys())
        sent = []
        log_out = raw.auth_log_out
        raw.auth_log_out = lambda: sent.append(log_out())
    assert len(names) == 1
    assert sent == [None]


# --- API keys -------------------------------------------------------------------------------


async def api_key(client):
    """Return a new API key; skip where there are none."""
    version = tuple(
        map(int, (await client._api.call(lambda c: c.app_web_api_version())).split("."))
    )
    if version < (2, 14, 1):
        pytest.skip("this qBittorrent has no API keys")
    answer = await client._api.call(lambda c: c.app_rotate_api_key())
    return Secret(answer if isinstance(answer, str) else answer["apiKey"])


async def test_an_api_key_needs_no_login(client, service, opened):
    key, before = await api_key(client), await told(client, SUCCESS)
    async with opened(QBittorrentConfig(url=service.url, api_key=key)) as keyed:
        assert await keyed.check() == await client.check()
        assert await keyed.torrents([HASH]) == []
        assert not keyed._api._client.has_session
    assert await told(client, SUCCESS) == before


async def test_an_api_key_that_is_no_good(client, service, opened):
    wrong = QBittorrentConfig(url=service.url, api_key=Secret("qbt_" + "x" * 28))
    async with opened(wrong) as refused:
        for _ in range(8):
            with pytest.raises(LoginFailed, match="refuses the API key") as caught:
                await refused.torrents([HASH])
    assert "Before qBittorrent 5.2 there are none" in caught.value.hint
    assert await client.torrents([HASH]) == []  # nobody is banned for it
    assert await told(client, FAILURE) == 0
