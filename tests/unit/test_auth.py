"""Log-in, refreshing, logging out: who gets in, and who no longer does."""

import asyncio
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from uuutd.errors import BadCredentials, NotLoggedIn
from uuutd.keys import KeyRing
from uuutd.metrics import Metrics
from uuutd.passwords import Passwords
from uuutd.services.audit import Audit
from uuutd.services.auth import GRACE, IDLE, LIFETIME, Auth
from uuutd.services.throttle import Throttle
from uuutd.store import users
from uuutd.store.tables import SessionRow, UserRow
from uuutd.tokens import RefreshToken
from uuutd.wire import TokenReply

from .conftest import PASSWORD

SECOND = timedelta(seconds=1)


async def login(auth, name="anna", password=PASSWORD):
    return await auth.login(name, password, agent="test")


async def refresh(auth, reply):
    token = reply.refresh_token if isinstance(reply, TokenReply) else reply
    return await auth.refresh(token, agent="test")


async def outcomes(*calls):
    return await asyncio.gather(*calls, return_exceptions=True)


# --- log-in ---------------------------------------------------------------------------------


async def test_a_login_opens_the_door(auth, anna):
    reply = await login(auth, "ANNA")
    assert (reply.token_type, reply.expires_in) == ("bearer", 900)
    caller = await auth.authenticate(reply.access_token)
    assert (str(caller.user.id), caller.user.name, caller.user.role) == (anna.id, "anna", "user")


async def test_unknown_wrong_and_disabled_look_alike(auth, signups, anna):
    await signups.add_user("gone", PASSWORD, role="user")
    await UserRow.filter(name="gone").update(disabled=True)
    heard = set()
    for name, password in (("nobody", PASSWORD), ("anna", "wrong"), ("gone", PASSWORD)):
        with pytest.raises(BadCredentials) as caught:
            await login(auth, name, password)
        heard.add((type(caught.value), caught.value.detail, caught.value.hint))
    assert len(heard) == 1


@pytest.mark.parametrize("password", ["", "\0", "\ud800", "x" * 100_000])
async def test_no_password_does_more_than_be_wrong(auth, anna, password):
    with pytest.raises(BadCredentials):
        await login(auth, "anna", password)


async def test_any_agent_is_taken(auth, anna):
    for agent in ("", "\0", "\udcff", "x" * 9999, "a\x1b[31mb"):
        assert await auth.login("anna", PASSWORD, agent=agent)
    agents = {row.agent for row in await SessionRow.all()}
    assert agents == {"", "x" * 120, "a[31mb"}


async def test_an_old_hash_is_replaced_at_the_next_login(auth, anna, store):
    weaker = Passwords(rounds=5)
    try:
        await UserRow.filter(name="anna").update(password_hash=await weaker.hash(PASSWORD))
    finally:
        weaker.close()
    assert await login(auth)
    assert ",r=4$" in (await UserRow.get(name="anna")).password_hash
    assert await login(auth)


async def test_what_is_not_a_token_opens_nothing(auth, anna):
    reply = await login(auth)
    for text in ("", "x", reply.refresh_token, reply.access_token + "x", "\ud800"):
        with pytest.raises(NotLoggedIn):
            await auth.authenticate(text)
        with pytest.raises(NotLoggedIn):
            await auth.refresh(text if text != reply.refresh_token else "y", agent="x")
    assert await auth.authenticate(reply.access_token)


async def test_a_token_of_other_keys_opens_nothing(auth, anna, store, passwords, tmp_path, clock):
    reply = await login(auth)
    keys = KeyRing.create(tmp_path / "more" / "keys.json")
    other = Auth(
        keys=keys,
        passwords=passwords,
        throttle=Throttle(),
        audit=Audit(),
        metrics=Metrics(),
        clock=clock,
    )
    with pytest.raises(NotLoggedIn):
        await other.authenticate(reply.access_token)


# --- what ends a login ----------------------------------------------------------------------


async def refused(auth, reply):
    """Whether nothing of *reply* opens anything."""
    found = [
        *await outcomes(refresh(auth, reply)),
        *await outcomes(auth.authenticate(reply.access_token)),
    ]
    return all(isinstance(one, NotLoggedIn) for one in found)


async def test_logging_out_ends_this_session_at_once(auth, anna):
    here, there = await login(auth), await login(auth)
    caller = await auth.authenticate(here.access_token)
    await auth.logout(caller, everywhere=False)
    assert await refused(auth, here)
    assert await auth.authenticate(there.access_token)
    assert await refresh(auth, there)


async def test_logging_out_everywhere_ends_all_sessions_of_one_user(auth, signups, anna):
    await signups.add_user("berta", PASSWORD, role="user")
    here, there, hers = await login(auth), await login(auth), await login(auth, "berta")
    await auth.logout(await auth.authenticate(here.access_token), everywhere=True)
    assert await refused(auth, here)
    assert await refused(auth, there)
    assert await auth.authenticate(hers.access_token)
    assert await auth.authenticate((await login(auth)).access_token)


async def test_a_disabled_or_deleted_user_is_out_at_once(auth, anna):
    reply = await login(auth)
    await UserRow.filter(name="anna").update(disabled=True)
    assert await refused(auth, reply)
    await UserRow.filter(name="anna").update(disabled=False)
    assert await auth.authenticate(reply.access_token)
    await UserRow.filter(name="anna").delete()
    assert await refused(auth, reply)


