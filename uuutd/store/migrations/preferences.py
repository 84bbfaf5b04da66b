"""What users like among releases, for all shows and for one."""

from .runner import Migration

PREFERENCES = Migration(
    "0002_preferences",
    (
        """
        CREATE TABLE "preferences" (
            "id" $serial,
            "provider" VARCHAR(64) NOT NULL,
            "entry" VARCHAR(64) NOT NULL,
            "content" TEXT NOT NULL,
            "updated_at" $time NOT NULL,
            "user_id" INT NOT NULL REFERENCES "users" ("id") ON DELETE CASCADE,
            CONSTRAINT "uid_preferences_user_id_503c02" UNIQUE ("user_id", "provider", "entry")
        )
        """,
    ),
)
