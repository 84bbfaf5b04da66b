"""What each owner wants of a torrent besides a pause, and the other hashes of torrents."""

from .runner import Migration

WISHES = Migration(
    "0005_wishes",
    (
        'ALTER TABLE "links" ADD COLUMN "limit_down" INT',
        'ALTER TABLE "links" ADD COLUMN "limit_up" INT',
        'ALTER TABLE "links" ADD COLUMN "labels" TEXT',
        """
        CREATE TABLE "torrent_aliases" (
            "alias" VARCHAR(64) NOT NULL PRIMARY KEY,
            "info_hash" VARCHAR(64) NOT NULL
        )
        """,
    ),
)
