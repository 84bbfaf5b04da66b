"""What every command is given, and how all of them speak of failures."""

import argparse

import attrs

from ..remote import ProblemError, Remote, RemoteError
from ..terminal.console import Console
from ..terminal.words import complaint, duration
from ..wire import FailureReply, ProblemReply, ReleaseReply
from .exits import Stop

MOST_REFUSALS = 5


@attrs.frozen
class Context:
    """The console, the daemon, and what stood on the command line."""

    console: Console
    remote: Remote
    options: argparse.Namespace

    @property
    def json(self) -> bool:
        """Whether the answer is wanted as JSON."""
        return bool(self.options.json)


def report(console: Console, error: RemoteError) -> None:
    """Say what went wrong, where, what to do, and when to try again."""
    if isinstance(error, ProblemError):
        report_failure(console, error.problem)
        return
    console.say(f"uuut: {error.detail}", "bad")
    if error.hint:
        console.say(f"  {error.hint}")
    if error.retry_after:
        console.say(f"  another try makes sense in {duration(error.retry_after)}")


def report_stop(console: Console, stop: Stop) -> None:
    """Say why a command ended early."""
    console.say(f"uuut: {stop.detail}", "bad")
    if stop.hint:
        console.say(f"  {stop.hint}")


def report_failure(console: Console, failure: FailureReply | ProblemReply) -> None:
    """Say what a problem or a failed job says."""
    first, *others = complaint(failure)
    console.say(f"uuut: {first}", "bad")
    for line in others:
        console.say(f"  {line}")
    for release in (failure.releases or ())[:MOST_REFUSALS]:
        console.say(f"  {console.symbols.failed} {release.title}")
        console.say(f"      {refusals(release)}")
    missing = len(failure.releases or ()) - MOST_REFUSALS
    if missing > 0:
        console.say(f"  and {missing} more: uuut releases shows them all")
    if isinstance(failure, ProblemReply):
        _report_references(console, failure)


def _report_references(console: Console, problem: ProblemReply) -> None:
    if problem.job:
        console.say(f"  from the failed step: uuut jobs --retry {problem.job}")
    if problem.request_id and problem.status >= 500:
        console.say(f"  in the daemon's log: request {problem.request_id}")


def refusals(release: ReleaseReply) -> str:
    """Return why *release* must not be taken, in one line."""
    return "; ".join(rejection.text for rejection in release.rejections)
