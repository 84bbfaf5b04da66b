"""Magnets are read strictly and written anew."""

import base64
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from uuutd.domain import InfoHash, Source
from uuutd.errors import Invalid
from uuutd.magnets import MAX_MAGNET, MAX_TRACKERS, info_hash, magnet, parse_magnet

V1 = "0123456789abcdef0123456789abcdef01234567"
V2 = "00ff" * 16
BASE32 = base64.b32encode(bytes.fromhex(V1)).decode()
XT = f"magnet:?xt=urn:btih:{V1}"


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        (V1, V1),
        (V1.upper(), V1),
        (BASE32, V1),
        (BASE32.lower(), V1),
        (f"urn:btih:{V1}", V1),
        (f"URN:BTIH:{BASE32}", V1),
        (V2, V2),
        (V2.upper(), V2),
        (f"urn:btmh:1220{V2}", V2),
    ],
)
def test_all_spellings_of_a_hash_are_one(text, canonical):
    assert info_hash(text) == canonical


@pytest.mark.parametrize(
    "text",
    [
        "",
        V1[:-1],
        V1 + "0",
        "g" * 40,
        f" {V1}",
        f"{V1}\n",
        "1" * 32,
        f"urn:btih:{V2}",
        f"urn:btmh:1120{V2}",
        f"urn:sha1:{V1}",
        "0" * 40,
        "A" * 32,
        "K" + V1[1:],
        "\u0661" * 40,
    ],
)
def test_what_is_no_hash_is_refused(text):
    with pytest.raises(Invalid):
        info_hash(text)


def test_a_bare_hash_is_read():
    assert parse_magnet(f" {V1.upper()} ") == Source(info_hash=InfoHash(V1), name=V1)


def test_hash_name_and_trackers_are_kept():
    source = parse_magnet(
        f"MAGNET:?dn=%5BGroup%5D+Show+-+01%20%281080p%29&xt=urn:btih:{BASE32}"
        "&tr=http%3A%2F%2Ftracker.example%3A7777%2Fannounce"
        "&tr.1=udp%3A%2F%2Ftracker.example%3A80"
        "&tr=http%3A%2F%2Ftracker.example%3A7777%2Fannounce"
    )
    assert source == Source(
        info_hash=InfoHash(V1),
        name="[Group] Show - 01 (1080p)",
        trackers=("http://tracker.example:7777/announce", "udp://tracker.example:80"),
    )


def test_nothing_else_gets_through():
    source = parse_magnet(
        f"{XT}&x.pe=10.0.0.1%3A80&ws=http%3A%2F%2F10.0.0.1&as=http%3A%2F%2F10.0.0.1"
        "&xs=http%3A%2F%2F10.0.0.1&so=0-2&kt=word&mt=x&xl=5&x.evil=10.0.0.1&dht=10.0.0.1"
    )
    assert source == Source(info_hash=InfoHash(V1), name=V1)
    assert magnet(source) == f"{XT}&dn={V1}"


@pytest.mark.parametrize(
    "url",
    [
        "ftp://tracker.example/announce",
        "wss://tracker.example/announce",
        "file:///etc/passwd",
        "http:///announce",
        "http://tracker.example:99999/announce",
        "http://tracker.example:0/announce",
        "http://tracker.example/a b",
        "http://tracker.example/\u00e9",
        "http://[::1",
        "javascript:alert(1)",
        "tracker.example",
        "",
    ],
)
def test_what_is_no_tracker_is_left_out(url):
    source = Source(info_hash=InfoHash(V1), name="x", trackers=(url,))
    assert magnet(source) == f"{XT}&dn=x"


def test_of_a_hybrid_the_v1_hash_counts():
    for topics in (f"xt=urn:btmh:1220{V2}&xt=urn:btih:{V1}", f"xt.2=urn:btih:{V1}"):
        assert parse_magnet(f"magnet:?{topics}").info_hash == V1


def test_a_v2_magnet_is_rebuilt_as_one():
    source = parse_magnet(f"magnet:?xt=urn:btmh:1220{V2}")
    assert source.info_hash == V2
    assert magnet(source) == f"magnet:?xt=urn:btmh:1220{V2}&dn={V2}"


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("", "not an info hash"),
        ("magnet:?", "no BitTorrent info hash"),
        ("magnet:?dn=x", "no BitTorrent info hash"),
        ("magnet:?xt=urn:sha1:" + V1, "no BitTorrent info hash"),
        ("magnet:?xt=urn:btih:xyz", "not an info hash"),
        (f"{XT}&xt=urn:btih:{'1' * 40}", "several"),
        (f"{XT}\n{XT}", "line breaks"),
        (f"{XT}\x00", "line breaks"),
        (XT + "&a" * 64, "parameters"),
        (XT + "&dn=" + "x" * MAX_MAGNET, "longer"),
        ("http://nyaa.example/1.torrent", "not an info hash"),
    ],
)
def test_what_is_no_magnet_is_refused_and_said_why(text, word):
    with pytest.raises(Invalid, match=word):
        parse_magnet(text)


def test_the_name_is_cleaned():
    source = parse_magnet(f"{XT}&dn=a%0Ab%1B%5B31m%E2%80%AEc%00")
    assert source.name == "a b[31mc"


def test_a_name_of_nothing_visible_is_no_name():
    assert parse_magnet(f"{XT}&dn=%E2%80%8B").name == V1


def test_the_first_trackers_count():
    urls = [f"udp://tracker.example:{port}" for port in range(1, 30)]
    source = parse_magnet(XT + "".join(f"&tr={url}" for url in urls))
    assert source.trackers == tuple(urls[:MAX_TRACKERS])


@given(st.text() | st.text(alphabet=string.printable).map(lambda text: XT + "&" + text))
def test_any_text_is_read_or_refused(text):
    try:
        source = parse_magnet(text)
    except Invalid:
        return
    assert parse_magnet(magnet(source)) == source


def quoted(text):
    return "".join(f"%{byte:02X}" for byte in text.encode("utf-8", "replace"))


PATHS = st.text(alphabet=string.ascii_letters + "/?&=%+~;:@", max_size=400)


@given(
    digits=st.sampled_from([40, 64]).flatmap(
        lambda n: st.text(alphabet="0123456789abcdef", min_size=n, max_size=n)
    ),
    name=st.text(max_size=400),
    paths=st.lists(PATHS, max_size=25),
    junk=st.lists(st.sampled_from(["x.pe=1.2.3.4:5", "ws=http://a", "so=1", "", "=", "tr"])),
)
def test_parsed_rebuilt_and_parsed_it_is_the_same(digits, name, paths, junk):
    topic = f"urn:btih:{digits}" if len(digits) == 40 else f"urn:btmh:1220{digits}"
    fields = [f"xt={topic}", f"dn={quoted(name)}"]
    fields += [f"tr=http://tracker.example:80/{quoted(path)}" for path in paths] + junk
    text = "magnet:?" + "&".join(fields)
    try:
        source = parse_magnet(text)
    except Invalid:
        assert len(text) > MAX_MAGNET or len(fields) > 64 or not digits.strip("0")
        return
    rebuilt = magnet(source)
    assert len(rebuilt) <= MAX_MAGNET
    assert parse_magnet(rebuilt) == source
    assert magnet(parse_magnet(rebuilt)) == rebuilt
    assert {field.partition("=")[0] for field in rebuilt[8:].split("&")} <= {"xt", "dn", "tr"}
