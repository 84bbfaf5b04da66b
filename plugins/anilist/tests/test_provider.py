"""Reading and writing lists, against the stand-in."""

from datetime import timedelta

import attrs
import pytest
from uuutd_anilist import AniList, AniListConfig

from uuutd.domain import Airing, Format, ListStatus, Secret
from uuutd.errors import Invalid, LinkExpired, LinkReadOnly, NotFound, RateLimited
from uuutd.testing.anilist import Media


async def test_an_entry_tells_what_aired_and_when_the_next_one_airs(
    anilist, provider, account, ada, airing
):
    anilist.add_entry(ada, airing, progress=4)
    (entry,) = await provider.watching(account)
    assert entry.work.titles.all() == ("Tsuki no Toshokan", "The Moon Library", "月の図書館")
    assert entry.work.synonyms == ("Moonlib",)
    assert entry.work.format is Format.TV
    assert entry.work.airing is Airing.RELEASING
    assert entry.work.episodes == 12
    assert entry.work.start_date == airing.start_date
    assert entry.work.ids == {"anilist": "101", "mal": "201"}
    assert (entry.progress, entry.aired, entry.next_episode) == (4, 5, 5)
    assert entry.has_aired(5) is True
    assert entry.has_aired(6) is False
    assert timedelta(days=1) < entry.airs_at - anilist.now() < timedelta(days=3)
    assert entry.site_url == "https://anilist.co/anime/101"
    assert abs(entry.updated_at - anilist.now()) < timedelta(minutes=1)


async def test_episodes_air_as_time_goes_by(anilist, provider, account, ada, airing):
    anilist.add_entry(ada, airing, progress=5)
    assert (await provider.entry(account, "101")).has_aired(6) is False
    anilist.advance(timedelta(days=7))
    assert (await provider.entry(account, "101")).has_aired(6) is True
    anilist.advance(timedelta(weeks=10))
    entry = await provider.entry(account, "101")
    assert (entry.work.airing, entry.aired, entry.airs_at) == (Airing.FINISHED, 12, None)


async def test_what_is_watched_and_rewatched_is_listed_once_and_nothing_else(
    anilist, provider, account, ada, airing, finished
):
    hidden, planned = Media(id=103, romaji="Hidden"), Media(id=104, romaji="Planned")
    private = Media(id=105, english="Private")
    anilist.add_media(hidden, planned, private)
    anilist.add_entry(ada, airing, custom=("Sunday", "With Ben"))
    anilist.add_entry(ada, finished, "REPEATING", 1)
    anilist.add_entry(ada, hidden, custom=("Sunday",), hidden=True)
    anilist.add_entry(ada, planned, "PLANNING", custom=("Sunday",))
    anilist.add_entry(ada, private, private=True)
    entries = await provider.watching(account)
    assert sorted(entry.id for entry in entries) == ["101", "102", "103", "105"]
    assert {entry.id: entry.status for entry in entries}["102"] is ListStatus.REPEATING


async def test_a_long_list_comes_in_chunks(anilist, provider, account, ada):
    shows = [Media(id=1000 + number, romaji=f"Show {number}") for number in range(1001)]
    anilist.add_media(*shows)
    for show in shows:
        anilist.add_entry(ada, show)
    entries = await provider.watching(account)
    assert len({entry.id for entry in entries}) == 1001
    assert [request.variables["chunk"] for request in anilist.requests] == [1, 2, 3]


async def test_a_broken_entry_is_left_out_and_the_others_stay(
    anilist, provider, account, ada, airing, caplog
):
    nameless = Media(id=666)
    anilist.add_media(nameless)
    anilist.add_entry(ada, nameless)
    anilist.add_entry(ada, airing)
    assert [entry.id for entry in await provider.watching(account)] == ["101"]
    assert "show 666 has no title" in caplog.text


async def test_titles_are_cleaned(anilist, provider, account, ada):
    nasty = Media(id=7, romaji="Red\x1b[31m Alert\u202e\n", synonyms=("\x07", "Ok" + "o" * 5000))
    anilist.add_media(nasty)
    anilist.add_entry(ada, nasty)
    (entry,) = await provider.watching(account)
    assert entry.work.titles.romaji == "Red[31m Alert"
    assert [len(name) for name in entry.work.synonyms] == [300]


