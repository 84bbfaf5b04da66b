"""What went wrong, in one line of plain words."""

from ..remote import ProblemError, RemoteError
from ..terminal import words


def plain(error: RemoteError) -> str:
    """Return what failed, at which step and in which backend, what to do, and when."""
    detail = error.detail
    parts = [detail if detail.endswith((".", "!", "?")) else f"{detail}."]
    if isinstance(error, ProblemError):
        where = [f"step {error.problem.step}"] if error.problem.step else []
        where += [f"backend {error.problem.backend}"] if error.problem.backend else []
        parts += [f"({', '.join(where)})"] if where else []
    if error.hint:
        parts.append(error.hint)
    if error.retry_after:
        parts.append(f"Another try makes sense in {words.duration(error.retry_after)}.")
    return " ".join(parts)
