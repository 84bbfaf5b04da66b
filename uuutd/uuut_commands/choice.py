"""How releases are shown, wherever somebody looks at them."""

from collections.abc import Iterable

from ..terminal.cells import fit
from ..terminal.console import Console
from ..terminal.words import read_as, size
from ..wire import ChoiceReply, FailureReply, ReleaseReply
from .context import Context, refusals
from .exits import NOT_FOUND, OK

NARROWEST_NAME = 20
WIDEST_NAME = 100


def show_choice(context: Context, choice: ChoiceReply) -> int:
    """Print *choice*; the exit code says whether something fits."""
    console = context.console
    say_who_failed(console, choice.failures)
    if context.json:
        console.json(choice)
        return OK if choice.best else NOT_FOUND
    console.say(f"{choice.wanted.title} ep {choice.wanted.episode}: {counts(choice)}")
    say_what_is_newer(console, choice)
    show_releases(console, enumerate(choice.releases, 1))
    return OK if choice.best else NOT_FOUND


def say_what_is_newer(console: Console, choice: ChoiceReply) -> None:
    """Say that a release is a newer version of the one that the user has, if so."""
    newer = next((r for r in choice.releases if r.id == choice.upgrade), None)
    if newer is not None:
        wanted = choice.wanted
        command = f"uuut upgrade {wanted.provider}:{wanted.entry} {wanted.episode}"
        console.say(f"newer than what you have: {newer.title}; to replace it: {command}")


def counts(choice: ChoiceReply) -> str:
    """Say how many of the releases of *choice* fit."""
    rejected = sum(1 for release in choice.releases if release.rejections)
    return f"{len(choice.releases) - rejected} fit, {rejected} rejected"


def say_who_failed(console: Console, failures: Iterable[FailureReply]) -> None:
    """Name the indexers that did not answer."""
    for failure in failures:
        where = f"{failure.backend}: " if failure.backend else ""
        console.say(f"{where}{failure.detail}", "bad")


def show_releases(console: Console, releases: Iterable[tuple[int, ReleaseReply]]) -> None:
    """Print releases, each with its place: what it is, how it was read, what was made of it."""
    for number, release in releases:
        _show_release(console, number, release)


def _show_release(console: Console, number: int, release: ReleaseReply) -> None:
    """Print *release* on two lines: what it is, and what speaks for or against it."""
    sign = console.symbols.failed if release.rejections else str(release.score)
    length = "?" if release.size is None else size(release.size)
    seeds = "?" if release.seeders is None else str(release.seeders)
    name = release.title
    if console.width is not None:
        room = max(NARROWEST_NAME, min(console.width - 28, WIDEST_NAME))
        name = fit(name, room, ellipsis=console.symbols.ellipsis)
    console.data(f"{number:>3} {sign:>6}  {name}  {length:>6} {seeds:>6}")
    reading = f"{read_as(release.reading)}: " if release.reading else ""
    if release.rejections:
        console.data(f"{'':12}{reading}{refusals(release)}", "bad")
    elif release.reasons:
        points = f" {console.symbols.dot} ".join(
            f"{reason.text} {reason.points:+}" for reason in release.reasons
        )
        console.data(f"{'':12}{reading}{points}", "quiet")
