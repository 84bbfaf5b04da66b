"""``upgrade``: a newer version (v2) of an episode in place of the one that is there."""

import shlex

from ..wire import HeldReleaseReply, UpgradeReply
from .choice import say_who_failed
from .context import Context
from .exits import NOT_FOUND, OK
from .get import stay
from .matching import find_entry


async def upgrade(context: Context) -> int:
    """Say what is there and what is newer, and get that unless it is a dry run."""
    options, remote, console = context.options, context.remote, context.console
    entry = await find_entry(console, remote, options.title, first=options.first)
    found = await remote.upgrade(entry.provider, entry.id, options.episode)
    say_who_failed(console, found.failures)
    _say(context, found)
    if found.available is None or options.dry_run:
        if context.json:
            console.json(found)
        return OK if found.available else NOT_FOUND
    # Without waiting in the request the steps can be shown while they happen.
    job = await remote.begin_upgrade(entry.provider, entry.id, found.episode, wait=False)
    return await stay(context, job)


def _say(context: Context, found: UpgradeReply) -> None:
    console = context.console
    console.say(f"{found.title} ep {found.episode}")
    console.say(f"  you have  {found.current.title}  ({_made(found.current)})")
    if found.available is None:
        console.say(f"  {_why_none(found.current)}")
        return
    console.say(f"  newer     {found.available.title}")
    if context.options.dry_run:
        title = shlex.quote(context.options.title)
        console.say(f"  nothing is done; to get it: uuut upgrade {title} {found.episode}")
    else:
        console.say("  what you have goes when the newer one is finished, not before")


def _why_none(held: HeldReleaseReply) -> str:
    if held.serves > 1:
        return f"it serves {held.serves} episodes of yours, and is not replaced for one"
    return f"nothing newer by {held.group}" if held.group else "its name does not say who made it"


def _made(held: HeldReleaseReply) -> str:
    version = "its version is not clear" if held.version is None else f"v{held.version}"
    return f"{version} by {held.group}" if held.group else version
