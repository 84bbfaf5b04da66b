"""What a failed job leaves behind goes, and nothing that is not provably ours."""

from datetime import timedelta

import attrs
import pytest

from uuutd.domain import InfoHash
from uuutd.errors import Error, JobFailed, Refused
from uuutd.services import waiting
from uuutd.services.remover import LABEL
from uuutd.wire import AddTorrentRequest

from .conftest import make_user
from .tools import one_database, settled

MINE = InfoHash("1a" * 20)
KNOWN_AS = InfoHash("2b" * 20)


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Try again soon, and remove at once."""
    monkeypatch.setattr(waiting, "PAUSES", (0.05,))
    monkeypatch.setattr("uuutd.services.jobs.UNDO_FOR", timedelta(0))


@one_database
@pytest.mark.parametrize(
    ("label", "keeps_labels", "stays"),
    [(None, True, True), ("tv", True, True), (LABEL, True, False), (None, False, False)],
)
async def test_only_what_bears_our_mark_goes_with_a_failed_job(
    label, keeps_labels, stays, box, monkeypatch
):
    client = box.world.client
    monkeypatch.setattr(type(client), "keeps_labels", keeps_labels)

    async def refuse(_, source, **__):
        client.put_foreign(source.info_hash, "Put there meanwhile")
        client.rows[source.info_hash] = attrs.evolve(client.rows[source.info_hash], label=label)
        raise Refused("It has that already.")

    monkeypatch.setattr(type(client), "add", refuse)
    user = await make_user(box, "one")
    with pytest.raises(Error, match="has that already"):
        await box.services.jobs.add(user, AddTorrentRequest(source=MINE))
    await settled(box, user)
    assert (MINE in client.rows) is stays


@one_database
async def test_a_torrent_that_is_known_by_another_hash_is_not_touched(box, monkeypatch):
    client = box.world.client
    client.put_foreign(KNOWN_AS, "Somebody else's")
    client.rows[KNOWN_AS] = attrs.evolve(client.rows[KNOWN_AS], label=LABEL)
    of_one, remove_one, removed = client.torrents, client.remove, []

    async def torrents(_, hashes):
        return await of_one([KNOWN_AS if each == MINE else each for each in hashes])

    async def remove(_, info_hash, **more):
        removed.append(info_hash)
        await remove_one(KNOWN_AS, **more)

    async def add(*_, **__):
        return KNOWN_AS

    for act in (torrents, remove, add):
        monkeypatch.setattr(type(client), act.__name__, act)
    user = await make_user(box, "one")
    with pytest.raises(JobFailed, match=KNOWN_AS):
        await box.services.jobs.add(user, AddTorrentRequest(source=MINE))
    await settled(box, user)
    assert (list(client.rows), removed) == ([KNOWN_AS], [])
