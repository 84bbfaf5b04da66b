"""What failed, inside an answer, in a job, or as the whole answer."""

import attrs

from .releases import ReleaseReply


@attrs.frozen(kw_only=True)
class ProblemItem:
    """One thing wrong with a request: where it stands, and what is wrong."""

    path: str
    detail: str


@attrs.frozen(kw_only=True)
class FailureReply:
    """Something that failed inside an answer or a job: the parts of a problem that are not HTTP.

    *releases* lists, when nothing fits, all that was found with the reasons against it.
    """

    code: str
    title: str
    detail: str
    step: str | None = None
    backend: str | None = None
    hint: str | None = None
    retry_after: float | None = None
    releases: tuple[ReleaseReply, ...] | None = None


@attrs.frozen(kw_only=True)
class ProblemReply:
    """A problem document (RFC 9457): the whole answer to a request that failed."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    step: str | None = None
    backend: str | None = None
    hint: str | None = None
    retry_after: float | None = None
    request_id: str | None = None
    job: str | None = None
    problems: tuple[ProblemItem, ...] | None = None
    releases: tuple[ReleaseReply, ...] | None = None
