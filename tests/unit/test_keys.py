"""The key ring's file, and what is sealed with it."""

import json
import stat

import pytest
from cryptography.fernet import Fernet
from hypothesis import assume, given
from hypothesis import strategies as st

from uuutd.errors import ConfigError
from uuutd.keys import Box, JwtKey, KeyRing, Unreadable

OLD, NEW = (Fernet.generate_key().decode() for _ in range(2))
BOX = Box([NEW])
IDS = st.integers(1, 2**31)
NAMES = st.text(max_size=20)
PAYLOADS = st.dictionaries(NAMES, st.text(max_size=200), max_size=4)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "keys" / "keys.json"


def test_a_new_ring_is_ours_alone_and_comes_back(path):
    ring = KeyRing.create(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    loaded = KeyRing.load(path)
    assert loaded == ring
    assert loaded.box.open(1, "p", ring.box.seal(1, "p", {"a": "b"})) == {"a": "b"}
    assert len(ring.jwt[0].key) == 32


def test_keys_are_never_replaced(path):
    ring = KeyRing.create(path)
    with pytest.raises(ConfigError, match="not replaced"):
        KeyRing.create(path)
    assert KeyRing.load(path) == ring


def test_no_two_rings_are_alike_and_none_is_shown(path, tmp_path):
    tmp_path.chmod(0o700)
    one, other = KeyRing.create(path), KeyRing.create(tmp_path / "other.json")
    assert not set(one.fernet) & set(other.fernet)
    assert one.jwt[0].key != other.jwt[0].key
    shown = repr(one)
    assert one.fernet[0] not in shown
    assert repr(one.jwt[0].key) not in shown


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
def test_a_file_that_others_can_read_is_refused(path, mode):
    KeyRing.create(path)
    path.chmod(mode)
    with pytest.raises(ConfigError, match=f"chmod 600 {path}"):
        KeyRing.load(path)


@pytest.mark.parametrize("mode", [0o750, 0o755, 0o711])
def test_a_folder_that_others_can_read_is_refused(path, mode):
    KeyRing.create(path)
    path.parent.chmod(mode)
    with pytest.raises(ConfigError, match=f"chmod 700 {path.parent}"):
        KeyRing.load(path)
    with pytest.raises(ConfigError, match=f"chmod 700 {path.parent}"):
        KeyRing.create(path.with_name("second.json"))


def test_without_keys_it_says_how_to_make_them(path):
    with pytest.raises(ConfigError, match="uuutd init"):
        KeyRing.load(path)


GOOD = {"version": 1, "jwt": [{"kid": "a", "key": "A" * 43 + "="}], "fernet": [NEW]}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        json.dumps(GOOD | {"version": 2}).encode(),
        json.dumps(GOOD | {"jwt": []}).encode(),
        json.dumps(GOOD | {"jwt": [{"kid": "a", "key": "QUJD"}]}).encode(),
        json.dumps(GOOD | {"fernet": []}).encode(),
        json.dumps(GOOD | {"fernet": ["nonsense"]}).encode(),
    ],
    ids=("empty", "no-text", "a-list", "version", "no-jwt", "short", "no-fernet", "nonsense"),
)
def test_what_is_not_a_key_ring_is_refused(path, content):
    KeyRing.create(path)
    path.write_bytes(json.dumps(GOOD).encode())
    assert KeyRing.load(path).signing_key("a") == bytes(32)
    path.write_bytes(content)
    with pytest.raises(ConfigError, match="is not a key ring"):
        KeyRing.load(path)


def test_a_key_is_found_by_its_name_only():
    ring = KeyRing((JwtKey("a", bytes(32)), JwtKey("b", b"x" * 32)), (NEW,))
    assert ring.signing_key("b") == b"x" * 32
    for other in ("c", "", None, 1, ["a"], "../a"):
        assert ring.signing_key(other) is None


@given(IDS, NAMES, PAYLOADS)
def test_what_is_sealed_opens_for_its_user_and_purpose(user_id, provider, payload):
    assert BOX.open(user_id, provider, BOX.seal(user_id, provider, payload)) == payload


@given(IDS, IDS, NAMES, NAMES, PAYLOADS)
def test_and_for_nobody_else(user_id, other_id, provider, other, payload):
    assume((user_id, provider) != (other_id, other))
    sealed = BOX.seal(user_id, provider, payload)
    with pytest.raises(Unreadable):
        BOX.open(other_id, other, sealed)


@given(st.data())
def test_a_changed_text_does_not_open(data):
    sealed = BOX.seal(1, "p", {"token": "secret"})
    at = data.draw(st.integers(0, len(sealed) - 3))  # the last bits of base64 may be anything
    put = data.draw(st.characters(codec="utf-8").filter(lambda c: c != sealed[at]))
    with pytest.raises(Unreadable):
        BOX.open(1, "p", sealed[:at] + put + sealed[at + 1 :])


def test_old_keys_still_open_and_the_first_one_seals():
    sealed_before = Box([OLD]).seal(1, "p", {"a": "b"})
    rotated = Box([NEW, OLD])
    assert rotated.open(1, "p", sealed_before) == {"a": "b"}
    assert Box([NEW]).open(1, "p", rotated.seal(1, "p", {"c": "d"})) == {"c": "d"}
    with pytest.raises(Unreadable):
        Box([NEW]).open(1, "p", sealed_before)
