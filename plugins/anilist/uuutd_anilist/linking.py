"""How a user links their list: what to show them, and what to make of what they bring back."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import parse_qs, urlencode, urlsplit

import aiohttp
import attrs
import jwt

from uuutd.domain import Account, LinkField, LinkPrompt, Secret
from uuutd.errors import BadReply, Invalid, LinkExpired, NotFound, Problem, RateLimited, Refused
from uuutd.fetch import plain_errors, read_capped, retry_after
from uuutd.text import clean

from . import queries, reading
from .api import REFERER, Api, json_object
from .config import AniListConfig
from .pacing import LOCK_OUT

LONGEST_ANSWER: Final = 8192
"""The most characters of what a user pastes; a token has about 1000."""
_LARGEST_TOKEN_REPLY = 64 * 1024
_TOKEN = re.compile(r"[\w-]+\.[\w-]+\.[\w-]+", re.ASCII)
_CODE = re.compile(r"[\w.~+/=-]+", re.ASCII)
_IN_ADDRESS = re.compile(r"(?:^|[?#&])(?:access_token|code|error)=")
_USERNAME = re.compile(r"(?:https?://[^/\s]+/user/)?@?([\w-]{1,64})/?", re.ASCII)


@attrs.frozen(kw_only=True)
class Brought:
    """What a pasted answer holds: a token, or a code that can be exchanged for one."""

    token: str | None = attrs.field(default=None, repr=False)
    code: str | None = attrs.field(default=None, repr=False)


def prompt(config: AniListConfig, redirect_uri: str, state: str) -> LinkPrompt:
    """Say where to go: a code is asked for if there is a secret to exchange it with."""
    fields = (
        LinkField("answer", "Token, code or the whole address", secret=True),
        LinkField("username", "or your AniList name, to only read a public list"),
    )
    if config.client_id is None:
        text = (
            "This daemon has no API client at AniList that could send you there. Give your "
            "AniList name to read your public list, or paste a token that you have."
        )
        return LinkPrompt(None, text, fields)
    query = {"client_id": config.client_id, "response_type": "token"}
    if config.client_secret is not None:
        query |= {"redirect_uri": redirect_uri or config.pin_page, "response_type": "code"}
    if state:
        query["state"] = state
    url = f"{config.site.rstrip('/')}/api/v2/oauth/authorize?{urlencode(query)}"
    text = (
        "Open the page, log in to AniList and allow the access. Then paste what you are shown, "
        "or the whole address of the page where you end up. Or give only your AniList name: "
        "then a public list is read, and nothing can be written."
    )
    return LinkPrompt(url, text, fields)


def understand(answer: str, state: str = "") -> Brought:
    """Find the token or the code in what a user pasted: itself, or the whole address.

    A token stands in the address's fragment, a code in its query.  With *state* given,
    an address that carries another one is refused.  Raises `Invalid`.
    """
    answer = answer.strip()
    if len(answer) > LONGEST_ANSWER:
        raise _wrong("answer", "is far too long for a token, a code or an address")
    if _TOKEN.fullmatch(answer):
        return Brought(token=answer)
    if not _IN_ADDRESS.search(answer):
        return _checked(Brought(code=answer))
    found = _parameters(answer)
    if "error" in found:
        text = clean(found.get("error_description") or found["error"], 200)
        raise _wrong("answer", f"AniList did not allow it: {text}")
    if state and found.get("state", state) != state:
        raise _wrong("answer", "belongs to another attempt; open the link page again")
    return _checked(Brought(token=found.get("access_token"), code=found.get("code")))


def _parameters(address: str) -> dict[str, str]:
    """Return the parameters of an address, or of the piece of one that was copied."""
    try:
        parts = urlsplit(address if "?" in address or "#" in address else f"#{address}")
        pairs = {**parse_qs(parts.query), **parse_qs(parts.fragment)}
    except ValueError:
        raise _wrong("answer", "is not an address we can read") from None
    return {name: values[0] for name, values in pairs.items()}


def _checked(brought: Brought) -> Brought:
    if brought.token is not None and _TOKEN.fullmatch(brought.token):
        return brought
    if brought.token is None and brought.code is not None and _CODE.fullmatch(brought.code):
        return brought
    raise _wrong("answer", "holds neither a token nor a code")


def expiry(token: str) -> datetime | None:
    """Return when *token* expires, by its own word: AniList publishes no key to check it with.

    Raises `Invalid` if it is no token at all.
    """
    try:
        claims = jwt.decode(token, options={"verify_signature": False, "verify_exp": False})
    except (jwt.InvalidTokenError, RecursionError):
        raise _wrong("answer", "is not a token of AniList's") from None
    seconds = reading.number(claims.get("exp"), 1, 253_402_300_799)
    return datetime.fromtimestamp(seconds, UTC) if seconds else None


class Linker:
    """Makes an account of what a user filled in."""

    def __init__(self, config: AniListConfig, api: Api, session: aiohttp.ClientSession) -> None:
        self._config = config
        self._api = api
        self._session = session

    async def link(self, fields: Mapping[str, str], redirect_uri: str) -> Account:
        """Check *fields* with AniList; raises `Invalid` when they make no account."""
        answer, username = fields.get("answer", "").strip(), fields.get("username", "").strip()
        if answer:
            brought = understand(answer, fields.get("state", ""))
            token = brought.token or await self._exchange(brought.code or "", redirect_uri)
            return await self._by_token(token)
        if username:
            return await self._by_name(username)
        raise Invalid(
            "AniList needs a token, a code or a name",
            [Problem("answer", "is empty, and so is username")],
        )

    async def _by_token(self, token: str) -> Account:
        expires_at = expiry(token)
        if expires_at is not None and expires_at <= datetime.now(UTC):
            raise _wrong("answer", f"the token expired on {expires_at:%Y-%m-%d}")
        secret = Secret(token)
        try:
            data = await self._api.ask(queries.VIEWER, token=secret)
        except LinkExpired:
            raise _wrong("answer", "AniList does not accept this token") from None
        id_, name = _user(data.get("Viewer"))
        return Account(
            id=id_, name=name, credentials={"token": secret}, expires_at=expires_at, writable=True
        )

    async def _by_name(self, username: str) -> Account:
        match = _USERNAME.fullmatch(username)
        if match is None:
            raise _wrong("username", "is not the name of an AniList user")
        try:
            data = await self._api.ask(queries.USER, name=match[1])
        except NotFound:
            text = f"AniList shows no user {match[1]!r} to the public; is the profile private?"
            raise _wrong("username", text) from None
        id_, name = _user(data.get("User"))
        return Account(id=id_, name=name)

    async def _exchange(self, code: str, redirect_uri: str) -> str:
        """Return the token that AniList gives for *code*."""
        config = self._config
        if config.client_id is None or config.client_secret is None:
            raise _wrong("answer", "is no token, and this daemon cannot exchange codes for one")
        sent = {
            "grant_type": "authorization_code",
            "client_id": config.client_id,
            "client_secret": config.client_secret.reveal(),
            "redirect_uri": redirect_uri or config.pin_page,
            "code": code,
        }
        url = f"{config.site.rstrip('/')}/api/v2/oauth/token"
        headers = {"Accept": "application/json", "Referer": REFERER}
        with plain_errors(url):
            async with self._session.post(
                url, json=sent, headers=headers, allow_redirects=False
            ) as response:
                body = await read_capped(response, _LARGEST_TOKEN_REPLY)
        return _token_of(response.status, response.headers, json_object(body))


def _token_of(status: int, headers: Mapping[str, str], reply: dict[str, Any] | None) -> str:
    """Return the token in an answer of the token page."""
    found = reply or {}
    token = found.get("access_token")
    if status == 200 and isinstance(token, str) and _TOKEN.fullmatch(token):
        return token
    if status == 429:
        wait = retry_after(headers) or LOCK_OUT
        raise RateLimited(f"AniList links nobody for {wait:.0f} s", retry_after=wait)
    if found.get("error") == "invalid_client":
        raise Refused(
            "AniList does not know this daemon's API client",
            hint="The administrator has to check client_id and client_secret.",
        )
    if status in (400, 401) and "error" in found:
        raise _wrong("answer", "AniList does not accept this code; each works once, for minutes")
    raise BadReply(f"AniList's token page answered without a token (HTTP {status})")


def _user(node: object) -> tuple[str, str]:
    user, name = reading.media_id(reading.field(node, "id")), reading.field(node, "name")
    if user is None or not isinstance(name, str) or not clean(name, 64):
        raise BadReply("AniList answered without a user")
    return str(user), clean(name, 64)


def _wrong(field: str, text: str) -> Invalid:
    return Invalid(f"{field}: {text}", [Problem(field, text)])
