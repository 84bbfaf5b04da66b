"""Who has to wait before they may try again."""

from .runner import Migration

THROTTLES = Migration(
    "0010_throttles",
    (
        """
        CREATE TABLE "throttles" (
            "key" VARCHAR(64) NOT NULL PRIMARY KEY,
            "tries" INT NOT NULL,
            "last_at" $time NOT NULL,
            "ends_at" $time NOT NULL
        )
        """,
        'CREATE INDEX "idx_throttles_ends_at_fd86eb" ON "throttles" ("ends_at")',
    ),
)
