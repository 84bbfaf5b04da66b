"""The description of the API (OpenAPI 3.1), made of the table and of the classes it names."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, get_args, get_type_hints

import attrs
import msgspec
from aiohttp import web

from ..wire import ProblemReply
from .call import Call, Policy
from .decode import JSON, MULTIPART, TorrentUpload
from .keys import OPENAPI
from .problems import PROBLEM_JSON
from .query import NoParameters
from .route import Route
from .shapes import SHAPES, names_in

Json = dict[str, Any]

REFERENCE = "#/components/schemas/{name}"
_SUCCESS = {200: "Done.", 201: "Made.", 202: "Taken on.", 204: "Done.", 304: "Nothing has changed."}
_UPLOAD: Json = {
    "type": "object",
    "properties": {
        "torrent": {"type": "string", "contentMediaType": "application/x-bittorrent"},
        "client": {"type": "string"},
    },
    "required": ["torrent"],
    "additionalProperties": False,
}


async def serve(call: Call[None, NoParameters]) -> web.Response:
    """Give the description."""
    return web.Response(body=call.request.app[OPENAPI](), content_type=JSON)


def document(routes: Iterable[Route], version: str) -> Json:
    """Describe *routes*, of a daemon of this *version*."""
    table = tuple(routes)
    schemas = _Schemas(table)
    paths: dict[str, Json] = {}
    for route in table:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "UUUTorrent",
            "version": version,
            "description": "From a watchlist to the next episode. Every failure is answered with "
            "a problem document (RFC 9457).",
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": name} for name in dict.fromkeys(route.tag for route in table)],
        "paths": paths,
        "components": {
            "schemas": schemas.components,
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
        },
    }


class _Schemas:
    """The schemas of all classes that the routes name, each once."""

    def __init__(self, routes: Iterable[Route]) -> None:
        requests = {kind for r in routes for kind in r.body.media.values()} - {TorrentUpload}
        replies = {r.reply for r in routes if r.reply is not None}
        queries = {r.query.kind for r in routes}
        self._kinds = sorted(requests | replies | queries | {ProblemReply}, key=_name)
        found, components = msgspec.json.schema_components(self._kinds, ref_template=REFERENCE)
        self._found = dict(zip(self._kinds, found, strict=True))
        self._all = components
        for kind in _with_parts(self._kinds):
            _say_which_are_times(kind, components[kind.__name__])
        for kind in requests:
            components[kind.__name__]["additionalProperties"] = False
        parameters = {kind.__name__ for kind in queries}
        self.components = {
            name: schema for name, schema in sorted(components.items()) if name not in parameters
        }

    def of(self, kind: type[Any]) -> Json:
        """Return the schema of a class, by reference."""
        return _UPLOAD if kind is TorrentUpload else dict(self._found[kind])

    def parameters(self, kind: type[Any]) -> list[Json]:
        """Return the parameters that a class of a query stands for."""
        schema = self._all[kind.__name__]
        return [
            {
                "name": name,
                "in": "query",
                "required": name in schema.get("required", ()),
                "schema": self._inline(inner),
                **({"style": "form", "explode": False} if inner.get("type") == "array" else {}),
            }
            for name, inner in schema["properties"].items()
        ]

    @staticmethod
    def _inline(schema: Json) -> Json:
        """Leave out null, which has no spelling in a query, and a default of null with it."""
        kinds = [each for each in schema.get("anyOf", ()) if each != {"type": "null"}]
        return kinds[0] if len(kinds) == 1 else schema


def _name(kind: type[Any]) -> str:
    return kind.__name__


def _with_parts(kinds: Iterable[type[Any]]) -> list[type[Any]]:
    """Return *kinds* and every attrs class inside of them."""
    found: dict[type[Any], None] = {}
    waiting = list(kinds)
    while waiting:
        kind = waiting.pop()
        if attrs.has(kind) and kind not in found:
            found[kind] = None
            for hint in get_type_hints(kind).values():
                waiting += _leaves(hint)
    return list(found)


def _leaves(hint: Any) -> list[Any]:
    inner = get_args(hint)
    return [leaf for each in inner for leaf in _leaves(each)] if inner else [hint]


def _say_which_are_times(kind: type[Any], schema: Json) -> None:
    for name, hint in get_type_hints(kind).items():
        if datetime in _leaves(hint):
            inner = schema["properties"][name]
            for each in inner.get("anyOf", [inner]):
                if each.get("type") == "string":
                    each["format"] = "date-time"


def _operation(route: Route, schemas: _Schemas) -> Json:
    made: Json = {
        "operationId": f"{route.tag}_{route.handler.__name__}".replace("-", "_"),
        "tags": [route.tag],
        "summary": route.summary,
        "x-policy": route.policy.value,
        "parameters": _parameters(route, schemas),
        "responses": _responses(route, schemas),
        "security": [] if route.policy is Policy.ANONYMOUS else [{"bearer": []}],
    }
    if route.scope is not None:
        made["x-token-scope"] = route.scope
    if route.fresh:
        made["x-fresh-login"] = True
    if route.policy is Policy.METRICS:
        made["security"].append({})
    if route.body.media:
        content = {media: {"schema": schemas.of(kind)} for media, kind in route.body.media.items()}
        required = MULTIPART in content or getattr(route.body, "required", False)
        made["requestBody"] = {"content": content, "required": required}
    return made


def _parameters(route: Route, schemas: _Schemas) -> list[Json]:
    places = [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": {"type": "string", "pattern": f"^({SHAPES[name]})$"},
        }
        for name in names_in(route.path)
    ]
    headers = [
        {
            "name": name,
            "in": "header",
            "required": False,
            "description": text,
            "schema": {"type": "string"},
        }
        for name, text in route.headers.items()
    ]
    return [*places, *schemas.parameters(route.query.kind), *headers]


def _responses(route: Route, schemas: _Schemas) -> Json:
    made: Json = {}
    for status in route.statuses:
        answer: Json = {"description": _SUCCESS.get(status, "Not now.")}
        if route.reply is not None and status not in (204, 304):
            answer["content"] = {JSON: {"schema": schemas.of(route.reply)}}
        elif route.media and status == 200:
            answer["content"] = {route.media: {}}
        made[str(status)] = answer
    problem = {"schema": schemas.of(ProblemReply)}
    made["default"] = {"description": "A problem.", "content": {PROBLEM_JSON: problem}}
    return made
