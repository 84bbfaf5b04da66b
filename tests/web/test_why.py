"""Asking why a release was taken."""

import pytest

from uuutd.errors import NotFound

WHY = "/api/v1/watchlist/anilist/101/why"


@pytest.mark.parametrize(
    ("query", "asked"),
    [
        ("", (None, False)),
        ("?episode=9", (9, False)),
        ("?episode=9&replay=true", (9, True)),
        ("?replay=false", (None, False)),
    ],
)
async def test_what_is_asked_arrives(face, query, asked):
    async with face.ask("GET", WHY + query, by="ann") as response:
        assert response.status == 200
        told = await response.json()
    assert face.services.searches.asked == [asked]
    assert told["searched_at"] == "2026-11-22T12:00:00Z"
    assert told["rules"] == "same"
    assert (told["replay"] is not None) is asked[1]


@pytest.mark.parametrize("query", ["?episode=x", "?replay=1", "?replay", "?redo=true"])
async def test_what_makes_no_sense_is_refused(face, query):
    async with face.ask("GET", WHY + query, by="ann") as response:
        assert response.status == 422
    assert face.services.searches.asked == []


async def test_without_a_search_it_is_not_found_and_says_so(face):
    async def nothing(*_, **__):
        raise NotFound("No search for episode 9 of this show is kept.", hint="Make one.")

    face.services.searches.why = nothing
    async with face.ask("GET", WHY, by="ann") as response:
        assert response.status == 404
        problem = await response.json()
    assert problem["code"] == "not-found"
    assert "No search for episode 9" in problem["detail"]
    assert problem["hint"] == "Make one."
