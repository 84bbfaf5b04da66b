"""Where the commands print: data on stdout, words on stderr, and neither with surprises."""

import contextlib
import getpass
import io
import shutil
import signal
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, TextIO

import attrs
import msgspec

from .cells import ASCII, UNICODE, Symbols, cut, fit, safe, width
from .words import Tone

SCHEMA = 1
SMALLEST_COLUMN = 8
_CODES: Mapping[Tone | Literal["head"], str] = {
    "good": "32",
    "busy": "36",
    "bad": "31",
    "quiet": "2",
    "head": "1",
}

When = Literal["auto", "always", "never"]


@attrs.frozen
class Cell:
    """One cell of a table."""

    text: str
    tone: Tone = "plain"


@attrs.frozen
class Column:
    """One column of a table; a *flexible* one gives way when there is too little room."""

    head: str
    right: bool = False
    flexible: bool = False


class Console:
    """The terminal, or the pipe, that a command talks to."""

    def __init__(
        self, keys: TextIO, out: TextIO, words: TextIO, environ: Mapping[str, str], color: When
    ) -> None:
        for stream in (out, words):
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="replace")
        self._keys, self._out, self._words = keys, out, words
        self.live = words.isatty() and environ.get("TERM") != "dumb"
        self.interactive = keys.isatty() and words.isatty()
        wanted = out.isatty() and not environ.get("NO_COLOR") and environ.get("TERM") != "dumb"
        self._color = color == "always" or (color == "auto" and wanted)
        self.width = shutil.get_terminal_size().columns if out.isatty() else None
        encoding = (getattr(out, "encoding", None) or "utf-8").lower().replace("-", "")
        self.symbols: Symbols = UNICODE if encoding == "utf8" else ASCII
        self._line = 0

    # --- data

    def data(self, text: str = "", tone: Tone = "plain") -> None:
        """Print one line of the answer; *text* is not cut."""
        self._clear()
        print(self._paint(safe(text), tone), file=self._out)

    def json(self, reply: object, **more: object) -> None:
        """Print *reply* and *more* as one line of JSON, with the number of its schema."""
        self._clear()
        fields: dict[str, Any] = {"schema": SCHEMA, **more}
        if reply is not None:
            fields |= msgspec.to_builtins(reply)
        print(msgspec.json.encode(fields).decode(), file=self._out)

    def table(self, columns: Sequence[Column], rows: Sequence[Sequence[Cell]]) -> None:
        """Print *rows* under their heads: as wide as the terminal, elsewhere with tabs between."""
        heads = [Cell(column.head) for column in columns]
        if self.width is None:
            for number, row in enumerate((heads, *rows)):
                cells = (self._paint(safe(c.text), c.tone if number else "head") for c in row)
                print("\t".join(cells), file=self._out)
            return
        texts = [[safe(cell.text) for cell in row] for row in rows]
        widths = [
            max(width(column.head), *(width(row[i]) for row in texts), 0)
            for i, column in enumerate(columns)
        ]
        widths = _squeeze(widths, columns, self.width)
        for number, row in enumerate((heads, *rows)):
            line = "  ".join(
                self._paint(
                    fit(cell.text, cells, right=column.right, ellipsis=self.symbols.ellipsis),
                    cell.tone if number else "head",
                )
                for cell, cells, column in zip(row, widths, columns, strict=True)
            )
            print(line.rstrip(), file=self._out)

    # --- words

    def say(self, text: str, tone: Tone = "plain") -> None:
        """Tell the user something that is not the answer."""
        self._clear()
        painted = self._paint(safe(text), tone) if self.live else safe(text)
        print(painted, file=self._words, flush=True)

    def status(self, text: str) -> None:
        """Show *text* in place of what was shown this way before; only on a terminal."""
        if not self.live:
            return
        room = shutil.get_terminal_size().columns - 1
        shown = cut(safe(text), room, self.symbols.ellipsis)
        self._words.write("\r" + shown + " " * max(0, self._line - width(shown)))
        self._words.flush()
        self._line = width(shown)

    def _clear(self) -> None:
        if self._line:
            self._words.write("\r" + " " * self._line + "\r")
            self._words.flush()
            self._line = 0

    def _paint(self, text: str, tone: Tone | Literal["head"]) -> str:
        code = _CODES.get(tone)
        return f"\x1b[{code}m{text}\x1b[0m" if self._color and code else text

    # --- questions

    def ask(self, question: str, *, secret: bool = False) -> str:
        """Return what the user answers; empty at the end of the input."""
        self._clear()
        with _interruptible():
            if secret and self._keys.isatty():
                with contextlib.suppress(EOFError):
                    return getpass.getpass(f"{question}: ", stream=self._words)
                self.say("")
                return ""
            print(f"{question}: ", end="", file=self._words, flush=True)
            return self._keys.readline().rstrip("\r\n")

    def confirm(self, question: str) -> bool:
        """Ask, and take nothing but a plain yes for one."""
        return self.ask(f"{question} [y/N]").strip().lower() in ("y", "yes")

    def line(self) -> str:
        """Return the next line that comes in on stdin."""
        with _interruptible():
            return self._keys.readline()

    def read(self) -> str:
        """Return all that comes in on stdin."""
        with _interruptible():
            return self._keys.read()


def _squeeze(widths: list[int], columns: Sequence[Column], room: int) -> list[int]:
    """Make the flexible columns narrower, the widest first, until the table fits into *room*."""
    widths = list(widths)
    flexible = [i for i, column in enumerate(columns) if column.flexible]
    while sum(widths) + 2 * (len(widths) - 1) > room and flexible:
        widest = max(flexible, key=lambda i: widths[i])
        if widths[widest] <= SMALLEST_COLUMN:
            break
        widths[widest] -= 1
    return widths


@contextlib.contextmanager
def _interruptible() -> Iterator[None]:
    """Let ^C end a question at once; asyncio would wait until it is answered."""
    previous = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, previous)
