"""Whatever AniList sends is read or refused, and nothing else happens."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from uuutd_anilist import reading

from uuutd.domain import Airing, Format, ListStatus

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(["FINISHED", "RELEASING", "CURRENT", "TV", "\ud800", "https://a.b/c"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
SHOW = st.fixed_dictionaries(
    {"id": st.integers(1, 9) | JSON, "title": st.fixed_dictionaries({"romaji": JSON}) | JSON},
    optional={
        "idMal": JSON,
        "synonyms": JSON,
        "format": JSON,
        "status": JSON,
        "episodes": JSON,
        "seasonYear": JSON,
        "startDate": JSON | st.fixed_dictionaries({"year": JSON, "month": JSON, "day": JSON}),
        "siteUrl": JSON,
        "coverImage": JSON,
        "nextAiringEpisode": JSON
        | st.fixed_dictionaries({"episode": st.integers() | JSON, "airingAt": st.integers()}),
    },
)
ENTRY = st.fixed_dictionaries(
    {"status": st.just("CURRENT") | JSON, "progress": st.integers() | JSON, "media": SHOW},
    optional={"updatedAt": JSON},
)


def show(**fields):
    return {"id": 1, "title": {"romaji": "A"}, **fields}


@given(ENTRY | JSON)
def test_odd_entries_are_refused_and_no_more(node):
    try:
        entry = reading.entry(node, NOW)
    except reading.Odd:
        return
    assert 0 <= entry.progress <= reading.MOST_EPISODES
    assert entry.aired is None or 0 <= entry.aired <= reading.MOST_EPISODES
    assert entry.airs_at is None or entry.airs_at > NOW
    assert all(title.isprintable() for title in entry.work.titles.all())
    f"{entry}".encode()


@given(SHOW | JSON)
def test_odd_shows_are_refused_and_no_more(node):
    try:
        entry = reading.unlisted(node, NOW)
    except reading.Odd:
        return
    assert (entry.progress, entry.status) == (0, ListStatus.PLANNING)


@pytest.mark.parametrize("progress", [-1, 1.5, "3", True, 10**9, [], {}])
def test_a_strange_progress_is_not_taken_for_none(progress):
    with pytest.raises(reading.Odd):
        reading.entry({"status": "CURRENT", "progress": progress, "media": show()}, NOW)


def aired(now=NOW, **fields):
    node = {"status": "CURRENT", "progress": 0, "media": show(**fields)}
    entry = reading.entry(node, now)
    return entry.aired, entry.airs_at


def test_what_has_aired():
    later = int((NOW + timedelta(hours=1)).timestamp())
    coming = {"episode": 6, "airingAt": later}
    assert aired(status="FINISHED", episodes=12) == (12, None)
    assert aired(status="FINISHED") == (None, None)
    assert aired(status="RELEASING", episodes=12) == (None, None)
    assert aired(status="HIATUS") == (None, None)
    assert aired(status="RELEASING", nextAiringEpisode=coming) == (5, NOW + timedelta(hours=1))
    assert aired(NOW + timedelta(hours=2), nextAiringEpisode=coming) == (6, None)
    assert aired(nextAiringEpisode={"episode": 0, "airingAt": later}) == (None, None)
    assert aired(nextAiringEpisode={"episode": 1, "airingAt": 10**18}) == (None, None)


def test_a_show_in_full():
    work = reading.work(
        {
            "id": 7,
            "idMal": 8,
            "title": {"romaji": None, "english": "B\tC ", "native": 5},
            "synonyms": ["", None, "D"],
            "format": "ONA",
            "status": "NOT_YET_RELEASED",
            "episodes": 0,
            "seasonYear": 2027,
            "startDate": {"year": 2027, "month": 1, "day": None},
        }
    )
    assert work.titles.all() == ("B C",)
    assert work.synonyms == ("D",)
    assert (work.format, work.airing) == (Format.ONA, Airing.NOT_YET_RELEASED)
    assert (work.episodes, work.start_date, work.season_year) == (None, None, 2027)
    assert reading.work(show(startDate={"year": 2027, "month": 2, "day": 3})).start_date == date(
        2027, 2, 3
    )


@pytest.mark.parametrize("url", ["javascript:alert(1)", "https://a/\n", "https://" + "a" * 600, 5])
def test_addresses_that_are_none_are_left_out(url):
    assert reading.unlisted(show(siteUrl=url), NOW).site_url is None
