"""Sign-up: who gets an account, and who does not."""

import asyncio
import stat
from datetime import timedelta

import pytest

from uuutd.errors import BadCredentials, ConfigError, Invalid, SignupClosed, UsernameTaken
from uuutd.services.signups import name_problem
from uuutd.store.tables import UserRow
from uuutd.wire import SignupRequest, UserReply

from .conftest import PASSWORD


def request(name="anna", password=PASSWORD, **codes):
    return SignupRequest(username=name, password=password, **codes)


async def outcomes(*calls):
    return await asyncio.gather(*calls, return_exceptions=True)


async def test_the_first_administrator_comes_by_the_setup_code(make, tmp_path):
    signups, file = make("closed"), tmp_path / "setup-code"
    assert await signups.setup_needed()
    code = await signups.prepare_setup()
    assert file.read_text() == f"{code}\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with pytest.raises(SignupClosed):
        await signups.signup(request(setup_code="wrong"))
    with pytest.raises(Invalid):  # which does not cost the code
        await signups.signup(request(password="short", setup_code=code))
    found = await signups.signup(request(setup_code=code))
    assert (found.username, found.role) == ("anna", "admin")
    assert not file.exists()
    assert not await signups.setup_needed()
    with pytest.raises(SignupClosed):
        await signups.signup(request("berta", setup_code=code))
    assert await make().prepare_setup() is None


async def test_of_fifty_with_the_setup_code_one_gets_in(signups):
    code = await signups.prepare_setup()
    found = await outcomes(*(signups.signup(request(f"a{n}", setup_code=code)) for n in range(50)))
    assert sum(isinstance(one, UserReply) for one in found) == 1
    assert sum(isinstance(one, SignupClosed) for one in found) == 49
    assert await UserRow.filter(role="admin").count() == await UserRow.all().count() == 1


async def test_the_setup_code_is_good_for_half_an_hour(signups, clock):
    code = await signups.prepare_setup()
    clock.now += timedelta(minutes=30)
    with pytest.raises(SignupClosed):
        await signups.signup(request(setup_code=code))
    newer = await signups.prepare_setup()
    with pytest.raises(SignupClosed):
        await signups.signup(request(setup_code=code))
    assert await signups.signup(request(setup_code=newer))


async def test_the_setup_code_dies_with_the_first_user(signups, tmp_path):
    code = await signups.prepare_setup()
    await signups.add_user("root", PASSWORD, role="admin")
    with pytest.raises(SignupClosed):
        await signups.signup(request(setup_code=code))
    assert await signups.prepare_setup() is None
    assert not (tmp_path / "setup-code").exists()


async def test_a_wrong_setup_code_says_how_to_get_a_good_one(make, clock):
    signups = make()
    code = await signups.prepare_setup()
    clock.now += timedelta(minutes=31)
    for attempt in ("wrong", code):
        with pytest.raises(SignupClosed, match="set-up code is wrong or too old") as caught:
            await signups.signup(request(setup_code=attempt))
        assert "Restart uuutd" in caught.value.hint
    await signups.add_user("root", PASSWORD, role="admin")
    with pytest.raises(SignupClosed) as caught:
        await signups.signup(request(setup_code="wrong"))
    assert "invitation" in caught.value.hint


async def test_a_setup_code_that_cannot_be_written_is_named(store, clock, make, tmp_path):
    (tmp_path / "setup-code").mkdir()
    with pytest.raises(ConfigError, match="setup-code"):
        await make().prepare_setup()


async def test_an_invitation_lets_one_in_once(signups):
    code = await signups.invite()
    found = await outcomes(*(signups.signup(request(f"u{n}", invite=code)) for n in range(20)))
    assert sum(isinstance(one, UserReply) for one in found) == 1
    assert sum(isinstance(one, SignupClosed) for one in found) == 19


async def test_an_invitation_says_the_role_and_expires(signups, clock):
    late, code = await signups.invite(hours=1), await signups.invite(role="admin", hours=3)
    clock.now += timedelta(hours=2)
    assert (await signups.signup(request(invite=code))).role == "admin"
    with pytest.raises(SignupClosed):
        await signups.signup(request("berta", invite=late))


async def test_all_who_may_not_sign_up_hear_the_same(make):
    used = await make().invite()
    await make().signup(request(invite=used))
    heard = set()
    for attempt in (request(), request("b", invite="x"), request("b", invite=used)):
        with pytest.raises(SignupClosed) as caught:
            await make("invite").signup(attempt)
        heard.add((caught.value.detail, caught.value.hint))
    assert len(heard) == 1
    code = await make().invite()
    with pytest.raises(SignupClosed):
        await make("closed").signup(request("berta", invite=code))


async def test_where_sign_up_is_open_nobody_becomes_administrator_by_it(make):
    found = await outcomes(*(make("open").signup(request(f"u{n}")) for n in range(3)))
    assert [one.role for one in found] == ["user"] * 3


async def test_names_are_unique(make, anna):
    code = await make().invite()
    for attempt in (request("ANNA"), request("Anna", invite=code)):
        with pytest.raises(UsernameTaken):
            await make("open").signup(attempt)
    assert await make().signup(request("berta", invite=code))


async def test_everything_wrong_with_a_sign_up_is_named(make):
    with pytest.raises(Invalid) as caught:
        await make("open").signup(request("no spaces", "short"))
    assert [problem.path for problem in caught.value.problems] == ["username", "password"]
    with pytest.raises(Invalid):
        await make("open").signup(request("annabella", "annabella12345"))


@pytest.mark.parametrize("name", ["a", "x" * 64, "Jürgen.M_8-2", "花子", "7", "..."])
def test_names_that_will_do(name):
    assert name_problem(name) is None


@pytest.mark.parametrize(
    "name",
    [
        *(
            "",
            "x" * 65,
            "ß" * 33,
            "two words",
            "a\0",
            "a\n",
            "a/b",
            "a@b",
            "\u202eanna",
            "a\u200bb",
        ),
        *("\ud800", "e\u0301", "\U0001f600", "<b>", "a;b", "a,b"),
    ],
)
async def test_names_that_will_not_do(auth, name):
    assert name_problem(name) or name == "e\u0301"
    with pytest.raises(BadCredentials):
        await auth.login(name, PASSWORD, agent="x")
