"""How the demo tells what it does."""

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

import attrs


@attrs.frozen
class Act:
    """A step that was done, and the seconds that it took."""

    name: str
    seconds: float


class Stage:
    """Prints the steps, and remembers how long each took."""

    def __init__(self) -> None:
        self.acts: list[Act] = []
        self._live = sys.stdout.isatty()

    @contextmanager
    def act(self, name: str) -> Iterator[None]:
        """Do a step; what is said in the block stands below its name."""
        print(f"\n{self._bold(f'{len(self.acts) + 1}. {name}')}", flush=True)  # noqa: T201
        began = monotonic()
        yield
        self.acts.append(Act(name, monotonic() - began))

    def say(self, text: str = "") -> None:
        """Print a line of a step."""
        width = shutil.get_terminal_size((110, 24)).columns if self._live else 200
        print(f"   {text}"[: max(width, 40)], flush=True)  # noqa: T201

    def progress(self, text: str, *, last: bool = False) -> None:
        """Print how far something is: over the line before on a terminal, else only at its end."""
        if self._live:
            end = "\n" if last else ""
            print(f"\r\033[K   {text}", end=end, flush=True)  # noqa: T201
        elif last:
            self.say(text)

    def summary(self) -> None:
        """Print the time of each step and of all."""
        print(f"\n{self._bold('All of it happened.')}", flush=True)  # noqa: T201
        for act in self.acts:
            self.say(f"{act.name:<58} {act.seconds:7.2f} s")
        self.say(f"{'in all':<58} {sum(act.seconds for act in self.acts):7.2f} s")

    def _bold(self, text: str) -> str:
        return f"\033[1m{text}\033[0m" if self._live else text
