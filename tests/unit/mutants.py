"""Tokens that are almost one of ours: `mutants` changes text, claims and signatures."""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from random import Random

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
STRANGE = (None, True, False, -1, 0, 1, 2**31, 10**30, 0.5, "", "1", "admin", [], {}, ["7"])
DIGESTS = (hashlib.sha256, hashlib.sha384, hashlib.sha512, hashlib.sha1)


def mutants(token: str, random: Random) -> Iterator[str]:
    """Give changed tokens, none of which is *token* itself."""
    ways = (_spelled, _spelled, _said, _said, _signed_by_others, _in_another_order)
    while True:
        changed = random.choice(ways)(token, random)
        if changed != token:
            yield changed


def _spelled(token: str, random: Random) -> str:
    """Change some characters, wherever they stand."""
    text = list(token)
    for _ in range(random.randint(1, 4)):
        if not text:
            break
        at = random.randrange(len(text))
        match random.randrange(4):
            case 0:
                text[at] = random.choice(ALPHABET)
            case 1:
                text.insert(at, random.choice(ALPHABET + ".=+/ \n\0é"))
            case 2:
                del text[at]
            case 3:
                del text[at:]
                text += "A"
    return "".join(text)


def _said(token: str, random: Random) -> str:
    """Change what it says, and leave the signature."""
    header, content, signature = token.split(".")
    if random.random() < 0.3:
        header = _changed(header, random)
    else:
        content = _changed(content, random)
    return f"{header}.{content}.{signature}"


def _signed_by_others(token: str, random: Random) -> str:
    """Sign it, changed or not, with a key and a digest that are not ours."""
    header, content, _ = token.split(".")
    said = _changed(content, random) if random.random() < 0.5 else content
    if random.random() < 0.5:
        header = _changed(header, random)
    keys = (b"", b"\0" * 32, b"secret", header.encode(), random.randbytes(32))
    signed = f"{header}.{said}"
    digest = hmac.new(random.choice(keys), signed.encode(), random.choice(DIGESTS)).digest()
    return f"{signed}.{_encode(digest)}"


def _in_another_order(token: str, random: Random) -> str:
    parts = token.split(".")
    return ".".join(random.choice(["", *parts]) for _ in range(random.randint(2, 5)))


def _changed(part: str, random: Random) -> str:
    fields = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    for _ in range(random.randint(1, 2)):
        name = random.choice([*fields, "role", "alg", "jwk"])
        if random.random() < 0.2:
            fields.pop(name, None)
        elif type(fields.get(name)) is int and random.random() < 0.5:
            fields[name] += random.choice((-1, 1, 900, -900, 86_400))
        else:
            fields[name] = random.choice(STRANGE)
    return _encode(json.dumps(fields, separators=(",", ":")).encode())


def _encode(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()
