"""Versions that were not at hand: answers as their documents and sources have them.

Nothing here was recorded from a running 5.0 or 5.2.  5.0 answers as 5.1 was seen to
(Web API 2.11.2: ``stop`` and ``start``, ``Ok.`` and ``Fails.``); 5.2 as 5.3 was seen to, and as
qBittorrent's ``WebAPI_Changelog.md`` says (2.15.1: 204 and 401, a cookie with the port in its
name, JSON for an add, 202 while it is under way, 409 for a duplicate).
"""

from contextlib import asynccontextmanager
from pathlib import PurePath

import attrs
import pytest
from aiohttp import web
from uuutd_qbittorrent import QBittorrent, QBittorrentConfig

from uuutd.domain import InfoHash, Limits, Secret, Source, TorrentState
from uuutd.errors import LoginFailed, Refused
from uuutd.testing.hosts import test_host
from uuutd.testing.serving import serving

SOURCE = Source(info_hash=InfoHash("ab" * 20), name="Some Show - 05")
BAD = Source(info_hash=InfoHash("cd" * 20), name="Refused")


@attrs.frozen(kw_only=True)
class Answers:
    version: str
    api: str
    cookie: str
    login: tuple[int, str]
    refusal: tuple[int, str]
    added: tuple[int, object]
    pending: tuple[int, object]
    duplicate: tuple[int, str]


def counted(success, pending):
    ids = [SOURCE.info_hash] * success
    counts = {"success_count": success, "pending_count": pending, "failure_count": 0}
    return {**counts, "added_torrent_ids": ids}


OF_5_0 = Answers(
    version="v5.0.5",
    api="2.11.2",
    cookie="SID",
    login=(200, "Ok."),
    refusal=(200, "Fails."),
    added=(200, "Ok."),
    pending=(200, "Ok."),
    duplicate=(200, "Fails."),
)
OF_5_2 = Answers(
    version="v5.2.4",
    api="2.15.1",
    cookie="QBT_SID_8080",
    login=(204, ""),
    refusal=(401, "Unauthorized"),
    added=(200, counted(1, 0)),
    pending=(202, counted(0, 1)),
    duplicate=(409, "Conflict"),
)


class Server:
    """Answers as one version does, as far as the plugin asks."""

    def __init__(self, answers):
        self.answers = answers
        self.calls = []
        self.rows = {}
        self.takes = "added"

    async def handle(self, request):
        what = request.match_info["what"]
        fields = {**request.query, **await request.post()}
        self.calls.append(what)
        if what == "auth/login":
            return self._log_in(fields)
        if request.cookies.get(self.answers.cookie) != "session":
            return web.Response(status=403, text="Forbidden")
        act = getattr(self, "on_" + what.replace("/", "_").lower(), None)
        return web.Response(status=404, text="Not Found") if act is None else act(fields)

    def _log_in(self, fields):
        good = fields["password"] == "right"
        status, text = self.answers.login if good else self.answers.refusal
        response = web.Response(status=status, text=text or None)
        if good:
            response.set_cookie(self.answers.cookie, "session", httponly=True)
        return response

    def on_auth_logout(self, _):
        return web.Response(status=self.answers.login[0])

    def on_app_version(self, _):
        return web.Response(text=self.answers.version)

    def on_app_webapiversion(self, _):
        return web.Response(text=self.answers.api)

    def on_app_defaultsavepath(self, _):
        return web.Response(text="/srv")

    def on_torrents_info(self, fields):
        asked = fields.get("hashes", "").split("|")
        return web.json_response([row for key, row in self.rows.items() if key in asked])

    def on_sync_maindata(self, _):
        return web.json_response({"rid": 1, "full_update": True, "torrents": self.rows})

    def on_torrents_add(self, fields):
        key = SOURCE.info_hash if SOURCE.info_hash in fields["urls"] else None
        if key is None or key in self.rows:
            status, answer = self.answers.duplicate
        else:
            status, answer = getattr(self.answers, self.takes)
            state = "stoppedDL" if fields["stopped"] == "True" else "metaDL"
            self.rows[key] = {"hash": key, "name": key, "state": state}
        if isinstance(answer, str):
            return web.Response(status=status, text=answer)
        return web.json_response(answer, status=status)

    def on_torrents_stop(self, fields):
        self.rows[fields["hashes"]]["state"] = "stoppedDL"
        return web.Response(status=self.answers.login[0])

    def on_torrents_start(self, fields):
        self.rows[fields["hashes"]]["state"] = "stalledDL"
        return web.Response(status=self.answers.login[0])


