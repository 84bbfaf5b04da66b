"""`.torrent` files are read strictly, and give the hashes that libtorrent sees."""

import hashlib
import tracemalloc

import libtorrent as lt
import pytest
from bencode2 import bencode
from hypothesis import given
from hypothesis import strategies as st

from uuutd import metainfo
from uuutd.errors import Invalid
from uuutd.metainfo import read_metainfo, source_from

PIECE = 16 * 1024
FLAGS = {"v1": lt.create_torrent.v1_only, "hybrid": 0, "v2": lt.create_torrent.v2_only}
ROOT = b"r" * 32


def info(**changes):
    table = {b"name": b"Show", b"piece length": PIECE, b"length": 5, b"pieces": b"p" * 20}
    table.update((key.replace("_", " ").encode(), value) for key, value in changes.items())
    return {key: value for key, value in sorted(table.items()) if value is not None}


def torrent(table=None, **outer):
    top = {b"info": info() if table is None else table}
    top.update((key.replace("_", "-").encode(), value) for key, value in outer.items())
    return bencode(dict(sorted(top.items())))


def listed(*files):
    total = sum(file[b"length"] for file in files)
    return torrent(info(length=None, files=list(files), pieces=b"p" * (20 * -(-total // PIECE))))


def file(*parts, size=5, **more):
    table = {b"length": size, b"path": [part.encode() for part in parts]}
    table.update((key.encode(), value) for key, value in more.items())
    return dict(sorted(table.items()))


def v2(tree, **changes):
    changes = {"meta_version": 2, "pieces": None, "length": None, **changes}
    return torrent(info(file_tree=tree, **changes))


def test_a_single_file():
    data = torrent()
    meta = read_metainfo(data)
    assert meta.info_hash == hashlib.sha1(bencode(info())).hexdigest()
    assert (meta.name, meta.size, meta.aliases, meta.private) == ("Show", 5, (), False)
    assert [(f.index, f.path, f.size) for f in meta.files] == [(0, "Show", 5)]


def test_several_files_without_their_padding():
    meta = read_metainfo(
        listed(
            file("01.mkv", size=PIECE - 7),
            file(".pad", "7", size=7, attr=b"p"),
            file("extras", "cover.jpg", size=9),
        )
    )
    assert meta.size == PIECE + 2
    assert [(f.index, f.path, f.size) for f in meta.files] == [
        (0, "Show/01.mkv", PIECE - 7),
        (1, "Show/extras/cover.jpg", 9),
    ]


def test_trackers_are_filtered_and_capped():
    tiers = [[b"http://a.example/announce", b"ftp://a.example"], [b"udp://b.example:1"], b"odd"]
    more = [[f"udp://c.example:{port}".encode()] for port in range(1, 40)]
    meta = read_metainfo(torrent(announce=b"http://z.example/", announce_list=tiers + more))
    assert meta.trackers[:3] == (
        "http://a.example/announce",
        "udp://b.example:1",
        "udp://c.example:1",
    )
    assert len(meta.trackers) == 20


def test_private():
    assert read_metainfo(torrent(info(private=1))).private


def test_the_source_has_nothing_but_info_and_trackers():
    data = torrent(
        announce=b"http://a.example/announce",
        comment=b"look here",
        url_list=[b"http://10.0.0.1/"],
        nodes=[[b"10.0.0.1", 6881]],
    )
    source = source_from(data)
    params = lt.load_torrent_buffer(source.metainfo)
    assert source.info_hash == str(params.info_hashes.v1) == read_metainfo(data).info_hash
    assert source.name == "Show"
    assert source.trackers == tuple(params.trackers) == ("http://a.example/announce",)
    assert (params.url_seeds, params.dht_nodes) == ([], [])
    assert source_from(source.metainfo) == source


def made(folder, sizes, version):
    for name, size in sizes.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x" * size)
    entries = [lt.create_file_entry(name, size) for name, size in sizes.items()]
    creator = lt.create_torrent(entries, PIECE, FLAGS[version])
    creator.add_tracker("http://tracker.example/announce")
    lt.set_piece_hashes(creator, str(folder))
    return bencode(creator.generate())


@pytest.mark.parametrize("version", FLAGS)
@pytest.mark.parametrize(
    "sizes",
    [
        {"Show.mkv": 3 * PIECE + 1},
        {"Show/1.mkv": 100_000, "Show/sub/2.mkv": 50_001, "Show/a.txt": 10, "Show/b.txt": 0},
    ],
)
def test_it_reads_what_libtorrent_reads(version, sizes, tmp_path):
    data = made(tmp_path, sizes, version)
    params = lt.load_torrent_buffer(data)
    hashes, layout = params.info_hashes, params.ti.layout()
    pad = lt.file_flags_t.flag_pad_file
    real = [i for i in range(layout.num_files()) if not layout.file_flags(i) & pad]

    meta = read_metainfo(data)
    v1 = [str(hashes.v1)] if hashes.has_v1() else []
    v2_hashes = [str(hashes.v2), str(hashes.v2)[:40]] if hashes.has_v2() else []
    assert [meta.info_hash, *meta.aliases] == v1 + v2_hashes
    assert [f.path for f in meta.files] == [layout.file_path(i) for i in real]
    assert [f.size for f in meta.files] == [layout.file_size(i) for i in real]
    assert meta.trackers == tuple(params.trackers)
    assert lt.load_torrent_buffer(source_from(data).metainfo).info_hashes == hashes


@pytest.mark.parametrize(
    "part", ["..", ".", "", "a/b", "/etc", "a\\b", "a\0b", "\u200b..", ".\u200b."]
)
def test_no_name_leads_out_of_its_folder(part):
    raw = part.encode()
    leaf = {b"": {b"length": 5, b"pieces root": ROOT}}
    for data in (
        torrent(info(name=raw)),
        torrent(info(**{"name.utf-8": raw})),
        listed(file("a", part)),
        listed(file(part, "a")),
        listed(file("a", **{"path.utf-8": [raw]})),
        v2({raw: leaf}) if raw else v2({b"a": {b"": leaf}}),
        v2({b"a": {raw: leaf}}) if raw else v2({b"": {b"": leaf}}),
    ):
        with pytest.raises(Invalid):
            read_metainfo(data)


def test_names_are_cleaned():
    meta = read_metainfo(listed(file("a\x1b[31m\u202e.mkv"), file("\x07")))
    assert [f.path for f in meta.files] == ["Show/a[31m.mkv", "Show/_"]


BROKEN = {
    "nothing": b"",
    "not bencoded": b"<html>",
    "a list": b"le",
    "no info": b"de",
    "info is a text": b"d4:info1:xe",
    "something behind": torrent() + b"x",
    "cut off": torrent()[:-1],
    "a length beyond the end": b"d4:info99999:xe",
    "a key twice": b"d4:infode4:infodee",
    "keys out of order": b"d4:infode1:ai1ee",
    "leading zero": b"d1:ai01e4:infodee",
    "nested deep": b"l" * 100 + b"e" * 100,
    "nested absurdly": b"l" * 1_000_000 + b"e" * 1_000_000,
    "a huge number": b"d1:ai" + b"9" * 100 + b"e4:infodee",
    "no name": torrent(info(name=None)),
    "name is a number": torrent(info(name=5)),
    "no pieces": torrent(info(pieces=None)),
    "too few pieces": torrent(info(length=PIECE + 1)),
    "too many pieces": torrent(info(pieces=b"p" * 40)),
    "half a piece": torrent(info(pieces=b"p" * 19)),
    "no piece length": torrent(info(piece_length=None)),
    "piece length 0": torrent(info(piece_length=0)),
    "piece length -1": torrent(info(piece_length=-1)),
    "negative length": torrent(info(length=-5)),
    "absurd length": torrent(info(length=1 << 60)),
    "no length": torrent(info(length=None)),
    "no files": torrent(info(length=None, files=[], pieces=b"")),
    "only padding": listed(file("1", attr=b"p")),
    "a file that is none": torrent(info(length=None, files=[b"x"])),
    "a file without a path": listed(file()),
    "a path of numbers": torrent(info(length=None, files=[{b"length": 5, b"path": [1]}])),
    "odd attributes": listed(file("a", attr=5)),
    "a link": listed(file("a", attr=b"l")),
    "a link's target": listed(file("a", **{"symlink path": [b"etc"]})),
    "unknown version": v2({b"a": {b"": {b"length": 0}}}, meta_version=3),
    "odd piece length": v2({b"a": {b"": {b"length": 0}}}, piece_length=PIECE + 1),
    "small piece length": v2({b"a": {b"": {b"length": 0}}}, piece_length=1024),
    "an empty tree": v2({}),
    "an empty folder": v2({b"a": {}}),
    "a tree of texts": v2({b"a": b"b"}),
    "no root": v2({b"a": {b"": {b"length": 5}}}),
    "a short root": v2({b"a": {b"": {b"length": 5, b"pieces root": b"r"}}}),
    "a file and a folder": v2({b"a": {b"": {b"length": 0}, b"b": {b"": {b"length": 0}}}}),
    "a hybrid at odds": torrent(
        info(file_tree={b"b": {b"": {b"length": 5, b"pieces root": ROOT}}}, meta_version=2)
    ),
}


@pytest.mark.parametrize("data", BROKEN.values(), ids=BROKEN)
def test_what_is_broken_is_refused(data):
    with pytest.raises(Invalid):
        read_metainfo(data)
    with pytest.raises(Invalid):
        source_from(data)


def test_size_and_number_of_files_are_capped(monkeypatch):
    with pytest.raises(Invalid, match="10 MiB"):
        read_metainfo(torrent(info(pieces=b"p" * metainfo.MAX_BYTES)))
    monkeypatch.setattr(metainfo, "MAX_FILES", 3)
    assert len(read_metainfo(listed(*(file(str(n)) for n in range(3)))).files) == 3
    with pytest.raises(Invalid, match="more than 3 files"):
        read_metainfo(listed(*(file(str(n)) for n in range(4))))
    with pytest.raises(Invalid, match="more than 3 files"):
        read_metainfo(v2({str(n).encode(): {b"": {b"length": 0}} for n in range(4)}))


@pytest.mark.parametrize("bomb", [b"l" + b"le" * 5_000_000 + b"e", b"l" + b"0:" * 5_000_000 + b"e"])
def test_a_bomb_takes_no_memory(bomb):
    tracemalloc.start()
    try:
        with pytest.raises(Invalid, match="values"):
            read_metainfo(bomb)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 1 << 20


VALUES = st.recursive(
    st.integers() | st.binary(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.binary(max_size=8), inner),
    max_leaves=20,
)


@given(st.binary() | VALUES.map(bencode))
def test_any_bytes_are_read_or_refused(data):
    with pytest.raises(Invalid):
        read_metainfo(data)


@given(st.dictionaries(st.sampled_from([*info(), b"files", b"file tree", b"attr"]), VALUES))
def test_any_info_is_read_as_libtorrent_reads_it_or_refused(changes):
    data = torrent(dict(sorted({**info(), **changes}.items())))
    try:
        meta = read_metainfo(data)
    except Invalid:
        return
    assert meta.info_hash == str(lt.load_torrent_buffer(data).info_hashes.v1)


@given(st.data())
def test_one_wrong_byte_changes_the_hash_or_is_refused(data):
    good = torrent()
    at = data.draw(st.integers(0, len(good) - 1))
    bad = good[:at] + bytes([data.draw(st.integers(0, 255))]) + good[at + 1 :]
    try:
        meta = read_metainfo(bad)
    except Invalid:
        return
    assert (meta.info_hash == read_metainfo(good).info_hash) == (bad == good)
