"""What the daemon is doing and has done for the user: jobs, step by step."""

from collections.abc import Mapping

from ...terminal import words
from ...wire import JobReply
from ..keys import Action
from ..paint import Line, Row, column, exact, highlighted, spread, two_lines
from .view import View
from .watch import steps

KIND_CELLS = 8
WHEN_CELLS = 7
STATE_CELLS = 11
INDENT = "         "
TONES: Mapping[str, words.Tone] = {"done": "good", "failed": "bad", "running": "busy"}


class Activity(View):
    """The jobs, the newest first."""

    name = "activity"

    def focused(self) -> JobReply | None:
        """Return the job that the focus is on."""
        return self.state.jobs.get(self.walker.focus or "")

    def update(self) -> None:
        """Show every job that is known."""
        jobs = self.state.jobs.values()
        newest = sorted(jobs, key=lambda job: (job.created_at, job.id), reverse=True)
        self.walker.show([job.id for job in newest])

    def headline(self, cells: int) -> Line:
        """Return how many there are of each kind."""
        states = [job.state for job in self.state.jobs.values()]
        parts = [f"{states.count(state)} {state}" for state in ("running", "failed", "done")]
        dot = f" {self.symbols.dot} "
        return exact([("quiet", f" {dot.join(parts)}")], cells, self.symbols)

    def empty(self) -> str:
        """Say why there is no job."""
        if not self.state.jobs_read:
            offline = self.state.link == "offline"
            return "nothing read yet" if offline else f"loading jobs{self.symbols.ellipsis}"
        return "nothing was done yet: 1 is your watchlist, enter there gets an episode"

    def labels(self) -> Mapping[Action, str]:
        """Name what can be done about the focused job, and nothing else."""
        return labels(self.focused())

    def make_row(self, name: str) -> Row:
        """Return the row of a job."""
        return Row(lambda cells, focus: self._paint(name, cells, focus=focus), two_lines)

    def _paint(self, name: str, cells: int, *, focus: bool) -> list[Line]:
        job = self.state.jobs.get(name)
        if job is None:
            return [exact([], cells), exact([], cells)]
        sign = {
            "done": self.symbols.done,
            "failed": self.symbols.failed,
            "running": self.symbols.running,
        }.get(job.state, self.symbols.dot)
        when = words.moment(job.created_at, self.state.now()).rpartition(" ")[2]
        tone = TONES.get(job.state, "quiet")
        left: Line = [
            column(when, WHEN_CELLS, "quiet"),
            column(job.kind, KIND_CELLS, "key"),
            ("title", what(self.state.torrents, job)),
        ]
        right: Line = [(tone, f" {sign} {job.state} ")]
        first = spread([("plain", "  "), *left], right, cells, self.symbols)
        if focus:
            first = [
                ("key", self.symbols.pointer + " "),
                *spread(left, right, cells - 2, self.symbols),
            ]
        lines = [first, exact([("plain", INDENT), *self._how(job)], cells, self.symbols)]
        return [highlighted(line, "focus") for line in lines] if focus else lines

    def _how(self, job: JobReply) -> Line:
        """Return the steps, or what went wrong and what to do."""
        problem = job.problem
        if job.state == "failed" and problem is not None:
            where = ": ".join(filter(None, (problem.step, problem.backend)))
            hint = f"  {problem.hint}" if problem.hint else ""
            return [
                ("bad", f"{where}: {problem.detail}" if where else problem.detail),
                ("plain", hint),
            ]
        done = steps(job, self.symbols)
        took = sum(step.ms or 0 for step in job.steps) / 1000
        timed = f"  {took:.1f} s" if took and job.state == "done" else ""
        return [("bad" if words.waits_for(job) else "quiet", done + timed)]


def what(torrents: Mapping[str, object], job: JobReply) -> str:
    """Return what *job* is about: the show and the episode, else the torrent by its name."""
    name = getattr(torrents.get(job.torrent or ""), "name", job.torrent)
    episode = "" if job.episode is None else f" ep {job.episode}"
    return f"{job.title or name or ''}{episode}"


def labels(job: JobReply | None) -> Mapping[Action, str]:
    """Name what can be done about *job*; keys that would do nothing are not shown."""
    failed = job is not None and job.state == "failed"
    running = job is not None and job.state == "running"
    step = job.problem.step if failed and job is not None and job.problem else None
    cancel = "undo" if job is not None and job.kind == "remove" else "cancel"
    return {
        Action.RETRY: (f"retry {step}" if step else "retry") if failed else "",
        Action.CANCEL: cancel if running else "",
    }
