"""Whatever qBittorrent sends, a reader with any earlier cursor ends with the same picture."""

from hypothesis import given, settings
from hypothesis import strategies as st
from uuutd_qbittorrent.mirror import Mirror

from uuutd.backends.differences import REMEMBERED
from uuutd.domain import Cursor

KEYS = [f"{number:040x}" for number in range(1, 5)]
ROW = st.fixed_dictionaries({"name": st.sampled_from("ab"), "time_active": st.integers(0, 9)})
ANSWER = st.fixed_dictionaries(
    {
        "torrents": st.dictionaries(st.sampled_from(KEYS), ROW),
        "torrents_removed": st.lists(st.sampled_from(KEYS), unique=True, max_size=2),
        "full_update": st.booleans(),
    }
)


def pictured(rows):
    return {row.info_hash: row.name for row in rows}


@given(st.lists(ANSWER, min_size=1, max_size=12), st.data())
@settings(deadline=None)
def test_a_reader_from_any_cursor_sees_what_is_there(answers, data):
    mirror, truth, history = Mirror(), {}, []
    for drawn in answers:
        removed = set(drawn["torrents_removed"]) - set(drawn["torrents"])
        answer = {**drawn, "torrents_removed": sorted(removed)}
        if answer["full_update"]:
            truth = {}
        truth |= {key: row["name"] for key, row in answer["torrents"].items()}
        for key in removed:
            truth.pop(key, None)
        mirror.apply(answer)
        now = mirror.changes(None)
        assert now.full
        assert pictured(now.torrents) == truth
        history.append((now.cursor, truth.copy()))
    cursor, picture = data.draw(st.sampled_from(history))
    changes = mirror.changes(cursor)
    assert not changes.full
    for key in changes.removed:
        picture.pop(key, None)
    picture |= pictured(changes.torrents)
    assert picture == truth


def test_what_only_concerns_qbittorrent_is_no_change():
    mirror = Mirror()
    mirror.apply({"full_update": True, "torrents": {KEYS[0]: {"name": "a", "time_active": 1}}})
    cursor = mirror.changes(None).cursor
    mirror.apply({"torrents": {KEYS[0]: {"time_active": 2}}})
    assert mirror.changes(cursor).torrents == ()


def test_a_cursor_of_another_run_or_of_long_ago_gets_everything():
    mirror = Mirror()
    many = {f"{number:040x}": {"name": "a"} for number in range(REMEMBERED + 5)}
    mirror.apply({"full_update": True, "torrents": many})
    old = mirror.changes(None).cursor
    for key in many:
        mirror.apply({"torrents_removed": [key]})
    assert mirror.changes(old).full
    for cursor in ("", "12", "other-1", f"{old}0000", f"{old}x"):
        assert mirror.changes(Cursor(cursor)).full
