"""Sessions, passwords and personal tokens over HTTP: what goes in, and what comes out."""

import msgspec
import pytest

from uuutd.wire import MadePersonalTokenReply, PersonalTokenRequest, ProblemReply

A = "/api/v1/auth"


async def refused(face, path, body, *, by="ann"):
    async with face.ask("POST", path, by=by, json=body) as response:
        return msgspec.json.decode(await response.read(), type=ProblemReply)


async def test_a_token_is_shown_when_it_is_made_and_never_kept_by_anybody(face):
    body = {
        "name": "x",
        "scopes": ["torrents:read", "watchlist:read"],
        "expires_at": "2027-01-31T13:00:00+01:00",
    }
    async with face.ask("POST", f"{A}/tokens", by="ann", json=body) as response:
        assert response.status == 201
        assert response.headers["Cache-Control"] == "no-store"
        made = msgspec.json.decode(await response.read(), type=MadePersonalTokenReply)
    assert made.token == "uuut_x"
    (asked,) = face.services.personal_tokens.made
    assert isinstance(asked, PersonalTokenRequest)
    assert asked.expires_at.isoformat() == "2027-01-31T12:00:00+00:00"
    async with face.ask("GET", f"{A}/tokens", by="ann") as response:
        assert "uuut_" not in await response.text()


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ({}, {"name", "scopes"}),
        ({"name": "x", "scopes": "admin"}, {"scopes"}),
        ({"name": "x", "scopes": ["everything"]}, {"scopes[0]"}),
        ({"name": "x", "scopes": ["admin"], "expires_at": "soon"}, {"expires_at"}),
        ({"name": "x", "scopes": ["admin"], "expires_at": 1}, {"expires_at"}),
        ({"name": "x", "scopes": ["admin"], "token": "mine"}, {"token"}),
    ],
)
async def test_a_token_that_cannot_be_is_refused(face, body, wrong):
    said = await refused(face, f"{A}/tokens", body)
    assert (said.status, {item.path for item in said.problems}) == (422, wrong)
    assert face.services.personal_tokens.made == []


async def test_a_wrong_password_is_401_and_not_a_bad_token(face):
    said = await refused(face, f"{A}/password", {"current": "wrong", "new": "b"})
    assert (said.status, said.code) == (401, "bad-credentials")
    said = await refused(face, f"{A}/password", {"current": "wrong", "new": "b"}, by="nobody")
    assert (said.status, said.code) == (401, "not-logged-in")


async def test_a_password_is_not_changed_by_an_empty_request(face):
    async with face.ask("POST", f"{A}/password", by="ann") as response:
        assert response.status == 422
    said = await refused(face, f"{A}/password", {"new": "b"})
    assert [item.path for item in said.problems] == ["current"]
    assert face.services.auth.seen == []


async def test_a_login_that_is_not_fresh_is_told_what_to_do(face):
    said = await refused(face, "/api/v1/admin/users", {"username": "zoe"}, by="ada-stale")
    assert (said.status, said.code) == (403, "login-again")
    assert "uuut login" in said.hint


async def test_a_token_without_the_scope_is_told_which(face):
    said = await refused(face, "/api/v1/torrents", {"source": "b" * 40}, by="ann-reads")
    assert (said.status, said.code) == (403, "scope")
    assert "torrents:write" in said.detail
    assert "--scope torrents:write" in said.hint
