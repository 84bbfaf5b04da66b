"""What can go wrong between a client and a daemon."""

from ..wire import ProblemReply


class RemoteError(Exception):
    """A call did not succeed.  *detail* is one sentence for people, *hint* what to do about it."""

    def __init__(self, detail: str, *, hint: str | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.hint = hint

    @property
    def retry_after(self) -> float | None:
        """In how many seconds another try makes sense, None if nobody knows."""
        return None


class ProblemError(RemoteError):
    """The daemon answered, and said what is wrong: *problem* is its whole answer."""

    def __init__(self, problem: ProblemReply) -> None:
        super().__init__(problem.detail, hint=problem.hint)
        self.problem = problem

    @property
    def retry_after(self) -> float | None:
        """What the daemon said."""
        return self.problem.retry_after


class Unreachable(RemoteError):
    """No daemon answered: it is not there, too slow, or the connection broke."""


class BadAnswer(RemoteError):
    """Something answered that is not a daemon, or not one that this client understands."""


class DamagedLogins(RemoteError):
    """The file that keeps the logins holds something else."""


class LoginNeeded(RemoteError):
    """There is no login for this server, or it has ended."""
