"""Reading the feed: what is a feed, what is in it, and what any bytes at all lead to."""

import time
from datetime import UTC, datetime

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from uuutd_nyaa import feed
from uuutd_nyaa.config import NyaaConfig
from uuutd_nyaa.items import releases

from uuutd.domain import Language
from uuutd.errors import BadReply

CONFIG = NyaaConfig(url="https://nyaa.example")
HASH = "0123456789abcdef0123456789abcdef01234567"
BASE32 = "AERUKZ4JVPG66AJDIVTYTK6N54ASGRLH"

ITEM = """
<item>
  <title>[Group] Show - {n:02} (1080p)</title>
  <link>https://nyaa.example/download/{n}.torrent</link>
  <guid isPermaLink="true">https://nyaa.example/view/{n}</guid>
  <pubDate>Wed, 18 Nov 2026 06:58:48 -0000</pubDate>
  <nyaa:seeders>12</nyaa:seeders>
  <nyaa:leechers>3</nyaa:leechers>
  <nyaa:downloads>456</nyaa:downloads>
  <nyaa:infoHash>{n:040x}</nyaa:infoHash>
  <nyaa:categoryId>1_2</nyaa:categoryId>
  <nyaa:category>Anime - English-translated</nyaa:category>
  <nyaa:size>1.4 GiB</nyaa:size>
  <nyaa:comments>0</nyaa:comments>
  <nyaa:trusted>Yes</nyaa:trusted>
  <nyaa:remake>No</nyaa:remake>
  <description><![CDATA[<a href="https://nyaa.example/view/{n}">#{n}</a>]]></description>
</item>"""
HEAD = """\
<rss xmlns:atom="http://www.w3.org/2005/Atom" xmlns:nyaa="https://nyaa.example/xmlns/nyaa"
version="2.0"><channel><title>Nyaa - &#34;show&#34; - Torrent File RSS</title><link>https://nyaa.example/</link>
<atom:link href="https://nyaa.example/?page=rss" rel="self" type="application/rss+xml" />"""
TAIL = "</channel></rss>"


def document(count=3, *, head=HEAD, tail=TAIL):
    return (head + "".join(ITEM.format(n=n) for n in range(1, count + 1)) + tail).encode()


def one(**changes):
    """Make a release of one item, changed: None takes a field away."""
    item = {
        "title": "[Group] Show - 01",
        "link": "https://nyaa.example/download/1.torrent",
        "guid": "https://nyaa.example/view/1",
        "pubdate": "Wed, 18 Nov 2026 06:58:48 -0000",
        "infohash": HASH,
        "size": "1.4 GiB",
    } | changes
    kept = {name: text for name, text in item.items() if text is not None}
    return next(releases([kept], CONFIG, "nyaa"), None)


# --- what is in a feed ----------------------------------------------------------------------


def test_everything_the_feed_says_of_a_release():
    read = feed.read(document(1))
    assert read.readable is None
    (release,) = releases(read.items, CONFIG, "mine")
    assert release.title == "[Group] Show - 01 (1080p)"
    assert release.info_hash == f"{1:040x}"
    assert release.indexer == "mine"
    assert release.size == round(1.4 * 2**30)
    assert (release.seeders, release.leechers, release.downloads) == (12, 3, 456)
    assert release.published_at == datetime(2026, 11, 18, 6, 58, 48, tzinfo=UTC)
    assert release.language is Language.ENGLISH
    assert release.is_anime_video
    assert (release.trusted, release.remake) == (True, False)
    assert release.trackers == CONFIG.trackers
    assert release.page_url == "https://nyaa.example/view/1"
    assert release.torrent_url == "https://nyaa.example/download/1.torrent"


def test_a_mirror_has_a_namespace_of_its_own():
    body = document(2).replace(b"https://nyaa.example/xmlns/nyaa", b"urn:something-else")
    assert [item["infohash"] for item in feed.read(body).items] == [f"{n:040x}" for n in (1, 2)]


