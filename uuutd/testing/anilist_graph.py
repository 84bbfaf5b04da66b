"""The AniList stand-in's GraphQL.

Queries run against a slice of AniList's schema, so what the real one would refuse as
invalid is refused here.
"""

from collections.abc import Callable, Iterator, Mapping
from importlib import resources
from typing import Any, Final

import attrs
import graphql
from graphql import language

from .anilist_world import ListEntry, Media, User, World

MOST_COMPLEX: Final = 500
"""How many fields a query may have, at AniList."""

_LIST_NAMES = {
    "CURRENT": "Watching",
    "PLANNING": "Planning",
    "COMPLETED": "Completed",
    "DROPPED": "Dropped",
    "PAUSED": "Paused",
    "REPEATING": "Rewatching",
}
_Info = graphql.GraphQLResolveInfo
_Object = dict[str, Any]


class ApiError(Exception):
    """A refusal as AniList words it; *validation* names the arguments that it does not like."""

    def __init__(
        self, message: str, status: int, validation: Mapping[str, list[str]] | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.validation = validation


@attrs.frozen
class Answer:
    """What goes back: the HTTP status and the JSON body; *fields* are the root fields asked for."""

    status: int
    body: _Object
    fields: tuple[str, ...] = ()


def refusal(message: str, status: int, data: _Object | None = None) -> _Object:
    """Return the body of an answer that is one error."""
    error = {"message": message, "status": status, "locations": [{"line": 1, "column": 1}]}
    return {"errors": [error], "data": data}


class Graph:
    """Answers queries about a world."""

    def __init__(self, world: World) -> None:
        self._world = world
        source = resources.files(__package__).joinpath("anilist.graphql").read_text("utf-8")
        self._schema = graphql.build_schema(source)
        self._attach("Query", _queries(world))
        self._attach("Mutation", {"SaveMediaListEntry": _saver(world)})

    def _attach(self, type_name: str, resolvers: Mapping[str, Callable[..., Any]]) -> None:
        object_type = self._schema.get_type(type_name)
        assert isinstance(object_type, graphql.GraphQLObjectType)
        for name, resolver in resolvers.items():
            object_type.fields[name].resolve = resolver

    def answer(self, query: str, variables: _Object, token: str | None) -> Answer:
        """Run *query* as the owner of *token*."""
        try:
            document = graphql.parse(query)
        except graphql.GraphQLError as error:
            return Answer(400, refusal(error.message, 400))
        fields = tuple(_root_fields(document))
        errors = graphql.validate(self._schema, document)
        if errors:
            return Answer(400, {"errors": [_error(one) for one in errors], "data": None}, fields)
        viewer = self._world.bearer(token) if token is not None else None
        if token is not None and viewer is None:
            # A bad token spoils public queries too, and the status is not 401.
            return Answer(400, refusal("Invalid token", 400, dict.fromkeys(fields)), fields)
        cost = complexity(document)
        if cost > MOST_COMPLEX:
            text = f"Max query complexity should be {MOST_COMPLEX} but got {cost}."
            return Answer(400, refusal(text, 400), fields)
        return self._run(document, variables, viewer, fields)

    def _run(
        self,
        document: language.DocumentNode,
        variables: _Object,
        viewer: User | None,
        fields: tuple[str, ...],
    ) -> Answer:
        result = graphql.execute_sync(
            self._schema, document, context_value=viewer, variable_values=variables
        )
        if not result.errors:
            return Answer(200, {"data": result.data}, fields)
        errors = [_error(one) for one in result.errors]
        return Answer(errors[0]["status"], {"errors": errors, "data": result.data}, fields)


def complexity(document: language.DocumentNode) -> int:
    """Return how many fields *document* selects, with every fragment counted where it is used."""
    fragments = {
        node.name.value: node
        for node in document.definitions
        if isinstance(node, language.FragmentDefinitionNode)
    }

    def cost(selections: language.SelectionSetNode | None) -> int:
        total = 0
        for node in selections.selections if selections else ():
            if isinstance(node, language.FieldNode):
                total += 1 + cost(node.selection_set)
            elif isinstance(node, language.FragmentSpreadNode):
                total += cost(fragments[node.name.value].selection_set)
            elif isinstance(node, language.InlineFragmentNode):
                total += cost(node.selection_set)
        return total

    return max((cost(one.selection_set) for one in _operations(document)), default=0)


def _operations(document: language.DocumentNode) -> Iterator[language.OperationDefinitionNode]:
    for node in document.definitions:
        if isinstance(node, language.OperationDefinitionNode):
            yield node


def _root_fields(document: language.DocumentNode) -> Iterator[str]:
    for operation in _operations(document):
        for node in operation.selection_set.selections:
            if isinstance(node, language.FieldNode):
                yield node.name.value


def _error(error: graphql.GraphQLError) -> _Object:
    cause = error.original_error
    item: _Object = {"message": error.message, "status": 400}
    if isinstance(cause, ApiError):
        item["status"] = cause.status
        if cause.validation is not None:
            item["validation"] = cause.validation
    item["locations"] = [{"line": at.line, "column": at.column} for at in error.locations or ()]
    return item


# --- resolvers ------------------------------------------------------------------------------


def _visible_user(world: World, info: _Info, user_id: int | None, name: str | None) -> User:
    user = world.user(user_id, name)
    if user is None:
        raise ApiError("User not found", 404)
    if user.private and info.context != user:
        raise ApiError("Private User", 404)
    return user


def _queries(world: World) -> dict[str, Callable[..., Any]]:
    def media(_: None, __: _Info, **asked: Any) -> _Object:
        found = _search(world, **asked)
        if not found:
            raise ApiError("Not Found.", 404)
        return _media_object(world, found[0])

    def page(_: None, __: _Info, **asked: Any) -> _Object:
        size = min(max(asked.get("perPage", 50), 1), 50)
        first = (max(asked.get("page", 1), 1) - 1) * size

        def shows(_: _Info, **asked: Any) -> list[_Object]:
            found = _search(world, **asked)[first : first + size]
            return [_media_object(world, one) for one in found]

        return {"media": shows}

    def user(_: None, info: _Info, **asked: Any) -> _Object:
        return _user_object(_visible_user(world, info, asked.get("id"), asked.get("name")))

    def viewer(_: None, info: _Info) -> _Object:
        return _user_object(_logged_in(info))

    def one_entry(_: None, info: _Info, **asked: Any) -> _Object:
        owner = _visible_user(world, info, asked.get("userId"), asked.get("userName"))
        entry = world.entries.get((owner.id, asked.get("mediaId", 0)))
        if entry is None or not entry.is_visible_to(info.context):
            raise ApiError("Not Found.", 404)
        return _entry_object(world, entry)

    def collection(_: None, info: _Info, **asked: Any) -> _Object:
        return _collection(world, info, asked)

    return {
        "Media": media,
        "Page": page,
        "User": user,
        "Viewer": viewer,
        "MediaList": one_entry,
        "MediaListCollection": collection,
    }


def _logged_in(info: _Info) -> User:
    if not isinstance(info.context, User):
        raise ApiError("Unauthorized.", 401)
    return info.context


def _search(world: World, **asked: Any) -> list[Media]:
    ranked = []
    for one in world.media.values():
        rank = one.matches(asked["search"]) if asked.get("search") else 0
        kept = (
            asked.get("type") in (None, one.type)
            and asked.get("id") in (None, one.id)
            and asked.get("idMal") in (None, one.mal_id)
            and (asked.get("id_in") is None or one.id in asked["id_in"])
        )
        if kept and rank is not None:
            ranked.append((rank, one.id, one))
    return [one for *_, one in sorted(ranked, key=lambda row: row[:2])]


def _collection(world: World, info: _Info, asked: _Object) -> _Object:
    if not asked.get("type") or not (asked.get("userId") or asked.get("userName")):
        text = "The type field and a user id or user name are required."
        raise ApiError("validation", 400, {"type": [text]})
    owner = _visible_user(world, info, asked.get("userId"), asked.get("userName"))
    statuses = asked.get("status_in") or [asked.get("status")]
    entries = [
        entry
        for entry in world.entries.values()
        if entry.user_id == owner.id
        and entry.is_visible_to(info.context)
        and world.media[entry.media_id].type == asked["type"]
        and (statuses == [None] or entry.status in statuses)
    ]
    size = min(max(asked.get("perChunk") or 500, 1), 500)
    first = (max(asked.get("chunk") or 1, 1) - 1) * size
    return {
        "lists": _groups(world, entries[first : first + size]),
        "user": _user_object(owner),
        "hasNextChunk": first + size < len(entries),
    }


def _groups(world: World, entries: list[ListEntry]) -> list[_Object]:
    groups: dict[str, _Object] = {}
    for entry in entries:
        lists: list[tuple[str, str | None]] = [(name, None) for name in entry.custom]
        if not entry.hidden:
            lists.append((_LIST_NAMES[entry.status], entry.status))
        for name, status in lists:
            group = groups.setdefault(name, {"name": name, "status": status, "entries": []})
            group["isCustomList"] = status is None
            group["entries"].append(_entry_object(world, entry))
    return list(groups.values())


def _saver(world: World) -> Callable[..., _Object]:
    def save(_: None, info: _Info, **asked: Any) -> _Object:
        user = _logged_in(info)
        media = world.media.get(asked.get("mediaId", 0))
        wrong = {}
        if media is None:
            wrong["mediaId"] = ["The selected media id is invalid."]
        if (asked.get("progress") or 0) < 0:
            wrong["progress"] = ["The progress must be at least 0."]
        if media is None or wrong:
            raise ApiError("validation", 400, wrong)
        before = world.entry(user, media) or world.add_entry(user, media)
        after = attrs.evolve(
            before,
            status=asked.get("status") or before.status,
            progress=asked.get("progress", before.progress),
            updated_at=world.now(),
        )
        world.entries[user.id, media.id] = after
        return _entry_object(world, after)

    return save


# --- objects --------------------------------------------------------------------------------


def _user_object(user: User) -> _Object:
    return {
        "id": user.id,
        "name": user.name,
        "siteUrl": f"https://anilist.co/user/{user.name}",
    }


def _entry_object(world: World, entry: ListEntry) -> _Object:
    return {
        "id": entry.id,
        "userId": entry.user_id,
        "mediaId": entry.media_id,
        "status": entry.status,
        "progress": entry.progress,
        "private": entry.private,
        "hiddenFromStatusLists": entry.hidden,
        "updatedAt": int(entry.updated_at.timestamp()),
        "media": lambda _: _media_object(world, world.media[entry.media_id]),
    }


def _media_object(world: World, media: Media) -> _Object:
    start = media.start_date
    picture = f"https://s4.anilist.co/file/anilistcdn/media/anime/cover/medium/bx{media.id}.png"
    return {
        "id": media.id,
        "idMal": media.mal_id,
        "title": {"romaji": media.romaji, "english": media.english, "native": media.native},
        "type": media.type,
        "format": media.format,
        "status": lambda _, **__: media.status_at(world.now()),
        "startDate": {
            "year": start.year if start else media.season_year,
            "month": start.month if start else None,
            "day": start.day if start else None,
        },
        "seasonYear": media.season_year,
        "episodes": media.episodes,
        "coverImage": {"medium": picture, "large": picture},
        "synonyms": list(media.synonyms),
        "relations": lambda _: {"edges": _edges(world, media)},
        "nextAiringEpisode": lambda _: _airing_object(world, media),
        "siteUrl": f"https://anilist.co/{media.type.lower()}/{media.id}",
    }


def _edges(world: World, media: Media) -> list[_Object]:
    return [
        {"relationType": kind, "node": _media_object(world, world.media[other])}
        for kind, other in world.relations.get(media.id, ())
        if other in world.media
    ]


def _airing_object(world: World, media: Media) -> _Object | None:
    now = world.now()
    coming = media.next_airing(now)
    if coming is None:
        return None
    episode, at = coming
    return {
        "airingAt": int(at.timestamp()),
        "timeUntilAiring": int((at - now).total_seconds()),
        "episode": episode,
        "mediaId": media.id,
    }
