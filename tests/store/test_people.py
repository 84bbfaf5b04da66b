"""Users, invitations and sessions, also when many want the same at once."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from uuutd.errors import UsernameTaken
from uuutd.store import invites, sessions, users
from uuutd.store.tables import InviteRow, UserRow

NOW = datetime(2026, 11, 22, 12, 0, 0, 250_000, tzinfo=UTC)
HOUR = timedelta(hours=1)


async def add(name):
    return await users.add(name, f"hash of {name}", role="user", now=NOW)


async def outcomes(*calls):
    return await asyncio.gather(*calls, return_exceptions=True)


async def test_names_are_unique_whatever_their_case_and_width(store):
    user = await add("Straße")
    for other in ("straße", "STRASSE", "\uff33traße"):
        with pytest.raises(UsernameTaken):
            await add(other)
        assert await users.find(other) == (user, "hash of Straße")
    assert await users.find("strase") is None


async def test_of_twenty_who_want_a_name_one_gets_it(store):
    found = await outcomes(*(add("anna") for _ in range(20)))
    assert sum(isinstance(one, UsernameTaken) for one in found) == 19
    assert await UserRow.all().count() == 1


async def test_there_is_one_first_user(store):
    assert not await users.any_exist()
    calls = (users.add_first(f"admin{n}", "x", now=NOW) for n in range(20))
    found = [user for user in await outcomes(*calls) if user is not None]
    assert [user.role for user in found] == ["admin"]
    assert await UserRow.all().count() == 1


async def test_an_invite_lets_one_in(store):
    await invites.add("code", role="user", now=NOW, expires_at=NOW + HOUR)
    calls = (
        users.add_invited(f"guest{n}", "x", code_hash="code", now=NOW + HOUR / 2) for n in range(20)
    )
    found = [user for user in await outcomes(*calls) if user is not None]
    assert len(found) == 1
    assert await UserRow.all().count() == 1
    assert not await invites.is_open("code", now=NOW)


async def test_an_invite_is_good_until_it_expires(store):
    await invites.add("code", role="admin", now=NOW, expires_at=NOW + HOUR)
    assert await invites.is_open("code", now=NOW + HOUR - timedelta(microseconds=1))
    assert not await invites.is_open("code", now=NOW + HOUR)
    assert not await invites.is_open("other", now=NOW)
    assert await users.add_invited("late", "x", code_hash="code", now=NOW + HOUR) is None
    assert await users.add_invited("wrong", "x", code_hash="other", now=NOW) is None
    user = await users.add_invited("guest", "x", code_hash="code", now=NOW)
    assert user.role == "admin"


async def test_a_taken_name_does_not_cost_the_invite(store):
    await add("anna")
    await invites.add("code", role="user", now=NOW, expires_at=NOW + HOUR)
    with pytest.raises(UsernameTaken):
        await users.add_invited("Anna", "x", code_hash="code", now=NOW)
    assert await InviteRow.filter(used_at__isnull=True).count() == 1
    assert await users.add_invited("berta", "x", code_hash="code", now=NOW)


async def test_a_hash_is_replaced_unless_it_changed_meanwhile(store):
    user = await add("anna")
    await users.replace_hash(user.id, "something else", "new")
    assert (await users.find("anna"))[1] == "hash of anna"
    await users.replace_hash(user.id, "hash of anna", "new")
    assert (await users.find("anna"))[1] == "new"


async def begin(user, session_id="s", token_hash="t1"):
    agent = "uuut " + "x" * 200
    await sessions.begin(session_id, user, token_hash, agent=agent, address="192.0.2.1", now=NOW)


async def rotate(old, new, at=NOW, session_id="s"):
    return await sessions.rotate(
        session_id,
        old,
        new_hash=new,
        sealed=f"sealed {new}",
        agent="other",
        address=None,
        now=at,
    )


async def test_a_login_and_its_tokens(store):
    user = await add("anna")
    await begin(user)
    login = await sessions.find("s")
    assert login.user == user
    assert login.session.created_at == login.session.rotated_at == NOW
    assert (login.token_hash, login.previous_hash, login.sealed) == ("t1", None, None)
    assert len(login.session.agent) == 120
    assert (login.session.address, login.session.gen) == ("192.0.2.1", user.gen)

    assert await rotate("t1", "t2", NOW + HOUR)
    login = await sessions.find("s")
    assert (login.token_hash, login.previous_hash, login.sealed) == ("t2", "t1", "sealed t2")
    assert (login.session.created_at, login.session.rotated_at) == (NOW, NOW + HOUR)
    assert not await rotate("t1", "t3")
    assert not await rotate("t2", "t3", session_id="other")

    await sessions.end("s", now=NOW + HOUR)
    await sessions.end("s", now=NOW + 2 * HOUR)
    login = await sessions.find("s")
    assert login.session.ended_at == NOW + HOUR
    assert login.sealed is None
    assert not await rotate("t2", "t3")
    assert await sessions.find("unknown") is None


async def test_of_many_rotations_at_once_one_wins(store):
    await begin(await add("anna"))
    won = await asyncio.gather(*(rotate("t1", f"new{n}") for n in range(20)))
    assert won.count(True) == 1
    login = await sessions.find("s")
    assert login.token_hash == f"new{won.index(True)}"


async def test_revoking_ends_all_of_one_user_and_nobody_else(store):
    anna, berta = await add("anna"), await add("berta")
    await begin(anna, "a1", "t1")
    await begin(anna, "a2", "t2")
    await begin(berta, "b1", "t3")
    await users.revoke(anna.id, now=NOW + HOUR)
    logins = [await sessions.find(one) for one in ("a1", "a2", "b1")]
    assert [login.session.ended_at for login in logins] == [NOW + HOUR, NOW + HOUR, None]
    assert [login.user.gen for login in logins] == [1, 1, 0]
