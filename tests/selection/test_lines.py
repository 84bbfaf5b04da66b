"""Every group's name for every show of a line, held against every show of that line."""

from datetime import UTC, datetime

import pytest

from uuutd.choice import choose

from . import habits
from .lines import LINES
from .scene import Scene

LATE = datetime(2040, 1, 1, tzinfo=UTC)
"""After all of the shows began, so that no date tells them apart."""
DROPPED = {"ghost": {"KAWAII"}}
"""Names that leave out the ``&`` of a title are not known: refused, and never mistaken."""


def names(line, show, episode):
    """Plant an episode in every habit there is for such a show."""
    scene = Scene("names", line, show.key, episode)
    kinds = scene.habits(show)
    if show.season is not None:
        kinds = (*kinds, habits.MULTI, habits.DUAL)
    for habit in kinds:
        if habit.group not in DROPPED.get(line.key, ()):
            yield scene.plant(habit, episode, show, published=LATE).line()


@pytest.mark.parametrize("line", [pytest.param(line, id=line.key) for line in LINES])
def test_a_name_is_taken_for_its_own_show_and_episode_only(line):
    wrong = []
    shows = line.all().values()
    for show in shows:
        last = show.episodes or 1100
        for episode in {min(2, last), last}:
            found = list(names(line, show, episode))
            for other in shows:
                scene = Scene("wanted", line, other.key, min(episode, other.episodes or episode))
                case = scene.asked()
                for release in found:
                    taken = choose(*case, [release], ()) is not None
                    if taken is not (show is other):
                        wrong.append(f"{release['title']!r} for {other.romaji} {scene.episode}")
    assert wrong == []
