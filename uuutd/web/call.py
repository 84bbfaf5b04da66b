"""One call of the API: who may make it, and what a handler is given."""

import enum
import ipaddress
from typing import Generic, Literal, TypeVar

import attrs
from aiohttp import web

from ..errors import LoginAgain, NotAllowed, NotLoggedIn, WrongScope
from ..store.records import User
from ..wire import Scope
from .keys import ADDRESS, SERVICES, USER_ID
from .ports import Caller, Services

B = TypeVar("B")
Q = TypeVar("Q")

Needs = Scope | Literal["any"] | None
"""The scope that a personal token needs; "any" if every one will do, None if none ever does."""

MAX_TOKEN = 4096
_PROXY_HEADERS = ("Forwarded", "Via", "X-Forwarded-For", "X-Real-IP")


class Policy(enum.Enum):
    """Who may use an address."""

    ANONYMOUS = "anonymous"
    """Anybody."""
    USER = "user"
    """Whoever is logged in; it shows and changes only what is theirs."""
    OWNER = "owner"
    """Whoever the named thing belongs to: what is not theirs and what is not there are both 404."""
    ADMIN = "admin"
    """Administrators."""
    METRICS = "metrics"
    """A program on this machine, without any proxy in between; from elsewhere, administrators."""


@attrs.frozen(kw_only=True)
class Call(Generic[B, Q]):
    """What a handler is given: everything has been read and checked by then."""

    request: web.Request
    caller: Caller | None
    body: B
    query: Q

    @property
    def services(self) -> Services:
        """What the daemon can do."""
        return self.request.app[SERVICES]

    @property
    def logged_in(self) -> Caller:
        """Who calls; raises `NotLoggedIn` if the address is open to anybody."""
        if self.caller is None:
            raise NotLoggedIn("This needs a login.")
        return self.caller

    @property
    def user(self) -> User:
        """The user who calls."""
        return self.logged_in.user

    @property
    def agent(self) -> str:
        """What program calls, by its own account: printable ASCII, at most 200 characters."""
        return printable(self.request.headers.get("User-Agent", ""), 200)

    @property
    def address(self) -> str:
        """The address that the request comes from; "" if there is none."""
        return self.request[ADDRESS]

    def path(self, name: str) -> str:
        """Return the part of the path that stands at ``{name}``."""
        return self.request.match_info[name]


async def admitted(
    request: web.Request, policy: Policy, scope: Needs, *, fresh: bool
) -> Caller | None:
    """Return who calls, None where that does not matter; raises if they may not.

    With *fresh* they must have logged in with their password some minutes ago at most.
    """
    if policy is Policy.ANONYMOUS or (policy is Policy.METRICS and is_local(request)):
        return None
    caller = await request.app[SERVICES].auth.authenticate(bearer(request))
    request[USER_ID] = caller.user.id
    if policy in (Policy.ADMIN, Policy.METRICS) and caller.user.role != "admin":
        raise NotAllowed("Only administrators may do this.")
    _check_token(caller, scope)
    if fresh and not caller.fresh:
        raise LoginAgain(
            "This needs a login of the last 15 minutes.",
            hint="Log in again with your password (`uuut login`), and repeat it.",
        )
    return caller


def _check_token(caller: Caller, scope: Needs) -> None:
    """Raise `uuutd.errors.WrongScope` if they call with a personal token not made for this."""
    if caller.scopes is None or scope == "any":
        return
    if scope is None:
        raise WrongScope(
            "No personal token is good for this.", hint="Log in with your password for it."
        )
    if scope not in caller.scopes:
        raise WrongScope(
            f"This needs a personal token with the scope {scope}.",
            hint=f"Make one: uuut tokens --new NAME --scope {scope}",
        )


def bearer(request: web.Request) -> str:
    """Return the access token; nothing but the header ``Authorization`` is looked at."""
    values = request.headers.getall("Authorization", [])
    if not values:
        raise NotLoggedIn(
            "This needs a login.", hint="Send Authorization: Bearer with an access token."
        )
    scheme, _, token = values[0].partition(" ")
    token = token.strip()
    if len(values) > 1 or scheme.lower() != "bearer" or not 0 < len(token) <= MAX_TOKEN:
        raise NotLoggedIn("The Authorization header must be Bearer with one access token.")
    if not token.isascii():
        raise NotLoggedIn("The token is not good.")
    return token


def host_name(request: web.Request) -> str:
    """Return the host that the request is meant for, in lower case and without port.

    The address of an absolute request line counts for more than the header (RFC 9112, 3.2.2).
    """
    host = request.host.lower()
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return (host if host.count(":") > 1 else host.partition(":")[0]).rstrip(".")


def is_loopback(host: str) -> bool:
    """Whether a host's name means this machine itself."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def is_local(request: web.Request) -> bool:
    """Whether a program on this machine asks directly: nothing that a proxy passed on."""
    proxied = any(name in request.headers for name in _PROXY_HEADERS)
    here = is_loopback(request.remote or "") and is_loopback(host_name(request))
    return here and not proxied


def printable(text: str, limit: int) -> str:
    """Return *text* in printable ASCII, at most *limit* characters, the rest escaped."""
    return text[:limit].encode("unicode_escape").decode("ascii")[:limit]
