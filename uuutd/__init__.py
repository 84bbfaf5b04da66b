"""UUUTorrent: the next episode of your watchlist, on your own box."""

__version__ = "0.1.0"
