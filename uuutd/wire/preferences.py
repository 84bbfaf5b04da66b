"""What users want of releases."""

from collections.abc import Mapping
from typing import Literal

import attrs
import msgspec

PreferenceOrigin = Literal["show", "user", "configuration", "default"]


@attrs.frozen(kw_only=True)
class UserPreferences:
    """What a user wants of the releases of all shows; what is null is not said.

    The words are those of ``[choice]`` in the configuration.  *codec* may be ``any``: none
    is liked better than another.  *client* is the torrent client that gets the downloads.
    """

    resolutions: tuple[str, ...] | None = None
    groups: tuple[str, ...] | None = None
    codec: str | None = None
    language: str | None = None
    audio: Literal["sub", "dub"] | None = None
    batch: Literal["never", "allow", "only"] | None = None
    min_seeders: int | None = None
    min_size: int | None = None
    keep_group: Literal["off", "on", "wait"] | None = None
    keep_group_hours: int | None = None
    upgrades: Literal["notify", "off"] | None = None
    client: str | None = None


@attrs.frozen(kw_only=True)
class ShowPreferences(UserPreferences):
    """What a user wants for one show.

    *counts_from* is the number that the groups give to its first episode.
    """

    counts_from: int | None = None


@attrs.frozen(kw_only=True)
class EffectivePreferences:
    """What counts, all levels together; *codec* is null if none is liked better than another.

    *client* is null if it is the one that is configured first.
    """

    resolutions: tuple[str, ...]
    groups: tuple[str, ...]
    codec: str | None
    language: str
    audio: Literal["sub", "dub"]
    batch: Literal["never", "allow", "only"]
    min_seeders: int
    min_size: int
    keep_group: Literal["off", "on", "wait"]
    keep_group_hours: int
    upgrades: Literal["notify", "off"]
    client: str | None
    counts_from: int | None


class PreferencesReply(msgspec.Struct, frozen=True, kw_only=True, rename={"from_": "from"}):
    """What is said at one level, what counts there, and where each of those values is from.

    A class of msgspec's, as no other can have a field called ``from``.
    """

    set: ShowPreferences
    effective: EffectivePreferences
    from_: Mapping[str, PreferenceOrigin]


class UserPreferencesReply(msgspec.Struct, frozen=True, kw_only=True, rename={"from_": "from"}):
    """The same of all shows: *set* has only what can be said of all of them."""

    set: UserPreferences
    effective: EffectivePreferences
    from_: Mapping[str, PreferenceOrigin]
