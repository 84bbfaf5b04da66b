"""The floor of a list: bytes that are ready, sent by the shortest program with the same server.

Nobody logs in, nothing is looked up.  ``python -m tests.bench.list_floor PORT FILE`` gives
the file's content to everybody, and next to nothing to who asks for what changed.
"""

import sys
from pathlib import Path

from aiohttp import web

NOTHING = b'{"torrents":[],"revision":1,"full":false,"removed":[],"clients":[],"cursor":null}'


def main() -> None:
    """Serve until stopped."""
    body = Path(sys.argv[2]).read_bytes()

    async def torrents(request: web.Request) -> web.Response:
        found = NOTHING if "since" in request.query else body
        return web.Response(body=found, content_type="application/json")

    async def health(_: web.Request) -> web.Response:
        return web.Response()

    app = web.Application()
    app.router.add_get("/api/v1/torrents", torrents)
    app.router.add_get("/health", health)
    web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]), access_log=None, print=None)


if __name__ == "__main__":
    main()
