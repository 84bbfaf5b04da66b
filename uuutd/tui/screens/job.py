"""One job in full: each step, what went wrong, and what was refused."""

from collections.abc import Iterator, Mapping

from ...terminal import words
from ...terminal.cells import Symbols
from ...wire import JobReply, StepReply
from ..keys import Action
from ..paint import Line, column, exact
from ..state import State
from .activity import TONES, labels, what
from .page import Item, Page

STEP_CELLS = 10


class Job(Page):
    """The job *job*."""

    name = "job"

    def __init__(self, state: State, symbols: Symbols, job: str) -> None:
        super().__init__(state, symbols)
        self.job = job

    def focused(self) -> JobReply | None:
        """Return the job that this page is about."""
        return self.state.jobs.get(self.job)

    def labels(self) -> Mapping[Action, str]:
        """Name what can be done about it."""
        return labels(self.focused())

    def headline(self, cells: int) -> Line:
        """Return which job this is."""
        job = self.focused()
        name = f"{job.kind} {what(self.state.torrents, job)}" if job else "gone"
        line: Line = [("quiet", f" Activity {self.symbols.pointer} {name}")]
        return exact(line, cells, self.symbols)

    def items(self) -> Mapping[str, Item]:
        """Return all that is known of it."""
        job = self.focused()
        return dict(self._all(job)) if job else {}

    def _all(self, job: JobReply) -> Iterator[tuple[str, Item]]:
        begun = words.moment(job.created_at, self.state.now())
        line: Line = [("plain", f"begun {begun}, "), (TONES.get(job.state, "quiet"), job.state)]
        yield "state", Item(line)
        for step in job.steps:
            yield f"step {step.name}", Item(self._step(step), wraps=True)
        if job.problem is not None:
            for number, text in enumerate(words.complaint(job.problem)):
                yield f"problem {number}", Item([("bad", text)], wraps=True)
            for release in job.problem.releases or ():
                against = ", ".join(each.text for each in release.rejections)
                refused: Line = [("plain", release.title), ("bad", f"  {against}")]
                yield f"release {release.id}", Item(refused, wraps=True)
        if job.release is not None:
            taken: Line = [column("release", STEP_CELLS, "quiet"), ("plain", job.release.title)]
            yield "release", Item(taken, wraps=True)
        if job.torrent:
            yield "torrent", Item([column("torrent", STEP_CELLS, "quiet"), ("plain", job.torrent)])

    def _step(self, step: StepReply) -> Line:
        tone = TONES.get(step.state, "quiet")
        took = "" if step.ms is None else f"{step.ms / 1000:.1f} s"
        return [
            column(step.name, STEP_CELLS, "title"),
            column(step.state, STEP_CELLS, tone),
            column(took, STEP_CELLS, "quiet"),
            ("plain", step.detail or ""),
        ]
