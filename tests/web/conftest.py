"""The whole web face over real HTTP on loopback, with services in memory behind it."""

import aiohttp
import attrs
import pytest
from aiohttp import web

from uuutd.testing.serving import listening

from .fakes import Database, Services, application


@attrs.frozen
class Face:
    """A served application; `get` and the like send a request as one of the users."""

    services: Services
    database: Database
    app: web.Application
    runner: web.AppRunner
    url: str
    session: aiohttp.ClientSession

    def ask(self, method, path, *, by=None, headers=None, **kwargs):
        sent = dict(headers or {})
        if by:
            sent["Authorization"] = f"Bearer token-{by}"
        return self.session.request(method, self.url + path, headers=sent, **kwargs)


@pytest.fixture
async def face():
    services, database = Services(), Database()
    app = application(services, database)
    runner = web.AppRunner(app, access_log=None)
    jar = aiohttp.DummyCookieJar()
    async with listening(runner) as url, aiohttp.ClientSession(cookie_jar=jar) as session:
        yield Face(services, database, app, runner, url, session)
