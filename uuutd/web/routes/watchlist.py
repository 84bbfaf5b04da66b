"""Watchlists, and what is found and fetched for them."""

from ... import wire
from .. import jobs, watchlists
from ..decode import JsonBody
from ..query import NO_QUERY, EpisodeQuery, Query, SearchQuery, WatchlistQuery, WhyQuery
from ..replies import API
from ..route import route
from .common import NO_BODY, OWNER, REVALIDATES, USER

_DOWNLOAD_HEADERS = {
    "Idempotency-Key": "1 to 128 visible ASCII characters; the same key gives the same job, 24 h.",
    "Prefer": "respond-async: answer 202 at once.",
}

WATCHLIST = (
    route(
        "GET",
        f"{API}/watchlist",
        watchlists.view,
        USER,
        "The watchlist",
        body=NO_BODY,
        query=Query(WatchlistQuery),
        reply=wire.WatchlistReply,
        statuses=(200, 304),
        headers=REVALIDATES,
        scope="watchlist:read",
    ),
    route(
        "POST",
        f"{API}/watchlist/progress",
        watchlists.progress,
        USER,
        "Mark an episode as watched",
        body=JsonBody(wire.ProgressRequest),
        query=NO_QUERY,
        reply=wire.EntryReply,
        statuses=(200, 202),
        scope="watchlist:write",
    ),
    route(
        "POST",
        f"{API}/watchlist/download",
        jobs.download,
        USER,
        "Get an episode",
        body=JsonBody(wire.DownloadRequest),
        query=NO_QUERY,
        reply=wire.JobReply,
        statuses=(201, 202),
        headers=_DOWNLOAD_HEADERS,
        scope="torrents:write",
    ),
    route(
        "GET",
        f"{API}/watchlist/{{provider}}/{{id}}",
        watchlists.entry,
        OWNER,
        "One show with its episodes",
        body=NO_BODY,
        query=NO_QUERY,
        reply=wire.EntryDetailReply,
        scope="watchlist:read",
    ),
    route(
        "GET",
        f"{API}/watchlist/{{provider}}/{{id}}/releases",
        watchlists.choice,
        OWNER,
        "The releases of an episode, judged",
        body=NO_BODY,
        query=Query(EpisodeQuery),
        reply=wire.ChoiceReply,
        scope="watchlist:read",
    ),
    route(
        "GET",
        f"{API}/watchlist/{{provider}}/{{id}}/why",
        watchlists.why,
        OWNER,
        "The last search for an episode, explained",
        body=NO_BODY,
        query=Query(WhyQuery),
        reply=wire.WhyReply,
        scope="watchlist:read",
    ),
    route(
        "GET",
        f"{API}/watchlist/{{provider}}/{{id}}/numbering",
        watchlists.numbering,
        OWNER,
        "How an episode is numbered, and why",
        body=NO_BODY,
        query=Query(EpisodeQuery),
        reply=wire.NumberingReply,
        scope="watchlist:read",
    ),
    route(
        "GET",
        f"{API}/releases",
        watchlists.search,
        USER,
        "The releases for a text, not judged",
        body=NO_BODY,
        query=Query(SearchQuery),
        reply=wire.SearchReply,
        scope="watchlist:read",
    ),
)
