"""The settings of AniList."""

from typing import Any

import attrs
from attrs import validators
from yarl import URL

from uuutd.domain import Secret

Attribute = attrs.Attribute


def _web_address(_: Any, __: "Attribute[str]", value: str) -> None:
    try:
        url = URL(value)
        plain = url.origin().with_path(url.path) == url
    except ValueError:
        plain = False
    if not plain or not value.startswith(("http://", "https://")):
        raise ValueError(f"must be a plain web address, not {value[:80]!r}")


def _with_client_id(
    config: "AniListConfig", _: "Attribute[Secret | None]", value: Secret | None
) -> None:
    if value is not None and config.client_id is None:
        raise ValueError("is of no use without client_id")


@attrs.frozen(kw_only=True)
class AniListConfig:
    """What stands in the table of a watchlist of type ``anilist``."""

    url: str = attrs.field(
        default="https://graphql.anilist.co",
        validator=_web_address,
        metadata={"help": "Where AniList's API is."},
    )
    site: str = attrs.field(
        default="https://anilist.co",
        validator=_web_address,
        metadata={"help": "Where AniList's pages are, to which users go to link their list."},
    )
    client_id: str | None = attrs.field(
        default=None,
        validator=validators.optional(validators.matches_re(r"[0-9A-Za-z_-]{1,64}")),
        metadata={
            "help": "The ID of the API client that you made in AniList's developer settings; "
            "without it users can link public lists and tokens they already have."
        },
    )
    client_secret: Secret | None = attrs.field(
        default=None,
        validator=_with_client_id,
        metadata={
            "help": "The secret of that client; with it users paste a short-lived code, "
            "without it the token itself."
        },
    )
    rate: int = attrs.field(
        default=30,
        validator=validators.and_(validators.ge(1), validators.le(1000)),
        metadata={"help": "How many requests a minute AniList allows, until it says so itself."},
    )

    @property
    def pin_page(self) -> str:
        """The page of AniList's that shows a token or code for copying."""
        return f"{self.site.rstrip('/')}/api/v2/oauth/pin"
