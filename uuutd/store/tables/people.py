"""Who uses the daemon, and what is theirs alone."""

from tortoise import fields
from tortoise.models import Model


class UserRow(Model):
    """Somebody with an account.

    *name* is as the user wrote it, *folded* what must be unique.  *gen* counts up
    whenever all tokens of the user must die.  *max_torrents* and *adds_per_hour* are null
    for no limit.  *fate* is what becomes of the torrents of somebody who is being deleted.
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
    max_torrents = fields.IntField(null=True)
    adds_per_hour = fields.IntField(null=True)
    fate = fields.CharField(max_length=12, null=True)

    class Meta:
        table = "users"


class SessionRow(Model):
    """One login: a family of refresh tokens, of which the last is good.

    *previous_hash* is the one before, good for some seconds after *rotated_at*, so that
    two refreshes at once both succeed; *sealed* is the reply they share, encrypted.  It dies
    when *gen* is no longer the user's.  *agent* and *address* are of its last use.
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
    gen = fields.IntField(null=True)
    address = fields.CharField(max_length=64, null=True)

    class Meta:
        table = "sessions"


class PersonalTokenRow(Model):
    """A token that a user made for a program; only its hash is kept.

    *scopes* is what it is good for, with blanks between them.  It dies when *gen* is no
    longer the user's.
    """

    _no_comments = True

    id = fields.CharField(max_length=16, primary_key=True)
    user: fields.ForeignKeyRelation[UserRow] = fields.ForeignKeyField(
        "uuutd.UserRow", related_name="personal_tokens", on_delete=fields.CASCADE, db_index=True
    )
    name = fields.CharField(max_length=64)
    token_hash = fields.CharField(max_length=64, unique=True)
    scopes = fields.CharField(max_length=160)
    gen = fields.IntField()
    created_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()
    used_at = fields.DatetimeField(null=True)

    class Meta:
        table = "personal_tokens"


class InviteRow(Model):
    """An invitation to sign up; only the hash of its code is kept.

    *made_by* and *used_by* are users, who may be gone by now.
    """

    _no_comments = True

    id = fields.IntField(primary_key=True)
    code_hash = fields.CharField(max_length=64, unique=True)
    role = fields.CharField(max_length=8)
    created_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()
    used_at = fields.DatetimeField(null=True)
    made_by = fields.IntField(null=True)
    used_by = fields.IntField(null=True)

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