def test_fields_of_other_namespaces_are_not_taken_for_those_of_rss():
    body = document(1).replace(b"<item>", b'<item><atom:title xmlns:atom="urn:a">No</atom:title>')
    assert feed.read(body).items[0]["title"] == "[Group] Show - 01 (1080p)"


def test_titles_are_unescaped_once_and_cleaned():
    title = "Tom &amp;amp; Jerry&#39;s &lt;Fansub&gt;\n\u202e \u0085 end"
    body = document(1).replace(b"[Group] Show - 01 (1080p)", title.encode())
    (release,) = releases(feed.read(body).items, CONFIG, "nyaa")
    assert release.title == "Tom &amp; Jerry's <Fansub> end"


def test_control_characters_that_the_site_repeats_do_no_harm():
    body = document(3).replace(b"&#34;show&#34;", b"&#34;a\0\x08\x1fb&#34;")
    read = feed.read(body)
    assert read.readable is None
    assert len(read.items) == 3


def test_no_hits_are_no_failure():
    assert feed.read(document(0)) == feed.Feed(items=())


def test_a_byte_order_mark_and_a_declaration_are_allowed():
    body = b'\xef\xbb\xbf<?xml version="1.0" encoding="utf-8"?>' + document(2)
    assert len(feed.read(body).items) == 2


def test_only_the_first_items_are_read():
    body = document(feed.MAX_ITEMS + 1, tail="<<<<")
    read = feed.read(body)
    assert len(read.items) == feed.MAX_ITEMS
    assert read.readable is None


def test_a_full_feed_is_read_in_no_time():
    body = document(75)
    times = []
    for _ in range(10):
        started = time.perf_counter()
        feed.read(body)
        times.append(time.perf_counter() - started)
    assert min(times) < 0.010


# --- what is no feed ------------------------------------------------------------------------

BOMB = """<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>
<rss><channel><item><title>&b;</title></item></channel></rss>"""
OUTSIDE = """<?xml version="1.0"?><!DOCTYPE rss SYSTEM "http://127.0.0.1:1/x.dtd">
<rss><channel></channel></rss>"""


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b"", "empty"),
        (b" \n\t\0", "empty"),
        (b"<!DOCTYPE html><html><body>home</body></html>", "document type"),
        (b"<html><body>home</body></html>", "begins with <html>"),
        (b'<feed xmlns="http://www.w3.org/2005/Atom"></feed>', "not a feed"),
        (b'{"error": "no"}', "not a feed"),
        (b"/etc/passwd", "not a feed"),
        (b"http://127.0.0.1/", "not a feed"),
        (bytes(range(256)), "not a feed"),
        (document(3).decode().encode("utf-16"), "not a feed"),
        (BOMB.encode(), "document type"),
        (OUTSIDE.encode(), "document type"),
        (HEAD.encode() + b"<a>" * 65, "bigger or deeper"),
        (HEAD.encode() + b"<a/>" * 20_001, "bigger or deeper"),
        (
            HEAD.encode() + b"<a " + b" ".join(b"x%d='1'" % n for n in range(65)) + b"/>",
            "bigger or deeper",
        ),
    ],
)
def test_what_is_no_feed_says_so(body, text):
    with pytest.raises(BadReply, match=text):
        feed.read(body)


def test_a_feed_that_is_cut_keeps_what_was_whole():
    body = document(5)
    cut = body[: body.index(b"<title>[Group] Show - 04") + 12]
    read = feed.read(cut)
    assert read.readable is not None
    saved = feed.salvage(read.readable)
    assert [item["title"] for item in saved] == [f"[Group] Show - 0{n} (1080p)" for n in (1, 2, 3)]
    (first, *_) = releases(saved, CONFIG, "nyaa")
    (whole, *_) = releases(feed.read(body).items, CONFIG, "nyaa")
    assert first == whole


