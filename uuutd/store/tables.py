"""The tables.

Only this package knows them; it takes and gives the values of `uuutd.domain` and
`uuutd.store.records`.  The migrations are written by hand: a test compares what they
build with what stands here, on SQLite and on PostgreSQL.

``_no_comments`` keeps Tortoise from reading this file for comments at each start.
"""

from tortoise import fields
from tortoise.models import Model


class UserRow(Model):
    """Somebody with an account.

    *name* is as the user wrote it, *folded* what must be unique.  *gen* counts up
    whenever all tokens of the user must die.
    """

    _no_comments = True

    id = fields.IntField(primary_key=True)
    name = fields.CharField(max_length=64)
    folded = fields.CharField(max_length=64, unique=True)
    role = fields.CharField(max_length=8)
    password_hash = fields.CharField(max_length=255)
    gen = fields.IntField(default=0)
    disabled = fields.BooleanField(default=False)
    created_at = fields.DatetimeField()

    class Meta:
        table = "users"


class SessionRow(Model):
    """One login: a family of refresh tokens, of which the last is good.

    *previous_hash* is the one before, good for some seconds after *rotated_at*, so that
    two refreshes at once both succeed; *sealed* is the reply they share, encrypted.
    """

    _no_comments = True

    id = fields.CharField(max_length=32, primary_key=True)
    user: fields.ForeignKeyRelation[UserRow] = fields.ForeignKeyField(
        "uuutd.UserRow", related_name="sessions", on_delete=fields.CASCADE, db_index=True
    )
    token_hash = fields.CharField(max_length=64, unique=True)
    previous_hash = fields.CharField(max_length=64, null=True, db_index=True)
    sealed = fields.TextField(null=True)
    created_at = fields.DatetimeField()
    rotated_at = fields.DatetimeField()
    ended_at = fields.DatetimeField(null=True)
    agent = fields.CharField(max_length=120, default="")

    class Meta:
        table = "sessions"


class InviteRow(Model):
    """An invitation to sign up; only the hash of its code is kept."""

    _no_comments = True

    id = fields.IntField(primary_key=True)
    code_hash = fields.CharField(max_length=64, unique=True)
    role = fields.CharField(max_length=8)
    created_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()
    used_at = fields.DatetimeField(null=True)

    class Meta:
        table = "invites"


class AccountRow(Model):
    """A user's tie to a watchlist provider, and the last list that it gave.

    *provider* is the instance's name in the configuration.  *sealed* holds the
    credentials, encrypted.  *entries* is the last good list, as JSON, of *synced_at*.
    """

    _no_comments = True

    id = fields.IntField(primary_key=True)
    user: fields.ForeignKeyRelation[UserRow] = fields.ForeignKeyField(
        "uuutd.UserRow", related_name="accounts", on_delete=fields.CASCADE
    )
    provider = fields.CharField(max_length=64)
    account_id = fields.CharField(max_length=64)
    name = fields.CharField(max_length=255)
    sealed = fields.TextField()
    writable = fields.BooleanField()
    expired = fields.BooleanField(default=False)
    expires_at = fields.DatetimeField(null=True)
    linked_at = fields.DatetimeField()
    entries = fields.TextField(null=True)
    synced_at = fields.DatetimeField(null=True)

    class Meta:
        table = "accounts"
        unique_together = (("user", "provider"),)


class ProgressRow(Model):
    """A watched episode that the provider has not been told of yet."""

    _no_comments = True

    id = fields.IntField(primary_key=True)
    user: fields.ForeignKeyRelation[UserRow] = fields.ForeignKeyField(
        "uuutd.UserRow", related_name="unsent_progress", on_delete=fields.CASCADE
    )
    provider = fields.CharField(max_length=64)
    entry = fields.CharField(max_length=64)
    episode = fields.IntField()
    created_at = fields.DatetimeField()

    class Meta:
        table = "unsent_progress"
        unique_together = (("user", "provider", "entry"),)


