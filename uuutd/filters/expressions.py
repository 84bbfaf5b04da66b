"""Regular expressions that take time in proportion to the text, whoever wrote them.

Those of the standard library can be made to take years.  These know no look-around and no
references back; what they do know means what it means there, without regard to case.
"""

import re
from collections.abc import Callable, Sequence

import attrs

from .text import FilterError, Text

LONGEST = 100
"""Characters of an expression."""
MOST_STEPS = 150
"""Parts of an expression, those under ``{n}`` counted as often as they are repeated."""
MOST_STATES = 2000
DEEPEST = 20

Fits = Callable[[str], bool]
_COUNTS = re.compile(r"\{(\d{1,3})(,(\d{0,3}))?\}", re.ASCII)
_CLASSES: dict[str, Fits] = {
    "d": str.isdecimal,
    "w": lambda c: c.isalnum() or c == "_",
    "s": str.isspace,
}
_SPECIAL = frozenset("*+?{")


@attrs.frozen
class Step:
    """One step of a program.

    With *fits* it takes a character and goes on with the next step; with *mark*, ``^`` or
    ``$``, only there; else it goes on, without taking any, at each of *leads*, relative to
    itself.
    """

    fits: Fits | None = None
    mark: str = ""
    leads: tuple[int, ...] = ()


Program = list[Step]


class Expression:
    """A regular expression; raises `FilterError`, with the place in *pattern*, for a bad one."""

    def __init__(self, pattern: str) -> None:
        self._program = _Reader(pattern).read()
        self._ends = len(self._program)
        self._begin = self._reached([0], first=True)
        self._again = self._reached([0], first=False)
        self._known: dict[tuple[frozenset[int], str], frozenset[int]] = {}

    def found_in(self, text: str) -> bool:
        """Whether it matches anywhere in *text*."""
        state = self._begin
        for character in text:
            if self._ends in state:
                return True
            following = self._known.get((state, character))
            if following is None:
                following = self._after(state, character)
            state = following
        return self._ends in self._reached(state, first=not text, last=True)

    def _after(self, state: frozenset[int], character: str) -> frozenset[int]:
        moved = [
            number + 1
            for number in state
            if number < self._ends
            and (fits := self._program[number].fits) is not None
            and fits(character)
        ]
        if len(self._known) >= MOST_STATES:
            self._known.clear()
        following = self._known[state, character] = self._reached(moved, first=False) | self._again
        return following

    def _reached(
        self, numbers: Sequence[int] | frozenset[int], *, first: bool, last: bool = False
    ) -> frozenset[int]:
        """Return the steps that can be next, from *numbers* on, without taking a character."""
        found: set[int] = set()
        waiting = list(numbers)
        while waiting:
            number = waiting.pop()
            if number in found:
                continue
            found.add(number)
            if number == self._ends:
                continue
            step = self._program[number]
            if step.mark:
                if (step.mark == "^" and first) or (step.mark == "$" and last):
                    waiting.append(number + 1)
            else:
                waiting += [number + lead for lead in step.leads]
        return frozenset(found)


