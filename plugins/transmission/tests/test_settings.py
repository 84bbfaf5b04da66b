"""What a table of type ``transmission`` may hold."""

from pathlib import Path

import pytest
from uuutd_transmission.settings import Endpoint, TransmissionConfig, endpoint

from uuutd.config.structure import Flaws, Reader

URL = "http://127.0.0.1:9091"


def problems(**table):
    try:
        Reader(Path("/")).table({"url": URL, **table}, TransmissionConfig)
    except Flaws as flaws:
        return [str(each) for each in flaws.problems]
    return []


@pytest.mark.parametrize(
    "table",
    [
        {},
        {"username": "admin", "password": "x"},
        {"url": "https://box.example/transmission/web/", "verify_tls": False},
        {"url": "http://[::1]:9091", "save_path": "/srv/anime"},
    ],
)
def test_what_makes_sense(table):
    assert problems(**table) == []


@pytest.mark.parametrize(
    ("table", "found"),
    [
        ({"username": "admin"}, ["username: is of no use without password"]),
        ({"password": "x"}, ["password: is of no use without username"]),
        (
            {"url": "http://admin:canary@127.0.0.1:9091"},
            ["url: must not hold user and password"],
        ),
        ({"url": "http://127.0.0.1:9091/?a=b"}, ["url: must not hold a query or fragment"]),
        ({"url": "127.0.0.1:9091"}, ["url: must be a web address such as http://127.0.0.1:9091"]),
        ({"url": "http://"}, ["url: must be a web address such as http://127.0.0.1:9091"]),
        ({"url": "http://a:b"}, ["url: must be a web address such as http://127.0.0.1:9091"]),
    ],
)
def test_what_does_not(table, found):
    assert problems(**table) == found


@pytest.mark.parametrize(
    ("url", "found"),
    [
        (URL, Endpoint("http", "127.0.0.1", 9091, "/transmission/rpc")),
        (f"{URL}/transmission/web/", Endpoint("http", "127.0.0.1", 9091, "/transmission/rpc")),
        (f"{URL}/transmission/rpc", Endpoint("http", "127.0.0.1", 9091, "/transmission/rpc")),
        ("https://box.example", Endpoint("https", "box.example", 443, "/transmission/rpc")),
        ("http://box.example/t/rpc/", Endpoint("http", "box.example", 80, "/t/rpc")),
        ("http://[::1]:9091/", Endpoint("http", "[::1]", 9091, "/transmission/rpc")),
    ],
)
def test_whatever_page_is_named_the_rpc_is_found(url, found):
    assert endpoint(url) == found