@pytest.fixture(params=[OF_5_0, OF_5_2], ids=lambda each: each.version)
async def server(request):
    server = Server(request.param)
    app = web.Application()
    app.router.add_route("*", "/api/v2/{what:.*}", server.handle)
    async with serving(app) as server.url:
        yield server


@asynccontextmanager
async def logged_in(server, tmp_path, password="right"):
    config = QBittorrentConfig(url=server.url, username="u", password=Secret(password))
    async with test_host(tmp_path / "host") as host:
        client = QBittorrent(config, host)
        await client.open()
        try:
            yield client
        finally:
            await client.close()


async def add(client, source, **more):
    return await client.add(source, label="uuut", folder=PurePath("Some Show"), **more)


@pytest.mark.parametrize("takes", ["added", "pending"])
async def test_an_episode_is_added_stopped_and_started(takes, server, tmp_path):
    server.takes = takes
    async with logged_in(server, tmp_path) as client:
        assert await client.check() == server.answers.version.removeprefix("v")
        assert await add(client, SOURCE, paused=True) == SOURCE.info_hash
        assert await add(client, SOURCE) == SOURCE.info_hash  # a duplicate is no error
        states = [(await client.torrents([SOURCE.info_hash]))[0].state]
        for act in (client.resume, client.pause):
            await act(SOURCE.info_hash)
            states += [row.state for row in await client.torrents([SOURCE.info_hash])]
        assert states == [TorrentState.PAUSED, TorrentState.STALLED, TorrentState.PAUSED]
        assert (await client.torrents([SOURCE.info_hash]))[0].limits == Limits()
    assert server.calls.count("auth/login") == 1
    assert server.calls[-1] == "auth/logout"
    assert not {"torrents/pause", "torrents/resume"} & {*server.calls}


async def test_a_wrong_password_is_tried_once(server, tmp_path):
    async with logged_in(server, tmp_path, "wrong") as client:
        for _ in range(6):
            with pytest.raises(LoginFailed, match="user name and password"):
                await client.torrents([SOURCE.info_hash])
    assert server.calls.count("auth/login") == 1


async def test_what_is_not_taken_is_said_to_be(server, tmp_path, monkeypatch):
    monkeypatch.setattr("uuutd_qbittorrent.client.SETTLES_WITHIN", 0.2)
    async with logged_in(server, tmp_path) as client:
        with pytest.raises(Refused, match="did not take the torrent: it"):
            await add(client, BAD)


async def test_each_look_beside_an_add_is_one_request(server, tmp_path):
    async with logged_in(server, tmp_path) as client:
        await client.check()
        server.calls.clear()
        assert await client.torrents([SOURCE.info_hash]) == []
        assert server.calls == ["sync/maindata"]
        await add(client, SOURCE)
        server.calls.clear()
        assert await client.torrents([SOURCE.info_hash])
        assert server.calls == ["torrents/info"]


async def test_what_is_gone_since_it_was_seen_is_not_there(server, tmp_path):
    async with logged_in(server, tmp_path) as client:
        await add(client, SOURCE)
        await client.changes(None)
        server.rows.clear()
        assert await client.torrents([SOURCE.info_hash]) == []
        await add(client, SOURCE)
        server.rows.clear()  # before anybody could see it
        assert await client.torrents([SOURCE.info_hash]) == []
        assert client._given == set()