async def test_the_role_is_read_anew(auth, anna):
    reply = await login(auth)
    await UserRow.filter(name="anna").update(role="admin")
    assert (await auth.authenticate(reply.access_token)).user.role == "admin"


async def test_an_access_token_lives_a_quarter_of_an_hour(auth, anna, clock):
    reply = await login(auth)
    clock.now += timedelta(minutes=15) + 31 * SECOND
    with pytest.raises(NotLoggedIn):
        await auth.authenticate(reply.access_token)
    newer = await refresh(auth, reply)
    assert await auth.authenticate(newer.access_token)


async def test_a_login_that_nobody_uses_ends(auth, anna, clock):
    reply = await login(auth)
    clock.now += IDLE
    reply = await refresh(auth, reply)
    clock.now += IDLE + SECOND
    assert await refused(auth, reply)


async def test_no_login_lives_for_ever(auth, anna, clock):
    reply, began = await login(auth), clock.now
    while clock.now + IDLE - SECOND <= began + LIFETIME:
        clock.now += IDLE - SECOND
        reply = await refresh(auth, reply)
    clock.now = began + LIFETIME
    reply = await refresh(auth, reply)
    clock.now += SECOND
    assert await refused(auth, reply)


# --- refreshing -----------------------------------------------------------------------------


async def test_refreshing_gives_a_new_pair_of_the_same_login(auth, anna):
    first = await login(auth)
    second = await refresh(auth, first)
    assert second.refresh_token != first.refresh_token
    callers = [await auth.authenticate(each.access_token) for each in (first, second)]
    assert callers[0] == callers[1]


async def test_fifty_at_once_get_the_same_pair(auth, anna, clock):
    first = await login(auth)
    found = await asyncio.gather(*(refresh(auth, first) for _ in range(50)))
    assert len({reply.refresh_token for reply in found}) == 1
    assert len({reply.access_token for reply in found}) == 1
    clock.now += GRACE + SECOND
    assert await refresh(auth, found[0])


async def test_a_lost_answer_is_given_again_for_ten_seconds(auth, anna, clock):
    first = await login(auth)
    lost = await refresh(auth, first)
    clock.now += GRACE
    assert await refresh(auth, first) == lost
    clock.now += SECOND
    assert await refused(auth, first)
    assert await refused(auth, lost)


async def test_an_older_token_is_a_stolen_one(auth, anna):
    other = await login(auth)
    first = await login(auth)
    second = await refresh(auth, first)
    third = await refresh(auth, second)
    assert await refused(auth, first)  # within the ten seconds, but not the one before
    assert await refused(auth, second)
    assert await refused(auth, third)
    assert await refresh(auth, other)


async def test_a_jump_of_the_clock_revives_nothing(auth, anna, clock):
    first = await login(auth)
    await refresh(auth, first)
    clock.now -= timedelta(days=1)
    with pytest.raises(NotLoggedIn):
        await refresh(auth, first)


async def test_no_token_stands_in_the_database(auth, anna):
    replies = [await login(auth)]
    replies.append(await refresh(auth, replies[0]))
    rows = str(await SessionRow.all().values())
    for reply in replies:
        for token in (reply.access_token, reply.refresh_token):
            assert token not in rows
            assert token.rpartition(".")[2] not in rows


steps = st.lists(
    st.one_of(
        st.tuples(st.just("refresh"), st.integers(0, 6)),
        st.tuples(st.just("wait"), st.sampled_from([1, 9, 11, 3600, 31 * 86400])),
        st.tuples(st.just("logout"), st.just(0)),
        st.tuples(st.just("password"), st.booleans()),  # changed in this login, or in another
    ),
    max_size=12,
)


@given(steps)
@example([("refresh", 0), ("refresh", 0), ("refresh", 1), ("refresh", 0)])
@example([("refresh", 0), ("password", True), ("refresh", 1), ("refresh", 0)])
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
async def test_any_history_of_one_login_goes_as_it_should(auth, signups, clock, history):
    """Replay *history* on the real thing, and on a model of four lines."""
    name = f"user{await UserRow.all().count()}"
    await signups.add_user(name, PASSWORD, role="user")
    pairs = [await login(auth, name)]  # every pair that was ever given, the good one last
    alive, used_at = True, clock.now
    for what, number in history:
        if what == "wait":
            clock.now += number * SECOND
        elif what == "logout":
            row = await UserRow.get(name=name)
            await SessionRow.filter(user_id=row.id).update(ended_at=clock.now)
            alive = False
        elif what == "password":
            row = await UserRow.get(name=name)
            keep = RefreshToken.parse(pairs[0].refresh_token).session_id if number else ""
            old, new = row.password_hash, f"{row.gen}"
            assert await users.change_password(row.id, old, new, keep=keep, now=clock.now)
            alive = alive and number
        else:
            age = min(number, len(pairs) - 1)
            idle = clock.now - used_at
            alive = alive and idle <= IDLE
            good = alive and (age == 0 or (age == 1 and idle <= GRACE))
            try:
                reply = await refresh(auth, pairs[-1 - age])
            except NotLoggedIn:
                assert not good
                alive = False
                continue
            assert good
            if age == 0:
                assert reply not in pairs
                pairs.append(reply)
                used_at = clock.now
            else:
                assert reply == pairs[-1]
            assert (await auth.authenticate(reply.access_token)).user.name == name
