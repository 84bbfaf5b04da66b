"""What administrators need: the audit log, reset codes, quotas, departures, who invited whom."""

from .runner import Migration

ADMINISTRATION = Migration(
    "0008_administration",
    (
        """
        CREATE TABLE "audit" (
            "id" $serial,
            "key" VARCHAR(160) UNIQUE,
            "event" VARCHAR(20) NOT NULL,
            "by_id" INT,
            "by_name" VARCHAR(64),
            "user_id" INT,
            "user_name" VARCHAR(64),
            "address" VARCHAR(64),
            "detail" TEXT NOT NULL,
            "count" INT NOT NULL,
            "created_at" $time NOT NULL,
            "last_at" $time NOT NULL
        )
        """,
        """
        CREATE TABLE "resets" (
            "code_hash" VARCHAR(64) NOT NULL PRIMARY KEY,
            "gen" INT NOT NULL,
            "created_at" $time NOT NULL,
            "expires_at" $time NOT NULL,
            "user_id" INT NOT NULL REFERENCES "users" ("id") ON DELETE CASCADE
        )
        """,
        'ALTER TABLE "users" ADD COLUMN "max_torrents" INT',
        'ALTER TABLE "users" ADD COLUMN "adds_per_hour" INT',
        'ALTER TABLE "users" ADD COLUMN "fate" VARCHAR(12)',
        'ALTER TABLE "invites" ADD COLUMN "made_by" INT',
        'ALTER TABLE "invites" ADD COLUMN "used_by" INT',
    ),
)
