"""Passwords: which will do, and that the right one and no other is accepted."""

import asyncio
import os
import sys
import time
import unicodedata

import bcrypt
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from uuutd.errors import Busy
from uuutd.passwords import MAX_LENGTH, MIN_LENGTH, Passwords, judged_apart
from uuutd.strength import easily_guessed

GOOD = "correct horse battery"


@pytest.fixture
def passwords():
    made = Passwords(rounds=4, judge=easily_guessed)
    yield made
    made.close()


@pytest.mark.parametrize(
    "password",
    [
        GOOD,
        "x7#kQ9!mZ2$w",
        "日本語のとても長いパスワードです",
        "a raft of nine otters " * 8,
        "Torrents of rain in May",
        "abcdefghijkl99 hat",
    ],
)
async def test_what_will_do(passwords, password):
    assert await passwords.problem(password, "anna") is None


@pytest.mark.parametrize(
    "password",
    [
        *("", "short", "elevenchars", "a" * 257, "x7#kQ9!mZ2$w\0", "x7#kQ9!mZ2$w\ud800"),
        *("aaaaaaaaaaaa", "abcabcabcabc", "123456789012", "210987654321", "abcdefghijkl"),
        *("qwertyuiop12", "QWERTYuiop!!", "passwordpassword", "Password1234", "!!iloveyou2024!!"),
        *("annabella123", "AnnaBella!!!!", "anna.bella.1", "letmein-000001"),
        *("p@ssw0rd2026", "1qaz2wsx3edc", "footballfootball", "princess2010", "letmeinplease"),
        *("uuutorrent2026", "UUUTorrent!!!", "watchlist-123", "--torrent--2026--"),
    ],
)
async def test_what_will_not_do(passwords, password):
    assert await passwords.problem(password, "annabella")


async def test_a_name_may_be_its_own_password_by_no_spelling(passwords):
    said = await passwords.problem("x.y_z-123456", "X.Y_Z-123456")
    assert said.startswith("is too easily guessed")


async def test_length_counts_characters_as_people_see_them(passwords):
    letters = "".join(chr(0x4E00 + n * 7919 % 20_000) for n in range(MAX_LENGTH))
    accented = "e\u0301"  # one character, written as two
    for length in (MIN_LENGTH, MAX_LENGTH):
        assert await passwords.problem(letters[: length - 1] + accented, "anna") is None
    assert await passwords.problem(letters[: MIN_LENGTH - 2] + accented, "anna")
    assert await passwords.problem(letters + accented, "anna")


async def test_a_password_is_judged_in_a_process_of_its_own(tmp_path, monkeypatch):
    (tmp_path / "uuutd.py").write_text("raise SystemExit('the folder is none of ours')")
    monkeypatch.chdir(tmp_path)
    daemons = Passwords(rounds=4)
    try:
        assert await daemons.problem(GOOD, "anna") is None
        assert await daemons.problem("annabella1234", "annabella")
        assert await daemons.problem("\ud800" * 12, "anna")
        assert await daemons.problem(GOOD, "\ud800") is None  # the name is told by others
    finally:
        daemons.close()
    assert "uuutd.strength" not in await loaded_by("import uuutd.daemon")


