"""Where every accepted number of an episode comes from."""

from uuutd.choice.numbering import Line
from uuutd.domain import EntryId, Format, Relation, RelationKind, Titles, Wanted, Work


def work(romaji, episodes=12, kind=Format.TV, synonyms=()):
    return Work(
        id=EntryId(romaji),
        titles=Titles(romaji=romaji),
        episodes=episodes,
        format=kind,
        synonyms=synonyms,
    )


def line(*titles, wanted=-1):
    works = [work(t) if isinstance(t, str) else t for t in titles]
    index = wanted % len(works)
    sequels = tuple(
        Relation(RelationKind.SEQUEL, later, n) for n, later in enumerate(works[index + 1 :], 1)
    )
    before = tuple(reversed(works[:index]))
    return Line.of(Wanted(work=works[index], episode=1, prequels=before, related=sequels))


def seasons(*titles, **more):
    return [(place.season, place.part) for place in line(*titles, **more).places]


def test_seasons_follow_the_titles_and_their_order():
    assert seasons("Kumo", "Kumo 2nd Season", "Kumo Season 3") == [(1, 1), (2, 1), (3, 1)]
    assert seasons("Kumo", "Kumo: Yuki-hen", "Kumo: Ame-hen") == [(1, 1), (2, 1), (3, 1)]
    assert seasons("Kumo", "Kumo Part 2", "Kumo Season 2") == [(1, 1), (1, 2), (2, 1)]
    assert seasons("Kumo", "Kumo II", "Kumo II Part 2") == [(1, 1), (2, 1), (2, 2)]
    assert seasons("Kumo", "Kumo 2", "Kumo 3") == [(1, 1), (2, 1), (3, 1)]
    assert seasons("Kumo", "Kumo The Final Season", "Kumo The Final Season Part 2") == [
        (1, 1),
        (2, 1),
        (2, 2),
    ]


def test_sequels_belong_to_the_line():
    assert seasons("Kumo", "Kumo Part 2", "Kumo 2nd Season", wanted=0) == [(1, 1), (1, 2), (2, 1)]


def test_numbers_and_numerals_of_a_title_are_no_seasons():
    assert seasons("Kumo 100", "Kumo 100 II") == [(1, 1), (2, 1)]
    assert seasons("Lord Kumo II Sei no Jikenbo") == [(1, 1)]
    assert seasons("Kumo 7") == [(1, 1)]


def test_films_are_not_counted():
    film = work("Kumo Movie", 1, Format.MOVIE)
    assert seasons("Kumo", film, "Kumo: Yuki-hen") == [(1, 1), (2, 1)]
    assert line(work("Kumo"), film).places == line(film).places


def test_without_prequels_the_season_comes_from_titles_or_synonyms():
    assert seasons("Kumo IV") == [(4, 1)]
    assert seasons(work("Kumo: Yuki-hen", synonyms=("Kumo S3",))) == [(3, 1)]


def test_numberings_say_where_they_come_from():
    found = list(line(work("Kumo", 12), work("Kumo Part 2", 13), work("Kumo S2", 24)).numberings(5))
    assert [(each.kind, each.number, each.season) for each in found] == [
        ("own", 5, None),
        ("season", 5, 2),
        ("continuous", 30, None),
    ]
    assert found[2].text == "episode 30 counted on from 12 of Kumo, 13 of Kumo Part 2"
    second_cour = list(line(work("Kumo", 12), work("Kumo Part 2", 13)).numberings(5))
    assert second_cour[1].text == "episode 17 of season 1, 12 of it before this part"


def test_an_unknown_length_before_it_leaves_only_its_own_numbers():
    found = line(work("Kumo", None), work("Kumo Part 2", 13)).numberings(5)
    assert [each.kind for each in found] == ["own"]
