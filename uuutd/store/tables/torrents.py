"""Torrents, whose they are, and what is to be done about them."""

from tortoise import fields
from tortoise.models import Model

from .people import UserRow


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
