"""The tables of the first version: those of `uuutd.store.tables`."""

from .runner import Migration

INITIAL = Migration(
    "0001_initial",
    (
        """
        CREATE TABLE "users" (
            "id" $serial,
            "name" VARCHAR(64) NOT NULL,
            "folded" VARCHAR(64) NOT NULL UNIQUE,
            "role" VARCHAR(8) NOT NULL,
            "password_hash" VARCHAR(255) NOT NULL,
            "gen" INT NOT NULL,
            "disabled" $flag NOT NULL,
            "created_at" $time NOT NULL
        )
        """,
        """
        CREATE TABLE "sessions" (
            "id" VARCHAR(32) NOT NULL PRIMARY KEY,
            "token_hash" VARCHAR(64) NOT NULL UNIQUE,
            "previous_hash" VARCHAR(64),
            "sealed" TEXT,
            "created_at" $time NOT NULL,
            "rotated_at" $time NOT NULL,
            "ended_at" $time,
            "agent" VARCHAR(120) NOT NULL,
            "user_id" INT NOT NULL REFERENCES "users" ("id") ON DELETE CASCADE
        )
        """,
        'CREATE INDEX "idx_sessions_previou_7ed625" ON "sessions" ("previous_hash")',
        'CREATE INDEX "idx_sessions_user_id_80072d" ON "sessions" ("user_id")',
        """
        CREATE TABLE "invites" (
            "id" $serial,
            "code_hash" VARCHAR(64) NOT NULL UNIQUE,
            "role" VARCHAR(8) NOT NULL,
            "created_at" $time NOT NULL,
            "expires_at" $time NOT NULL,
            "used_at" $time
        )
        """,
        """
        CREATE TABLE "accounts" (
            "id" $serial,
            "provider" VARCHAR(64) NOT NULL,
            "account_id" VARCHAR(64) NOT NULL,
            "name" VARCHAR(255) NOT NULL,
            "sealed" TEXT NOT NULL,
            "writable" $flag NOT NULL,
            "expired" $flag NOT NULL,
            "expires_at" $time,
            "linked_at" $time NOT NULL,
            "entries" TEXT,
            "synced_at" $time,
            "user_id" INT NOT NULL REFERENCES "users" ("id") ON DELETE CASCADE,
            CONSTRAINT "uid_accounts_user_id_7d5a10" UNIQUE ("user_id", "provider")
        )
        """,
        """
        CREATE TABLE "relations" (
            "id" $serial,
            "provider" VARCHAR(64) NOT NULL,
            "entry" VARCHAR(64) NOT NULL,
            "relations" TEXT NOT NULL,
            "fetched_at" $time NOT NULL,
            CONSTRAINT "uid_relations_provide_c386b5" UNIQUE ("provider", "entry")
        )
        """,
        """
        CREATE TABLE "unsent_progress" (
            "id" $serial,
            "provider" VARCHAR(64) NOT NULL,
            "entry" VARCHAR(64) NOT NULL,
            "episode" INT NOT NULL,
            "created_at" $time NOT NULL,
            "user_id" INT NOT NULL REFERENCES "users" ("id") ON DELETE CASCADE,
            CONSTRAINT "uid_unsent_prog_user_id_aa5174" UNIQUE ("user_id", "provider", "entry")
        )
        """,
        """
        CREATE TABLE "torrents" (
            "id" $serial,
            "client" VARCHAR(64) NOT NULL,
            "info_hash" VARCHAR(64) NOT NULL,
            "name" TEXT NOT NULL,
            "foreign" $flag NOT NULL,
            "added_at" $time NOT NULL,
            CONSTRAINT "uid_torrents_client_b22d75" UNIQUE ("client", "info_hash")
        )
        """,
        """
        CREATE TABLE "links" (
            "id" $serial,
            "state" VARCHAR(8) NOT NULL,
            "wants_pause" $flag NOT NULL,
            "created_at" $time NOT NULL,
            "torrent_id" INT NOT NULL REFERENCES "torrents" ("id") ON DELETE CASCADE,
            "user_id" INT NOT NULL REFERENCES "users" ("id") ON DELETE CASCADE,
            CONSTRAINT "uid_links_user_id_b3c77c" UNIQUE ("user_id", "torrent_id")
        )
        """,
        """
        CREATE TABLE "link_episodes" (
            "id" $serial,
            "provider" VARCHAR(64) NOT NULL,
            "entry" VARCHAR(64) NOT NULL,
            "work" VARCHAR(80) NOT NULL,
            "episode" INT NOT NULL,
            "link_id" INT NOT NULL REFERENCES "links" ("id") ON DELETE CASCADE,
            CONSTRAINT "uid_link_episod_link_id_6e80b0" UNIQUE ("link_id", "work", "episode")
        )
        """,
        'CREATE INDEX "idx_link_episod_work_f2638b" ON "link_episodes" ("work")',
        """
        CREATE TABLE "intents" (
            "id" VARCHAR(32) NOT NULL PRIMARY KEY,
            "kind" VARCHAR(8) NOT NULL,
            "state" VARCHAR(12) NOT NULL,
            "key" VARCHAR(160) UNIQUE,
            "work" VARCHAR(80),
            "provider" VARCHAR(64),
            "entry" VARCHAR(64),
            "title" TEXT,
            "episode" INT,
            "client" VARCHAR(64),
            "info_hash" VARCHAR(64),
            "request" TEXT NOT NULL,
            "release" TEXT,
            "source" TEXT,
            "metainfo" $bytes,
            "steps" TEXT NOT NULL,
            "problem" TEXT,
            "follows" VARCHAR(32),
            "due_at" $time,
            "created_at" $time NOT NULL,
            "updated_at" $time NOT NULL,
            "user_id" INT NOT NULL REFERENCES "users" ("id") ON DELETE CASCADE
        )
        """,
        'CREATE INDEX "idx_intents_state_9f0923" ON "intents" ("state")',
        'CREATE INDEX "idx_intents_user_id_2e12c1" ON "intents" ("user_id")',
        """
        CREATE TABLE "idempotency_keys" (
            "id" $serial,
            "key" VARCHAR(128) NOT NULL,
            "digest" VARCHAR(64) NOT NULL,
            "created_at" $time NOT NULL,
            "intent_id" VARCHAR(32) NOT NULL REFERENCES "intents" ("id") ON DELETE CASCADE,
            "user_id" INT NOT NULL REFERENCES "users" ("id") ON DELETE CASCADE,
            CONSTRAINT "uid_idempotency_user_id_bc4599" UNIQUE ("user_id", "key")
        )
        """,
    ),
)
