"""What the tests of accounts share: a clock, cheap passwords, somebody with an account."""

from datetime import UTC, datetime

import pytest

from uuutd.keys import KeyRing
from uuutd.metrics import Metrics
from uuutd.passwords import Passwords
from uuutd.services.audit import Audit
from uuutd.services.auth import Auth
from uuutd.services.signups import Signups
from uuutd.services.throttle import Throttle
from uuutd.strength import easily_guessed

PASSWORD = "correct horse battery"
one_database = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""For what no database has a part in."""


class Clock:
    def __init__(self):
        self.now = datetime(2026, 11, 22, 12, tzinfo=UTC)

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture(scope="module")
def passwords():
    made = Passwords(rounds=4, queue=100, judge=easily_guessed)
    yield made
    made.close()


@pytest.fixture
def keys(tmp_path):
    return KeyRing.create(tmp_path / "keys" / "keys.json")


@pytest.fixture
def throttle(store, clock):
    return Throttle(clock=clock, per_second=1000)


@pytest.fixture
def make(store, clock, passwords, throttle, tmp_path):
    """Return what makes the sign-up of a daemon; the mode is its argument."""

    def make(mode="invite"):
        file = tmp_path / "setup-code"
        return Signups(
            passwords=passwords,
            throttle=throttle,
            audit=Audit(clock=clock),
            mode=mode,
            setup_code_file=file,
            clock=clock,
        )

    return make


@pytest.fixture
def signups(make):
    return make()


@pytest.fixture
def metrics():
    return Metrics()


@pytest.fixture
def auth(store, keys, passwords, throttle, metrics, clock):
    return Auth(
        keys=keys,
        passwords=passwords,
        throttle=throttle,
        audit=Audit(clock=clock),
        metrics=metrics,
        clock=clock,
    )


@pytest.fixture
async def anna(signups):
    return await signups.add_user("anna", PASSWORD, role="user")
