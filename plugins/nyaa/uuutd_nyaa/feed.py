"""Reads the bytes of the site's feed, whatever they are.

`read` takes well-formed feeds only, under caps.  Of a feed that breaks off, `salvage`
saves what stands before the break.  Any bytes give a `Feed` or raise `BadReply`.
"""

import functools
import io
from collections.abc import Mapping
from typing import Final
from xml.etree.ElementTree import ParseError
from xml.parsers.expat import XMLParserType

import attrs
from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from uuutd.errors import BadReply
from uuutd.text import clean

MAX_BYTES: Final = 2 * 1024 * 1024
"""The longest feed that is read, unpacked."""
MAX_ITEMS: Final = 300
"""How many items are read; what follows them is not even looked at."""
_MAX_DEPTH = 64
_MAX_ATTRIBUTES = 64
_MAX_ELEMENTS = 20_000
_MAX_TEXT = 8 * 1024
_MAX_SALVAGE = 256 * 1024
_MAX_SALVAGE_MARKUP = 5_000
"""How many ``<`` and ``&`` may be salvaged: 75 items have some 2,700."""

_PLAIN = {"title": "title", "link": "link", "guid": "guid", "pubDate": "pubdate"}
_OWN = {
    name: name.lower()
    for name in ("seeders", "leechers", "downloads", "infoHash", "categoryId", "size")
} | {"trusted": "trusted", "remake": "remake"}
_FEEDPARSER = {"id": "guid", "published": "pubdate"}
# XML has no room for these.  The site repeats the query in its feed without asking
# whether it holds any; nothing of what we read is lost with them.
_FORBIDDEN = bytes(code for code in range(32) if code not in b"\t\n\r")

Item = Mapping[str, str]
"""The texts of one item by the names of their elements, in lower case, without namespaces."""


@attrs.frozen(kw_only=True)
class Feed:
    """The items of a feed; *readable* is all that stands before the break, if there is one."""

    items: tuple[Item, ...]
    readable: bytes | None = attrs.field(default=None, repr=False)


def read(body: bytes) -> Feed:
    """Read the items up to the end of the feed, or up to where it breaks.

    Raises `BadReply` for what is no RSS feed, and for one that breaks our caps.
    """
    body = body.translate(None, _FORBIDDEN)
    if not body.strip():
        raise BadReply("the answer is empty")
    reader = _Reader()
    readable = None
    try:
        reader.feed(body)
        reader.close()
    except _Enough:
        pass
    except DefusedXmlException as error:
        raise BadReply(
            "the answer is not a feed: it declares a document type, as web pages do"
        ) from error
    except ParseError as error:
        if not reader.is_feed:
            raise BadReply("the answer is not a feed") from error
        readable = body[: reader.parser.ErrorByteIndex]
    return Feed(items=tuple(reader.items), readable=readable)


def salvage(readable: bytes) -> tuple[Item, ...]:
    """Save the items of what stands before a break, except for the last, which may not be whole.

    This is slow, 75 items take about 30 ms, and therefore has caps of its own.  Raises
    `BadReply` if nothing is left, and for what breaks them.
    """
    markup = readable.count(b"<") + readable.count(b"&")
    if len(readable) > _MAX_SALVAGE or markup > _MAX_SALVAGE_MARKUP:
        raise BadReply("the feed breaks off, and is bigger than any feed of the site")
    # Never give feedparser a text: it opens what looks like a path and fetches what looks
    # like an address.
    import feedparser  # noqa: PLC0415 - big, and hardly ever needed

    parsed = feedparser.parse(
        io.BytesIO(readable), resolve_relative_uris=False, sanitize_html=False
    )
    items = tuple(_from_feedparser(entry) for entry in parsed.entries[:-1][:MAX_ITEMS])
    if not items:
        raise BadReply("the feed breaks off before anything in it can be read")
    return items


def _from_feedparser(entry: Mapping[str, object]) -> Item:
    """Undo feedparser's names: it writes ``nyaa_infohash``, and has its own for two elements."""
    item: dict[str, str] = {}
    for key, value in entry.items():
        name = _FEEDPARSER.get(key, key.removeprefix("nyaa_"))
        if isinstance(value, str):
            item.setdefault(name, value[:_MAX_TEXT])
    return item


class _Enough(Exception):
    """The item after the last one that is read has begun."""


class _NoTree:
    """What the parser wants to build a tree with; ours builds none."""

    def close(self) -> None:
        """End the document."""


class _Reader(DefusedXMLParser):
    """Keeps the texts of the items, and holds the caps while reading.

    It hears the expat parser itself, which is twice as quick as through the layer of
    ElementTree, and texts only where they are wanted.
    """

    parser: XMLParserType

    def __init__(self) -> None:
        super().__init__(target=_NoTree(), encoding="utf-8", forbid_dtd=True)
        self.parser.DefaultHandlerExpand = None
        self.parser.StartElementHandler = self._begin
        self.parser.EndElementHandler = self._finish
        self.items: list[Item] = []
        self.is_feed = False
        self._depth = 0
        self._elements = 0
        self._item: dict[str, str] | None = None
        self._field: str | None = None
        self._texts: list[str] = []

    def _begin(self, tag: str, attributes: list[str]) -> None:
        self._depth = depth = self._depth + 1
        self._elements += 1
        if (
            self._elements > _MAX_ELEMENTS
            or depth > _MAX_DEPTH
            or len(attributes) > 2 * _MAX_ATTRIBUTES
        ):
            raise BadReply("the feed is bigger or deeper than any feed of the site")
        if depth == 4:
            self._field = _field(tag)
            if self._field is not None and self._item is not None:
                self.parser.CharacterDataHandler = self._texts.append
        elif depth == 3:
            if tag == "item":
                if len(self.items) == MAX_ITEMS:
                    raise _Enough
                self._item = {}
        elif depth == 1:
            self._root(tag)

    def _finish(self, _: str) -> None:
        if self._depth == 4:
            if self._field is not None and self._item is not None:
                self._item.setdefault(self._field, "".join(self._texts).strip()[:_MAX_TEXT])
                self.parser.CharacterDataHandler = None
                self._texts.clear()
        elif self._depth == 3 and self._item is not None:
            self.items.append(self._item)
            self._item = None
        self._depth -= 1

    def _root(self, tag: str) -> None:
        if tag != "rss":
            raise BadReply(f"the answer is not a feed: it begins with <{clean(tag, 40)}>")
        self.is_feed = True


@functools.lru_cache(maxsize=256)
def _field(tag: str) -> str | None:
    """Return what we call an element, None if we do not read it.

    The site's own elements are known by their local names, because a mirror has a
    namespace of its own; those of RSS have none.
    """
    _, namespace, local = tag.rpartition("}")
    return _OWN.get(local) if namespace else _PLAIN.get(tag)
