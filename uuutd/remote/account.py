"""The calls about the account: log in and out, sessions, tokens, linked watchlists."""

from collections.abc import Mapping
from typing import TypeVar

from ..wire import (
    AboutReply,
    LinkPromptReply,
    LinkReply,
    LinkRequest,
    LogoutRequest,
    MadePersonalTokenReply,
    MeReply,
    PasswordRequest,
    PersonalTokenRequest,
    PersonalTokensReply,
    ResetRequest,
    SessionsReply,
    SignupRequest,
    TokenRequest,
    UserReply,
)
from .transport import Call, Transport, quoted

T = TypeVar("T")


class Account:
    """The account of one user, reached over *transport*."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def about(self) -> AboutReply:
        """Return what the daemon says of itself; needs no login."""
        return await self._transport.ask(
            Call(method="GET", path="about", needs_login=False), AboutReply
        )

    async def sign_up(self, request: SignupRequest) -> UserReply:
        """Make a new account; this does not log in."""
        call = Call(method="POST", path="auth/signup", body=request, needs_login=False)
        return await self._transport.ask(call, UserReply)

    async def log_in(self, username: str, password: str) -> None:
        """Log in, and keep the tokens for the clients that come later."""
        request = TokenRequest(grant_type="password", username=username, password=password)
        await self._transport.log_in(request, username)

    async def log_out(self, *, everywhere: bool = False) -> None:
        """End this session, or all of the user's, and drop the kept tokens."""
        body = LogoutRequest(everywhere=everywhere)
        await self._transport.send(Call(method="POST", path="auth/logout", body=body))
        self._transport.forget()

    def forget_login(self) -> None:
        """Drop the kept tokens without telling the daemon."""
        self._transport.forget()

    async def change_password(self, request: PasswordRequest) -> None:
        """Change the password; of all sessions and tokens only this session stays."""
        await self._transport.send(Call(method="POST", path="auth/password", body=request))

    async def use_reset(self, request: ResetRequest) -> None:
        """Choose a new password with a code from an administrator; needs no login."""
        call = Call(method="POST", path="auth/reset", body=request, needs_login=False)
        await self._transport.send(call)

    async def sessions(self) -> SessionsReply:
        """Return where the user is logged in."""
        return await self._get(SessionsReply, "auth", "sessions")

    async def end_session(self, session: str) -> None:
        """End one of the user's sessions."""
        await self._transport.send(Call(method="DELETE", path=quoted("auth", "sessions", session)))

    async def tokens(self) -> PersonalTokensReply:
        """Return the tokens that the user made for programs."""
        return await self._get(PersonalTokensReply, "auth", "tokens")

    async def make_token(self, request: PersonalTokenRequest) -> MadePersonalTokenReply:
        """Make a token for a program; only this answer shows it."""
        call = Call(method="POST", path="auth/tokens", body=request)
        return await self._transport.ask(call, MadePersonalTokenReply)

    async def end_token(self, token: str) -> None:
        """Make a token for a program void."""
        await self._transport.send(Call(method="DELETE", path=quoted("auth", "tokens", token)))

    async def me(self) -> MeReply:
        """Return who is logged in."""
        return await self._get(MeReply, "auth", "me")

    async def link_prompt(self, provider: str) -> LinkPromptReply:
        """Return what linking *provider* needs."""
        return await self._get(LinkPromptReply, "auth", provider, "link")

    async def link(self, provider: str, fields: Mapping[str, str]) -> LinkReply:
        """Link *provider* with what the user filled in."""
        call = Call(
            method="POST", path=quoted("auth", provider, "link"), body=LinkRequest(fields=fields)
        )
        return await self._transport.ask(call, LinkReply)

    async def unlink(self, provider: str) -> None:
        """Undo the link of *provider*."""
        await self._transport.send(Call(method="DELETE", path=quoted("auth", provider, "link")))

    async def _get(self, kind: type[T], *parts: str) -> T:
        return await self._transport.ask(Call(method="GET", path=quoted(*parts)), kind)
