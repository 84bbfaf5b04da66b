"""The searches for episodes, kept to be explained."""

from .runner import Migration

SEARCHES = Migration(
    "0003_searches",
    (
        """
        CREATE TABLE "searches" (
            "id" $serial,
            "provider" VARCHAR(64) NOT NULL,
            "entry" VARCHAR(64) NOT NULL,
            "work" VARCHAR(80) NOT NULL,
            "episode" INT NOT NULL,
            "searched_at" $time NOT NULL,
            "rules" VARCHAR(32) NOT NULL,
            "job" VARCHAR(32),
            "taken" VARCHAR(16),
            "content" $bytes NOT NULL,
            "user_id" INT NOT NULL REFERENCES "users" ("id") ON DELETE CASCADE
        )
        """,
        """
        CREATE INDEX "idx_searches_user_id_9ecd49"
            ON "searches" ("user_id", "provider", "entry", "episode", "job")
        """,
    ),
)
