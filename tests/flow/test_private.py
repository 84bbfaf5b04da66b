"""A private indexer from end to end: the daemon as a process, a site that asks who comes, a client.

The site's tracker is that of the swarm; what a member's addresses hold beyond it is the passkey.
"""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import libtorrent as lt
import pytest
import pytest_asyncio

from uuutd.metainfo import read_metainfo
from uuutd.testing.private import PrivateSite

from .harness import check_files
from .outside import EmbeddedFiles, QBittorrentWeb, eventually
from .places import Kinds, placed

pytestmark = [
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.kinds(
        Kinds("libtorrent", "sqlite"),
        Kinds("qbittorrent", "postgres"),
        Kinds("transmission", "sqlite"),
    ),
]

PROGRAM = Path(__file__).with_name("plugged.py")
KEY, PASSKEY = "b1e0-key-of-a-member", "77c4-passkey-of-a-member"
SEED_SECONDS = 15.0
"""Longer than a removal can be undone: what holds it back then is the indexer."""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def site():
    async with PrivateSite(key=KEY, passkey=PASSKEY) as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def box(town, kinds, servers, folder, site):
    """A running daemon that is a member of the site."""
    async with placed(town, kinds, servers, folder / "box", gate=True) as made:
        config = made.daemon.config
        key = folder / "key"
        key.write_text(KEY, "ascii")
        key.chmod(0o600)
        config.write_text(
            f'{config.read_text("utf-8")}\n[indexers.club]\ntype = "private"\n'
            f'url = "{site.url}"\nkey = {{ file = "{key}" }}\n'
            f"min_seed_minutes = {SEED_SECONDS / 60}\n",
            "utf-8",
        )
        made.daemon.program = ("-P", str(PROGRAM))
        await made.daemon.start()
        yield made


async def in_client(client, info_hash):
    """Return whether the client takes a torrent for private, and the trackers that it has."""
    if isinstance(client, EmbeddedFiles):
        params = lt.read_resume_data((client.folder / f"{info_hash}.fastresume").read_bytes())
        return params.ti.priv(), params.trackers
    if isinstance(client, QBittorrentWeb):
        rows = await client.ask("torrents/trackers", hash=info_hash)
        trackers = [row["url"] for row in rows if row["url"].startswith("http")]
        return read_metainfo(await client.exported(info_hash)).private, trackers
    (row,) = (await client.ask("torrent-get", ids=[info_hash], fields=["isPrivate", "trackers"]))[
        "torrents"
    ]
    return row["isPrivate"], [tracker["announce"] for tracker in row["trackers"]]


async def shown_to(user, show):
    """Return all that the API tells somebody, as text."""
    anilist = f"watchlist/anilist/{show.entry}"
    told = []
    for path in (
        f"torrents/{show.info_hash}",
        "torrents",
        "jobs",
        "backends",
        "watchlist",
        anilist,
        f"{anilist}/releases?episode=3",
        f"{anilist}/why?episode=3",
        f"releases?q={show.release.split()[1]}",
    ):
        answer = await user.ask("GET", path)
        assert answer.status == 200, (path, answer)
        told.append(json.dumps(answer.body))
    everybodys = await user.ask("GET", "torrents/all")  # which only administrators see
    told.append(json.dumps(everybodys.body))
    return "".join(told)


async def test_a_member_has_what_nobody_else_sees(town, box, site):
    show = await town.private_show(site)
    user, friend = await box.somebody(), await box.somebody("vidhi")
    job = await user.get(show)
    assert (job.state, job.torrent) == ("done", show.info_hash)
    assert (await friend.get(show)).torrent == show.info_hash
    row = await user.finished(show.info_hash)
    check_files(show, row.save_path)
    assert any(path.startswith("/download/") for path in site.requests)

    private, trackers = await in_client(box.client, show.info_hash)
    assert private
    assert trackers == [f"{town.swarm.tracker_url}?passkey={PASSKEY}"]  # and no others

    for person in (user, friend):
        told = await shown_to(person, show)
        assert show.release in told
        assert town.swarm.tracker_url.split("/")[2] in told  # the tracker, without its secret
        assert KEY not in told
        assert PASSKEY not in told
    assert box.daemon.log
    assert KEY not in box.daemon.log
    assert PASSKEY not in box.daemon.log

    # One of two leaves at once; for the last one it is seeded for as long as the site wants.
    await friend.remote.remove(show.info_hash)
    removal = await user.remote.remove(show.info_hash, delete_files=True)

    async def held_back():
        found = await user.remote.job(removal.id)
        return "seeded until" in (found.steps[0].detail or "") and found

    found = await eventually(held_back, seconds=20, what="holding the removal back")
    assert (found.state, found.problem) == ("running", None)
    assert await box.has(show)
    assert [row.hash for row in (await user.remote.torrents()).torrents] == []
    assert (await user.ended(removal.id, seconds=SEED_SECONDS + 20)).state == "done"
    assert datetime.now(UTC) >= row.completed_at + timedelta(seconds=SEED_SECONDS)
    assert (await box.settled()).clean
    assert not await box.has(show)


async def test_one_without_the_key_is_told_which_backend_and_nothing_is_repeated(town, box, site):
    show = await town.private_show(site)
    user = await box.somebody()
    site.key = "another"
    try:
        answer = await user.ask("POST", "watchlist/download", json={"entry": show.entry})
        assert answer.status in (404, 502)
        asked = site.requests.count("/api/search")
        assert "club" in json.dumps(answer.body)
        await user.ask("POST", "watchlist/download", json={"entry": show.entry})
        assert site.requests.count("/api/search") == asked
        assert KEY not in json.dumps(answer.body) + box.daemon.log
    finally:
        site.key = KEY
