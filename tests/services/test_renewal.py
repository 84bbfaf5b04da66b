"""Credentials that end: renewed where the provider can, else their user is told in time."""

import asyncio
from datetime import UTC, datetime, timedelta

import attrs
import pytest

from uuutd.domain import Account, ListStatus, Secret
from uuutd.errors import LinkExpired, Unavailable
from uuutd.services import watchlists
from uuutd.services.renewal import AGAIN_AFTER, Renewal
from uuutd.store import accounts as stored
from uuutd.store.tables import AccountRow
from uuutd.testing.contracts.watchlist import RefreshContract
from uuutd.testing.fakes import FakeConfig, FakeWatchlist, RenewingWatchlist
from uuutd.wire import LinkNoticeEvent, ProgressRequest

from .conftest import SHOW, entry, make_user

ALL = frozenset({ListStatus.CURRENT, ListStatus.REPEATING})


class TestFake(RefreshContract):
    """The fake renews as every provider must."""

    @pytest.fixture
    def backend(self):
        made = RenewingWatchlist(FakeConfig(), None)
        made.entries[SHOW] = entry()
        return made

    @pytest.fixture
    async def account(self, backend):
        return await backend.link({"answer": backend.token}, "")

    @pytest.fixture
    def refused_account(self, account):
        return attrs.evolve(account, credentials={"refresh": Secret("of-old")})


class Clock:
    now = datetime.now(UTC)

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def world(world, clock):
    watchlist = RenewingWatchlist(FakeConfig(), None)
    watchlist.clock = clock
    watchlist.entries[SHOW] = entry()
    return attrs.evolve(world, watchlist=watchlist)


@pytest.fixture
async def box(box, clock, monkeypatch):
    """A daemon whose lists are never fresh, so that every look asks the provider."""
    monkeypatch.setattr(watchlists, "FRESH_FOR", timedelta(0))
    monkeypatch.setattr(box.services.renewal, "_clock", clock)
    monkeypatch.setattr(box.services.accounts, "_clock", clock)
    return box


async def source(box, user):
    (found,) = (await box.services.watchlists.view(user, ALL)).sources
    return found.state


async def state(box, user):
    (link,) = await box.services.accounts.links(user)
    return link.state


async def test_credentials_are_renewed_before_they_end(box, user, clock, world):
    assert await source(box, user) == "ok"
    assert world.watchlist.gate.count("refresh") == 0
    before = (await AccountRow.get()).sealed
    clock.now += world.watchlist.life * 0.8
    assert await source(box, user) == "ok"
    assert world.watchlist.gate.count("refresh") == 1
    assert await source(box, user) == "ok"
    assert world.watchlist.gate.count("refresh") == 1
    row = await AccountRow.get()
    assert row.sealed != before
    assert world.watchlist.token not in row.sealed
    assert row.expires_at == clock.now + world.watchlist.life


async def test_a_refused_token_is_renewed_once_and_the_call_repeated(box, user, world):
    world.watchlist.revoke()
    assert await source(box, user) == "ok"
    assert (world.watchlist.gate.count("refresh"), world.watchlist.gate.count("watching")) == (1, 2)
    assert await state(box, user) == "ok"


async def test_progress_goes_out_with_renewed_credentials(box, user, world):
    await source(box, user)
    world.watchlist.revoke()
    request = ProgressRequest(entry=SHOW, episode=5)
    shown, queued = await box.services.watchlists.set_progress(user, request)
    assert (shown.progress, queued) == (5, False)
    assert world.watchlist.entries[SHOW].progress == 5


async def test_twenty_at_once_renew_once(box, user, world):
    world.watchlist.revoke()
    linked = await box.services.accounts.get(user.id, None)
    call = box.services.renewal.call
    asked = [call(linked, "watching", lambda b, own: b.watching(own)) for _ in range(20)]
    assert all(await asyncio.gather(*asked))
    assert world.watchlist.gate.count("refresh") == 1


async def test_what_is_renewed_is_kept_though_who_asked_has_gone(box, user, world):
    world.watchlist.revoke()
    linked = await box.services.accounts.get(user.id, None)
    act = box.services.renewal.call(linked, "watching", lambda b, own: b.watching(own))
    asking = asyncio.create_task(act)
    async with world.watchlist.gate.hold("refresh") as came:
        await came.wait()
        asking.cancel()
        await asyncio.wait([asking])
    renewing = [task for task in asyncio.all_tasks() if task.get_name() == "renew a link"]
    await asyncio.wait(renewing)
    assert await box.services.accounts.get(user.id, None) != linked
    assert await source(box, user) == "ok"
    assert world.watchlist.gate.count("refresh") == 1


async def test_what_cannot_be_renewed_wants_to_be_linked_again(box, user, world):
    world.watchlist.revoke()
    world.watchlist.gate.failing["refresh"] = LinkExpired("No longer.")
    assert await source(box, user) == "expired"
    assert await state(box, user) == "expired"
    await source(box, user)
    assert world.watchlist.gate.count("refresh") == 1


