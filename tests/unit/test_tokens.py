"""Tokens: ours are read, and nothing else is."""

import base64
import hashlib
import hmac
import json
from contextlib import suppress
from itertools import count, islice
from random import Random

import pytest
from cryptography.fernet import Fernet
from hypothesis import example, given, settings
from hypothesis import strategies as st

from uuutd.errors import NotLoggedIn
from uuutd.keys import JwtKey, KeyRing
from uuutd.tokens import ACCESS_LIFETIME, AccessTokens, Claims, RefreshToken

from .mutants import mutants

NOW = 1_800_000_000
FERNET = Fernet.generate_key().decode()
OLD, NEW = JwtKey("old", b"o" * 32), JwtKey("new", b"n" * 32)
SPELLINGS = count()
CLAIMS = Claims(user_id=7, session_id="ab" * 16, gen=3)


class Clock:
    def __init__(self, now=NOW):
        self.now = now

    def __call__(self):
        return self.now


def tokens(*keys, clock=None):
    return AccessTokens(KeyRing(keys or (NEW,), (FERNET,)), clock=clock or Clock())


def encode(octets):
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def decode(text):
    return json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))


def sign(header, content, key=NEW.key, digest=hashlib.sha256):
    parts = [
        part if isinstance(part, bytes) else json.dumps(part).encode() for part in (header, content)
    ]
    signed = ".".join(map(encode, parts))
    return f"{signed}.{encode(hmac.new(key, signed.encode(), digest).digest())}"


TOKEN = tokens().issue(CLAIMS)
HEADER, CONTENT = (decode(part) for part in TOKEN.split(".")[:2])


def test_ours_are_read():
    assert tokens().read(TOKEN) == CLAIMS
    assert tokens().read(sign(HEADER, CONTENT)) == CLAIMS
    assert HEADER == {"alg": "HS256", "kid": "new", "typ": "at+jwt"}
    assert CONTENT["exp"] - CONTENT["iat"] == ACCESS_LIFETIME == 900
    assert set(CONTENT) == {"iss", "aud", "sub", "sid", "gen", "jti", "iat", "nbf", "exp"}
    assert tokens().issue(CLAIMS) != TOKEN


@pytest.mark.parametrize(
    ("seconds", "good"), [(-31, False), (-30, True), (0, True), (929, True), (930, False)]
)
def test_it_is_good_for_its_time(seconds, good):
    clock = Clock(NOW + seconds)
    if good:
        assert tokens(clock=clock).read(TOKEN) == CLAIMS
    else:
        with pytest.raises(NotLoggedIn):
            tokens(clock=clock).read(TOKEN)


def test_one_that_was_read_before_expires_all_the_same():
    clock = Clock()
    reader = tokens(clock=clock)
    assert reader.read(TOKEN) == CLAIMS
    clock.now += 1000
    with pytest.raises(NotLoggedIn):
        reader.read(TOKEN)


def test_keys_are_followed_through_a_rotation():
    before = tokens(OLD).issue(CLAIMS)
    both = tokens(NEW, OLD)
    assert both.read(before) == CLAIMS
    assert decode(both.issue(CLAIMS).split(".")[0])["kid"] == "new"
    with pytest.raises(NotLoggedIn):
        tokens(NEW).read(before)


def without(name):
    return {key: value for key, value in CONTENT.items() if key != name}


BAD_CONTENT = [
    *(without(name) for name in CONTENT),
    *(CONTENT | {"exp": bad} for bad in (str(NOW + 900), 10**30, NOW + 901, NOW + 900.5, None)),
    *(CONTENT | {"exp": bad} for bad in (True, [], -1, NOW, NOW - 1000, "9999999999")),
    *(CONTENT | {"iat": bad} for bad in (str(NOW), NOW + 5, NOW - 1, 0, None, 1.5)),
    *(CONTENT | {"nbf": bad} for bad in (NOW + 31, -(10**30), NOW - 1, str(NOW), None)),
    *(CONTENT | {"sub": bad} for bad in (7, "", "-7", "+7", "7 ", "\u0667", "x", None, ["7"])),
    *(CONTENT | {"gen": bad} for bad in ("3", 3.0, True, None)),
    *(CONTENT | {"sid": bad} for bad in (1, None, ["x"])),
    *(CONTENT | {"aud": bad} for bad in ("other", ["uuutd-api"], "", None)),
    *(CONTENT | {"iss": bad} for bad in ("other", ["uuutd"], "", None)),
    CONTENT | {"jti": 1},
    [],
    "text",
    7,
    None,
    [CONTENT],
    b"",
    b"{",
    b"\xff",
    b"[" * 2000,
    b'{"exp":NaN}',
]


@pytest.mark.parametrize("content", BAD_CONTENT, ids=lambda v: str(v)[:60])
def test_content_that_we_would_not_write_is_refused_even_if_signed(content):
    with pytest.raises(NotLoggedIn):
        tokens().read(sign(HEADER, content))


