"""Tokens that users make for programs: what they open, and until when."""

import asyncio
import hashlib
from datetime import timedelta

import attrs
import pytest

from uuutd.errors import Conflict, Invalid, NotAllowed, NotFound, NotLoggedIn
from uuutd.services.personal_tokens import LONGEST_LIFE, MOST, USUAL_LIFE
from uuutd.store import users
from uuutd.store.errors import Full
from uuutd.store.tables import PersonalTokenRow, UserRow
from uuutd.wire import PersonalTokenRequest

from .conftest import PASSWORD, one_database

SECOND = timedelta(seconds=1)


@pytest.fixture
def tokens(auth):
    return auth.personal_tokens


@pytest.fixture
async def user(anna):
    return (await users.find("anna"))[0]


def request(*scopes, name="a script", **more):
    return PersonalTokenRequest(name=name, scopes=scopes or ("torrents:read",), **more)


async def refused(auth, text):
    with pytest.raises(NotLoggedIn):
        await auth.authenticate(text)


async def test_a_token_says_whose_it_is_and_what_it_is_good_for(auth, tokens, user, clock):
    made = await tokens.make(user, request("torrents:read", "watchlist:read", "torrents:read"))
    assert made.token.startswith("uuut_")
    assert len(made.token) == len("uuut_") + 43
    assert made.scopes == ("torrents:read", "watchlist:read")
    assert made.expires_at == clock.now + USUAL_LIFE
    caller = await auth.authenticate(made.token)
    assert (caller.user.name, caller.session_id, caller.fresh) == ("anna", None, False)
    assert caller.scopes == {"torrents:read", "watchlist:read"}


async def test_only_its_hash_is_kept_and_it_is_shown_once(tokens, user):
    made = await tokens.make(user, request())
    rows = await PersonalTokenRow.all().values()
    assert made.token not in str(rows)
    assert made.token.removeprefix("uuut_") not in str(rows)
    assert rows[0]["token_hash"] == hashlib.sha256(made.token.encode()).hexdigest()
    assert made.token not in repr(made)
    (shown,) = (await tokens.view(user)).tokens
    assert not hasattr(shown, "token")
    assert (shown.id, shown.name, shown.used_at) == (made.id, "a script", None)


async def test_it_ends_with_its_time(auth, tokens, user, clock):
    made = await tokens.make(user, request(expires_at=clock.now + timedelta(days=3)))
    clock.now = made.expires_at - SECOND
    assert await auth.authenticate(made.token)
    clock.now += SECOND
    await refused(auth, made.token)
    assert (await tokens.view(user)).tokens == ()


async def test_it_ends_with_the_generation_and_with_the_user(auth, tokens, user, clock):
    made = await tokens.make(user, request())
    await UserRow.filter(name="anna").update(disabled=True)
    await refused(auth, made.token)
    await UserRow.filter(name="anna").update(disabled=False)
    assert await auth.authenticate(made.token)
    await UserRow.filter(name="anna").update(gen=user.gen + 1)
    await refused(auth, made.token)
    late = await tokens.make(user, request())  # by a request that began before
    await refused(auth, late.token)
    again = await tokens.make(attrs.evolve(user, gen=user.gen + 1), request())
    assert await auth.authenticate(again.token)
    await UserRow.filter(name="anna").delete()
    await refused(auth, again.token)
    assert not await PersonalTokenRow.exists()


async def test_what_looks_like_one_opens_nothing(auth, tokens, user):
    good = (await tokens.make(user, request())).token
    row = await PersonalTokenRow.get()
    for text in (
        *("uuut_", "uuut_x", good[:-1], good + "A", good + "\n", " " + good, good.upper()),
        *(good.removeprefix("uuut_"), row.token_hash, f"uuut_{row.token_hash}", "uuut_\ud800"),
    ):
        await refused(auth, text)
    with pytest.raises(NotLoggedIn):
        await auth.refresh(good, agent="")
    assert await auth.authenticate(good)


async def test_when_it_was_used_is_known_to_the_minute(auth, tokens, user, clock):
    made, first = await tokens.make(user, request()), clock.now
    for seconds, expected in ((0, 0), (59, 0), (1, 60), (30, 60), (31, 121)):
        clock.now += seconds * SECOND
        await auth.authenticate(made.token)
        (shown,) = (await tokens.view(user)).tokens
        assert shown.used_at == first + expected * SECOND


async def test_it_is_good_also_where_nothing_can_be_written(auth, tokens, user, monkeypatch):
    made = await tokens.make(user, request())

    async def full(*_, **__):
        raise Full

    monkeypatch.setattr("uuutd.store.personal_tokens.used", full)
    assert (await auth.authenticate(made.token)).user == user


@one_database
@pytest.mark.parametrize(
    ("asked", "wrong"),
    [
        ({"name": ""}, ["name"]),
        ({"name": " \u200b"}, ["name"]),
        ({"scopes": ()}, ["scopes"]),
        ({"expires_at": -SECOND}, ["expires_at"]),
        ({"expires_at": 0 * SECOND}, ["expires_at"]),
        ({"expires_at": LONGEST_LIFE + SECOND}, ["expires_at"]),
        ({"name": "", "scopes": ()}, ["name", "scopes"]),
    ],
)
async def test_all_that_is_wrong_with_a_request_is_named(tokens, user, clock, asked, wrong):
    good = {"name": "x", "scopes": ("admin",)}
    given = good | asked
    if "expires_at" in given:
        given["expires_at"] += clock.now
    with pytest.raises(Invalid) as caught:
        await tokens.make(user, PersonalTokenRequest(**given))
    assert [problem.path for problem in caught.value.problems] == wrong
    assert not await PersonalTokenRow.exists()


@one_database
async def test_a_year_is_the_longest(tokens, user, clock):
    made = await tokens.make(user, request(expires_at=clock.now + LONGEST_LIFE))
    assert made.expires_at == clock.now + timedelta(days=365)


async def test_the_scope_of_administrators_is_for_administrators(auth, tokens, signups, user):
    with pytest.raises(NotAllowed):
        await tokens.make(user, request("admin"))
    await signups.add_user("root", PASSWORD, role="admin")
    root = (await users.find("root"))[0]
    made = await tokens.make(root, request("admin"))
    await UserRow.filter(name="root").update(role="user")
    assert (await auth.authenticate(made.token)).user.role == "user"


async def test_a_token_is_ended_by_its_user_alone(auth, tokens, signups, user):
    await signups.add_user("berta", PASSWORD, role="admin")
    berta = (await users.find("berta"))[0]
    made = await tokens.make(user, request())
    for who, which in ((berta, made.id), (user, "0" * 16), (user, "x")):
        with pytest.raises(NotFound, match="You have no such token"):
            await tokens.end(who, which)
    assert await auth.authenticate(made.token)
    await tokens.end(user, made.id)
    await refused(auth, made.token)
    with pytest.raises(NotFound):
        await tokens.end(user, made.id)


async def test_there_are_only_so_many_also_at_once(tokens, user, clock):
    soon = clock.now + SECOND
    for _ in range(MOST - 5):
        await tokens.make(user, request(expires_at=soon))
    found = await asyncio.gather(
        *(tokens.make(user, request()) for _ in range(10)), return_exceptions=True
    )
    assert sum(isinstance(each, Conflict) for each in found) == 5
    assert await PersonalTokenRow.all().count() == MOST
    clock.now += SECOND  # those that are over make room
    await tokens.make(user, request())
    assert await PersonalTokenRow.all().count() == 6