async def test_a_token_that_is_refused_though_just_renewed_ends_it(box, user, world):
    world.watchlist.gate.failing["watching"] = LinkExpired("No longer.")
    assert await source(box, user) == "expired"
    assert await source(box, user) == "expired"
    assert world.watchlist.gate.count("refresh") == 1


async def test_a_provider_that_is_down_ends_no_link(box, user, world):
    world.watchlist.revoke()
    world.watchlist.gate.failing["refresh"] = Unavailable("No route.")
    assert await source(box, user) == "stale"
    assert await state(box, user) == "ok"


async def test_what_is_still_good_is_used_if_it_cannot_be_renewed_now(box, user, clock, world):
    clock.now += world.watchlist.life * 0.8
    world.watchlist.gate.failing["refresh"] = LinkExpired("Not today.")
    assert await source(box, user) == "ok"
    assert await source(box, user) == "ok"
    assert world.watchlist.gate.count("refresh") == 1
    clock.now += AGAIN_AFTER
    assert await source(box, user) == "ok"
    assert world.watchlist.gate.count("refresh") == 2


async def test_nobody_has_to_look_for_it_to_be_renewed(box, user, clock, world):
    other = await make_other(user)
    clock.now += world.watchlist.life * 0.8
    await box.services.renewal.look()
    await box.services.renewal.look()
    assert world.watchlist.gate.count("refresh") == 1
    assert await stored.get(other.user_id, "gone", box=box.services.accounts._box) is not None


async def make_other(user):
    """Link an account of a provider that is no longer configured."""
    row = await AccountRow.get()
    return await AccountRow.create(
        user_id=user.id,
        provider="gone",
        account_id="1",
        name="a",
        sealed=row.sealed,
        writable=True,
        expires_at=row.expires_at,
        linked_at=row.linked_at,
    )


async def test_linking_again_meanwhile_wins(box, user, world):
    world.watchlist.revoke()
    linked = await box.services.accounts.get(user.id, None)
    act = box.services.renewal.call(linked, "watching", lambda b, own: b.watching(own))
    asking = asyncio.create_task(act)
    async with world.watchlist.gate.hold("refresh") as came:
        await came.wait()
        account = Account(id="1", name="somebody", credentials={"token": Secret("newest")})
        await stored.link(
            user.id, "main", account, box=box.services.accounts._box, now=datetime.now(UTC)
        )
    with pytest.raises(LinkExpired):
        await asking
    found = await box.services.accounts.get(user.id, None)
    assert found.account.credentials == {"token": Secret("newest")}
    assert not found.expired


class TestWarnings:
    """A provider that renews nothing: the user is told 30 and 7 days before the end."""

    @pytest.fixture
    def world(self, world):
        watchlist = FakeWatchlist(FakeConfig(), None)
        watchlist.entries[SHOW] = entry()
        return attrs.evolve(world, watchlist=watchlist)

    @pytest.fixture
    def told(self, box, monkeypatch):
        found = []

        def publish(name, data, *, user_id=None):
            if name == "notice":
                found.append((user_id, data))

        monkeypatch.setattr(box.services.events, "publish", publish)
        return found

    async def ends(self, user, at):
        await AccountRow.filter(user_id=user.id).update(expires_at=at)

    async def test_each_warning_comes_once(self, box, user, clock, told):
        end = clock.now + timedelta(days=365)
        await self.ends(user, end)
        seen = []
        for day in (*range(0, 330, 30), *range(330, 370)):
            clock.now = end - timedelta(days=365 - day)
            await box.services.renewal.look()
            seen += [(365 - day, each) for each in told]
            told.clear()
        assert [left for left, _ in seen] == [30, 7]
        user_id, notice = seen[0][1]
        assert user_id == user.id
        assert notice == LinkNoticeEvent(
            code="link-ends", text=notice.text, provider="main", expires_at=end
        )
        assert f"{end:%Y-%m-%d}" in notice.text
        assert "uuut link main" in notice.text

    async def test_after_a_long_rest_there_is_one_warning(self, box, user, clock, told):
        await self.ends(user, clock.now + timedelta(days=3))
        await box.services.renewal.look()
        await box.services.renewal.look()
        assert len(told) == 1

    async def test_nobody_is_told_of_what_another_restart_told(self, box, user, clock, told):
        await self.ends(user, clock.now + timedelta(days=3))
        await box.services.renewal.look()
        services = box.services
        again = Renewal(
            services.accounts, services.instances, services.events, box.tasks, clock=clock
        )
        await again.look()
        assert len(told) == 1

    async def test_a_link_made_anew_is_warned_of_anew(self, box, user, clock, told):
        await self.ends(user, clock.now + timedelta(days=3))
        await box.services.renewal.look()
        await self.ends(user, clock.now + timedelta(days=4))
        await box.services.renewal.look()
        assert len(told) == 2

    async def test_each_user_is_told_of_their_own(self, box, user, clock, told):
        other = await make_user(box, "rin")
        await self.ends(user, clock.now + timedelta(days=3))
        await self.ends(other, clock.now + timedelta(days=100))
        await box.services.renewal.look()
        assert [user_id for user_id, _ in told] == [user.id]
