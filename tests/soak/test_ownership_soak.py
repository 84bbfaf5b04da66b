"""Random histories of two users, ``UUUTD_TEST_SOAK_HISTORIES`` of them (5000)."""

import os

import pytest

from ..services.conftest import boot, world
from ..services.test_ownership import go_through
from ..services.tools import one_database

__all__ = ["boot", "world"]

pytestmark = pytest.mark.skipif(
    os.environ.get("UUUTD_TEST_SOAK") != "1", reason="UUUTD_TEST_SOAK=1 runs it"
)

HISTORIES = int(os.environ.get("UUUTD_TEST_SOAK_HISTORIES", "5000"))


@one_database
async def test_histories_of_two_users_come_out_as_the_model_says(boot, world, monkeypatch):
    await go_through(HISTORIES, boot, world, monkeypatch)


@one_database
async def test_what_two_users_do_at_once_comes_out_as_it_is_recorded(boot, world, monkeypatch):
    await go_through(HISTORIES, boot, world, monkeypatch, at_once=True)
