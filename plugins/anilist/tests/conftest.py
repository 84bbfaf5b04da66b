"""An AniList on loopback, with one user, and a provider that talks to it."""

from datetime import timedelta

import pytest
from uuutd_anilist import AniList, AniListConfig

from uuutd.domain import Account, Secret
from uuutd.testing.anilist import AniListStandIn, Media, weekly
from uuutd.testing.hosts import test_host


@pytest.fixture
async def anilist():
    async with AniListStandIn() as standin:
        yield standin


@pytest.fixture
async def host(tmp_path):
    async with test_host(tmp_path, "anilist") as made:
        yield made


@pytest.fixture
def config(anilist):
    return AniListConfig(
        url=anilist.url,
        site=anilist.site,
        client_id=anilist.client_id,
        client_secret=Secret(anilist.client_secret),
    )


@pytest.fixture
async def provider(config, host):
    made = AniList(config, host)
    await made.open()
    yield made
    await made.close()


@pytest.fixture
def ada(anilist):
    return anilist.add_user("ada")


@pytest.fixture
def account(anilist, ada):
    """Ada, linked with a token."""
    token = Secret(anilist.issue_token(ada))
    return Account(id=str(ada.id), name="ada", credentials={"token": token}, writable=True)


@pytest.fixture
def reader(ada):
    """Ada, linked by name."""
    return Account(id=str(ada.id), name="ada")


@pytest.fixture
def airing(anilist):
    """A show of 12 episodes, 5 of which have aired; the sixth airs in two days."""
    first = anilist.now() - timedelta(weeks=4, days=5)
    show = Media(
        id=101,
        romaji="Tsuki no Toshokan",
        english="The Moon Library",
        native="月の図書館",
        mal_id=201,
        synonyms=("Moonlib",),
        episodes=12,
        season_year=first.year,
        start_date=first.date(),
        airing=weekly(first, 12),
    )
    anilist.add_media(show)
    return show


@pytest.fixture
def finished(anilist):
    show = Media(id=102, romaji="Umi no Tegami", episodes=3, format="OVA")
    anilist.add_media(show)
    return show
