"""What machines ask, and how the API describes itself."""

import re

import attrs
import pytest

from uuutd import wire
from uuutd.web import readiness
from uuutd.web.openapi import document
from uuutd.web.routes import ROUTES
from uuutd.web.shapes import SHAPES


async def test_health_asks_nobody(face):
    face.database.up = False
    face.services.instances.state = "down"
    async with face.ask("GET", "/health") as response:
        assert response.status == 200
        assert await response.json() == {"status": "ok"}
    assert face.database.asked == 0


@pytest.mark.parametrize(
    ("database", "client", "status"),
    [(True, "ready", 200), (False, "ready", 503), (True, "down", 503), (False, "opening", 503)],
)
async def test_ready(face, database, client, status):
    face.database.up = database
    face.services.instances.state = client
    async with face.ask("GET", "/ready") as response:
        assert response.status == status
        assert await response.json() == {
            "ready": status == 200,
            "database": database,
            "clients": client == "ready",
        }


async def test_asking_often_does_not_wear_the_database(face, monkeypatch):
    for _ in range(5):
        async with face.ask("GET", "/ready") as response:
            assert response.status == 200
    assert face.database.asked == 1
    monkeypatch.setattr(readiness, "ASK_EVERY", 0)
    face.database.up = False
    async with face.ask("GET", "/ready") as response:
        assert response.status == 503


async def test_a_database_that_hangs_is_one_that_is_not_there(face, monkeypatch):
    import asyncio

    monkeypatch.setattr(readiness, "PING_WITHIN", 0.01)
    monkeypatch.setattr(face.app[readiness_key()], "_ping", asyncio.Event().wait)
    async with face.ask("GET", "/ready") as response:
        assert response.status == 503


def readiness_key():
    from uuutd.web.keys import READINESS

    return READINESS


async def test_about(face):
    async with face.ask("GET", "/api/v1/about") as response:
        said = await response.json()
    assert said.pop("time").endswith("Z")
    assert said == {"version": "1.2.3", "api": 1, "signup": "invite", "setup_needed": False}


# --- the description ------------------------------------------------------------------------


@pytest.fixture
async def described(face):
    async with face.ask("GET", "/openapi.json") as response:
        return await response.json()


def references(value):
    if isinstance(value, dict):
        if "$ref" in value:
            yield value["$ref"]
        for inner in value.values():
            yield from references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner)


async def test_no_address_is_missing(described, face):
    assert described["openapi"].startswith("3.1.")
    assert described["info"]["version"] == "1.2.3"
    there = {(method.upper(), path) for path, row in described["paths"].items() for method in row}
    served = {
        (each.method, each.resource.canonical)
        for each in face.app.router.routes()
        if each.method != "HEAD"
    }
    assert there == served


async def test_every_reference_leads_somewhere(described):
    found = set(references(described))
    assert len(found) > 20
    for reference in found:
        value = described
        for part in reference.removeprefix("#/").split("/"):
            value = value[part]
        assert value


async def test_every_schema_is_used(described):
    names = {f"#/components/schemas/{name}" for name in described["components"]["schemas"]}
    assert names == set(references(described))


async def test_every_part_of_a_path_is_described(described):
    for path, row in described["paths"].items():
        for operation in row.values():
            inside = {p["name"] for p in operation["parameters"] if p["in"] == "path"}
            assert inside == set(re.findall(r"\{(\w+)\}", path))
            assert inside <= set(SHAPES)


async def test_operations_have_names_of_their_own(described):
    operations = [o for row in described["paths"].values() for o in row.values()]
    assert len({o["operationId"] for o in operations}) == len(operations) == len(ROUTES)
    for operation in operations:
        assert operation["summary"]
        assert operation["x-policy"]
        assert "default" in operation["responses"]
        assert any(code.startswith("2") for code in operation["responses"])
        assert {tag["name"] for tag in described["tags"]} >= set(operation["tags"])


async def test_requests_forbid_what_they_do_not_know(described):
    schemas = described["components"]["schemas"]
    for row in described["paths"].values():
        for operation in row.values():
            for media in operation.get("requestBody", {"content": {}})["content"].values():
                schema = media["schema"]
                if "$ref" in schema:
                    schema = schemas[schema["$ref"].rpartition("/")[2]]
                assert schema["additionalProperties"] is False


async def test_times_and_parameters_are_described(described):
    schemas = described["components"]["schemas"]
    assert schemas["AboutReply"]["properties"]["time"]["format"] == "date-time"
    airs_at = schemas["EntryReply"]["properties"]["airs_at"]["anyOf"]
    assert {"type": "string", "format": "date-time"} in airs_at
    (status,) = described["paths"]["/api/v1/watchlist"]["get"]["parameters"][:1]
    assert status["schema"]["default"] == ["CURRENT", "REPEATING"]
    assert not status["required"]
    (query,) = described["paths"]["/api/v1/releases"]["get"]["parameters"]
    assert query["required"]
    assert query["schema"]["type"] == "string"


def test_every_class_of_the_api_is_used():
    """A class that no address takes or gives is dead, unless the event stream sends it."""
    used = set(document(ROUTES, "1")["components"]["schemas"])
    classes = {
        name for name, kind in vars(wire).items() if isinstance(kind, type) and attrs.has(kind)
    }
    assert classes - used == {"EntryFields", "TorrentsEvent", "NoticeEvent", "LinkNoticeEvent"}
