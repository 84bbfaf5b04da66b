"""What ends a right, and what each kind of token does then: 6 events, 6 kinds, 36 cells."""

import pytest

from uuutd.errors import NotAllowed, NotLoggedIn
from uuutd.keys import JwtKey, KeyRing
from uuutd.services.administration import Administration
from uuutd.services.audit import Audit
from uuutd.services.auth import Auth
from uuutd.store import users
from uuutd.wire import (
    AccountChanges,
    InviteRequest,
    PasswordRequest,
    PersonalTokenRequest,
    ResetRequest,
    SignupRequest,
)

from .conftest import PASSWORD

NEW = "an otter under the bridge"
KINDS = ("access", "refresh", "personal", "invite", "setup", "reset")
ALL = frozenset(KINDS)
REFUSED = {
    "nothing": {"setup"},  # which is void as soon as there is anybody
    "password": ALL,
    "disable": ALL,
    "delete": ALL,
    "everywhere": ALL,
    "role": ALL,
    # Only access tokens are signed; what is random and kept as a hash needs no key.
    "key": {"access", "setup"},
}


class House:
    """Anna, an administrator with everything that opens a door, and Root, another one."""

    def __init__(self, auth, signups, administration, other_keys):
        self.auth, self.signups, self.administration = auth, signups, administration
        self._other_keys = other_keys

    async def furnish(self):
        setup = await self.signups.prepare_setup()
        for name in ("anna", "root"):
            await self.signups.add_user(name, PASSWORD, role="admin")
        self.anna, self.root = [(await users.find(name))[0] for name in ("anna", "root")]
        self.here, there = await self._login(), await self._login()
        personal = await self.auth.personal_tokens.make(
            self.anna, PersonalTokenRequest(name="x", scopes=("admin",))
        )
        invite = await self.administration.invite(self.anna.id, InviteRequest(role="admin"))
        reset = await self.administration.reset(self.root.id, self.anna.id)
        self.tokens = {
            "access": there.access_token,
            "refresh": there.refresh_token,
            "personal": personal.token,
            "invite": invite.code,
            "setup": setup,
            "reset": reset.code,
        }

    async def _login(self):
        return await self.auth.login("anna", PASSWORD, agent="", address="192.0.2.1")

    # --- events

    async def nothing(self):
        pass

    async def password(self):
        caller = await self.auth.authenticate(self.here.access_token)
        await self.auth.change_password(caller, PasswordRequest(current=PASSWORD, new=NEW))

    async def disable(self):
        await self._change(AccountChanges(disabled=True))

    async def delete(self):
        await self.administration.delete(self.root.id, self.anna.id, "keep")

    async def everywhere(self):
        caller = await self.auth.authenticate(self.here.access_token)
        await self.auth.logout(caller, everywhere=True)

    async def role(self):
        await self._change(AccountChanges(role="user"))

    async def key(self):
        self.auth = self._other_keys

    async def _change(self, changes):
        await self.administration.change(self.root.id, self.anna.id, changes)

    # --- doors

    async def opens(self, kind):
        """Whether the next request with a token of this kind is let in."""
        token = self.tokens[kind]
        name = {"invite": "ida", "setup": "sepp"}.get(kind, "anna")
        signup = SignupRequest(
            username=name,
            password=PASSWORD,
            **{"setup_code" if kind == "setup" else "invite": token},
        )
        try:
            match kind:
                case "access" | "personal":
                    await self.auth.authenticate(token)
                case "refresh":
                    await self.auth.refresh(token, agent="")
                case "invite" | "setup":
                    await self.signups.signup(signup, address="192.0.2.1")
                case "reset":
                    request = ResetRequest(code=token, password="a badger in the snow")
                    await self.administration.use_reset(request, address="192.0.2.1")
        except (NotLoggedIn, NotAllowed):
            return False
        return True


@pytest.fixture
async def house(auth, signups, passwords, throttle, keys, clock, metrics):
    audit = Audit(clock=clock)
    administration = Administration(
        signups=signups, passwords=passwords, throttle=throttle, audit=audit, clock=clock
    )
    ring = KeyRing(jwt=(JwtKey("other", b"k" * 32),), fernet=keys.fernet)
    other = Auth(
        keys=ring, passwords=passwords, throttle=throttle, audit=audit, metrics=metrics, clock=clock
    )
    made = House(auth, signups, administration, other)
    await made.furnish()
    return made


@pytest.mark.parametrize("event", REFUSED)
async def test_no_token_outlives_its_right(house, event):
    await getattr(house, event)()
    opened = {kind: await house.opens(kind) for kind in KINDS}
    assert opened == {kind: kind not in REFUSED[event] for kind in KINDS}


async def test_what_is_used_once_is_used_up(house):
    assert [await house.opens(kind) for kind in ("invite", "invite")] == [True, False]
    assert [await house.opens(kind) for kind in ("reset", "reset")] == [True, False]
    assert not await house.opens("access")
