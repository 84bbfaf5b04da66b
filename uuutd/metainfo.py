"""`.torrent` files: read strictly, and written anew.

Nothing here trusts the file.  Size, depth, number of values and number of files are
capped before and while it is read, it has to be in the one canonical form that bencoding
allows, and no name in it may leave its folder.  File layouts are those of BEP 3 (v1)
and BEP 52 (v2 and hybrids).
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from typing import TypeVar

import attrs
from bencode2 import BencodeDecodeError, bdecode, bencode

from .domain import InfoHash, Source, TorrentFile
from .errors import Invalid
from .magnets import trackers
from .text import clean

MAX_BYTES = 10 * 1024 * 1024
"""The largest `.torrent` file that is read."""
MAX_DEPTH = 64
MAX_VALUES = 300_000
"""The most values, keys included, that a file may hold: it bounds the memory of reading it."""
MAX_FILES = 20_000
MAX_SIZE = 1 << 48
"""The most bytes that a torrent may describe; libtorrent allows no larger file either."""

_TOKEN = re.compile(rb"([0-9]{1,8}):|i-?[0-9]{1,19}e|[dle]")
_SEPARATORS = re.compile(rb"[/\\\x00]")
_BLOCK = 16 * 1024
_LONGEST_PIECE = 512 * 1024 * 1024 - _BLOCK  # as libtorrent has it
_ROOT = 32

_Table = Mapping[bytes, object]
_T = TypeVar("_T")


@attrs.frozen(kw_only=True)
class Metainfo:
    """What a `.torrent` file says.

    *info_hash* is the v1 hash if there is one.  *aliases* are the other hashes by which
    programs name the same torrent: the v2 hash of a hybrid, and the v2 hash cut to 40
    digits.  *size* and *files* leave padding out, and files count without it.
    """

    info_hash: InfoHash
    aliases: tuple[InfoHash, ...]
    name: str
    size: int
    files: tuple[TorrentFile, ...]
    trackers: tuple[str, ...]
    private: bool


def read_metainfo(data: bytes) -> Metainfo:
    """Read a `.torrent` file; raises `Invalid` for whatever is not a sound one.

    A hostile file can keep this busy for half a second: call it in a thread.
    """
    return _read(_decode(data))


def source_from(data: bytes) -> Source:
    """Make what a client is given of a `.torrent` file.

    The file is written anew with its info, its trackers and a v2 torrent's piece layers;
    web seeds, DHT nodes and comments stay behind.  Raises `Invalid` as `read_metainfo` does.
    """
    top = _decode(data)
    meta = _read(top)
    kept = {key: top[key] for key in (b"info", b"piece layers") if key in top}
    if meta.trackers:
        kept[b"announce"] = meta.trackers[0]
        kept[b"announce-list"] = [[url] for url in meta.trackers]
    return Source(
        info_hash=meta.info_hash,
        name=meta.name,
        trackers=meta.trackers,
        aliases=meta.aliases,
        metainfo=bencode(dict(sorted(kept.items()))),
    )


# --- the outer form -------------------------------------------------------------------------


def _decode(data: bytes) -> _Table:
    if len(data) > MAX_BYTES:
        raise Invalid(f"the .torrent file is larger than {MAX_BYTES // 1024**2} MiB")
    _check_form(data)
    try:
        top = bdecode(data)
    except BencodeDecodeError as error:
        raise Invalid(f"this is not a .torrent file: {clean(str(error), 200)}") from error
    if not isinstance(top, dict):
        raise Invalid("this is not a .torrent file: it holds no table")
    return top


def _check_form(data: bytes) -> None:
    """Walk over the values without building any, so that the caps hold before memory is used."""
    position = depth = 0
    for _ in range(MAX_VALUES):
        token = _TOKEN.match(data, position)
        if token is None:
            raise Invalid(f"this is not a .torrent file: byte {position} makes no sense")
        position = token.end()
        if token[1]:
            position += int(token[1])
        elif token[0] in b"dl":
            depth += 1
        elif token[0] == b"e":
            depth -= 1
        if depth > MAX_DEPTH:
            raise Invalid(f"the .torrent file is nested deeper than {MAX_DEPTH} levels")
        if depth <= 0:
            break
    else:
        raise Invalid(f"the .torrent file holds more than {MAX_VALUES} values")
    if position != len(data):
        raise Invalid("the .torrent file does not end where its content ends")


def _get(table: _Table, key: bytes, kind: type[_T]) -> _T:
    value = table.get(key)
    if not isinstance(value, kind):
        raise Invalid(f"the .torrent file has no usable {key.decode()!r}")
    return value


def _number(table: _Table, key: bytes, least: int = 0) -> int:
    value = _get(table, key, int)
    if not least <= value <= MAX_SIZE:
        raise Invalid(f"the .torrent file has an impossible {key.decode()!r}")
    return value


# --- the content ----------------------------------------------------------------------------


@attrs.frozen
class _File:
    """One file as listed: cleaned parts of its path, its size, and whether it only pads."""

    parts: tuple[str, ...]
    size: int
    pads: bool = False


def _read(top: _Table) -> Metainfo:
    info = _get(top, b"info", dict)
    name = _part(_get(info, b"name", bytes))
    _part(info.get(b"name.utf-8", b"-"))
    listed = _files(info, name)
    real = [file for file in listed if not file.pads]
    if not real:
        raise Invalid("the .torrent file describes no file")
    hashes = _hashes(info)
    return Metainfo(
        info_hash=hashes[0],
        aliases=hashes[1:],
        name=name,
        size=sum(file.size for file in real),
        files=tuple(
            TorrentFile(index=index, path="/".join(file.parts), size=file.size)
            for index, file in enumerate(real)
        ),
        trackers=_trackers(top),
        private=info.get(b"private") == 1,
    )


def _hashes(info: _Table) -> tuple[InfoHash, ...]:
    """Return the hash to know the torrent by, then its other ones.

    Encoding *info* again gives the bytes it was read from: the form is canonical.
    """
    exact = bencode(info)
    hashes = []
    if b"pieces" in info:
        # The first version of the protocol is defined by SHA-1.
        hashes.append(hashlib.sha1(exact, usedforsecurity=False).hexdigest())
    if b"file tree" in info:
        v2 = hashlib.sha256(exact).hexdigest()
        hashes += [v2, v2[:40]]
    return tuple(map(InfoHash, hashes))


def _trackers(top: _Table) -> tuple[str, ...]:
    tiers = top.get(b"announce-list")
    urls = [url for tier in _list(tiers) for url in _list(tier)]
    urls.append(top.get(b"announce"))
    return trackers(url.decode("ascii", "replace") for url in urls if isinstance(url, bytes))


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _files(info: _Table, name: str) -> list[_File]:
    """Return the files in the order of their indexes, checked against the piece hashes."""
    piece_length = _number(info, b"piece length", least=1)
    if piece_length > _LONGEST_PIECE:
        raise Invalid("the .torrent file has pieces that are longer than any client takes")
    old = _v1_files(info, name) if b"pieces" in info else None
    new = _v2_files(info, name, piece_length) if b"file tree" in info else None
    files = new if old is None else old
    if files is None:
        raise Invalid("the .torrent file has neither 'pieces' nor a 'file tree'")
    if sum(file.size for file in files) > MAX_SIZE:
        raise Invalid("the .torrent file describes more bytes than any torrent may have")
    if old is not None:
        pieces = -(-sum(file.size for file in old) // piece_length)
        if len(_get(info, b"pieces", bytes)) != 20 * pieces:
            raise Invalid("the .torrent file has too few or too many piece hashes")
        if new is not None and [file for file in old if not file.pads] != new:
            raise Invalid("the .torrent file lists other files for v1 than for v2")
    return files


def _v1_files(info: _Table, name: str) -> list[_File]:
    if b"files" not in info:
        return [_File((name,), _number(info, b"length"))]
    listed = _get(info, b"files", list)
    if len(listed) > MAX_FILES:
        raise Invalid(f"the .torrent file lists more than {MAX_FILES} files")
    return [_v1_file(entry, name) for entry in listed]


def _v1_file(entry: object, name: str) -> _File:
    if not isinstance(entry, dict):
        raise Invalid("the .torrent file lists something that is not a file")
    pads = b"p" in _attributes(entry)
    parts = _get(entry, b"path", list)
    if not parts:
        raise Invalid("the .torrent file lists a file without a path")
    shown = tuple(map(_part, parts))
    for part in _list(entry.get(b"path.utf-8")):
        _part(part)
    return _File((name, *shown), _number(entry, b"length"), pads)


def _v2_files(info: _Table, name: str, piece_length: int) -> list[_File]:
    if info.get(b"meta version") != 2:
        raise Invalid("the .torrent file has a version that is not known here")
    if piece_length < _BLOCK or piece_length & (piece_length - 1):
        raise Invalid("the .torrent file has an impossible 'piece length'")
    tree = _get(info, b"file tree", dict)
    files = list(_walk(tree, ()))
    if len(files) > MAX_FILES:
        raise Invalid(f"the .torrent file lists more than {MAX_FILES} files")
    if len(files) == 1 and files[0].parts == (name,):
        return files
    return [_File((name, *file.parts), file.size) for file in files]


def _walk(tree: _Table, above: tuple[str, ...]) -> Iterator[_File]:
    for key, node in tree.items():
        parts = (*above, _part(key))
        if not isinstance(node, dict) or not node:
            raise Invalid("the .torrent file has a broken 'file tree'")
        if b"" not in node:
            yield from _walk(node, parts)
            continue
        leaf = _get(node, b"", dict)
        size = _number(leaf, b"length")
        if len(node) > 1 or (size and len(_get(leaf, b"pieces root", bytes)) != _ROOT):
            raise Invalid("the .torrent file has a broken 'file tree'")
        _attributes(leaf)
        yield _File(parts, size)


def _attributes(entry: _Table) -> bytes:
    attributes = entry.get(b"attr", b"")
    if not isinstance(attributes, bytes):
        raise Invalid("the .torrent file has a file with unreadable attributes")
    if b"l" in attributes or b"symlink path" in entry:
        raise Invalid("the .torrent file holds symbolic links")
    return attributes


def _part(raw: object) -> str:
    """Return one part of a path, safe to show; raise `Invalid` if it could lead elsewhere."""
    if not isinstance(raw, bytes) or not raw or _SEPARATORS.search(raw):
        raise Invalid("the .torrent file holds a file name that is no name")
    shown = clean(raw.decode("utf-8", "replace"), 255) or "_"
    if raw in (b".", b"..") or shown in (".", ".."):
        raise Invalid("the .torrent file holds a file name that leads out of its folder")
    return shown
