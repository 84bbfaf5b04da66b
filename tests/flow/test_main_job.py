"""The main job, on real components: from a watchlist entry to a finished, verified file."""

import asyncio

import pytest

from .harness import check_files
from .shows import PROGRESS

pytestmark = pytest.mark.asyncio(loop_scope="session")

MIB = 1 << 20


async def test_from_the_watchlist_to_a_verified_file(town, box):
    show = await town.show(size=24 * MIB)
    other = await town.show()
    user = await box.user("aneesh")
    watchlist = await user.remote.watchlist()
    assert [source.state for source in watchlist.sources] == ["ok"]
    assert {e.id: (e.next_episode, e.state) for e in watchlist.entries} == {
        show.entry: (PROGRESS + 1, "ready"),
        other.entry: (PROGRESS + 1, "ready"),
    }
    job = await user.get(show)
    assert (job.state, job.torrent, job.release.title) == ("done", show.info_hash, show.release)
    assert [(step.name, step.state) for step in job.steps] == [
        (name, "done") for name in ("resolve", "search", "choose", "add", "link")
    ]
    row = await user.finished(show.info_hash)
    check_files(show, row.save_path)
    listed = {e.id: e for e in (await user.remote.watchlist()).entries}
    assert (listed[show.entry].state, listed[show.entry].torrent) == ("on_disk", show.info_hash)
    assert listed[other.entry].state == "ready"
    assert (await box.settled()).clean
    assert town.anilist.entry(user.at, show.media).progress == PROGRESS  # nobody asked for more
