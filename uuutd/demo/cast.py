"""The other side of the demo: an AniList, a Nyaa and a seeder, all on loopback."""

import hashlib
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import attrs

from ..testing.anilist import AniListStandIn
from ..testing.anilist_world import User
from ..testing.nyaa import NyaaStandIn
from ..testing.swarm import SeededTorrent, Swarm
from .scene import Listed, Offer, Scene

SEEDER_RATE = 32 << 20
"""Bytes a second: slow enough to see progress."""


@attrs.frozen(kw_only=True)
class Cast:
    """The stand-ins at work; *seeded* are the torrents that can really be had, by title."""

    scene: Scene
    anilist: AniListStandIn
    nyaa: NyaaStandIn
    swarm: Swarm
    user: User
    seeded: dict[str, SeededTorrent]


@asynccontextmanager
async def cast_of(scene: Scene, folder: Path) -> AsyncIterator[Cast]:
    """Bring up the stand-ins with what *scene* says; generated content goes to *folder*."""
    async with AsyncExitStack() as stack:
        anilist = await stack.enter_async_context(AniListStandIn())
        nyaa = await stack.enter_async_context(NyaaStandIn())
        swarm = await stack.enter_async_context(Swarm(folder, upload_rate=SEEDER_RATE))
        user = anilist.add_user(scene.user)
        for listed in scene.listed:
            _list(anilist, user, listed)
        seeded = {}
        for offer in scene.offers:
            if offer.content:
                seeded[offer.title] = await swarm.add(offer.title, size=offer.content)
            _offer(nyaa, offer, seeded.get(offer.title))
        yield Cast(scene=scene, anilist=anilist, nyaa=nyaa, swarm=swarm, user=user, seeded=seeded)


def _list(anilist: AniListStandIn, user: User, listed: Listed) -> None:
    anilist.add_media(listed.media)
    if listed.prequel is not None:
        anilist.add_media(listed.prequel)
        anilist.relate(listed.media, "PREQUEL", listed.prequel)
    anilist.add_entry(user, listed.media, "CURRENT", listed.progress)


def _offer(nyaa: NyaaStandIn, offer: Offer, seeded: SeededTorrent | None) -> None:
    nyaa.add(
        offer.title,
        seeded.metainfo if seeded else _nobodys_hash(offer),
        size=offer.size if offer.size is not None else offer.content,
        seeders=offer.seeders,
        category=offer.category,
        trusted=offer.trusted,
    )


def _nobodys_hash(offer: Offer) -> str:
    return hashlib.sha1(offer.title.encode(), usedforsecurity=False).hexdigest()
