"""New keys beside a running daemon: nobody is logged out, and no link is lost."""

import asyncio
import base64
import json
import sys

import pytest

from uuutd.keys import KeyRing, key_id

from .harness import ask
from .places import Kinds

COMBINATIONS = [Kinds("libtorrent", "sqlite"), Kinds("libtorrent", "postgres")]

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.kinds(*COMBINATIONS)]


async def keys(box, *words):
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "uuutd", "keys", *words, "--config", str(box.daemon.config)),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 0, said.decode()
    return said.decode()


def ring(box):
    return KeyRing.load(box.daemon.data / "keys.json")


def access(person):
    return person.remote.logins.get(person.remote.server).access_token


def kid(token):
    head = token.partition(".")[0]
    return json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))["kid"]


async def status(box, token):
    headers = {"Authorization": f"Bearer {token}"}
    return (await ask(f"{box.daemon.url}/api/v1/auth/me", headers=headers)).status


async def link_state(person):
    (link,) = (await person.remote.me()).links
    return link.state


async def test_everything_is_encrypted_anew_beside_the_daemon(box):
    user = await box.somebody("rotating")
    before, token = ring(box), access(user)
    said = await keys(box, "rotate")
    after = ring(box)
    assert "rows were encrypted anew" in said
    assert (after.jwt[1:], after.fernet[1:]) == (before.jwt, before.fernet)
    rows = await box.database.rows("SELECT user_id, sealed FROM accounts")
    assert all(after.box.reseal(sealed) is None for _, sealed in rows)
    assert rows
    assert await status(box, token) == 200, "nobody was logged out"
    assert kid(token) == before.jwt[0].kid
    assert await link_state(user) == "ok"
    await user.remote.watchlist()
    login = user.remote.logins.get(user.remote.server)
    renewed = await ask(
        f"{box.daemon.url}/api/v1/auth/token",
        "POST",
        json={"grant_type": "refresh_token", "refresh_token": login.refresh_token},
    )
    assert kid(renewed.body["access_token"]) == after.jwt[0].kid, "the daemon took the new key"
    lost = await ask(  # the answer was lost: the same again, which is sealed with the new key
        f"{box.daemon.url}/api/v1/auth/token",
        "POST",
        json={"grant_type": "refresh_token", "refresh_token": login.refresh_token},
    )
    assert lost.body["refresh_token"] == renewed.body["refresh_token"]


async def test_a_leaked_key_of_tokens_is_dropped_and_clients_go_on(box):
    user = await box.somebody("leaked")
    token = access(user)
    old = kid(token)
    await keys(box, "rotate", "--jwt")
    said = await keys(box, "drop-old", "--now")
    assert f"Dropped: {old}" in said
    assert await status(box, token) == 401
    assert (await user.remote.me()).username == "leaked", "its client has fetched another"
    assert kid(access(user)) == ring(box).jwt[0].kid


async def test_the_keys_are_listed_and_never_shown(box):
    said = await keys(box, "list")
    known = ring(box)
    for key in known.jwt:
        assert key.kid in said
        assert base64.b64encode(key.key).decode() not in said
    for key in known.fernet:
        assert key_id(key) in said
        assert key not in said


async def test_a_row_copied_to_another_user_opens_nothing(box):
    owner, thief = await box.somebody("owner"), await box.somebody("thief")
    ids = {each.name: (await each.remote.me()).id for each in (owner, thief)}
    await box.database.execute(
        "UPDATE accounts SET sealed = (SELECT sealed FROM accounts WHERE "
        f"user_id = {ids['owner']}) WHERE user_id = {ids['thief']}"
    )
    assert await link_state(thief) == "expired"
    answer = await thief.ask("GET", "watchlist")
    assert answer.status == 200
    assert [source["state"] for source in answer.body["sources"]] == ["expired"]
    assert await link_state(owner) == "ok"
    again = await thief.remote.link("anilist", {"answer": thief.token})
    assert again.state == "ok"


@pytest.mark.parametrize(
    "change",
    [
        "'A' || substr(sealed, 2)",
        "replace(sealed, substr(sealed, 61, 6), 'xxxxxx')",
        "substr(sealed, 1, 40)",
        "''",
    ],
    ids=["first", "middle", "cut", "empty"],
)
async def test_one_wrong_byte_means_linking_again(box, change):
    user = await box.somebody("damaged")
    await user.remote.link("anilist", {"answer": user.token})
    own = (await user.remote.me()).id
    await box.database.execute(f"UPDATE accounts SET sealed = {change} WHERE user_id = {own}")
    assert await link_state(user) == "expired"
    for path in ("watchlist", "watchlist/anilist/1", "releases?q=x", "auth/me", "torrents"):
        answer = await user.ask("GET", path)
        assert answer.status < 500, answer
    assert (await user.remote.link("anilist", {"answer": user.token})).state == "ok"
