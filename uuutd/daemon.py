"""From a configuration to a running daemon, and back down again."""

import asyncio
import gc
import logging
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager

import attrs
from aiohttp import web

from . import __version__
from .config import Config
from .errors import ConfigError, Problem
from .fetch import open_sessions
from .instances import Instances
from .keys import LiveKeys
from .looplag import LoopWatch
from .metrics import Metrics
from .passwords import Passwords
from .plugins import Plugins
from .services.administration import Administration
from .services.assembly import Services, assemble
from .services.audit import Audit
from .services.auth import Auth
from .services.rule_table import RuleTable
from .services.signups import Signups
from .services.throttle import Throttle
from .store.engine import open_store
from .tasks import Tasks
from .web import make_app
from .web.edge import Edge
from .web.unparsed import LONGEST_HEADER, LONGEST_LINE

KEEP_ALIVE = 75.0
"""Seconds that an idle connection stays open."""
STOP_WITHIN = 20.0
"""Seconds that requests under way get when the daemon stops."""
USER_AGENT = f"UUUTorrent/{__version__}"

log = logging.getLogger("uuutd")


@attrs.frozen(kw_only=True)
class Daemon:
    """A running daemon: where it answers, and the code for the first account if there is none."""

    url: str
    setup_code: str | None = attrs.field(repr=False)


async def run(config: Config, plugins: Plugins) -> None:
    """Serve until SIGTERM or SIGINT."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    async with running(config, plugins) as daemon:
        log.info("uuutd %s answers at %s", __version__, daemon.url)
        if daemon.setup_code is not None:
            _announce(daemon)
        # What has been imported stays: looking through it for garbage would hold up the loop.
        gc.freeze()
        await stopped.wait()
        log.info("stopping")


def _announce(daemon: Daemon) -> None:
    print(  # noqa: T201 - it is for whoever started the daemon, and not for its log
        f"There are no users yet. Make the first one, an administrator, within 30 minutes:\n"
        f"  uuut --server {daemon.url} login --signup --setup-code\n"
        f"It asks for the set-up code.\n"
        f"Set-up code: {daemon.setup_code}",
        flush=True,
    )


@asynccontextmanager
async def running(config: Config, plugins: Plugins) -> AsyncIterator[Daemon]:
    """Bring the daemon up, hand it over, and take it down again."""
    async with AsyncExitStack() as stack:
        keys = LiveKeys(config.key_file)
        store = await stack.enter_async_context(
            open_store(config.database_url, lock_dir=config.data_dir)
        )
        http, outside = await stack.enter_async_context(open_sessions(USER_AGENT))
        metrics = Metrics()
        instances = Instances.of(config, http=http, outside=outside, metrics=metrics)
        stack.push_async_callback(instances.stop)
        passwords = Passwords()
        stack.callback(passwords.close)
        tasks = Tasks()
        stack.push_async_callback(tasks.aclose)
        audit, throttle = Audit(), Throttle()
        signups = Signups(
            passwords=passwords,
            throttle=throttle,
            audit=audit,
            mode=config.auth.signup,
            setup_code_file=config.data_dir / "setup-code",
        )
        rules = RuleTable(
            url=config.numbering.table, folder=config.data_dir, session=http, metrics=metrics
        )
        services = assemble(
            auth=Auth(
                keys=keys, passwords=passwords, throttle=throttle, audit=audit, metrics=metrics
            ),
            signups=signups,
            administration=Administration(
                signups=signups, passwords=passwords, throttle=throttle, audit=audit
            ),
            keys=keys,
            instances=instances,
            tasks=tasks,
            taste=config.choice,
            judges=plugins.judges(),
            rules=rules,
            stalled=config.stalled,
            disk=config.disk,
            fetch=config.fetch,
        )
        stack.callback(services.events.close)
        stack.push_async_callback(services.searches.aclose)
        await instances.start()
        tasks.spawn(passwords.prime(), name="prime passwords")
        tasks.spawn(services.reconciler.forever(), name="reconcile")
        tasks.spawn(services.renewal.forever(), name="renew links")
        tasks.spawn(services.stalled.forever(), name="stalled downloads")
        tasks.spawn(rules.forever(), name="numbering rules")
        tasks.spawn(LoopWatch(metrics).run(), name="loop watch")
        app = make_app(
            services,
            ping=store.ping,
            allowed_hosts=config.hosts,
            trusted_proxies=config.trusted_proxies,
            registry=metrics.registry,
            version=__version__,
        )
        app.on_shutdown.append(_letting_go(services))
        setup_code = await signups.prepare_setup()
        url = await stack.enter_async_context(_listening(app, config))
        yield Daemon(url=url, setup_code=setup_code)


def _letting_go(services: Services) -> Callable[[web.Application], Awaitable[None]]:
    async def let_go(_: web.Application) -> None:
        services.jobs.let_go()

    return let_go


@asynccontextmanager
async def _listening(app: web.Application, config: Config) -> AsyncIterator[str]:
    runner = web.AppRunner(
        app,
        access_log=None,
        shutdown_timeout=STOP_WITHIN,
        keepalive_timeout=KEEP_ALIVE,
        max_line_size=LONGEST_LINE,
        max_field_size=LONGEST_HEADER,
        auto_decompress=False,  # compressed bodies are refused by the application, in its words
    )
    await runner.setup()
    try:
        site = Edge(runner, config.listen.host, config.listen.port)
        try:
            await site.start()
        except OSError as error:
            detail = f"{config.listen} cannot be listened at: {error.strerror or error}"
            raise ConfigError(str(config.source), [Problem("listen", detail)]) from error
        host, port, *_ = runner.addresses[0]
        yield f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
    finally:
        await runner.cleanup()
