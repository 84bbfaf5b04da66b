"""What users were told of once."""

from .runner import Migration

NOTICES = Migration(
    "0004_notices",
    (
        """
        CREATE TABLE "notices" (
            "id" $serial,
            "mark" VARCHAR(16) NOT NULL,
            "created_at" $time NOT NULL,
            "user_id" INT NOT NULL REFERENCES "users" ("id") ON DELETE CASCADE,
            CONSTRAINT "uid_notices_user_id_21680b" UNIQUE ("user_id", "mark")
        )
        """,
    ),
)
