"""Who has to wait before they may try again."""

from tortoise import fields
from tortoise.models import Model


class ThrottleRow(Model):
    """What is remembered of one kind of tries, until *ends_at*.

    *key* is a hash: people type their password where their name belongs, and a name here
    would tell who logs in from where.
    """

    _no_comments = True

    key = fields.CharField(max_length=64, primary_key=True)
    tries = fields.IntField()
    last_at = fields.DatetimeField()
    ends_at = fields.DatetimeField(db_index=True)

    class Meta:
        table = "throttles"
