"""From which address a request comes."""

import logging

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request
from hypothesis import given
from hypothesis import strategies as st
from multidict import CIMultiDict

from uuutd.testing.serving import listening
from uuutd.web.proxies import Proxies

from .fakes import Database, Services, application

OURS = Proxies(["127.0.0.1", "10.1.0.0/16", "2001:db8:1::/48"])


class Peer:
    """A connection from somewhere."""

    def __init__(self, address):
        self.address = address

    def get_extra_info(self, name, default=None):
        return (self.address, 1) if name == "peername" else default


def address(peer, *headers, proxies=OURS):
    fields = CIMultiDict(("X-Forwarded-For", each) for each in headers)
    request = make_mocked_request("GET", "/", headers=fields, transport=Peer(peer))
    return proxies.address(request)


@pytest.mark.parametrize(
    ("peer", "headers", "expected"),
    [
        ("127.0.0.1", ["192.0.2.7"], "192.0.2.7"),
        ("10.1.2.3", ["192.0.2.7"], "192.0.2.7"),
        ("::ffff:127.0.0.1", ["192.0.2.7"], "192.0.2.7"),
        ("127.0.0.1", ["192.0.2.7, 10.1.0.9"], "192.0.2.7"),
        ("127.0.0.1", ["192.0.2.7", "10.1.0.9"], "192.0.2.7"),
        ("127.0.0.1", ["2001:db8::5, 2001:db8:1::1"], "2001:db8::5"),
        ("127.0.0.1", ["::ffff:192.0.2.7"], "192.0.2.7"),
        # What the one who asks has written stands in front of what our proxies know.
        ("127.0.0.1", ["198.51.100.1, 192.0.2.7"], "192.0.2.7"),
        ("127.0.0.1", ["198.51.100.1", "192.0.2.7, 10.1.0.9"], "192.0.2.7"),
        ("127.0.0.1", ["127.0.0.1, 192.0.2.7"], "192.0.2.7"),
        # Nothing is believed behind what cannot be read.
        ("127.0.0.1", ["192.0.2.7, unknown"], "127.0.0.1"),
        ("127.0.0.1", ["192.0.2.7, , 10.1.0.9"], "10.1.0.9"),
        ("127.0.0.1", ["192.0.2.7:4711"], "127.0.0.1"),
        ("127.0.0.1", [""], "127.0.0.1"),
        ("127.0.0.1", [], "127.0.0.1"),
        ("127.0.0.1", ["10.1.0.8, 10.1.0.9"], "10.1.0.8"),
        # Whoever is no proxy of ours is not believed at all.
        ("192.0.2.9", ["198.51.100.1"], "192.0.2.9"),
        ("10.2.0.1", ["198.51.100.1"], "10.2.0.1"),
        ("::1", ["198.51.100.1"], "::1"),
    ],
)
def test_the_address_is_that_of_who_asked_our_outermost_proxy(peer, headers, expected):
    assert address(peer, *headers) == expected


def test_no_proxy_is_believed_unless_it_is_named():
    assert address("127.0.0.1", "192.0.2.7", proxies=Proxies()) == "127.0.0.1"


@given(st.lists(st.text(max_size=30)), st.ip_addresses(v=4))
def test_nothing_in_front_of_a_true_address_changes_it(claims, true):
    told = [f"{claim}, {true}" for claim in claims[-1:]] or [str(true)]
    expected = address("127.0.0.1", str(true))
    assert address("127.0.0.1", *claims[:-1], *told) == expected


async def test_the_log_says_where_a_request_came_from(caplog):
    app = application(Services(), Database(), trusted_proxies=["127.0.0.1"])
    headers = {"X-Forwarded-For": "192.0.2.7"}
    caplog.set_level(logging.INFO, "uuutd.access")
    async with (
        listening(web.AppRunner(app)) as url,
        aiohttp.ClientSession(headers=headers) as session,
        session.get(f"{url}/health") as answer,
    ):
        assert answer.status == 200
    assert [record.remote for record in caplog.records] == ["192.0.2.7"]
