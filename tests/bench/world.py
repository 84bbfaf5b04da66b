"""What there is upstream: invented shows, accounts that list them, releases of an episode."""

import hashlib
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import product

import attrs

from uuutd.testing.anilist import AniListStandIn
from uuutd.testing.anilist_world import Media, User
from uuutd.testing.nyaa import NyaaStandIn

from .client import Client
from .upstream import Upstream

ANILIST_SECONDS = 0.3
NYAA_SECONDS = 0.7
SHOWS = 60
USERS = 30
LISTED = 20
"""How many shows each account lists; the first two list all."""
RELEASES = 24
"""How many releases each episode has: a narrow search for a popular show brought 21 when asked."""
EPISODE = 5

_FIRST = {
    "Aoi": "Blue",
    "Akai": "Red",
    "Kuroi": "Black",
    "Shiroi": "White",
    "Tooi": "Distant",
    "Shizuka na": "Quiet",
    "Fukai": "Deep",
    "Furui": "Old",
}
_SECOND = {
    "Toride": "Fortress",
    "Minato": "Harbour",
    "Kagami": "Mirror",
    "Hashi": "Bridge",
    "Tokei": "Clock",
    "Niwa": "Garden",
    "Toshokan": "Library",
    "Tegami": "Letter",
}
_VARIANT_SECOND = {"Mori": "Forest", "Umi": "Sea"}
_RESOLUTIONS = ("1080p", "720p", "480p")


@attrs.frozen(kw_only=True)
class World:
    """Both services behind their latency, the client, and who and what is known upstream."""

    anilist: Upstream
    nyaa: Upstream
    site: str
    client: Client
    shows: tuple[Media, ...]
    users: tuple[User, ...]
    tokens: tuple[str, ...]
    plain: tuple[Media, ...]
    """Shows for which one query is made."""
    varied: tuple[Media, ...]
    """Shows for which four are made: they have two titles, and are second seasons."""
    reader: str
    """The token of an account that lists the plain and the varied."""

    def hurry(self) -> None:
        """Answer at once from now on."""
        self.anilist.latency = self.nyaa.latency = 0.0

    def slow_down(self) -> None:
        """Answer as slowly as the real ones from now on, and count anew."""
        self.anilist.latency, self.nyaa.latency = ANILIST_SECONDS, NYAA_SECONDS
        self.anilist.forget()
        self.nyaa.forget()
        self.client.forget()


@asynccontextmanager
async def make_world() -> AsyncIterator[World]:
    """Bring everything up on loopback."""
    async with AsyncExitStack() as stack:
        anilist = await stack.enter_async_context(AniListStandIn(rate=100_000))
        nyaa = await stack.enter_async_context(NyaaStandIn())
        shows = tuple(_shows())[:SHOWS]
        anilist.add_media(*shows)
        users = tuple(anilist.add_user(f"user{number}") for number in range(USERS))
        for number, user in enumerate(users):
            for show in shows if number < 2 else (shows * 2)[number : number + LISTED]:
                anilist.add_entry(user, show, "CURRENT", EPISODE - 1)
        plain, varied = _variants()
        anilist.add_media(*plain, *varied)
        reader = anilist.add_user("reader")
        for show in (*plain, *varied):
            anilist.add_entry(reader, show, "CURRENT", EPISODE - 1)
        for show in (*shows, *plain, *varied):
            _offer(nyaa, show)
        yield World(
            anilist=await stack.enter_async_context(Upstream.of(anilist.url)),
            nyaa=await stack.enter_async_context(Upstream.of(nyaa.url)),
            site=nyaa.url,
            client=await stack.enter_async_context(Client.running()),
            shows=shows,
            users=users,
            tokens=tuple(anilist.issue_token(user) for user in users),
            plain=plain,
            varied=varied,
            reader=anilist.issue_token(reader),
        )


def _shows() -> list[Media]:
    words = product(_FIRST.items(), _SECOND.items())
    return [
        Media(id=1000 + number, romaji=f"{first} {second}", english=f"The {adjective} {noun}")
        for number, ((first, adjective), (second, noun)) in enumerate(words)
    ]


def _variants() -> tuple[tuple[Media, ...], tuple[Media, ...]]:
    """Return shows of one title, and as many of several."""
    plain, varied = _VARIANT_SECOND.items()
    return (
        tuple(
            Media(id=3000 + number, romaji=f"{first} {plain[0]}")
            for number, first in enumerate(_FIRST)
        ),
        tuple(
            Media(
                id=3100 + number,
                romaji=f"{first} {varied[0]} 2nd Season",
                english=f"The {adjective} {varied[1]} Season 2",
            )
            for number, (first, adjective) in enumerate(_FIRST.items())
        ),
    )


def _offer(nyaa: NyaaStandIn, show: Media) -> None:
    """Put the releases of one episode on the site: two thirds in romaji, a third in English."""
    for number in range(RELEASES):
        group, resolution = f"Group{number // 3:02}", _RESOLUTIONS[number % 3]
        name = f"[{group}] {show.romaji} - {EPISODE:02} ({resolution}) [{number:08X}].mkv"
        if show.english and number // 3 % 3 == 2:
            name = f"[{group}] {show.english} S01E{EPISODE:02} {resolution} WEB-DL AAC2.0 H.264.mkv"
        nyaa.add(name, _metainfo(name), size=1_400_000_000, seeders=200 - number)


def _metainfo(name: str) -> bytes:
    """Return a ``.torrent`` file of one piece; nobody has its content."""
    text = name.encode()
    piece = hashlib.sha1(text, usedforsecurity=False).digest()
    return b"d4:infod6:lengthi16384e4:name%d:%s12:piece lengthi16384e6:pieces20:%see" % (
        len(text),
        text,
        piece,
    )
