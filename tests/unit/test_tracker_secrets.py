"""What is shown of a tracker: where it is, and never whose it is."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from uuutd.domain import Tracker, TrackerState
from uuutd.services.tracker_secrets import public_url, shown_tracker

KEYS = st.text(string.ascii_letters + string.digits, min_size=16, max_size=40)
SHAPES = st.sampled_from(
    [
        "https://tracker.example/{}/announce",
        "https://tracker.example:8443/announce?passkey={}",
        "http://tracker.example/announce.php?authkey=x&torrent_pass={}",
        "https://{}@tracker.example/announce",
        "https://me:{}@tracker.example/announce",
        "udp://tracker.example:6969/announce/{}",
        "https://tracker.example/a/{}#x",
        "{}",
        "https://[::1]:80/{}",
        "https://tracker.example:99999/{}",
    ]
)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("http://tracker.example/announce", "http://tracker.example/announce"),
        ("udp://tracker.example:6969/announce", "udp://tracker.example:6969/announce"),
        ("udp://tracker.example:6969", "udp://tracker.example:6969"),
        ("https://tracker.example/k3y/announce", "https://tracker.example/…"),
        ("https://tracker.example/announce?passkey=1", "https://tracker.example/…"),
        ("https://me@tracker.example/announce", "https://tracker.example/…"),
        ("http://[2001:db8::1]:80/announce", "http://[2001:db8::1]:80/announce"),
        ("** [DHT] **", "** [DHT] **"),
        ("http://a:b:c/", "…"),
    ],
)
def test_an_address_is_shown_as_far_as_it_is_everybodys(url, shown):
    assert public_url(url) == shown


@given(SHAPES.filter(lambda shape: shape != "{}"), KEYS)
def test_no_key_is_ever_shown_wherever_the_tracker_repeats_it(shape, key):
    url = shape.format(key)
    for message in (f"bad passkey {key}", f"see {url}", key, f"<{url}>: unregistered"):
        shown = shown_tracker(Tracker(url=url, state=TrackerState.ERROR, message=message))
        assert key not in shown.url
        assert key not in (shown.message or "")


@given(st.text(max_size=200))
def test_whatever_a_client_calls_a_tracker_it_can_be_shown(url):
    shown_tracker(Tracker(url=url, state=TrackerState.OFF, message=url))
