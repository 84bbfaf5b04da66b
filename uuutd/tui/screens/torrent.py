"""One torrent in full."""

from collections.abc import Iterator, Mapping

from ...remote import RemoteError
from ...terminal import words
from ...terminal.cells import Symbols, bar
from ...wire import PeerReply, TorrentDetailReply, TorrentFileReply, TorrentReply, TrackerReply
from ..keys import Action
from ..magnets import magnet
from ..paint import Line, column, spread
from ..state import State
from ..trouble import plain
from .page import Item, Page

LABEL_CELLS = 10
BAR_CELLS = 10
FILE = "file "
TRACKER_TONES: Mapping[str, words.Tone] = {"working": "good", "error": "bad", "off": "quiet"}


class Torrent(Page):
    """The torrent *torrent*: what it is for, how to fetch it, its files, trackers and peers."""

    name = "torrent"

    def __init__(self, state: State, symbols: Symbols, torrent: str) -> None:
        super().__init__(state, symbols)
        self.torrent = torrent
        self._known: object = None
        self._kept: Mapping[str, Item] = {}

    @property
    def detail(self) -> TorrentDetailReply | RemoteError | None:
        """What was read last; None while nothing was."""
        found = self.state.detail
        return found.detail if found is not None and found.torrent == self.torrent else None

    def targets(self) -> list[TorrentReply]:
        """Return the torrent, as what the next action is about."""
        found = self.state.torrents.get(self.torrent)
        return [found] if found else []

    def file(self) -> TorrentFileReply | None:
        """Return the file that the focus is on."""
        name, detail = self.walker.focus or "", self.detail
        if not name.startswith(FILE) or not isinstance(detail, TorrentDetailReply):
            return None
        return next((f for f in detail.files if f"{FILE}{f.index}" == name), None)

    def labels(self) -> Mapping[Action, str]:
        """Name what Space would do to the focused file."""
        file = self.file()
        return {Action.WANT: "" if file is None else "leave out" if file.wanted else "want"}

    def headline(self, cells: int) -> Line:
        """Return which torrent this is, and how far."""
        row = self.state.torrents.get(self.torrent)
        name = row.name if row else self.torrent
        right = f" {words.transfer(row)} " if row else " gone "
        left: Line = [("quiet", f" Torrents {self.symbols.pointer} {name}")]
        room = cells - len(right)
        return spread(left, [("quiet", right)] if room > cells // 2 else [], cells, self.symbols)

    def empty(self) -> str:
        """Say that it is being read."""
        return f"reading{self.symbols.ellipsis}"

    def items(self) -> Mapping[str, Item]:
        """Return everything that is known of it; made anew only when that is."""
        row, detail = self.state.torrents.get(self.torrent), self.detail
        known = (row, detail)
        if self._known != known:
            self._known = known
            self._kept = dict(self._all(row, detail))
        return self._kept

    def _all(
        self, row: TorrentReply | None, detail: TorrentDetailReply | RemoteError | None
    ) -> Iterator[tuple[str, Item]]:
        if row is None and self.state.torrents_read:
            yield "gone", Item([("bad", "it is no longer among your torrents")], wraps=True)
        if isinstance(detail, RemoteError):
            yield "problem", Item([("bad", plain(detail))], wraps=True)
        shown = detail if row is None and isinstance(detail, TorrentDetailReply) else row
        if shown is not None:
            yield from self._overview(shown)
        if isinstance(detail, TorrentDetailReply):
            yield from self._parts(detail)
        elif detail is None:
            yield "reading", Item([("quiet", f"reading files, trackers, peers{self._dots}")])

    @property
    def _dots(self) -> str:
        return self.symbols.ellipsis

    def _overview(self, torrent: TorrentReply) -> Iterator[tuple[str, Item]]:
        facts = {
            "name": torrent.name,
            "state": torrent.error or words.transfer(torrent),
            "for": ", ".join(f"ep {each.episode} ({each.provider})" for each in torrent.entries),
            "size": f"{words.size(torrent.size)}, ratio {torrent.ratio:.2f}",
            "owners": self._owners(torrent),
            "labels": " ".join(torrent.labels),
            "client": torrent.client,
            "path": torrent.save_path or "",
            "hash": torrent.hash,
            "magnet": magnet(torrent),
        }
        for label, text in facts.items():
            tone = "bad" if label == "state" and torrent.error else "plain"
            if text:
                line: Line = [column(label, LABEL_CELLS, "quiet"), (tone, text)]
                yield label, Item(line, wraps=True)
        for number, command in enumerate(torrent.fetch_commands):
            line = [column("" if number else "fetch", LABEL_CELLS, "quiet"), ("good", command)]
            yield f"fetch {number}", Item(line, wraps=True)

    def _owners(self, torrent: TorrentReply) -> str:
        if torrent.foreign:
            return "nobody: it was in the client before UUUTorrent"
        return "you" if torrent.owners <= 1 else f"you and {torrent.owners - 1} more"

    def _parts(self, detail: TorrentDetailReply) -> Iterator[tuple[str, Item]]:
        limits = [
            f"{way} {words.rate(value)}"
            for way, value in (("down", detail.limits.down), ("up", detail.limits.up))
            if value is not None
        ]
        if limits:
            line: Line = [column("limits", LABEL_CELLS, "quiet"), ("plain", ", ".join(limits))]
            yield "limits", Item(line)
        yield from self._head("files", len(detail.files))
        for file in detail.files:
            yield f"{FILE}{file.index}", Item(self._file(file))
        yield from self._head("trackers", len(detail.trackers))
        for number, tracker in enumerate(detail.trackers):
            yield f"tracker {number}", Item(_tracker(tracker), wraps=True)
        yield from self._head("peers", len(detail.peers))
        for number, peer in enumerate(detail.peers):
            yield f"peer {number} {peer.address}", Item(_peer(peer))

    def _head(self, what: str, count: int) -> Iterator[tuple[str, Item]]:
        line = self.symbols.line
        yield what, Item([("quiet", f"{line * 2} {what}: {count} {line * 2}")])

    def _file(self, file: TorrentFileReply) -> Line:
        part = file.done_bytes / file.size if file.size else 1.0
        return [
            ("good" if file.wanted else "quiet", "[x] " if file.wanted else "[ ] "),
            column(words.size(file.size), 6, right=True),
            ("gauge", " " + bar(part, BAR_CELLS, self.symbols)),
            column(words.percent(part).replace(" ", ""), 5, right=True),
            ("plain" if file.wanted else "quiet", f"  {file.path}"),
        ]


def _tracker(tracker: TrackerReply) -> Line:
    counts = [
        f"{count} {what}"
        for count, what in ((tracker.seeders, "seeders"), (tracker.leechers, "leechers"))
        if count is not None
    ]
    said = [("bad", f"  {tracker.message}")] if tracker.message else []
    return [
        column(tracker.state, LABEL_CELLS, TRACKER_TONES.get(tracker.state, "busy")),
        ("plain", tracker.url),
        ("quiet", "  " + ", ".join(counts) if counts else ""),
        *said,
    ]


def _peer(peer: PeerReply) -> Line:
    return [
        column(words.percent(peer.progress).replace(" ", ""), 5, right=True),
        column(f"{words.size(peer.down_rate)}" if peer.down_rate else "", 7, "busy", right=True),
        column(f"{words.size(peer.up_rate)}" if peer.up_rate else "", 7, right=True),
        ("plain", f"  {peer.address}"),
        ("quiet", f"  {peer.client}"),
    ]
