"""Asking AniList: one paced queue, and its many ways of saying no turned into our errors."""

import json
from collections.abc import Mapping
from typing import Any, Final

import attrs

from uuutd.backends import Host
from uuutd.domain import Secret
from uuutd.errors import (
    BackendError,
    BadReply,
    Error,
    LinkExpired,
    NotFound,
    Refused,
    Unavailable,
)
from uuutd.fetch import place, plain_errors, read_capped, retry_after
from uuutd.text import clean

from .pacing import Pacer

LARGEST: Final = 4 * 1024 * 1024
"""The most bytes of an answer that are read."""
OUT_OF_ORDER: Final = 5 * 60.0
"""How long AniList is left alone after it said that it is switched off, in seconds."""
REFERER: Final = "UUUTorrent"
"""Who sends the request.  Since August 2026 AniList turns requests without a Referer away."""


class Rejected(Refused):
    """AniList does not like the values of *arguments*."""

    def __init__(self, detail: str, arguments: frozenset[str]) -> None:
        super().__init__(detail)
        self.arguments = arguments


@attrs.frozen
class _Complaint:
    """What is wrong, by the first error of an answer, or by its status when it is no JSON."""

    status: int
    message: str
    is_json: bool
    rejected: Mapping[str, Any] = attrs.field(factory=dict)


class Api:
    """AniList's GraphQL."""

    def __init__(self, url: str, host: Host, pacer: Pacer) -> None:
        self._url = url
        self._session = host.http
        self.pacer = pacer

    async def ask(
        self, query: str, *, token: Secret | None = None, **variables: Any
    ) -> dict[str, Any]:
        """Return the data that answer *query*, with the rights of *token*'s owner.

        Raises `LinkExpired` for a bad token, `NotFound` for what AniList does not know or
        does not show, `Rejected` for bad values, and the subclasses of `BackendError`.
        """
        await self.pacer.turn()
        headers = {"Referer": REFERER, "Accept": "application/json"}
        if token is not None:
            headers["Authorization"] = f"Bearer {token.reveal()}"
        sent = {"query": query, "variables": variables}
        with plain_errors(self._url):
            async with self._session.post(
                self._url, json=sent, headers=headers, allow_redirects=False
            ) as response:
                self.pacer.heard(response.headers)
                if response.status == 429:
                    raise self.pacer.lock_out(response.headers)
                body = await read_capped(response, LARGEST)
        answer = json_object(body)
        complaint = _complaint(response.status, answer)
        if complaint is not None:
            raise self._error(complaint, response.headers, with_token=token is not None)
        data = (answer or {}).get("data")
        if not isinstance(data, dict):
            raise BadReply(f"{place(self._url)} answered without data")
        return data

    def _error(
        self, complaint: _Complaint, headers: Mapping[str, str], *, with_token: bool
    ) -> Error:
        status, said = complaint.status, complaint.message
        if status == 429:
            return self.pacer.lock_out(headers)
        if status == 403 and (not complaint.is_json or "disabled" in said):
            return self.pacer.shut_out(
                OUT_OF_ORDER, lambda left: _out_of_order(said, left), may_ask=True
            )
        if status == 503:
            return Unavailable(f"AniList is out of order: {said}", retry_after=retry_after(headers))
        if with_token and (status == 401 or "invalid token" in said.casefold()):
            return LinkExpired(
                "AniList no longer accepts the token", hint="Link the watchlist again."
            )
        if status == 401:
            return Refused("AniList wants a token for what everybody may see")
        if not complaint.is_json or not 400 <= status < 500:
            return BadReply(f"AniList failed: {said}")
        if status == 404:
            return NotFound(f"AniList: {said}")
        if complaint.rejected:
            return Rejected(f"AniList refuses: {said}", frozenset(complaint.rejected))
        return Refused(f"AniList refuses: {said}")


def json_object(body: bytes) -> dict[str, Any] | None:
    """Return the JSON object that *body* is, None if it is anything else."""
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return answer if isinstance(answer, dict) else None


def _complaint(status: int, answer: dict[str, Any] | None) -> _Complaint | None:
    """Return what is wrong with an answer, None if nothing is; errors may come with 200 too."""
    if answer is None:
        return _Complaint(status, f"HTTP {status} without JSON", is_json=False)
    errors = answer.get("errors")
    if not errors:
        return None if status == 200 else _Complaint(status, f"HTTP {status}", is_json=True)
    first = errors[0] if isinstance(errors, list) and isinstance(errors[0], dict) else {}
    message, own, rejected = first.get("message"), first.get("status"), first.get("validation")
    if type(own) is not int or not 400 <= own <= 599:
        own = status if status != 200 else 500
    rejected = rejected if isinstance(rejected, dict) else {}
    if rejected:
        message = json.dumps(rejected, ensure_ascii=False)
    said = clean(message[:1000], 300) if isinstance(message, str) else ""
    return _Complaint(own, said or f"HTTP {own}", is_json=True, rejected=rejected)


def _out_of_order(said: str, left: float) -> BackendError:
    return Unavailable(
        said, retry_after=left, hint="AniList says the same to addresses that it has blocked."
    )
