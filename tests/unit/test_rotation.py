"""New keys in the place of old ones: nothing is lost, whenever it is interrupted."""

import asyncio
import contextlib
import signal
import sqlite3
import subprocess
import sys
import textwrap
import time
from datetime import UTC, datetime

import attrs
import pytest
from cryptography.fernet import Fernet

from uuutd.cli import main
from uuutd.domain import Account, Secret
from uuutd.keys import (
    SECRET_KEY_NEEDED,
    TOKEN_KEY_NEEDED,
    Box,
    KeyRing,
    RingFile,
    changing,
    key_id,
)
from uuutd.rotation import Rotation
from uuutd.store import accounts, sealed, users
from uuutd.store import tables as stored
from uuutd.store.tables import AccountRow, SessionRow

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
ROWS = 3


class Killed(BaseException):
    """Stands for a SIGKILL."""


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "keys" / "keys.json"
    KeyRing.create(path)
    return path


async def fill(box, count=ROWS):
    """Make users with a linked account each, and a session whose answer is sealed."""
    for number in range(count):
        user = await users.add(f"user{number}", "x", role="user", now=NOW)
        account = Account(id="1", name="a", credentials={"token": Secret(f"token {number}")})
        await accounts.link(user.id, "anilist", account, box=box, now=NOW)
        name = f"{number:032x}"
        await SessionRow.create(
            id=name,
            user_id=user.id,
            token_hash=f"hash{number}",
            sealed=box.seal(user.id, f"session:{name}", {"refresh": f"token {number}"}),
            created_at=NOW,
            rotated_at=NOW,
        )


async def assert_readable(box, count=ROWS):
    rows = await AccountRow.all().order_by("user_id")
    opened = [box.open(row.user_id, "anilist", row.sealed)["token"] for row in rows]
    assert opened == [f"token {number}" for number in range(count)]
    rows = await SessionRow.all().order_by("id")
    opened = [box.open(row.user_id, f"session:{row.id}", row.sealed)["refresh"] for row in rows]
    assert opened == [f"token {number}" for number in range(count)]


async def turn(path, *, clock=time.time, tokens=True, drop_old=False, batch=200):
    with changing(path) as file:
        rotation = Rotation(file, clock=clock, batch=batch)
        rotation.new_keys(tokens=tokens, secrets=True)
        await rotation.finish()
        if drop_old:
            rotation.drop_old()
        return rotation


async def test_everything_is_sealed_anew(store, path):
    old = KeyRing.load(path)
    await fill(old.box)
    rotation = await turn(path)
    assert (rotation.resealed, rotation.unreadable) == (2 * ROWS, 0)
    new = KeyRing.load(path)
    assert (new.fernet[1:], new.jwt[1:], new.unfinished) == (old.fernet, old.jwt, False)
    await assert_readable(Box(new.fernet[:1]))


@pytest.mark.parametrize("batch", [1, 2, 200])
async def test_killed_anywhere_it_is_finished_by_the_next(store, path, monkeypatch, batch):
    await fill(KeyRing.load(path).box)
    replace, write = sealed.replace, RingFile.write
    deadly = 0

    def die(step):
        nonlocal deadly
        deadly -= 1
        if deadly == 0:
            raise Killed(step)

    async def replacing(*given):
        die("before a batch")
        await replace(*given)
        die("after a batch")

    def writing(*given):
        die("before the ring")
        write(*given)
        die("after the ring")

    monkeypatch.setattr("uuutd.rotation.sealed.replace", replacing)
    monkeypatch.setattr("uuutd.keys.RingFile.write", writing)
    moments, rings = 0, set()
    while True:
        moments += 1
        deadly = moments
        try:
            await turn(path, batch=batch, tokens=False)
            break
        except Killed:
            ring = KeyRing.load(path)
            rings.add(ring.fernet[0])
            await assert_readable(ring.box)
            deadly = 0
            rotation = await turn(path, batch=batch, tokens=False)
            done = KeyRing.load(path)
            assert not done.unfinished
            await assert_readable(Box(done.fernet[:1]))
            assert rotation.unreadable == 0
            if ring.unfinished:
                assert done.fernet == ring.fernet, "it went on with the key that was there"
    assert moments > 4 + 2 * (2 * ROWS if batch == 1 else 2)
    assert len(rings) > 2


