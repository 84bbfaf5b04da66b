"""What the AniList stand-in knows: shows, users, lists and tokens, and the clock they live by."""

import base64
import json
import secrets
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta

import attrs

YEAR = timedelta(days=365)
"""How long AniList's tokens last."""

OPPOSITE = {
    "PREQUEL": "SEQUEL",
    "SEQUEL": "PREQUEL",
    "PARENT": "SIDE_STORY",
    "SIDE_STORY": "PARENT",
}


@attrs.frozen(kw_only=True)
class Media:
    """One show, or one manga.

    *airing* says when each episode airs.  Without *status* it follows from those times;
    a show without either is finished.
    """

    id: int
    romaji: str | None = None
    english: str | None = None
    native: str | None = None
    mal_id: int | None = None
    synonyms: tuple[str, ...] = ()
    type: str = "ANIME"
    format: str | None = "TV"
    status: str | None = None
    episodes: int | None = 12
    season_year: int | None = None
    start_date: date | None = None
    airing: Mapping[int, datetime] = attrs.field(factory=dict)

    def status_at(self, now: datetime) -> str:
        """Return where the show is in its life, in AniList's words."""
        if self.status is not None:
            return self.status
        if not self.airing:
            return "FINISHED"
        if now < min(self.airing.values()):
            return "NOT_YET_RELEASED"
        last = self.airing.get(self.episodes) if self.episodes is not None else None
        return "FINISHED" if last is not None and last <= now else "RELEASING"

    def next_airing(self, now: datetime) -> tuple[int, datetime] | None:
        """Return the next episode and when it airs; None when nothing is scheduled."""
        return min(
            ((number, at) for number, at in self.airing.items() if at > now),
            key=lambda pair: pair[1],
            default=None,
        )

    def matches(self, search: str) -> int | None:
        """Say how well a title is met: 0 whole, 1 at its start, 2 inside; None not at all."""
        wanted = search.casefold()
        names = [self.romaji, self.english, self.native, *self.synonyms]
        ranks = [
            0 if name == wanted else 1 if name.startswith(wanted) else 2
            for name in (text.casefold() for text in names if text)
            if wanted in name
        ]
        return min(ranks, default=None)


def weekly(first: datetime, episodes: int) -> dict[int, datetime]:
    """Return airing times of *episodes* episodes, a week apart."""
    return {number + 1: first + timedelta(weeks=number) for number in range(episodes)}


@attrs.frozen(kw_only=True)
class User:
    """Somebody with an AniList account; a *private* one is seen by nobody else."""

    id: int
    name: str
    private: bool = False


@attrs.frozen(kw_only=True)
class ListEntry:
    """One show on one user's list.

    It stands in the list of its *status* unless *hidden*, and once more in every list
    of *custom*.  A *private* entry is seen by its owner alone.
    """

    id: int
    user_id: int
    media_id: int
    status: str = "CURRENT"
    progress: int = 0
    custom: tuple[str, ...] = ()
    hidden: bool = False
    private: bool = False
    updated_at: datetime

    def is_visible_to(self, viewer: User | None) -> bool:
        """Whether *viewer* may see it."""
        return not self.private or (viewer is not None and viewer.id == self.user_id)


class World:
    """Everything the stand-in knows.

    Nothing is in it at first, and nothing in it is special: a test or the demo fills it
    with whatever it likes.
    """

    def __init__(self) -> None:
        self.media: dict[int, Media] = {}
        self.relations: dict[int, list[tuple[str, int]]] = {}
        self.users: dict[int, User] = {}
        self.entries: dict[tuple[int, int], ListEntry] = {}
        self._tokens: dict[str, tuple[int, datetime]] = {}
        self._ahead = timedelta()

    # --- the clock ---

    def now(self) -> datetime:
        """Return the world's time: ours, and what `advance` added."""
        return datetime.now(UTC) + self._ahead

    def advance(self, by: timedelta) -> None:
        """Put the clock forward: episodes air, tokens expire, waits end."""
        self._ahead += by

    # --- filling it ---

    def add_media(self, *media: Media) -> None:
        """Make shows known; one with a known id takes the other's place."""
        self.media.update((one.id, one) for one in media)

    def relate(self, of: Media, kind: str, other: Media) -> None:
        """Say that *other* is the *kind* (``"SEQUEL"``) of *of*, and the opposite back."""
        self.relations.setdefault(of.id, []).append((kind, other.id))
        if kind in OPPOSITE:
            self.relations.setdefault(other.id, []).append((OPPOSITE[kind], of.id))

    def add_user(self, name: str, *, private: bool = False) -> User:
        """Open an account."""
        user = User(id=5001 + len(self.users), name=name, private=private)
        self.users[user.id] = user
        return user

    def add_entry(
        self,
        user: User,
        media: Media,
        status: str = "CURRENT",
        progress: int = 0,
        *,
        custom: Iterable[str] = (),
        hidden: bool = False,
        private: bool = False,
    ) -> ListEntry:
        """Put a show on a user's list, or change how it stands there."""
        before = self.entries.get((user.id, media.id))
        entry = ListEntry(
            id=before.id if before else 70001 + len(self.entries),
            user_id=user.id,
            media_id=media.id,
            status=status,
            progress=progress,
            custom=tuple(custom),
            hidden=hidden,
            private=private,
            updated_at=self.now(),
        )
        self.entries[user.id, media.id] = entry
        return entry

    # --- asking it ---

    def entry(self, user: User, media: Media) -> ListEntry | None:
        """Return how a show stands on a user's list."""
        return self.entries.get((user.id, media.id))

    def user(self, user_id: int | None, name: str | None) -> User | None:
        """Return the user with this id or name."""
        if user_id is not None:
            return self.users.get(user_id)
        wanted = (name or "").casefold()
        return next((one for one in self.users.values() if one.name.casefold() == wanted), None)

    # --- tokens ---

    def issue_token(self, user: User, *, client: str = "1001", lasts: timedelta = YEAR) -> str:
        """Make a token of AniList's shape: a JWT of about 1 kB whose signature nobody can check."""
        now, serial = self.now(), secrets.token_hex(40)
        claims = {
            "aud": client,
            "jti": serial,
            "iat": int(now.timestamp()),
            "nbf": int(now.timestamp()),
            "exp": int((now + lasts).timestamp()),
            "sub": str(user.id),
            "scopes": [],
        }
        head = {"typ": "JWT", "alg": "RS256", "jti": serial}
        parts = [json.dumps(part).encode() for part in (head, claims)]
        token = ".".join(_base64url(part) for part in (*parts, secrets.token_bytes(512)))
        self._tokens[token] = (user.id, now + lasts)
        return token

    def revoke_token(self, token: str) -> None:
        """Take a token back, as a user does on the site."""
        self._tokens.pop(token, None)

    def bearer(self, token: str) -> User | None:
        """Return whose token it is; None if it is no good, or no longer."""
        user_id, expires = self._tokens.get(token, (0, self.now()))
        return self.users.get(user_id) if self.now() < expires else None


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
