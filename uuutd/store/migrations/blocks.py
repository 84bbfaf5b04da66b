"""The releases that did not move, and are not taken again."""

from .runner import Migration

BLOCKS = Migration(
    "0006_blocks",
    (
        """
        CREATE TABLE "blocks" (
            "id" $serial,
            "work" VARCHAR(80) NOT NULL,
            "episode" INT NOT NULL,
            "info_hash" VARCHAR(64) NOT NULL,
            "release" VARCHAR(16) NOT NULL,
            "reason" TEXT NOT NULL,
            "created_at" $time NOT NULL,
            "user_id" INT NOT NULL REFERENCES "users" ("id") ON DELETE CASCADE,
            CONSTRAINT "uid_blocks_user_id_e935dc"
                UNIQUE ("user_id", "work", "episode", "info_hash")
        )
        """,
    ),
)
