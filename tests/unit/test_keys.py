"""The key ring's file, and what is sealed with it."""

import json
import stat

import attrs
import pytest
from cryptography.fernet import Fernet
from hypothesis import assume, given
from hypothesis import strategies as st

from uuutd.errors import ConfigError
from uuutd.keys import (
    MAX_KEYS,
    SECRET_KEY_NEEDED,
    TOKEN_KEY_NEEDED,
    Box,
    JwtKey,
    KeyRing,
    LiveKeys,
    Unreadable,
    changing,
    key_id,
    signing_key,
)
from uuutd.tokens import ACCESS_LIFETIME

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
    with pytest.raises(ConfigError, match="bring them back, or let the first `uuutd run`"):
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
    assert signing_key(KeyRing.load(path).jwt, "a") == bytes(32)
    path.write_bytes(content)
    with pytest.raises(ConfigError, match="is not a key ring"):
        KeyRing.load(path)


def test_a_key_is_found_by_its_name_only():
    keys = JwtKey("a", bytes(32)), JwtKey("b", b"x" * 32)
    assert signing_key(keys, "b") == b"x" * 32
    for other in ("c", "", None, 1, ["a"], "../a"):
        assert signing_key(keys, other) is None


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
    same = {sealed[at], {"-": "+", "_": "/"}.get(sealed[at])}  # base64 has two spellings of both
    put = data.draw(st.characters(codec="utf-8").filter(lambda c: c not in same))
    with pytest.raises(Unreadable):
        BOX.open(1, "p", sealed[:at] + put + sealed[at + 1 :])


def test_old_keys_still_open_and_the_first_one_seals():
    sealed_before = Box([OLD]).seal(1, "p", {"a": "b"})
    rotated = Box([NEW, OLD])
    assert rotated.open(1, "p", sealed_before) == {"a": "b"}
    assert Box([NEW]).open(1, "p", rotated.seal(1, "p", {"c": "d"})) == {"c": "d"}
    with pytest.raises(Unreadable):
        Box([NEW]).open(1, "p", sealed_before)


def test_sealing_anew_is_for_texts_of_other_keys_only():
    before = Box([OLD]).seal(1, "p", {"a": "b"})
    both = Box([NEW, OLD])
    anew = both.reseal(before)
    assert Box([NEW]).open(1, "p", anew) == {"a": "b"}
    assert both.reseal(anew) is None
    with pytest.raises(Unreadable):
        Box([NEW]).reseal(before)
    for damaged in ("", "x", "\ud800", before[:-1]):
        with pytest.raises(Unreadable):
            both.reseal(damaged)


def test_new_keys_come_first_and_old_ones_stay():
    ring = KeyRing((JwtKey("a", bytes(32)),), (OLD,))
    sealed = ring.box.seal(1, "p", {"a": "b"})
    turned = ring.with_new_token_key(100).with_new_secret_key(100)
    assert [key.kid for key in turned.jwt][1:] == ["a"]
    assert turned.fernet[1:] == (OLD,)
    assert turned.box.open(1, "p", sealed) == {"a": "b"}
    assert (ring.unfinished, turned.unfinished) == (False, True)
    assert turned.replaced_at == {"a": 100, key_id(OLD): 100}


def test_the_first_keys_are_needed_and_old_ones_for_a_while():
    ring = KeyRing((JwtKey("a", bytes(32)),), (OLD,)).with_new_token_key(100)
    ring = ring.with_new_secret_key(200)
    assert ring.needed_until(ring.jwt[0].kid) is None
    assert ring.needed_until(key_id(ring.fernet[0])) is None
    assert ring.needed_until("a") == 100 + TOKEN_KEY_NEEDED
    assert ring.needed_until(key_id(OLD)) is None, "something may still be sealed with it"
    done = attrs.evolve(ring, unfinished=False)
    assert done.needed_until(key_id(OLD)) == 200 + SECRET_KEY_NEEDED
    left = done.without({"a", key_id(OLD)})
    assert (left.jwt, left.fernet) == (ring.jwt[:1], ring.fernet[:1])
    assert left.replaced_at == {}


def test_a_replaced_token_key_outlives_every_token():
    assert TOKEN_KEY_NEEDED >= ACCESS_LIFETIME + 30


def test_a_changed_ring_comes_back_and_only_we_can_read_it(path):
    KeyRing.create(path)
    path.with_name(".keys.json.new").write_text("what a killed one left")
    with changing(path) as file:
        turned = file.ring.with_new_secret_key(100)
        file.write(turned)
        assert file.ring == turned
    assert KeyRing.load(path) == turned
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_one_changes_the_ring_at_a_time(path):
    KeyRing.create(path)
    with changing(path), pytest.raises(ConfigError, match="another `uuutd keys`"), changing(path):
        pass
    with changing(path):
        pass


@pytest.mark.parametrize(("which", "mode"), [("file", 0o640), ("folder", 0o750)])
def test_a_ring_that_others_can_read_is_not_changed(path, which, mode):
    KeyRing.create(path)
    (path if which == "file" else path.parent).chmod(mode)
    with pytest.raises(ConfigError, match="others can read it"), changing(path):
        pass


def test_old_keys_do_not_pile_up_for_ever(path):
    KeyRing.create(path)
    with changing(path) as file:
        for now in range(MAX_KEYS - 1):
            file.write(file.ring.with_new_secret_key(now))
        with pytest.raises(ConfigError, match="drop-old"):
            file.write(file.ring.with_new_secret_key(MAX_KEYS))
    assert len(KeyRing.load(path).fernet) == MAX_KEYS


def test_what_uses_the_keys_sees_new_ones_at_once(path):
    KeyRing.create(path)
    keys = LiveKeys(path)
    before, box = keys.jwt, keys.box
    sealed = box.seal(1, "p", {"a": "b"})
    with changing(path) as file:
        file.write(file.ring.with_new_secret_key(100).with_new_token_key(100))
        new = file.ring
    assert keys.jwt == new.jwt != before
    assert box.open(1, "p", sealed) == {"a": "b"}
    assert new.box.reseal(box.seal(1, "p", {"c": "d"})) is None, "it seals with the new key"
    assert Box(new.fernet[:1]).open(1, "p", box.reseal(sealed)) == {"a": "b"}


@pytest.mark.parametrize("how", ["gone", "open", "garbage"])
def test_a_ring_that_became_useless_leaves_the_daemon_its_keys(path, how, caplog):
    ring = KeyRing.create(path)
    keys = LiveKeys(path)
    if how == "gone":
        path.unlink()
    elif how == "open":
        path.chmod(0o644)
    else:
        path.write_text("{}")
    with caplog.at_level("INFO", "uuutd.keys"):
        assert keys.ring == ring
        assert keys.ring == ring
    (told,) = caplog.messages
    assert "cannot be used" in told
    assert str(path) in told


def test_new_keys_are_taken_up_once_what_hindered_is_mended(path):
    KeyRing.create(path)
    keys = LiveKeys(path)
    with changing(path) as file:
        file.write(file.ring.with_new_secret_key(100))
        new = file.ring
    path.parent.chmod(0o755)  # which leaves the file itself as it was
    assert keys.ring != new
    path.parent.chmod(0o700)
    assert keys.ring == new


def test_nothing_shows_the_keys(path):
    ring = KeyRing.create(path)
    shown = f"{ring} {ring!r} {ring.jwt} {ring.box!r} {LiveKeys(path)!r} {LiveKeys(path).box}"
    with changing(path) as file:
        shown += repr(file)
    for secret in (ring.fernet[0], str(ring.jwt[0].key), ring.jwt[0].key.hex()):
        assert secret not in shown
