"""The text of a filter, read from left to right."""

import re


class FilterError(ValueError):
    """A filter that cannot be read; *position* counts its characters from 1."""

    def __init__(self, position: int, problem: str) -> None:
        super().__init__(f"character {position}: {problem}")
        self.position = position
        self.problem = problem


class Text:
    """A text, and how far it has been read."""

    def __init__(self, text: str) -> None:
        self._text = text
        self.at = 0

    @property
    def ended(self) -> bool:
        """Whether everything has been read."""
        return self.at >= len(self._text)

    def peek(self) -> str:
        """Return the next character, "" at the end."""
        return self._text[self.at : self.at + 1]

    def take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """Read what *pattern* matches here; None if it does not."""
        found = pattern.match(self._text, self.at)
        if found is not None:
            self.at = found.end()
        return found

    def skip(self, character: str) -> bool:
        """Read *character* if it is the next one, and say if it was."""
        if self.peek() != character or not character:
            return False
        self.at += 1
        return True

    def spaces(self) -> None:
        """Read what separates words."""
        while self.peek().isspace():
            self.at += 1

    def until(self, mark: str) -> str:
        r"""Read up to and over the next *mark*, and return what stood before it.

        ``\`` in front of one makes it part of what is read; other ``\`` stay.
        """
        start, found = self.at, list[str]()
        while not self.ended:
            character = self.peek()
            self.at += 1
            if character == mark:
                return "".join(found)
            if character == "\\" and self.peek() in (mark, "\\"):
                found.append(mark if self.peek() == mark else "\\\\")
                self.at += 1
            else:
                found.append(character)
        raise self.error(f"the {mark} that belongs to this one is missing", start)

    def error(self, problem: str, at: int | None = None) -> FilterError:
        """Return an error about the character *at*, by default the next one."""
        return FilterError((self.at if at is None else at) + 1, problem)
