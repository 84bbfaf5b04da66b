"""``login logout reset whoami link unlink``."""

import ipaddress
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from ..remote import LoginNeeded
from ..terminal.console import Cell, Column, Console
from ..wire import LinkReply, MeReply, QuotaSetting, ResetRequest, SignupRequest
from .context import Context
from .exits import OK, USAGE, Stop

SOON = timedelta(days=30)
"""How long before its end a link is one to make anew."""
NO_QUOTA = QuotaSetting(torrents=None, adds_per_hour=None)
COLUMNS = (Column("WATCHLIST"), Column("ACCOUNT", flexible=True), Column("STATE"))


async def login(context: Context) -> int:
    """Log in, after making the account if that is asked for."""
    console, options = context.console, context.options
    if not options.signup and (options.invite, options.setup_code) != (None, None):
        raise Stop(USAGE, "--invite and --setup-code belong to --signup")
    _warn_if_readable(console, context.remote.server)
    invite, setup_code = (
        None if given is None else _secret(console, given, question)
        for given, question in ((options.invite, "invitation"), (options.setup_code, "set-up code"))
    )
    username = options.username or _ask(console, "user name")
    password = _password(context, twice=options.signup)
    if options.signup:
        request = SignupRequest(
            username=username,
            password=password,
            invite=invite,
            setup_code=setup_code,
        )
        user = await context.remote.sign_up(request)
        console.say(f"signed up {user.username} as {user.role}")
    await context.remote.log_in(username, password)
    return await _show(context, await context.remote.me())


async def logout(context: Context) -> int:
    """End the session at the daemon, and drop its tokens here in any case that allows it."""
    try:
        await context.remote.log_out(everywhere=context.options.everywhere)
    except LoginNeeded:
        context.remote.forget_login()
        context.console.say(f"was not logged in at {context.remote.server}")
        return OK
    context.console.say(f"logged out at {context.remote.server}")
    return OK


async def reset(context: Context) -> int:
    """Choose a new password with a code from an administrator."""
    _warn_if_readable(context.console, context.remote.server)
    code = _secret(context.console, context.options.code or "", "code")
    request = ResetRequest(code=code, password=_password(context, twice=True))
    await context.remote.use_reset(request)
    context.console.say("the password is changed; log in with it: uuut login", "good")
    return OK


async def whoami(context: Context) -> int:
    """Show the account and its links."""
    return await _show(context, await context.remote.me())


async def link(context: Context) -> int:
    """Link a watchlist with what was given, or with what the user answers."""
    console, options = context.console, context.options
    provider = options.provider or await _only_watchlist(context)
    if options.username:
        fields = {"username": options.username}
    elif options.answer is not None:
        fields = {"answer": _secret(console, options.answer, "answer")}
    else:
        fields = await _ask_for_link(context, provider)
    linked = await context.remote.link(provider, fields)
    if context.json:
        console.json(linked)
    else:
        console.say(f"linked {linked.provider} as {linked.account}{_until(linked)}", "good")
        if linked.state == "read-only":
            console.say("read-only: episodes cannot be marked as watched over this link")
    return OK


async def unlink(context: Context) -> int:
    """Undo a link."""
    provider = context.options.provider or await _only_watchlist(context)
    await context.remote.unlink(provider)
    context.console.say(f"unlinked {provider}; your torrents stay")
    return OK


async def _show(context: Context, me: MeReply) -> int:
    console = context.console
    if context.json:
        console.json(me)
        return OK
    console.data(f"{me.username} ({me.role}) at {context.remote.server}")
    if me.quota != NO_QUOTA:
        console.say(f"your quota: {_quota(me.quota)}")
    if me.links:
        console.table(
            COLUMNS,
            [
                (Cell(item.provider), Cell(item.account), Cell(item.state + _until(item)))
                for item in me.links
            ],
        )
    else:
        console.say("no watchlist linked yet: uuut link")
    return OK


def _quota(quota: QuotaSetting) -> str:
    limits = ((quota.torrents, "torrents"), (quota.adds_per_hour, "new downloads an hour"))
    return ", ".join(f"{most} {what}" for most, what in limits if most is not None)


def _until(link: LinkReply) -> str:
    if link.expires_at is None:
        return ""
    soon = link.state != "expired" and link.expires_at - datetime.now(UTC) < SOON
    return f", until {link.expires_at:%Y-%m-%d}" + ("; link it again soon" if soon else "")


async def _only_watchlist(context: Context) -> str:
    """Return the daemon's only watchlist provider, for those who named none."""
    backends = (await context.remote.backends()).backends
    names = [backend.name for backend in backends if backend.kind == "watchlist"]
    if len(names) != 1:
        known = ", ".join(names) or "none is configured"
        raise Stop(USAGE, f"which watchlist? {known}", hint="Name it: uuut link PROVIDER")
    return names[0]


async def _ask_for_link(context: Context, provider: str) -> dict[str, str]:
    console = context.console
    prompt = await context.remote.link_prompt(provider)
    console.say(prompt.instructions)
    if prompt.url:
        console.say(prompt.url)
    if not console.interactive:
        raise Stop(USAGE, "there is no terminal to ask on", hint="Use --username or --answer -.")
    for field in prompt.fields:
        answer = console.ask(f"{field.label} (empty for none)", secret=field.secret).strip()
        if answer:
            return {field.name: answer}
    raise Stop(USAGE, "nothing was filled in")


def _ask(console: Console, question: str) -> str:
    if not console.interactive:
        raise Stop(USAGE, f"no {question} given", hint="Use --username.")
    answer = console.ask(question).strip()
    if not answer:
        raise Stop(USAGE, f"no {question} given")
    return answer


def _secret(console: Console, given: str, question: str) -> str:
    """Return *given*, or the next line of stdin if that is ``-``; ask if it is empty."""
    if given not in ("", "-"):
        return given
    if not given and not console.interactive:
        raise Stop(USAGE, f"no {question} given", hint="With - it is read from stdin.")
    answer = console.ask(question, secret=True) if console.interactive else console.line()
    if not answer.strip():
        raise Stop(USAGE, f"no {question} given")
    return answer.strip()


def _password(context: Context, *, twice: bool) -> str:
    console = context.console
    if context.options.password_stdin:
        password = console.read().partition("\n")[0].removesuffix("\r")
    elif not console.interactive:
        raise Stop(USAGE, "there is no terminal to ask on", hint="Use --password-stdin.")
    else:
        password = console.ask("password", secret=True)
        if twice and console.ask("once more", secret=True) != password:
            raise Stop(USAGE, "the two passwords differ")
    if not password:
        raise Stop(USAGE, "no password given")
    return password


def _warn_if_readable(console: Console, server: str) -> None:
    """Say so when a password is about to cross a network in the clear."""
    parts = urlsplit(server)
    if parts.scheme == "https" or parts.hostname in (None, "localhost"):
        return
    try:
        private = ipaddress.ip_address(parts.hostname).is_loopback
    except ValueError:
        private = False
    if not private:
        console.say(f"careful: {server} is not encrypted; others on the way can read along", "bad")
