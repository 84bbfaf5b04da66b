"""Ports on loopback."""

import random
import socket

_LOWEST, _HIGHEST = 10_240, 32_767
"""Below those that Linux gives to connections: one of them could take the port meanwhile."""
_TRIES = 100


def free_port(host: str = "127.0.0.1") -> int:
    """Return a port that nobody has at this moment; raises `OSError` if none is found."""
    numbers = random.SystemRandom()
    for _ in range(_TRIES):
        port = numbers.randint(_LOWEST, _HIGHEST)
        with socket.socket() as probe:
            try:
                probe.bind((host, port))
            except OSError:
                continue
        return port
    raise OSError(f"no free port found at {host} in {_TRIES} tries")
