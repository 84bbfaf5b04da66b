"""Changed access tokens, ``UUUTD_TEST_SOAK_TOKENS`` of them (100000): none is accepted."""

import os
import secrets
from contextlib import suppress
from itertools import islice
from random import Random

import pytest

from uuutd.errors import NotLoggedIn

from ..unit.mutants import mutants
from ..unit.test_tokens import CLAIMS, TOKEN, tokens

pytestmark = pytest.mark.skipif(
    os.environ.get("UUUTD_TEST_SOAK") != "1", reason="UUUTD_TEST_SOAK=1 runs it"
)

TOKENS = int(os.environ.get("UUUTD_TEST_SOAK_TOKENS", "100000"))


def test_no_mutant_is_read():
    seed = int(os.environ.get("UUUTD_TEST_SOAK_SEED", "0")) or secrets.randbits(32)
    print("seed:", seed)  # noqa: T201 - what failed can be run again
    reader = tokens()
    for mutant in islice(mutants(TOKEN, Random(seed)), TOKENS):
        with suppress(NotLoggedIn):
            pytest.fail(f"seed {seed}: {mutant!r} was read as {reader.read(mutant)}")
    assert reader.read(TOKEN) == CLAIMS
