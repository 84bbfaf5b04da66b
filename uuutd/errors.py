"""The error tree.

A class exists only where somebody reacts to it differently; what happened in
detail is said in the text.  Nothing here knows HTTP: `uuutd.web.problems`
turns these classes into answers.
"""

from collections.abc import Sequence
from typing import Any, ClassVar

import attrs


@attrs.frozen
class Problem:
    """One thing that is wrong with some input: where it stands, and what is wrong with it."""

    path: str
    detail: str

    def __str__(self) -> str:
        return f"{self.path}: {self.detail}" if self.path else self.detail


class Error(Exception):
    """Base of everything the product raises on purpose.

    *detail* is one sentence for people.  *hint* says what to do about it.
    *step* is the step of a job in which it happened, if it was one.
    """

    code: ClassVar[str] = "error"
    title: ClassVar[str] = "Something went wrong"

    def __init__(self, detail: str, *, hint: str | None = None, step: str | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.hint = hint
        self.step = step


class ConfigError(Error):
    """The configuration cannot be used; *problems* names everything that is wrong with it."""

    code = "config"
    title = "The configuration cannot be used"

    def __init__(self, source: str, problems: Sequence[Problem]) -> None:
        noun = "problem" if len(problems) == 1 else "problems"
        lines = "".join(f"\n  {problem}" for problem in problems)
        super().__init__(f"{source}: {len(problems)} {noun}{lines}")
        self.problems = tuple(problems)


class NotFound(Error):
    """There is no such thing, or it belongs to somebody else: the two look alike on purpose."""

    code = "not-found"
    title = "Not found"


class NoRelease(NotFound):
    """The indexers answered, and none of their releases fits."""

    code = "no-release"
    title = "No release fits"
    releases: Sequence[Any] = ()
    """All that was found, with the reasons against it, as the API shows releases."""


class NotLinked(Error):
    """The user has no account at this watchlist provider."""

    code = "not-linked"
    title = "No watchlist linked"


class Conflict(Error):
    """The thing is in a state that does not allow this."""

    code = "conflict"
    title = "Not possible in this state"


class UsernameTaken(Conflict):
    """Somebody has this user name already."""

    code = "username-taken"
    title = "User name taken"


class Foreign(Conflict):
    """The torrent was in the client before us: it is shown, and never touched."""

    code = "foreign"
    title = "Not ours to change"


class LinkReadOnly(Conflict):
    """The watchlist is linked by a public name: it can be read, not written."""

    code = "link-read-only"
    title = "This link is read-only"


class LinkExpired(Conflict):
    """The provider no longer accepts the token: the user has to link again."""

    code = "link-expired"
    title = "The link has expired"


class NotAired(Conflict):
    """The episode has not aired yet, as far as the provider knows."""

    code = "not-aired"
    title = "Not aired yet"


class QuotaReached(Conflict):
    """The user has as many torrents as they may have."""

    code = "quota-reached"
    title = "No more torrents for this account"


class ReleaseRejected(Conflict):
    """The user picked a release that breaks a rule, and did not say *force*."""

    code = "release-rejected"
    title = "This release breaks a rule"


class Invalid(Error):
    """The request cannot be understood or makes no sense; *problems* says where."""

    code = "invalid"
    title = "The request is not valid"

    def __init__(
        self, detail: str, problems: Sequence[Problem] = (), *, hint: str | None = None
    ) -> None:
        super().__init__(detail, hint=hint)
        self.problems = tuple(problems)


class NotLoggedIn(Error):
    """Nobody is logged in, or the token is no longer good."""

    code = "not-logged-in"
    title = "Not logged in"


class BadCredentials(NotLoggedIn):
    """The user name or the password is wrong; which of them is not said."""

    code = "bad-credentials"
    title = "Wrong user name or password"


class NotAllowed(Error):
    """Logged in, but this is not for this user."""

    code = "not-allowed"
    title = "Not allowed"


class WrongScope(NotAllowed):
    """The personal token is not made for this; *detail* names the scope that it lacks."""

    code = "scope"
    title = "Not what this token is for"


class LoginAgain(NotAllowed):
    """This needs a login of the last minutes: log in again, and repeat it."""

    code = "login-again"
    title = "Log in again"


class SignupClosed(NotAllowed):
    """Nobody can sign up here, or not without an invite or the set-up code."""

    code = "signup-closed"
    title = "Sign-up is closed"


class Throttled(Error):
    """Too many tries; *retry_after* is in seconds."""

    code = "throttled"
    title = "Too many tries"

    def __init__(self, detail: str, *, retry_after: float, hint: str | None = None) -> None:
        super().__init__(detail, hint=hint)
        self.retry_after = retry_after


class AddsThrottled(Throttled):
    """The user began as many downloads in this hour as they may."""

    code = "adds-throttled"
    title = "Too many downloads in an hour"


class Busy(Throttled):
    """The daemon cannot take this now: its queue is full, or its database does not answer."""

    code = "busy"
    title = "Busy"


class NoSpace(Error):
    """There is no room on a disk that the daemon needs."""

    code = "no-space"
    title = "No space left"


class BackendError(Error):
    """A backend did not do what was asked; the subclass says what to do next.

    *backend* is the instance's name in the configuration and *operation* what was
    asked of it.  A plugin leaves both out: the guard that called it fills them in.
    """

    code = "backend"
    title = "A backend failed"

    def __init__(
        self,
        detail: str,
        *,
        backend: str | None = None,
        operation: str | None = None,
        retry_after: float | None = None,
        hint: str | None = None,
        step: str | None = None,
    ) -> None:
        super().__init__(detail, hint=hint, step=step)
        self.backend = backend
        self.operation = operation
        self.retry_after = retry_after


class Unavailable(BackendError):
    """The service cannot be reached, or says it is out of order: try again later."""

    code = "unavailable"
    title = "A service is not available"


class RateLimited(BackendError):
    """The service told us to slow down; *retry_after* says for how long, in seconds."""

    code = "rate-limited"
    title = "A service asks us to wait"


class TimedOut(BackendError):
    """The service took longer than it may."""

    code = "timed-out"
    title = "A service took too long"


class LoginFailed(BackendError):
    """The service refuses *our* credentials, or has banned us: the administrator must act.

    Nothing is tried again by itself after this, because repeated bad log-ins get
    the whole address banned.
    """

    code = "login-failed"
    title = "A service refuses our login"


class BadReply(BackendError):
    """The service answered something that is not an answer."""

    code = "bad-reply"
    title = "A service answered nonsense"


class Refused(BackendError):
    """The service understood the request and refuses it; asking again will not help."""

    code = "refused"
    title = "A service refuses this"


class ClientLost(BackendError):
    """The torrent client took the torrent and does not have it."""

    code = "client-lost"
    title = "The torrent client lost the torrent"


class JobFailed(Error):
    """A job that somebody waited for failed; *failure* says how, as the API shows it."""

    code = "job-failed"
    title = "The job failed"

    def __init__(self, detail: str, *, job: str, failure: Any) -> None:
        super().__init__(detail)
        self.job = job
        self.failure = failure
