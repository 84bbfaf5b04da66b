"""Personal tokens; the generation of each login, and where it was used last."""

from .runner import Migration

PERSONAL_TOKENS = Migration(
    "0009_personal_tokens",
    (
        """
        CREATE TABLE "personal_tokens" (
            "id" VARCHAR(16) NOT NULL PRIMARY KEY,
            "name" VARCHAR(64) NOT NULL,
            "token_hash" VARCHAR(64) NOT NULL UNIQUE,
            "scopes" VARCHAR(160) NOT NULL,
            "gen" INT NOT NULL,
            "created_at" $time NOT NULL,
            "expires_at" $time NOT NULL,
            "used_at" $time,
            "user_id" INT NOT NULL REFERENCES "users" ("id") ON DELETE CASCADE
        )
        """,
        'CREATE INDEX "idx_personal_to_user_id_f5d877" ON "personal_tokens" ("user_id")',
        'ALTER TABLE "sessions" ADD COLUMN "gen" INT',
        'ALTER TABLE "sessions" ADD COLUMN "address" VARCHAR(64)',
        """
        UPDATE "sessions" SET "gen" =
            (SELECT "gen" FROM "users" WHERE "users"."id" = "sessions"."user_id")
        """,
    ),
)
