"""Limits, trackers and peers in plain words, of all versions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from uuutd_qbittorrent.details import limits_of, peer, tracker, whole

from uuutd.domain import Limits, TrackerState

URL = "http://tracker.example/announce"


@pytest.mark.parametrize(
    ("status", "state"),
    [
        (0, TrackerState.OFF),
        (1, TrackerState.WAITING),
        (2, TrackerState.WORKING),
        (3, TrackerState.UPDATING),
        (4, TrackerState.ERROR),
        (5, TrackerState.ERROR),
        (6, TrackerState.ERROR),
        (99, TrackerState.WAITING),
    ],
)
def test_states_of_trackers(status, state):
    row = {"url": URL, "status": status, "msg": " not\nregistered ", "num_seeds": -1}
    found = tracker(row)
    assert (found.url, found.state, found.message) == (URL, state, "not registered")
    assert (found.seeders, found.leechers) == (None, None)


def test_what_is_no_tracker_is_left_out():
    assert [tracker({"url": f"** [{name}] **", "status": 2}) for name in ("DHT", "PeX")] == [
        None,
        None,
    ]


@pytest.mark.parametrize(("host", "address"), [("1.2.3.4", "1.2.3.4:5"), ("::1", "[::1]:5")])
def test_addresses_of_peers(host, address):
    found = peer({"ip": host, "port": 5, "client": "a\x00b", "progress": 2, "dl_speed": -1})
    assert (found.address, found.client, found.progress, found.down_rate) == (address, "ab", 1.0, 0)


@given(st.one_of(st.none(), st.integers(1, 1 << 40)))
def test_a_limit_never_becomes_none(limit):
    """qBittorrent divides by 1,024 and rounds down, and 0 stands for no limit."""
    kept = whole(limit) // 1024 * 1024
    assert (limits_of(kept, kept) == Limits()) == (limit is None)
