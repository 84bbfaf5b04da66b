"""The settings of AniList."""

import attrs
from attrs import validators

from uuutd.backends import needs, web_address
from uuutd.domain import Secret


@attrs.frozen(kw_only=True)
class AniListConfig:
    """What stands in the table of a watchlist of type ``anilist``."""

    url: str = attrs.field(
        default="https://graphql.anilist.co",
        validator=web_address("https://graphql.anilist.co"),
        metadata={"help": "Where AniList's API is."},
    )
    site: str = attrs.field(
        default="https://anilist.co",
        validator=web_address("https://anilist.co"),
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
        validator=needs("client_id"),
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