async def test_an_old_key_goes_when_nothing_needs_it(store, path):
    old = KeyRing.load(path)
    await fill(old.box)
    now = 1_000_000.0
    await turn(path, clock=lambda: now, drop_old=True)
    kept = KeyRing.load(path)
    assert (len(kept.jwt), len(kept.fernet)) == (2, 2), "tokens and writes may be on their way"
    with changing(path) as file:
        rotation = Rotation(file, clock=lambda: now + SECRET_KEY_NEEDED)
        await rotation.finish()
        assert rotation.drop_old() == (key_id(old.fernet[0]),)
        rotation.clock = lambda: now + TOKEN_KEY_NEEDED
        assert rotation.drop_old() == (old.jwt[0].kid,)
        assert rotation.drop_old() == ()
    left = KeyRing.load(path)
    assert (left.jwt, left.fernet) == (kept.jwt[:1], kept.fernet[:1])
    await assert_readable(left.box)


async def test_an_old_key_never_goes_before_the_end(store, path):
    old = KeyRing.load(path)
    await fill(old.box)
    with changing(path) as file:
        rotation = Rotation(file, clock=lambda: 0.0)
        rotation.new_keys(tokens=False, secrets=True)
        rotation.clock = time.time
        assert rotation.drop_old() == ()
    await assert_readable(KeyRing.load(path).box)


async def test_a_leaked_token_key_goes_at_once(store, path):
    old = KeyRing.load(path)
    await turn(path)
    with changing(path) as file:
        assert Rotation(file).drop_old(at_once=True) == (old.jwt[0].kid,)
    assert len(KeyRing.load(path).fernet) == 2, "the one of the database is still young"


async def test_a_damaged_row_stops_nothing(store, path):
    await fill(KeyRing.load(path).box)
    row = await AccountRow.all().first()
    await AccountRow.filter(id=row.id).update(sealed=row.sealed[:-9] + "x" + row.sealed[-8:])
    foreign = Box([Fernet.generate_key().decode()]).seal(1, "p", {})
    await SessionRow.filter(id=f"{0:032x}").update(sealed=foreign)
    rotation = await turn(path)
    assert (rotation.resealed, rotation.unreadable) == (2 * ROWS - 2, 2)
    assert not KeyRing.load(path).unfinished


async def test_what_is_linked_anew_meanwhile_stays_linked(store, path, monkeypatch):
    await fill(KeyRing.load(path).box)
    replace = sealed.replace
    other = Account(id="1", name="a", credentials={"token": Secret("newer")})

    async def replacing(table, changes):
        if table == "accounts":
            user = await AccountRow.all().order_by("id").first()
            box = KeyRing.load(path).box
            await accounts.link(user.user_id, "anilist", other, box=box, now=NOW)
            monkeypatch.setattr("uuutd.rotation.sealed.replace", replace)
        await replace(table, changes)

    monkeypatch.setattr("uuutd.rotation.sealed.replace", replacing)
    await turn(path)
    row = await AccountRow.all().order_by("id").first()
    assert KeyRing.load(path).box.open(row.user_id, "anilist", row.sealed) == {"token": "newer"}


async def test_a_thousand_rows_take_no_time(store, path):
    box = KeyRing.load(path).box
    user = await users.add("anna", "x", role="user", now=NOW)
    rows = [
        AccountRow(
            user_id=user.id,
            provider=f"p{number}",
            account_id="1",
            name="a",
            sealed=box.seal(user.id, f"p{number}", {"token": "t"}),
            writable=True,
            linked_at=NOW,
        )
        for number in range(1000)
    ]
    await AccountRow.bulk_create(rows)
    began = time.process_time()
    rotation = await turn(path)
    assert rotation.resealed == 1000
    assert time.process_time() - began < 1


async def test_every_sealed_column_is_known(store):
    found = {
        model._meta.db_table
        for model in vars(stored).values()
        if hasattr(model, "_meta") and "sealed" in model._meta.fields
    }
    assert found == set(sealed.TABLES)


KILLING = """
    import asyncio, os, signal, sys
    from pathlib import Path
    from uuutd.keys import changing
    from uuutd.rotation import Rotation
    from uuutd.store import sealed
    from uuutd.store.engine import open_store

    replace, seen = sealed.replace, []

    async def replacing(*given):
        seen.append(given)
        if len(seen) == int(sys.argv[4]):
            asyncio.get_running_loop().call_later(0, os.kill, os.getpid(), signal.SIGKILL)
        await replace(*given)

    async def main():
        sealed.replace = replacing
        with changing(Path(sys.argv[1])) as file:
            async with open_store(sys.argv[2], lock_dir=Path(sys.argv[3]), beside=True):
                rotation = Rotation(file, batch=1)
                rotation.new_keys(tokens=True, secrets=True)
                await rotation.finish()

    asyncio.run(main())
"""