def test_nothing_after_a_break_is_used():
    body = document(5).replace(b"[Group] Show - 03", b"[Group] Show & Tell <oops - 03")
    read = feed.read(body)
    assert read.readable is not None
    assert [item["title"][-10:-8] for item in feed.salvage(read.readable)] == ["01", "02"]


def test_bytes_that_are_no_utf_8_break_a_feed():
    read = feed.read(document(3).replace(b"Show - 02", b"Show \xff\xfe - 02"))
    assert read.readable is not None
    assert len(feed.salvage(read.readable)) == 1


@pytest.mark.parametrize("cut", [b"<item>", b"<title>[Group] Show - 01", b"</channel>"])
def test_a_feed_of_which_nothing_is_left_is_no_answer(cut):
    body = document(0 if cut == b"</channel>" else 2)
    read = feed.read(body[: body.index(cut) + 3])
    assert read.readable is not None
    with pytest.raises(BadReply, match="breaks off"):
        feed.salvage(read.readable)


def test_what_is_saved_keeps_markup_in_titles():
    title = b"&lt;b&gt;Bold&lt;/b&gt; &amp; Co"
    body = document(3).replace(b"[Group] Show - 01 (1080p)", title)
    read = feed.read(body[: len(body) // 2])
    assert read.readable is not None
    assert feed.salvage(read.readable)[0]["title"] == "<b>Bold</b> & Co"


@pytest.mark.parametrize("rest", ["<x/>" * 5_000, "&amp;" * 5_000, "x" * 300_000])
def test_what_is_broken_and_big_is_not_looked_into(rest):
    read = feed.read(document(3, tail=f"<item><title>{rest}"))
    assert read.readable is not None
    with pytest.raises(BadReply, match="bigger than any feed"):
        feed.salvage(read.readable)


PIECES = (
    "<item>", "</item>", "<title>", "</title>", "Show & Tell", "&amp;", "&#0;", "&#x41;",
    "<![CDATA[", "]]>", "<!--", "-->", "<?x ?>", "<![if", "<!DOCTYPE x>", "<nyaa:infoHash>",
    HASH, "</nyaa:infoHash>", "<link>", "magnet:?xt=urn:btih:" + HASH, "</link>", "<x:y>", "\0",
    "\ufffe", "</channel>", "</rss>", "<pubDate>x</pubDate>", "<description>", "</description>",
)  # fmt: skip


def read_whatever(body):
    """Do all that the indexer does with a body."""
    try:
        read = feed.read(body)
        items = read.items if read.readable is None else feed.salvage(read.readable)
    except BadReply:
        return
    for release in releases(items, CONFIG, "nyaa"):
        assert release.title
        assert release.info_hash or release.torrent_url


@given(st.binary(max_size=500))
def test_any_bytes_give_releases_or_a_bad_reply(body):
    read_whatever(body)


@settings(deadline=None)
@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=8), max_size=30))
@example(["<item>", "<![if"])
@example([ITEM.format(n=1), ITEM.format(n=2), "<![CDATA["])
def test_any_pieces_of_a_feed_give_releases_or_a_bad_reply(pieces):
    read_whatever((HEAD + "".join(pieces)).encode("utf-8", "surrogatepass"))


@settings(deadline=None, max_examples=50)
@given(st.integers(min_value=0, max_value=len(document(3))))
def test_a_feed_may_be_cut_anywhere(length):
    read_whatever(document(3)[:length])


# --- what makes a release -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("1 Byte", 1),
        ("0 Bytes", 0),
        ("1000 Bytes", 1000),
        ("228.2 KiB", 233_677),
        ("300.1 MiB", 314_677_658),
        ("1.4 GiB", 1_503_238_554),
        ("1.5 TiB", 1_649_267_441_664),
        ("999999999999.9 PiB", None),
        ("1.4 GB", None),
        ("1,4 GiB", None),
        ("-1 MiB", None),
        ("nan GiB", None),
        ("", None),
    ],
)
def test_sizes_are_bytes(text, size):
    assert one(size=text).size == size


