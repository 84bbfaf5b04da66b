"""Linking watchlists: what users see of it, and whom they are kept apart from."""

from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta

import attrs
import pytest
from cryptography.fernet import Fernet

from uuutd.backends import WatchlistProvider
from uuutd.config import BackendTable
from uuutd.domain import Account, LinkField, LinkPrompt, Secret
from uuutd.errors import Invalid, NotFound, NotLinked, Problem
from uuutd.fetch import open_sessions
from uuutd.instances import Instances
from uuutd.keys import Box
from uuutd.metrics import Metrics
from uuutd.services.accounts import Accounts
from uuutd.store import accounts as stored
from uuutd.store import users
from uuutd.wire import LinkFieldReply, LinkPromptReply, LinkReply

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@attrs.frozen
class Nothing:
    """No settings."""


class Listing(WatchlistProvider[Nothing]):
    """A provider that links whoever gives a name, to write if there is a token as well."""

    name, title, Config = "listing", "Listing", Nothing

    async def check(self):
        return "1"

    def link_prompt(self, redirect_uri, state):
        fields = (LinkField("name", "Your name"), LinkField("token", "A token", secret=True))
        return LinkPrompt("https://listing.example/", "Go there.", fields)

    async def link(self, fields, redirect_uri):
        if not fields.get("name"):
            raise Invalid("No name was given.", [Problem("name", "is empty")])
        token = fields.get("token")
        return Account(
            id=fields["name"],
            name=fields["name"],
            credentials={"token": Secret(token)} if token else {},
            expires_at=NOW + timedelta(days=365) if token else None,
            writable=bool(token),
        )

    async def watching(self, account):
        raise AssertionError("not asked here")

    async def entry(self, account, entry_id):
        raise AssertionError("not asked here")


class Clock:
    now = NOW

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
async def accounts(store, clock, tmp_path):
    tables = {
        name: BackendTable(
            kind="watchlist", name=name, type="listing", backend=Listing, settings=Nothing()
        )
        for name in ("first", "second")
    }
    async with AsyncExitStack() as stack:
        http, outside = await stack.enter_async_context(open_sessions("test"))
        instances = Instances(
            data_dir=tmp_path, http=http, outside=outside, metrics=Metrics(), watchlists=tables
        )
        await instances.start()
        stack.push_async_callback(instances.stop)
        box = Box([Fernet.generate_key().decode()])
        yield Accounts(instances=instances, box=box, clock=clock)


@pytest.fixture
async def anna(store):
    return await users.add("anna", "x", role="user", now=NOW)


@pytest.fixture
async def berta(store):
    return await users.add("berta", "x", role="user", now=NOW)


async def test_the_prompt_is_the_providers(accounts):
    assert await accounts.prompt("first") == LinkPromptReply(
        url="https://listing.example/",
        instructions="Go there.",
        fields=(
            LinkFieldReply(name="name", label="Your name"),
            LinkFieldReply(name="token", label="A token", secret=True),
        ),
    )


async def test_linking_with_and_without_a_token(accounts, anna):
    writable = await accounts.link(anna, "first", {"name": "A", "token": "t"})
    expires_at = NOW + timedelta(days=365)
    assert writable == LinkReply(provider="first", account="A", state="ok", expires_at=expires_at)
    readable = await accounts.link(anna, "second", {"name": "B"})
    assert readable == LinkReply(provider="second", account="B", state="read-only")
    assert await accounts.links(anna) == (writable, readable)
    linked = await accounts.get(anna.id, "first")
    assert linked.account.credentials == {"token": Secret("t")}


async def test_a_failed_attempt_leaves_the_link_as_it_was(accounts, anna):
    before = await accounts.link(anna, "first", {"name": "A"})
    with pytest.raises(Invalid) as caught:
        await accounts.link(anna, "first", {})
    assert caught.value.problems == (Problem("name", "is empty"),)
    assert await accounts.links(anna) == (before,)


async def test_links_expire_by_word_of_the_provider_and_by_date(accounts, anna, clock):
    await accounts.link(anna, "first", {"name": "A", "token": "t"})
    await accounts.mark_expired(await accounts.get(anna.id, "first"))
    assert [link.state for link in await accounts.links(anna)] == ["expired"]
    again = await accounts.link(anna, "first", {"name": "A", "token": "new"})
    assert again.state == "ok"
    clock.now += timedelta(days=365)
    assert [link.state for link in await accounts.links(anna)] == ["expired"]


async def test_everybody_has_their_own(accounts, anna, berta):
    await accounts.link(anna, "first", {"name": "A"})
    assert await accounts.links(berta) == ()
    with pytest.raises(NotLinked):
        await accounts.get(berta.id, "first")
    with pytest.raises(NotLinked):
        await accounts.unlink(berta, "first")
    await accounts.link(berta, "first", {"name": "B"})
    await accounts.mark_expired(await accounts.get(berta.id, "first"))
    assert [link.state for link in await accounts.links(anna)] == ["read-only"]


async def test_which_one_is_meant(accounts, anna):
    with pytest.raises(NotLinked):
        await accounts.get(anna.id, None)
    await accounts.link(anna, "second", {"name": "B"})
    assert (await accounts.get(anna.id, None)).provider == "second"
    await accounts.link(anna, "first", {"name": "A"})
    with pytest.raises(Invalid, match="not clear") as caught:
        await accounts.get(anna.id, None)
    assert "first, second" in str(caught.value.problems[0])
    await accounts.unlink(anna, "second")
    assert (await accounts.get(anna.id, None)).provider == "first"


async def test_a_provider_that_is_not_configured(accounts, anna):
    for call in (accounts.prompt("third"), accounts.link(anna, "third", {"name": "A"})):
        with pytest.raises(NotFound):
            await call


async def test_what_is_no_longer_configured_can_be_unlinked(accounts, anna):
    box = Box([Fernet.generate_key().decode()])
    await stored.link(anna.id, "gone", Account(id="1", name="x"), box=box, now=NOW)
    await accounts.unlink(anna, "gone")
    assert await accounts.links(anna) == ()