class PreferenceRow(Model):
    """What a user likes, as JSON: of one show, or of all where *provider* and *entry* are empty."""

    _no_comments = True

    id = fields.IntField(primary_key=True)
    user: fields.ForeignKeyRelation[UserRow] = fields.ForeignKeyField(
        "uuutd.UserRow", related_name="preferences", on_delete=fields.CASCADE
    )
    provider = fields.CharField(max_length=64)
    entry = fields.CharField(max_length=64)
    content = fields.TextField()
    updated_at = fields.DatetimeField()

    class Meta:
        table = "preferences"
        unique_together = (("user", "provider", "entry"),)


class TorrentRow(Model):
    """A torrent that somebody here owns.

    *foreign* ones were in the client before us and are never touched.
    """

    _no_comments = True

    id = fields.IntField(primary_key=True)
    client = fields.CharField(max_length=64)
    info_hash = fields.CharField(max_length=64)
    name = fields.TextField()
    foreign = fields.BooleanField()
    added_at = fields.DatetimeField()

    class Meta:
        table = "torrents"
        unique_together = (("client", "info_hash"),)


class AliasRow(Model):
    """Another hash by which programs name a torrent: the v2 one of a hybrid, whole or cut."""

    _no_comments = True

    alias = fields.CharField(max_length=64, primary_key=True)
    info_hash = fields.CharField(max_length=64)

    class Meta:
        table = "torrent_aliases"


class LinkRow(Model):
    """The ownership of a torrent by a user; *state* is pending, live, missing or removing.

    *wants_pause*, the limits (bytes per second, null for none) and *labels* (JSON) are what
    this owner wants, whatever the others do.
    """

    _no_comments = True

    id = fields.IntField(primary_key=True)
    user: fields.ForeignKeyRelation[UserRow] = fields.ForeignKeyField(
        "uuutd.UserRow", related_name="links", on_delete=fields.CASCADE
    )
    torrent: fields.ForeignKeyRelation[TorrentRow] = fields.ForeignKeyField(
        "uuutd.TorrentRow", related_name="links", on_delete=fields.CASCADE, db_index=True
    )
    state = fields.CharField(max_length=8)
    wants_pause = fields.BooleanField(default=False)
    created_at = fields.DatetimeField()
    limit_down = fields.IntField(null=True)
    limit_up = fields.IntField(null=True)
    labels = fields.TextField(null=True)

    class Meta:
        table = "links"
        unique_together = (("user", "torrent"),)


class EpisodeRow(Model):
    """An episode that a linked torrent serves for its owner."""

    _no_comments = True

    id = fields.IntField(primary_key=True)
    link: fields.ForeignKeyRelation[LinkRow] = fields.ForeignKeyField(
        "uuutd.LinkRow", related_name="episodes", on_delete=fields.CASCADE
    )
    provider = fields.CharField(max_length=64)
    entry = fields.CharField(max_length=64)
    work = fields.CharField(max_length=80, db_index=True)
    episode = fields.IntField()

    class Meta:
        table = "link_episodes"
        unique_together = (("link", "work", "episode"),)


class IntentRow(Model):
    """What somebody wants done, recorded before anything is done about it.

    *key* is (user, work, episode) while the intent runs or its link lives, and empty
    afterwards; being unique, it is what makes a download happen once.  *due_at* is when
    to go on, for those that wait.  *release*, *source*, *steps*, *problem* and *request*
    are JSON; *metainfo* the ``.torrent`` file, until the client has it.
    """

    _no_comments = True

    id = fields.CharField(max_length=32, primary_key=True)
    user: fields.ForeignKeyRelation[UserRow] = fields.ForeignKeyField(
        "uuutd.UserRow", related_name="intents", on_delete=fields.CASCADE, db_index=True
    )
    kind = fields.CharField(max_length=8)
    state = fields.CharField(max_length=12, db_index=True)
    key = fields.CharField(max_length=160, null=True, unique=True)
    work = fields.CharField(max_length=80, null=True)
    provider = fields.CharField(max_length=64, null=True)
    entry = fields.CharField(max_length=64, null=True)
    title = fields.TextField(null=True)
    episode = fields.IntField(null=True)
    client = fields.CharField(max_length=64, null=True)
    info_hash = fields.CharField(max_length=64, null=True)
    request = fields.TextField()
    release = fields.TextField(null=True)
    source = fields.TextField(null=True)
    metainfo = fields.BinaryField(null=True)
    steps = fields.TextField()
    problem = fields.TextField(null=True)
    follows = fields.CharField(max_length=32, null=True)
    due_at = fields.DatetimeField(null=True)
    created_at = fields.DatetimeField()
    updated_at = fields.DatetimeField()

    class Meta:
        table = "intents"