async def loaded_by(code):
    """Return what modules a new interpreter has loaded after *code*."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", f"{code}; import sys; print(*sys.modules)"),
        stdout=asyncio.subprocess.PIPE,
    )
    said, _ = await process.communicate()
    return said.decode().split()


async def test_no_process_no_verdict(monkeypatch, caplog):
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(Busy) as caught:
        judged_apart("a raft of nine otters", ["anna"])
    assert caught.value.retry_after > 0
    assert "FileNotFoundError" in caplog.text
    assert "otters" not in caplog.text


@given(st.text(st.characters(codec="utf-8"), min_size=MIN_LENGTH, max_size=MAX_LENGTH))
@settings(max_examples=100, deadline=None)
def test_any_text_is_judged(text):
    assert easily_guessed(text, ["anna"]) in (True, False)


def test_the_longest_password_is_judged_soon():
    started = time.perf_counter()
    easily_guessed("".join(chr(33 + i * 7 % 90) for i in range(MAX_LENGTH)))  # zxcvbn's worst
    assert time.perf_counter() - started < 5  # all of it takes some 20 seconds


texts = st.text(
    st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=MAX_LENGTH
)


@given(texts, texts)
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
async def test_a_password_matches_its_own_hash_and_no_other(passwords, password, other):
    kept = await passwords.hash(password)
    assert (await passwords.verify(password, kept)).right
    same = unicodedata.normalize("NFC", password) == unicodedata.normalize("NFC", other)
    assert (await passwords.verify(other, kept)).right is same


async def test_two_spellings_of_one_character_are_one(passwords):
    kept = await passwords.hash("caf\u00e9 at the corner")
    assert (await passwords.verify("cafe\u0301 at the corner", kept)).right


async def test_what_comes_after_72_bytes_counts(passwords):
    kept = await passwords.hash("x" * 72 + "a")
    assert not (await passwords.verify("x" * 72 + "b", kept)).right
    assert not (await passwords.verify("x" * 72, kept)).right


@pytest.mark.parametrize("prefix", ["2a", "2b", "2y"])
async def test_an_old_hash_is_good_and_replaced(passwords, prefix):
    old = bcrypt.hashpw(GOOD.encode(), bcrypt.gensalt(4)).decode()
    old = f"${prefix}${old[4:]}"
    verdict = await passwords.verify(GOOD, old)
    assert verdict.right
    assert verdict.new_hash.startswith("$bcrypt-sha256$v=2")
    again = await passwords.verify(GOOD, verdict.new_hash)
    assert (again.right, again.new_hash) == (True, None)
    wrong = await passwords.verify("another horse", old)
    assert (wrong.right, wrong.new_hash) == (False, None)


async def test_a_hash_of_fewer_rounds_is_replaced(passwords):
    weak = await passwords.hash(GOOD)
    strong = Passwords(rounds=5)
    try:
        verdict = await strong.verify(GOOD, weak)
    finally:
        strong.close()
    assert verdict.right
    assert ",r=5$" in verdict.new_hash


@pytest.mark.parametrize("password", ["", "\0", "\ud800", "x" * 100_000, "x\0" * 20])
@pytest.mark.parametrize("kept", [None, "", "garbage", "$2b$04$short", "OLD"])
async def test_nothing_that_can_be_sent_does_more_than_be_wrong(passwords, password, kept):
    if kept == "OLD":
        kept = bcrypt.hashpw(b"right", bcrypt.gensalt(4)).decode()
    assert not (await passwords.verify(password, kept)).right


async def test_a_password_longer_than_an_old_hash_can_take_is_wrong(passwords):
    old = bcrypt.hashpw(b"right", bcrypt.gensalt(4)).decode()
    assert not (await passwords.verify("x" * 100, old)).right


async def test_an_unknown_user_takes_as_long_as_a_known_one():
    passwords = Passwords(rounds=9)
    try:
        await passwords.prime()
        kept = await passwords.hash(GOOD)
        times = {"known": [], "unknown": []}
        for _ in range(9):
            for who, hashed in (("known", kept), ("unknown", None)):
                start = time.perf_counter()
                await passwords.verify("wrong password", hashed)
                times[who].append(time.perf_counter() - start)
    finally:
        passwords.close()
    known, unknown = (sorted(times[who])[2] for who in ("known", "unknown"))
    assert 0.5 < known / unknown < 2  # without the work it would be some hundred times less


async def test_a_crowd_is_turned_away_and_the_loop_goes_on():
    passwords = Passwords(rounds=10, queue=3)
    try:
        await passwords.prime()
        gaps, calls = [], [passwords.hash(GOOD) for _ in range(20)]
        crowd = asyncio.gather(*calls, return_exceptions=True)
        last = time.perf_counter()
        while not crowd.done():
            await asyncio.sleep(0.001)
            gaps.append(time.perf_counter() - last)
            last = time.perf_counter()
        found = await crowd
        turned_away = [one for one in found if isinstance(one, Busy)]
        assert 20 - len(turned_away) in (4, 5)  # one or two at work, three in line
        assert turned_away[0].retry_after > 0
        assert all(one.startswith("$bcrypt") for one in found if not isinstance(one, Busy))
        assert await passwords.hash(GOOD)  # there is room again
        assert sorted(gaps)[len(gaps) // 2] < 0.05
    finally:
        passwords.close()


async def test_strangers_leave_room_for_others():
    passwords = Passwords(rounds=10, queue=4)
    try:
        await passwords.prime()
        kept = await passwords.hash(GOOD)
        crowd = [passwords.verify(f"guess {n}", None, stranger=True) for n in range(20)]
        calls = asyncio.gather(*crowd, return_exceptions=True)
        await asyncio.sleep(0)  # they are in line
        assert (await passwords.verify(GOOD, kept)).right
        found = await calls
        assert sum(isinstance(one, Busy) for one in found) in (16, 17)  # one or two at work
        assert not (await passwords.verify("guess", None, stranger=True)).right  # room again
    finally:
        passwords.close()


@pytest.mark.skipif(sys.platform != "linux", reason="threads have no priority of their own")
async def test_hashing_lets_all_else_go_first():
    def priority():
        return os.getpriority(os.PRIO_PROCESS, 0)

    found = []
    passwords = Passwords(rounds=4, judge=lambda *_: bool(found.append(priority())))
    try:
        assert await passwords.problem(GOOD, "anna") is None
    finally:
        passwords.close()
    assert found == [min(priority() + 5, 19)]
