"""The settings of one qBittorrent."""

import attrs

from uuutd.backends import needs, web_address
from uuutd.domain import Secret


def _alone(config: "QBittorrentConfig", _: object, value: Secret | None) -> None:
    if value is not None and not (config.username is None and config.password is None):
        raise ValueError("stands beside username or password; set the one or the other")


@attrs.frozen(kw_only=True)
class QBittorrentConfig:
    """The settings of one qBittorrent."""

    url: str = attrs.field(
        validator=web_address("http://127.0.0.1:8080"), metadata={"help": "Address of the Web UI."}
    )
    username: str | None = attrs.field(
        default=None, validator=needs("password"), metadata={"help": "User of the Web UI."}
    )
    password: Secret | None = attrs.field(
        default=None, validator=needs("username"), metadata={"help": "The user's password."}
    )
    api_key: Secret | None = attrs.field(
        default=None,
        validator=_alone,
        metadata={"help": "An API key (qBittorrent 5.2 and later), instead of user and password."},
    )
    save_path: str | None = attrs.field(
        default=None,
        metadata={
            "help": "Folder on qBittorrent's machine that files go to; its own default if left out."
        },
    )
    verify_tls: bool = attrs.field(
        default=True, metadata={"help": "Whether the certificate must be trusted."}
    )
