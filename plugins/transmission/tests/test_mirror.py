"""Whatever Transmission tells, a reader with any earlier cursor ends with the same picture."""

from hypothesis import given, settings
from hypothesis import strategies as st
from uuutd_transmission.mirror import FULL_EVERY, Mirror

from uuutd.backends.differences import REMEMBERED
from uuutd.domain import Cursor

NUMBERS = range(1, 5)
ROWS = st.dictionaries(st.sampled_from(NUMBERS), st.sampled_from("ab"))
ANSWER = st.tuples(st.booleans(), ROWS, st.sets(st.sampled_from(NUMBERS), max_size=2))


def row(number, name, **more):
    return {"id": number, "hashString": f"{number:040X}", "name": name, **more}


def pictured(rows):
    return {int(each.info_hash, 16): each.name for each in rows}


@given(st.lists(ANSWER, min_size=1, max_size=12), st.data())
@settings(deadline=None)
def test_a_reader_from_any_cursor_sees_what_is_there(answers, data):
    mirror, truth, history = Mirror(), {}, []
    for complete, named, removed in answers:
        rows = [row(number, name) for number, name in named.items()]
        if complete:
            mirror.replace(rows, "session")
            truth = dict(named)
        else:
            gone = removed - set(named)
            mirror.update(rows, sorted(gone))
            truth = {n: name for n, name in {**truth, **named}.items() if n not in gone}
        now = mirror.changes(None)
        assert now.full
        assert pictured(now.torrents) == truth
        history.append((now.cursor, truth.copy()))
    cursor, picture = data.draw(st.sampled_from(history))
    changes = mirror.changes(cursor)
    assert not changes.full
    for key in changes.removed:
        picture.pop(int(key, 16), None)
    picture |= pictured(changes.torrents)
    assert picture == truth


def test_what_only_concerns_transmission_is_no_change():
    mirror = Mirror()
    mirror.replace([row(1, "a", metadataPercentComplete=0.1)], "session")
    cursor = mirror.changes(None).cursor
    mirror.update([row(1, "a", metadataPercentComplete=0.2)], [])
    assert mirror.changes(cursor).torrents == ()


def test_a_restart_that_counts_anew_loses_nobody():
    mirror = Mirror()
    mirror.replace([row(1, "a"), row(2, "b")], "one")
    cursor = mirror.changes(None).cursor
    assert mirror.follows("one")
    assert not mirror.follows("two")
    other = {**row(1, "b"), "hashString": f"{2:040x}"}  # 1 is now what 2 was
    mirror.replace([other], "two")
    mirror.update([], [2])  # a number of the other run
    changes = mirror.changes(cursor)
    assert changes.removed == (f"{1:040x}",)
    assert pictured(mirror.changes(None).torrents) == {2: "b"}


def test_recent_changes_are_no_full_account_for_ever():
    now = 0.0
    mirror = Mirror(clock=lambda: now)
    assert not mirror.follows("")
    mirror.replace([], "session")
    now = FULL_EVERY - 1
    assert mirror.follows("session")
    now = FULL_EVERY
    assert not mirror.follows("session")


def test_a_cursor_of_another_run_or_of_long_ago_gets_everything():
    mirror = Mirror()
    mirror.replace([row(number, "a") for number in range(REMEMBERED + 5)], "session")
    old = mirror.changes(None).cursor
    for number in range(REMEMBERED + 5):
        mirror.update([], [number])
    assert mirror.changes(old).full
    for cursor in ("", "12", "other-1", f"{old}0000", f"{old}x"):
        assert mirror.changes(Cursor(cursor)).full