class _Reader:
    """Makes the program of a pattern."""

    def __init__(self, pattern: str) -> None:
        if len(pattern) > LONGEST:
            raise FilterError(1, f"an expression may have {LONGEST} characters")
        self._text = Text(pattern)
        self._depth = 0

    def read(self) -> Program:
        """Read all of it."""
        program = self._choice()
        if not self._text.ended:
            raise self._text.error("this ) closes nothing")
        return program

    def _choice(self) -> Program:
        program = self._sequence()
        while self._text.skip("|"):
            other = self._sequence()
            program = [
                Step(leads=(1, len(program) + 2)),
                *program,
                Step(leads=(len(other) + 1,)),
                *other,
            ]
        return program

    def _sequence(self) -> Program:
        program: Program = []
        while self._text.peek() not in ("", "|", ")"):
            start = self._text.at
            program += self._repeated(self._part())
            if len(program) > MOST_STEPS:
                raise self._text.error("from here on the expression is too large", start)
        return program

    def _part(self) -> Program:
        text, start = self._text, self._text.at
        character = text.peek()
        text.at += 1
        if character in _SPECIAL:
            raise text.error(f"there is nothing that {character} could repeat", start)
        if character == "(":
            return self._group(start)
        if character == "[":
            return [Step(fits=self._set(start))]
        if character == ".":
            return [Step(fits=lambda _: True)]
        if character in "^$":
            return [Step(mark=character)]
        return [Step(fits=self._escaped(start) if character == "\\" else _is(character))]

    def _group(self, start: int) -> Program:
        text = self._text
        if text.skip("?") and not text.skip(":"):
            raise text.error("this kind of group is not known here")
        self._depth += 1
        if self._depth > DEEPEST:
            raise text.error("the groups are nested too deeply", start)
        program = self._choice()
        self._depth -= 1
        if not text.skip(")"):
            raise text.error("the ) that belongs to this one is missing", start)
        return program

    def _escaped(self, start: int) -> Fits:
        character = self._text.peek()
        self._text.at += 1
        fits = _CLASSES.get(character.lower())
        if fits is not None:
            return fits if character.islower() else _not(fits)
        if not character or character.isalnum():
            raise self._text.error(f"\\{character} is not known here", start)
        return _is(character)

    def _set(self, start: int) -> Fits:
        text, parts = self._text, list[Fits]()
        negated = text.skip("^")
        while not parts or text.peek() != "]":
            at, first = text.at, text.peek()
            if not first:
                raise text.error("the ] that belongs to this one is missing", start)
            text.at += 1
            if first == "\\":
                parts.append(self._escaped(at))
            elif text.peek() == "-" and not text.ended and self._is_range():
                text.at += 1
                last = text.peek()
                text.at += 1
                if last == "\\" or first > last:
                    raise text.error("this is no range of characters", at)
                parts.append(_between(first, last))
            else:
                parts.append(_is(first))
        text.at += 1
        fits = _any(tuple(parts))
        return _not(fits) if negated else fits

    def _is_range(self) -> bool:
        """Whether the ``-`` that is next stands between two characters."""
        here = self._text.at
        self._text.at += 1
        following = self._text.peek()
        self._text.at = here
        return following not in ("", "]")

    def _repeated(self, part: Program) -> Program:
        text, start = self._text, self._text.at
        size = len(part)
        if text.skip("*"):
            program = [Step(leads=(1, size + 2)), *part, Step(leads=(-size - 1,))]
        elif text.skip("+"):
            program = [*part, Step(leads=(-size, 1))]
        elif text.skip("?"):
            program = [Step(leads=(1, size + 1)), *part]
        elif counts := text.take(_COUNTS):
            program = self._counted(part, counts, start)
        else:
            if text.peek() == "{":
                raise text.error(r"expected {2}, {2,} or {2,3}; as a character it is \{")
            return part
        text.skip("?")  # as few as possible: which of them match is not asked for
        if text.peek() in ("*", "+", "?", "{") and text.peek():
            raise text.error("this repeats what is repeated already")
        return program

    def _counted(self, part: Program, counts: re.Match[str], start: int) -> Program:
        least = int(counts[1])
        endless = counts[2] is not None and not counts[3]
        most = least if endless or counts[2] is None else int(counts[3])
        if most < least:
            raise self._text.error("the first number must not be the greater one", start)
        if (most + 1) * (len(part) + 2) > MOST_STEPS:
            raise self._text.error("this repeats too much", start)
        program = part * least
        if endless:
            size = len(part)
            return [*program, Step(leads=(1, size + 2)), *part, Step(leads=(-size - 1,))]
        for _ in range(most - least):
            program = [*program, Step(leads=(1, len(part) + 1)), *part]
        return program


def _is(wanted: str) -> Fits:
    same = frozenset((wanted, wanted.lower(), wanted.upper()))
    return same.__contains__


def _between(first: str, last: str) -> Fits:
    return lambda c: any(first <= each <= last for each in (c, c.lower(), c.upper()))


def _any(parts: tuple[Fits, ...]) -> Fits:
    return lambda c: any(part(c) for part in parts)


def _not(fits: Fits) -> Fits:
    return lambda c: not fits(c)