class IdempotencyRow(Model):
    """A request that was marked with an ``Idempotency-Key``, and the intent it led to."""

    _no_comments = True

    id = fields.IntField(primary_key=True)
    user: fields.ForeignKeyRelation[UserRow] = fields.ForeignKeyField(
        "uuutd.UserRow", related_name="idempotency_keys", on_delete=fields.CASCADE
    )
    key = fields.CharField(max_length=128)
    digest = fields.CharField(max_length=64)
    intent: fields.ForeignKeyRelation[IntentRow] = fields.ForeignKeyField(
        "uuutd.IntentRow", related_name="idempotency_keys", on_delete=fields.CASCADE
    )
    created_at = fields.DatetimeField()

    class Meta:
        table = "idempotency_keys"
        unique_together = (("user", "key"),)


class RelationRow(Model):
    """The relatives of a show, as its provider last told them, as JSON.

    Kept so that an episode can be told from its sequels' while the provider is down.
    """

    _no_comments = True

    id = fields.IntField(primary_key=True)
    provider = fields.CharField(max_length=64)
    entry = fields.CharField(max_length=64)
    relations = fields.TextField()
    fetched_at = fields.DatetimeField()

    class Meta:
        table = "relations"
        unique_together = (("provider", "entry"),)


class SearchRow(Model):
    """One search for an episode, with what was made of it.

    *rules* names the rules of the choice that judged, *job* the one that asked, if any,
    and *taken* the release that it took.  *content* is compressed JSON, see
    `uuutd.store.searches`.
    """

    _no_comments = True

    id = fields.IntField(primary_key=True)
    user: fields.ForeignKeyRelation[UserRow] = fields.ForeignKeyField(
        "uuutd.UserRow", related_name="searches", on_delete=fields.CASCADE
    )
    provider = fields.CharField(max_length=64)
    entry = fields.CharField(max_length=64)
    work = fields.CharField(max_length=80)
    episode = fields.IntField()
    searched_at = fields.DatetimeField()
    rules = fields.CharField(max_length=32)
    job = fields.CharField(max_length=32, null=True)
    taken = fields.CharField(max_length=16, null=True)
    content = fields.BinaryField()

    class Meta:
        table = "searches"
        indexes = (("user", "provider", "entry", "episode", "job"),)


class NoticeRow(Model):
    """Something that a user was told of, so that nobody is told twice; *mark* says of what."""

    _no_comments = True

    id = fields.IntField(primary_key=True)
    user: fields.ForeignKeyRelation[UserRow] = fields.ForeignKeyField(
        "uuutd.UserRow", related_name="notices", on_delete=fields.CASCADE
    )
    mark = fields.CharField(max_length=16)
    created_at = fields.DatetimeField()

    class Meta:
        table = "notices"
        unique_together = (("user", "mark"),)


class BlockRow(Model):
    """A release that is not taken for an episode any more, as its torrent did not move."""

    _no_comments = True

    id = fields.IntField(primary_key=True)
    user: fields.ForeignKeyRelation[UserRow] = fields.ForeignKeyField(
        "uuutd.UserRow", related_name="blocks", on_delete=fields.CASCADE
    )
    work = fields.CharField(max_length=80)
    episode = fields.IntField()
    info_hash = fields.CharField(max_length=64)
    release = fields.CharField(max_length=16)
    reason = fields.TextField()
    created_at = fields.DatetimeField()

    class Meta:
        table = "blocks"
        unique_together = (("user", "work", "episode", "info_hash"),)