@pytest.mark.parametrize("row", [1, 4])
async def test_a_real_kill_beside_an_open_database(store, path, tmp_path, database_url, row):
    old = KeyRing.load(path)
    await fill(old.box)
    program = (sys.executable, "-c", textwrap.dedent(KILLING))
    given = (str(path), database_url, str(tmp_path), str(row))
    ended = await asyncio.to_thread(
        subprocess.run, [*program, *given], check=False, capture_output=True, timeout=60
    )
    assert ended.returncode == -signal.SIGKILL, ended.stderr.decode()
    ring = KeyRing.load(path)
    assert ring.unfinished
    await assert_readable(ring.box)
    rotation = await turn(path, tokens=False, drop_old=True)
    assert 1 <= rotation.resealed <= 2 * ROWS - row + 1
    await assert_readable(Box(KeyRing.load(path).fernet[:1]))


class TestCommand:
    """``uuutd keys`` on a configuration of its own."""

    @pytest.fixture
    def keys(self, tmp_path, capsys):
        config = tmp_path / "uuutd.toml"
        config.write_text(f'data_dir = "{tmp_path / "data"}"\n', "utf-8")

        def run(*words):
            code = main(["keys", *words, "--config", str(config)])
            said = capsys.readouterr()
            return code, said.out + said.err

        return run

    @pytest.fixture
    def path(self, tmp_path):
        return tmp_path / "data" / "keys.json"

    def test_new_keys_are_made_where_there_are_none(self, keys, path):
        assert keys("rotate")[0] == 2, "there is nothing to rotate"
        assert keys("new") == (0, f"{path} has new keys.\n")
        before = KeyRing.load(path)
        code, said = keys("new")
        assert (code, KeyRing.load(path)) == (2, before)
        assert "not replaced" in said

    @pytest.mark.parametrize(
        ("options", "tokens", "texts"),
        [([], 1, 1), (["--jwt"], 1, 0), (["--secrets"], 0, 1), (["--jwt", "--secrets"], 1, 1)],
        ids=["both", "jwt", "secrets", "all"],
    )
    def test_what_is_made_anew(self, keys, path, options, tokens, texts):
        keys("new")
        before = KeyRing.load(path)
        assert keys("rotate", *options)[0] == 0
        after = KeyRing.load(path)
        assert (after.jwt[tokens:], after.fernet[texts:]) == (before.jwt, before.fernet)
        code, said = keys("list")
        assert code == 0
        lines = said.splitlines()
        assert len(lines) == 2 + tokens + texts
        assert sum("only reads, needed until" in line for line in lines) == tokens + texts

    def test_an_interrupted_rotation_is_told_and_finished(self, keys, path):
        keys("new")
        with changing(path) as file:
            file.write(file.ring.with_new_secret_key(0))
        interrupted = KeyRing.load(path)
        assert "interrupted" in keys("list")[1]
        code, said = keys("rotate", "--secrets")
        assert code == 0
        assert said.startswith("An interrupted rotation is finished")
        assert KeyRing.load(path) == attrs.evolve(interrupted, unfinished=False)
        assert "not needed any more" in keys("list")[1]
        assert f"Dropped: {key_id(interrupted.fernet[1])}" in keys("drop-old")[1]
        assert KeyRing.load(path).fernet == interrupted.fernet[:1]

    def test_new_keys_are_noted_also_if_the_rest_is_interrupted(self, keys, path, monkeypatch):
        async def killed(_):
            raise Killed

        keys("new")
        with monkeypatch.context() as patch:
            patch.setattr(Rotation, "finish", killed)
            with pytest.raises(Killed):
                keys("rotate")
        assert self.notes(path) == ["new keys for tokens and secrets"]
        keys("rotate")  # which finishes the one, and makes keys of the other kind
        assert self.notes(path)[1:] == ["new keys for tokens"]

    @staticmethod
    def notes(path):
        with contextlib.closing(sqlite3.connect(path.with_name("uuutd.db"))) as database:
            found = database.execute("SELECT detail FROM audit WHERE event = 'keys-rotated'")
            return [detail for (detail,) in found]

    def test_a_dropped_token_key_is_gone_at_once_if_wished(self, keys, path):
        keys("new")
        keys("rotate", "--jwt")
        assert "Dropped" not in keys("drop-old")[1]
        assert "Dropped" in keys("drop-old", "--now")[1]
        assert len(KeyRing.load(path).jwt) == 1
