"""What a table of type ``qbittorrent`` may hold."""

from pathlib import Path

import pytest
from uuutd_qbittorrent.settings import QBittorrentConfig

from uuutd.config.structure import Flaws, Reader

URL = "http://127.0.0.1:8080"


def problems(**table):
    try:
        Reader(Path("/")).table({"url": URL, **table}, QBittorrentConfig)
    except Flaws as flaws:
        return [str(each) for each in flaws.problems]
    return []


@pytest.mark.parametrize(
    "table",
    [
        {},
        {"username": "admin", "password": "x"},
        {"api_key": "qbt_x"},
        {"url": "https://box.example/qbittorrent/"},
        {"url": "http://[::1]:8080"},
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
            {"api_key": "x", "username": "admin"},
            [
                "api_key: stands beside username or password; set the one or the other",
                "username: is of no use without password",
            ],
        ),
        (
            {"api_key": "x", "username": "admin", "password": "x"},
            ["api_key: stands beside username or password; set the one or the other"],
        ),
        (
            {"url": "http://admin:canary@127.0.0.1:8080"},
            ["url: must not hold user and password"],
        ),
        ({"url": "http://127.0.0.1:8080/?a=b"}, ["url: must not hold a query or fragment"]),
        ({"url": "127.0.0.1:8080"}, ["url: must be a web address such as http://127.0.0.1:8080"]),
        ({"url": "http://"}, ["url: must be a web address such as http://127.0.0.1:8080"]),
        ({"url": "http://a:b"}, ["url: must be a web address such as http://127.0.0.1:8080"]),
        (
            {"username": "admin", "password": {"file": "/nowhere/at/all"}},
            ["password: /nowhere/at/all cannot be read: No such file or directory"],
        ),
    ],
)
def test_what_does_not(table, found):
    assert problems(**table) == found
