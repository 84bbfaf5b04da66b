"""What was found out about shows."""

from tortoise import fields
from tortoise.models import Model

from .people import UserRow


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