async def test_progress_is_written_and_nothing_besides(anilist, provider, account, ada, finished):
    anilist.add_entry(ada, finished, "REPEATING", 0, custom=("Sunday",))
    entry = await provider.set_progress(account, "102", 3)
    assert (entry.progress, entry.status) == (3, ListStatus.REPEATING)
    assert anilist.requests[-1].variables == {"media": 102, "progress": 3}
    assert anilist.entry(ada, finished).custom == ("Sunday",)


async def test_a_list_linked_by_name_is_read_and_not_written(
    anilist, provider, reader, ada, finished
):
    anilist.add_entry(ada, finished)
    assert [entry.id for entry in await provider.watching(reader)] == ["102"]
    with pytest.raises(LinkReadOnly):
        await provider.set_progress(reader, "102", 1)
    assert anilist.entry(ada, finished).progress == 0


async def test_a_public_list_that_became_private_has_to_be_linked_again(anilist, provider, reader):
    anilist.users[int(reader.id)] = attrs.evolve(anilist.users[int(reader.id)], private=True)
    with pytest.raises(LinkExpired, match="no longer shows"):
        await provider.watching(reader)


@pytest.mark.parametrize("entry_id", ["999", "0", "-1", "abc", "", "1e3", "٣", "9" * 30])
async def test_an_unknown_show_is_not_found(provider, account, entry_id):
    with pytest.raises(NotFound):
        await provider.entry(account, entry_id)
    with pytest.raises(NotFound):
        await provider.set_progress(account, entry_id, 1)
    with pytest.raises(NotFound):
        await provider.relations(entry_id)


@pytest.mark.parametrize("episode", [-1, 10**9])
async def test_an_episode_that_cannot_be_is_invalid(anilist, provider, account, airing, episode):
    with pytest.raises(Invalid):
        await provider.set_progress(account, "101", episode)
    assert anilist.requests == []


async def test_titles_are_found_best_first_whoever_asks(anilist, provider, airing, finished):
    anilist.add_media(
        Media(id=5, romaji="Moonlib Two"), Media(id=6, type="MANGA", romaji="Moonlib")
    )
    found = await provider.titles("  moonlib\n")
    assert [entry.id for entry in found] == ["101", "5"]
    assert found[0].progress == 0
    assert not any(request.authorized for request in anilist.requests)
    assert await provider.titles(" \t") == []
    assert await provider.titles("no such show") == []


async def test_a_token_goes_only_where_it_is_needed(anilist, provider, account, ada, airing):
    anilist.add_entry(ada, airing)
    await provider.relations("101")
    await provider.titles("tsuki")
    await provider.check()
    assert [request.authorized for request in anilist.requests] == [False, False, False]
    await provider.watching(account)
    assert anilist.requests[-1].authorized


async def test_every_request_says_who_sends_it(anilist, provider, account):
    await provider.watching(account)
    (request,) = anilist.requests
    assert request.referer == "UUUTorrent"
    assert request.user_agent.startswith("uuutd")


async def test_a_burst_goes_out_at_once_and_what_is_too_much_is_refused_by_us(
    anilist, config, host, account
):
    provider = AniList(attrs.evolve(config, rate=4), host)
    anilist.rate = 4
    await provider.watching(account)
    await provider.watching(account)
    with pytest.raises(RateLimited) as caught:
        await provider.watching(account)
    assert 5 < caught.value.retry_after <= 15
    assert [request.status for request in anilist.requests] == [200, 200]


async def test_check_says_what_anilist_allows(anilist, provider):
    anilist.rate = 45
    assert await provider.check() == "45 requests a minute"


@pytest.mark.parametrize(
    "wrong",
    [
        {"url": "graphql.anilist.co"},
        {"site": "https://user:pw@anilist.co"},
        {"url": "ftp://anilist.co"},
        {"client_secret": Secret("s")},
        {"client_id": "one two"},
        {"rate": 0},
        {"rate": 5000},
    ],
)
def test_settings_that_cannot_work_are_refused(wrong):
    with pytest.raises(ValueError):
        AniListConfig(**wrong)


def test_every_setting_has_a_line_of_manual():
    assert all(field.metadata.get("help") for field in attrs.fields(AniListConfig))