BAD_HEADERS = [
    *(HEADER | {"alg": bad} for bad in ("none", "None", "HS384", "HS512", "RS256", "", None, 1)),
    *(HEADER | {"kid": bad} for bad in ("other", "", None, 1, ["new"], "../../dev/null", "old")),
    *(HEADER | {"typ": bad} for bad in ("JWT", "", None, "refresh")),
    {},
    {"alg": "HS256"},
    HEADER | {"crit": ["b64"], "b64": False},
    HEADER | {"crit": ["exp"]},
    [],
    "text",
    b"{",
    b"[" * 2000,
]


@pytest.mark.parametrize("header", BAD_HEADERS, ids=lambda v: str(v)[:60])
def test_headers_that_we_would_not_write_are_refused_even_if_signed(header):
    with pytest.raises(NotLoggedIn):
        tokens().read(sign(header, CONTENT))


def test_a_key_brought_along_is_not_used():
    mine = b"attacker's own key, 32 bytes long"
    jwk = {"kty": "oct", "k": encode(mine)}
    for header in (HEADER | {"jwk": jwk}, HEADER | {"jku": "https://evil.example/keys"}):
        with pytest.raises(NotLoggedIn):
            tokens().read(sign(header, CONTENT, key=mine))


@pytest.mark.parametrize("alg", ["HS384", "HS512"])
def test_another_digest_is_refused(alg):
    digest = {"HS384": hashlib.sha384, "HS512": hashlib.sha512}[alg]
    with pytest.raises(NotLoggedIn):
        tokens().read(sign(HEADER | {"alg": alg}, CONTENT, digest=digest))


SIGNED, _, SIGNATURE = TOKEN.rpartition(".")


@pytest.mark.parametrize(
    "text",
    [
        *("", ".", "..", "...", "a.b.c", SIGNED, SIGNED + ".", f"{SIGNED}.{SIGNATURE}."),
        *(TOKEN + "=", TOKEN + "\n", " " + TOKEN, TOKEN + "\0", "Bearer " + TOKEN, TOKEN * 2),
        *(f"{SIGNED}.{SIGNATURE[:-1]}", f"{SIGNED}.{SIGNATURE}A", TOKEN.replace("-", "+") + "+"),
        *(
            f".{SIGNED}",
            TOKEN.upper(),
            TOKEN[::-1],
            "é" + TOKEN,
            TOKEN + "\ud800",
            "\u0667.\u0667.\u0667",
        ),
        sign(HEADER, CONTENT | {"more": "x" * 4096}),
        "a" * 10_000_000,
    ],
    ids=lambda _: f"spelling{next(SPELLINGS)}",
)
def test_another_spelling_is_refused(text):
    with pytest.raises(NotLoggedIn):
        tokens().read(text)


READER = tokens()
ALPHABET = st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.= \n")


@given(st.integers(0, len(TOKEN)), st.integers(0, 3), st.text(ALPHABET, max_size=4))
@example(len(TOKEN) - 1, 1, chr(ord(TOKEN[-1]) + 1))  # bits of base64 that mean nothing
@settings(max_examples=2000, deadline=None)
def test_a_changed_token_is_refused(at, cut, put):
    changed = TOKEN[:at] + put + TOKEN[at + cut :]
    if changed == TOKEN:
        assert READER.read(changed) == CLAIMS
        return
    with pytest.raises(NotLoggedIn):
        READER.read(changed)


def test_of_two_thousand_mutants_none_is_read():
    """`tests/soak` reads a hundred thousand of them."""
    accepted, random = [], Random(5)
    for mutant in islice(mutants(TOKEN, random), 2000):
        with suppress(NotLoggedIn):
            accepted.append((mutant, READER.read(mutant)))
    assert accepted == []
    assert READER.read(TOKEN) == CLAIMS


def test_there_are_many_ways_to_confuse():
    assert len(BAD_CONTENT) + len(BAD_HEADERS) >= 48


@given(st.text(max_size=200))
def test_any_other_text_is_refused(text):
    with pytest.raises(NotLoggedIn):
        READER.read(text)


def test_refresh_tokens_of_one_login_share_its_id_and_nothing_else():
    first = RefreshToken.new()
    second, third = first.next(), first.next()
    assert first.session_id == second.session_id == third.session_id
    assert len({first.text, second.text, third.text}) == 3
    assert len({first.hash, second.hash, third.hash}) == 3
    other = RefreshToken.new()
    assert other.session_id != first.session_id
    assert first.session_id not in first.text
    assert first.text not in repr(first)
    assert RefreshToken.parse(first.text) == first


@given(st.text(max_size=80))
def test_what_cannot_be_a_refresh_token_is_none(text):
    assert RefreshToken.parse(text) is None


@pytest.mark.parametrize("put", ["\n", " ", "x", "."])
def test_a_refresh_token_has_one_shape(put):
    text = RefreshToken.new().text
    assert RefreshToken.parse(text + put) is None
    assert RefreshToken.parse(put + text) is None
