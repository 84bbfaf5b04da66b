"""What administrators look back at, and what they hand out."""

from tortoise import fields
from tortoise.models import Model

from .people import UserRow


class AuditRow(Model):
    """Something about accounts or keys that happened, *count* times from *created_at* to *last_at*.

    Users stand here by number and by the name that they had: the note outlives the account.
    *key* is what collects the repetitions of one thing in one row; most have none.
    """

    _no_comments = True

    id = fields.IntField(primary_key=True)
    key = fields.CharField(max_length=160, null=True, unique=True)
    event = fields.CharField(max_length=20)
    by_id = fields.IntField(null=True)
    by_name = fields.CharField(max_length=64, null=True)
    user_id = fields.IntField(null=True)
    user_name = fields.CharField(max_length=64, null=True)
    address = fields.CharField(max_length=64, null=True)
    detail = fields.TextField()
    count = fields.IntField()
    created_at = fields.DatetimeField()
    last_at = fields.DatetimeField()

    class Meta:
        table = "audit"


class ResetRow(Model):
    """A code with which a user can choose a new password, once; only its hash is kept.

    *gen* is the user's when it was made: whatever voids all tokens voids the code, too.
    """

    _no_comments = True

    code_hash = fields.CharField(max_length=64, primary_key=True)
    user: fields.ForeignKeyRelation[UserRow] = fields.ForeignKeyField(
        "uuutd.UserRow", related_name="resets", on_delete=fields.CASCADE
    )
    gen = fields.IntField()
    created_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()

    class Meta:
        table = "resets"
