"""Chains of prequels, and how few questions they cost."""

import logging
from itertools import pairwise

import pytest
from uuutd_anilist.api import Api
from uuutd_anilist.pacing import Pacer
from uuutd_anilist.relatives import KEPT_FOR, MOST_PREQUELS, Relatives

from uuutd.domain import RelationKind
from uuutd.testing.anilist import Media


def seasons(anilist, count, first_id=1):
    """Add shows of which each is the sequel of the one before."""
    shows = [Media(id=first_id + number, romaji=f"Season {number + 1}") for number in range(count)]
    anilist.add_media(*shows)
    for earlier, later in pairwise(shows):
        anilist.relate(later, "PREQUEL", earlier)
    return shows


def told(relations):
    return [(one.kind.name, one.work.id, one.distance) for one in relations]


async def test_the_whole_chain_with_its_distances(anilist, provider):
    seasons(anilist, 8)
    relations = await provider.relations("8")
    assert told(relations) == [("PREQUEL", str(8 - step), step) for step in range(1, 8)]
    assert len(anilist.requests) == 4
    assert relations[0].work.titles.romaji == "Season 7"


async def test_other_relatives_come_after_and_only_direct_ones(anilist, provider):
    first, second, *_ = seasons(anilist, 4)
    film = Media(id=50, romaji="Film", format="MOVIE")
    book = Media(id=51, romaji="Book", type="MANGA", format="MANGA")
    digest = Media(id=52, romaji="Digest")
    anilist.add_media(film, book, digest)
    anilist.relate(second, "SIDE_STORY", film)
    anilist.relate(second, "ADAPTATION", book)
    anilist.relate(second, "COMPILATION", digest)
    anilist.relate(first, "SPIN_OFF", digest)
    assert told(await provider.relations("2")) == [
        ("PREQUEL", "1", 1),
        ("SEQUEL", "3", 1),
        ("SIDE_STORY", "50", 1),
        ("OTHER", "52", 1),
    ]
    assert told(await provider.relations("50")) == [("PARENT", "2", 1)]


async def test_a_series_comes_before_a_film_of_the_same_distance(anilist, provider):
    first, second = seasons(anilist, 2)
    film = Media(id=50, romaji="Film", format="MOVIE")
    anilist.add_media(film)
    third = Media(id=3, romaji="Season 3")
    anilist.add_media(third)
    anilist.relate(third, "PREQUEL", film)
    anilist.relate(third, "PREQUEL", second)
    anilist.relate(film, "PREQUEL", first)
    assert told(await provider.relations("3")) == [
        ("PREQUEL", "2", 1),
        ("PREQUEL", "50", 1),
        ("PREQUEL", "1", 2),
    ]


async def test_circles_end(anilist, provider):
    one, _, three = seasons(anilist, 3)
    anilist.relations[one.id].append(("PREQUEL", three.id))
    anilist.relations[one.id].append(("PREQUEL", one.id))
    assert told(await provider.relations("3")) == [("PREQUEL", "2", 1), ("PREQUEL", "1", 2)]


async def test_a_chain_without_end_is_cut(anilist, provider, caplog):
    seasons(anilist, MOST_PREQUELS + 10)
    relations = await provider.relations(str(MOST_PREQUELS + 10))
    assert len(relations) == MOST_PREQUELS
    assert "more prequels than can be followed" in caplog.text


async def test_what_is_known_is_not_asked_again_for_a_day(anilist, host):
    seasons(anilist, 3)
    now = 0.0
    relatives = Relatives(Api(anilist.url, host, Pacer(30)), logging.getLogger("test"), lambda: now)
    chain = await relatives.of(3)
    asked = len(anilist.requests)
    assert await relatives.of(3) == chain
    await relatives.of(2)
    await relatives.of(1)
    assert len(anilist.requests) == asked
    now = KEPT_FOR + 1
    assert await relatives.of(3) == chain
    assert len(anilist.requests) == 2 * asked


async def test_a_show_with_a_broken_relative_keeps_the_others(anilist, provider):
    seasons(anilist, 2)
    nameless = Media(id=66)
    anilist.add_media(nameless)
    anilist.relate(anilist.media[2], "SIDE_STORY", nameless)
    assert told(await provider.relations("2")) == [("PREQUEL", "1", 1)]


async def test_a_show_without_relatives(anilist, provider, finished):
    assert await provider.relations(str(finished.id)) == []


@pytest.mark.parametrize("kind", [kind.value for kind in RelationKind])
async def test_every_kind_has_its_name(anilist, provider, kind):
    one, other = Media(id=1, romaji="One"), Media(id=2, romaji="Other")
    anilist.add_media(one, other)
    anilist.relate(one, kind, other)
    assert told(await provider.relations("1")) == [(kind, "2", 1)]
