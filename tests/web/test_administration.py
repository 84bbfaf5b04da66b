"""What the addresses for administrators take, and what they refuse."""

import pytest

from uuutd.wire import AccountChanges, QuotaSetting

from .fakes import ADA

A = "/api/v1/admin"


@pytest.mark.parametrize(
    ("method", "path", "json", "params", "wrong"),
    [
        ("DELETE", "users/1", None, {}, "torrents"),
        ("DELETE", "users/1", None, {"torrents": "burn"}, "torrents"),
        ("PATCH", "users/1", None, {}, ""),
        ("PATCH", "users/1", {"id": 3}, {}, "id"),
        ("PATCH", "users/1", {"role": "king"}, {}, "role"),
        ("PATCH", "users/1", {"quota": {"torrents": 5}}, {}, "quota.adds_per_hour"),
        (
            *("PATCH", "users/1", {"quota": {"torrents": -1, "adds_per_hour": None}}, {}),
            "quota.torrents",
        ),
        ("POST", "users", {"role": "user"}, {}, "username"),
        ("POST", "invites", {"hours": "3"}, {}, "hours"),
        ("GET", "audit", None, {"event": "party"}, "event"),
        ("GET", "audit", None, {"cursor": "x"}, "cursor"),
    ],
)
async def test_what_cannot_be_meant_is_refused(face, method, path, json, params, wrong):
    async with face.ask(method, f"{A}/{path}", by="ada", json=json, params=params) as response:
        assert response.status == 422
        said = await response.json(content_type=None)
    assert [each["path"] for each in said["problems"]] == [wrong]
    assert face.services.administration.asked == []


async def test_where_a_change_comes_from_is_noted(face):
    body = {"username": "dora"}
    async with face.ask("POST", f"{A}/users", by="ada", json=body) as response:
        assert response.status == 201
    for path, method, json in (
        ("users/1", "PATCH", {"role": "admin"}),
        ("users/1?torrents=keep", "DELETE", None),
        ("users/1/reset", "POST", None),
        ("invites", "POST", {}),
        ("invites/4", "DELETE", None),
    ):
        async with face.ask(method, f"{A}/{path}", by="ada", json=json) as response:
            assert response.status < 300
    assert face.services.administration.addresses == ["127.0.0.1"] * 7  # a code with the account


async def test_everybody_sees_how_much_they_may_take(face):
    async with face.ask("GET", "/api/v1/auth/me", by="ann") as response:
        assert (await response.json())["quota"] == {"torrents": None, "adds_per_hour": None}


async def test_only_what_is_said_is_changed(face):
    changes = {"quota": {"torrents": None, "adds_per_hour": 7}, "disabled": False}
    async with face.ask("PATCH", f"{A}/users/1", by="ada", json=changes) as response:
        assert response.status == 200
    wanted = AccountChanges(disabled=False, quota=QuotaSetting(torrents=None, adds_per_hour=7))
    assert face.services.administration.asked == [(ADA.id, 1, wanted)]


@pytest.mark.parametrize("path", ["users/x", "users/1234567890", "users/99"])
async def test_there_is_no_such_user(face, path):
    async with face.ask("GET", f"{A}/{path}", by="ada") as response:
        assert response.status == 404


async def test_a_code_is_used_without_a_login(face):
    body = {"code": "c", "password": "long enough to do"}
    async with face.ask("POST", "/api/v1/auth/reset", json=body) as response:
        assert (response.status, await response.read()) == (204, b"")
    ((request, address),) = face.services.administration.asked
    assert (request.code, address) == ("c", "127.0.0.1")


async def test_notes_are_asked_for_page_by_page(face):
    params = {"cursor": "12", "limit": "5", "user": "ann"}
    async with face.ask("GET", f"{A}/audit", by="ada", params=params) as response:
        assert (await response.json())["next"] == "9"
    assert face.services.audit.asked == {
        "cursor": 12,
        "limit": 5,
        "event": None,
        "user": "ann",
    }
