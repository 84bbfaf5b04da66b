"""The owners of a torrent, found without looking at all links."""

from .runner import Migration

OWNERS = Migration(
    "0007_owners",
    ('CREATE INDEX "idx_links_torrent_ee3e08" ON "links" ("torrent_id")',),
)
