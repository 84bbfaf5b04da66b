"""The exit codes, and which failure means which."""

from ..remote import LoginNeeded, ProblemError, RemoteError, Unreachable

OK = 0
FAILED = 1
USAGE = 2
NOT_FOUND = 3
REFUSED = 4
UNREACHABLE = 5
PARTLY = 6
TIMED_OUT = 124
INTERRUPTED = 130

_BY_CODE = {
    "no-release": NOT_FOUND,
    "not-found": NOT_FOUND,
    "not-logged-in": REFUSED,
    "bad-credentials": REFUSED,
    "not-allowed": REFUSED,
    "signup-closed": REFUSED,
    "not-linked": REFUSED,
    "link-expired": REFUSED,
    "link-read-only": REFUSED,
    "foreign": REFUSED,
    "invalid": USAGE,
}
_BY_STATUS = {401: REFUSED, 403: REFUSED, 404: NOT_FOUND, 422: USAGE}


class Stop(Exception):
    """The command ends here, with exit code *code*: *detail* says why, *hint* what to do."""

    def __init__(self, code: int, detail: str, *, hint: str | None = None) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.hint = hint


def exit_code(error: RemoteError) -> int:
    """Return what *error* means for the exit code."""
    if isinstance(error, Unreachable):
        return UNREACHABLE
    if isinstance(error, LoginNeeded):
        return REFUSED
    if isinstance(error, ProblemError):
        return exit_code_of(error.problem.code, error.problem.status)
    return FAILED


def exit_code_of(code: str, status: int | None = None) -> int:
    """Return what the failure with this *code* means; *status* decides for codes unknown here."""
    return _BY_CODE.get(code, _BY_STATUS.get(status, FAILED) if status else FAILED)
