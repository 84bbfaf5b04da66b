"""The stand-in searches and answers like the site, whose own code was measured for this."""

import re

import pytest

from uuutd.fetch import get, open_sessions
from uuutd.testing.nyaa import NyaaStandIn
from uuutd.testing.nyaa_query import parse

TITLE = re.compile(r"<item>\s*<title>([^<]*)</title>")
LINK = re.compile(r"<item>.*?<link>([^<]*)</link>", re.DOTALL)


@pytest.fixture
async def site():
    async with NyaaStandIn() as site:
        yield site


@pytest.fixture
async def ask(site):
    """Ask the site's front page; redirects are not followed."""
    async with open_sessions("test") as (http, _):

        async def ask(path="/", **query):
            return await get(http, site.url + path, params=query, limit=10**6, redirects=0)

        yield ask


@pytest.mark.parametrize(
    ("query", "name", "found"),
    [
        ("", "anything", True),
        ("sora michi", "[A] Sora no Michi - 07", True),
        ("sora missing", "[A] Sora no Michi - 07", False),
        ("SORA", "[A] sora", True),
        ("7", "Sora - 07", True),
        ("7", "Sora S02E07", True),
        ("07", "Sora - 07", True),
        ("07", "Sora S02E07", False),
        ("07", "Sora - 07v2", True),
        ("07", "Sora - 7", False),
        ("s02e07", "Sora.S02E07.1080p", True),
        ("(07|s02e07)", "Sora S02E07", True),
        ("sora (07|s02e07)", "Sora - 08", False),
        ("1", "Sora - 07 1080p", True),
        ("7", "Sora 720p", True),
        ("sora -720p", "Sora - 07 720p", False),
        ("sora -720p", "Sora - 07 1080p", True),
        ("sora - 07", "Sora - 07", True),
        ("-(720p|480p) sora", "Sora 480p", False),
        ("a|b c", "b c", True),
        ("a|b c", "a b", False),
        ('"no Mi"', "Sora no Michi", True),
        ('"Michi - 07"', "Sora no Michi - 07", True),
        ('"no  Mi"', "Sora no Michi", False),
        ('"x"|"no Mi"', "Sora no Michi", True),
        ("Rock", "Bocchi the Rock!", True),
        ("Rock!", "Bocchi the Rock!", True),
        ("Rock!", "Bocchi the Rock", False),
        ("Re:Zero", "Re:Zero", False),
        ("Re Zero", "Re:Zero", True),
        ("ReZero", "Re:Zero", True),
        ("Eighty Six", "86 Eighty-Six", True),
        ("World-", "World- x", False),
        ("journey's", "Beyond Journey's End", True),
        ("journey\u2019s", "Beyond Journey's End", False),
        ("journeys", "Beyond Journey's End", False),
        ("seize", "Sei\u00dfe", False),
        ("word*", "wordy", True),
        ("+word", "wordy", True),
        ("&&", "x", True),
        ("(", "x", True),
        (")", "x", True),
        ("|", "x", True),
        ('"', "x", True),
        ("-", "x", True),
        ("葬送", "葬送のフリーレン", True),
        ("abcdefghijklmno", "abcdefghijklmnopq", True),
        ("abcdefghijklmnop", "abcdefghijklmnopq", False),
        ("abcdefghijklmnopq", "abcdefghijklmnopq", True),
    ],
)
def test_the_query_language(query, name, found):
    assert parse(query)(name) is found


async def test_the_newest_75_and_no_second_page(site, ask):
    for number in range(80):
        site.add(f"Show {number:02}", f"{number + 1:040x}", seeders=100 - number)
    for page in ("1", "2"):
        titles = TITLE.findall((await ask(page="rss", q="show", s="seeders", p=page)).body.decode())
        assert titles == [f"Show {number:02}" for number in range(79, 4, -1)]


async def test_the_form_of_the_feed(site, ask):
    site.add("[Tom & 'Jerry'] <x>", "1" * 40, size=1, trusted=True)
    answer = await ask(page="rss", q="tom")
    assert answer.headers["Content-Type"] == "application/xml"
    assert answer.headers["Cache-Control"] == "max-age=300"
    text = answer.body.decode()
    assert text.startswith("<rss ")
    assert f'xmlns:nyaa="{site.url}/xmlns/nyaa"' in text
    assert "Nyaa - &#34;tom&#34; - Torrent File RSS" in text
    assert TITLE.findall(text) == ["[Tom &amp; &#39;Jerry&#39;] &lt;x&gt;"]
    assert "<nyaa:size>1 Byte</nyaa:size>" in text
    assert "<nyaa:trusted>Yes</nyaa:trusted>" in text
    assert (await ask("/rss", q="tom")).body == answer.body


@pytest.mark.parametrize(
    ("size", "text"),
    [(0, "0 Bytes"), (1023, "1023 Bytes"), (233_677, "228.2 KiB"), (1_503_238_554, "1.4 GiB"),
     (1_649_267_441_664, "1.5 TiB")],
)  # fmt: skip
async def test_sizes_are_rounded(site, ask, size, text):
    site.add("x", "1" * 40, size=size)
    assert f"<nyaa:size>{text}</nyaa:size>" in (await ask(page="rss")).body.decode()


async def test_links_are_files_or_magnets(site, ask):
    site.add("x", "1" * 40)
    (link,) = LINK.findall((await ask(page="rss")).body.decode())
    assert link.startswith(f"magnet:?xt=urn:btih:{'1' * 40}&amp;dn=x")


async def test_filters(site, ask):
    site.add("plain", "1" * 40)
    site.add("trusted", "2" * 40, trusted=True)
    site.add("remake", "3" * 40, remake=True)
    found = [
        TITLE.findall((await ask(page="rss", f=wish)).body.decode()) for wish in ("0", "1", "2")
    ]
    assert found == [["remake", "trusted", "plain"], ["trusted", "plain"], ["trusted"]]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"q": "x", "c": "9_9"}, 400),
        ({"c": "9_9"}, 200),
        ({"c": "anime"}, 400),
        ({"f": "9"}, 400),
        ({"s": "name"}, 400),
        ({"s": "Seeders"}, 302),
        ({"q": "x " * 1001}, 302),
    ],
)
async def test_what_the_site_refuses(ask, query, status):
    answer = await ask(page="rss", **query)
    assert answer.status == status
    assert answer.content_type == ("application/xml" if status == 200 else answer.content_type)


async def test_pages_are_html(ask):
    home = await ask()
    assert (home.status, home.content_type) == (200, "text/html")
    missing = await ask("/download/1.torrent")
    assert (missing.status, missing.content_type) == (404, "text/html")


async def test_faults_are_over_after_their_count(site, ask):
    site.fail("status", 2, status=502)
    statuses = [(await ask(page="rss")).status for _ in range(3)]
    assert statuses == [502, 502, 200]
    assert [request.query for request in site.requests] == [{"page": "rss"}] * 3


def test_what_cannot_be(site):
    with pytest.raises(ValueError, match="refuses no connection"):
        site.fail("refuse")
    with pytest.raises(ValueError, match="is not one of"):
        site.add("x", "1" * 40, category="9_9")