@pytest.mark.parametrize(
    ("text", "count"),
    [("0", 0), ("123", 123), ("-1", None), ("1e3", None), ("٣", None), ("9" * 30, None)],
)
def test_seeders_are_counts(text, count):
    assert one(seeders=text).seeders == count


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("Wed, 18 Nov 2026 06:58:48 -0000", datetime(2026, 11, 18, 6, 58, 48, tzinfo=UTC)),
        ("Wed, 18 Nov 2026 06:58:48 +0200", datetime(2026, 11, 18, 4, 58, 48, tzinfo=UTC)),
        ("Wed, 31 Feb 2026 06:58:48 -0000", None),
        ("Fri, 31 Dec 9999 23:59:59 -2300", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_dates_are_utc(text, when):
    assert one(pubdate=text).published_at == when


@pytest.mark.parametrize(
    ("category", "language", "is_anime_video"),
    [
        ("1_2", Language.ENGLISH, True),
        ("1_3", Language.FOREIGN, True),
        ("1_4", Language.RAW, True),
        ("1_1", Language.UNKNOWN, False),
        ("2_1", Language.UNKNOWN, False),
        ("3_1", Language.UNKNOWN, False),
        ("what", Language.UNKNOWN, False),
        (None, Language.ENGLISH, True),  # not said, but asked for
    ],
)
def test_categories(category, language, is_anime_video):
    release = one(categoryid=category)
    assert (release.language, release.is_anime_video) == (language, is_anime_video)


@pytest.mark.parametrize("text", [HASH, HASH.upper(), BASE32, BASE32.lower()])
def test_hashes_have_one_spelling(text):
    assert one(infohash=text).info_hash == HASH


@pytest.mark.parametrize("text", [None, "", HASH[:-1], HASH + "0", "g" * 40, HASH + "\n", "0" * 40])
def test_without_a_hash_the_file_must_do(text):
    assert one(infohash=text).info_hash is None
    assert one(infohash=text, link="https://elsewhere.example/1.torrent") is None
    assert one(infohash=text, link=None) is None


@pytest.mark.parametrize("digits", [HASH, HASH.upper(), BASE32])
def test_a_magnet_link_has_the_hash_too(digits):
    release = one(infohash=None, link=f"magnet:?xt=urn:btih:{digits}&dn=x&tr=http://evil.example/")
    assert release.info_hash == HASH
    assert release.torrent_url is None
    assert release.trackers == CONFIG.trackers


@pytest.mark.parametrize("link", [f"magnet:?xt=urn:btih:{'1' * 40}", "magnet:?dn=x", "magnet:?"])
def test_a_row_whose_magnet_link_contradicts_it_is_passed_over(link):
    assert one(link=link) is None


@pytest.mark.parametrize(
    "address",
    [
        "https://nyaa.example.evil.example/1.torrent",
        "https://nyaa.example@evil.example/1.torrent",
        "https://nyaa.example:8443/1.torrent",
        "http://nyaa.example/1.torrent",
        "//nyaa.example/1.torrent",
        "/download/1.torrent",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "https://nyaa.example/1.torrent\nhttps://evil.example/",
        "https://nyaa.example/a b.torrent",
        "https://nyaa.example/" + "x" * 3000,
    ],
)
def test_addresses_elsewhere_are_dropped(address):
    release = one(link=address, guid=address)
    assert release.info_hash == HASH
    assert release.torrent_url is None
    assert release.page_url is None


@pytest.mark.parametrize("title", [None, "", " ", "\u200b"])
def test_a_row_without_a_title_is_passed_over(title):
    assert one(title=title) is None


def test_long_titles_are_cut():
    assert len(one(title="x" * 100_000).title) == 512
