"""AniList keeps the contract of watchlist providers."""

from datetime import timedelta

import attrs
import pytest
from uuutd_anilist import AniList, AniListConfig

from uuutd.domain import Account, Secret
from uuutd.testing.anilist import Media
from uuutd.testing.contracts.watchlist import WatchlistContract


class TestContract(WatchlistContract):
    backend_class = AniList

    @pytest.fixture
    def config(self, config):
        return config

    def config_for(self, url):
        return AniListConfig(url=url, site=url)

    @pytest.fixture
    def account(self, account, anilist, ada, airing, finished):
        earlier, unaired = (
            Media(id=90, romaji="Earlier"),
            Media(
                id=91,
                romaji="Unaired",
                airing={1: anilist.now() + timedelta(days=9)},
            ),
        )
        anilist.add_media(earlier, unaired)
        anilist.relate(airing, "PREQUEL", earlier)
        anilist.relate(earlier, "PREQUEL", finished)
        anilist.add_entry(ada, airing, progress=4)
        anilist.add_entry(ada, finished, "REPEATING", 3)
        anilist.add_entry(ada, unaired)
        return account

    @pytest.fixture
    def empty_account(self, anilist):
        user = anilist.add_user("nothing")
        token = Secret(anilist.issue_token(user))
        return Account(id=str(user.id), name="nothing", credentials={"token": token}, writable=True)

    @pytest.fixture
    def refused_account(self, anilist, ada, account):
        token = anilist.issue_token(ada)
        anilist.revoke_token(token)
        return attrs.evolve(account, credentials={"token": Secret(token)})
