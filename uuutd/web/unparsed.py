"""What arrives and is no request that can be read: refused in our words, without a traceback.

aiohttp answers it by itself, before any of our middleware: as plain text that repeats what
came, and with a traceback in the log.
"""

import logging
import uuid
from http import HTTPStatus

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError, LineTooLong

from .keys import REQUEST_ID
from .middleware import dress
from .problems import from_parser

LONGEST_LINE = 8192
"""Bytes of the address that is asked for."""
LONGEST_HEADER = LONGEST_LINE + 1
"""Bytes of a header; another number, because it is all that tells the two in aiohttp's error.

`web.AppRunner` must be told both, as *max_line_size* and *max_field_size*.
"""

log = logging.getLogger("uuutd.web")


class Handler(web.RequestHandler):
    """A connection of aiohttp's, but for what it says of a request that it cannot read."""

    __slots__ = ()

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Answer with a problem document, and close the connection."""
        if not isinstance(exc, HttpProcessingError) or request.writer.output_size:
            return super().handle_error(request, status, exc, message)
        found, detail = _meaning(exc)
        request[REQUEST_ID] = uuid.uuid4().hex
        log.info("a request from %s could not be read: %s", request.remote, found.phrase)
        response = from_parser(found, detail, request)
        dress(request, response)
        response.force_close()
        return response


def _meaning(error: HttpProcessingError) -> tuple[HTTPStatus, str]:
    if isinstance(error, LineTooLong):
        if LONGEST_HEADER in error.args:
            detail = f"A header is longer than {LONGEST_LINE} bytes."
            return HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, detail
        detail = f"The address is longer than {LONGEST_LINE} bytes."
        return HTTPStatus.REQUEST_URI_TOO_LONG, detail
    if "Too many headers" in error.message:
        return HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "There are too many headers."
    return HTTPStatus.BAD_REQUEST, "This is no request of HTTP/1.1 that can be read."
