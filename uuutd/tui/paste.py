"""What is pasted is text: none of its characters may count as a key.

With bracketed paste the terminal says where a pasted text begins and ends; it may come in
several pieces.
"""

from collections.abc import Iterable

LONGEST = 64 * 1024

Key = str | tuple[str, int, int, int]

_AS_TEXT = {"enter": "\n", "tab": "\t"}


class Pastes:
    """Takes pasted texts out of the keys that arrive."""

    def __init__(self) -> None:
        self._pasted: list[str] | None = None

    def split(self, keys: Iterable[Key]) -> tuple[list[Key], list[str]]:
        """Return the keys that were pressed, and the texts whose end has arrived."""
        pressed: list[Key] = []
        texts: list[str] = []
        for key in keys:
            # An escape just before it makes urwid say "meta begin paste".
            if isinstance(key, str) and key.endswith("begin paste"):
                self._pasted = []
            elif key == "end paste":
                texts.append("".join(self._pasted or ()))
                self._pasted = None
            elif self._pasted is None:
                pressed += _pressed(key)
            elif isinstance(key, str) and len(self._pasted) < LONGEST:
                self._pasted.append(key if len(key) == 1 else _AS_TEXT.get(key, ""))
        return pressed, texts


def _pressed(key: Key) -> list[Key]:
    """Return the keys that *key* stands for.

    Who types Esc and the next key within an eighth of a second has not held Alt, which does
    nothing here; a terminal sends the same for both.
    """
    if isinstance(key, str) and key.startswith("meta "):
        return ["esc", key.removeprefix("meta ")]
    return [key]
