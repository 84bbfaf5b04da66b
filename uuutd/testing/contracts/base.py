"""What every backend must do, whatever its kind."""

import asyncio
import contextlib
import re
import threading
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any, ClassVar, NoReturn

import aiohttp
import attrs
import pytest
import pytest_asyncio

from ...backends import Backend, Host
from ...domain import Secret
from ...errors import BackendError, BadReply, LoginFailed, RateLimited, TimedOut, Unavailable
from ...errors import Error as OurError
from ..hosts import test_host
from ..misbehaving import Fault, Misbehaving

SETTLED = 5.0
"""How long after `close` threads and tasks may take to end, in seconds."""
_SLUG = re.compile(r"[a-z][a-z0-9-]{0,31}")


def to_override(contract: object, what: str) -> NoReturn:
    """Fail a test whose contract was not told *what* only its plugin can know."""
    pytest.fail(f"{type(contract).__name__} has to override {what}", pytrace=False)


class BackendContract:
    """Subclass the contract of your kind, set `backend_class` and override `config`."""

    pytestmark = pytest.mark.asyncio

    backend_class: ClassVar[type[Backend[Any]]]

    @pytest.fixture
    def config(self) -> Any:
        """Return settings with which the backend works, or at least can be opened."""
        return self.backend_class.Config()

    @pytest_asyncio.fixture
    async def host(self, tmp_path: Path) -> AsyncIterator[Host]:
        """Give the backend a host with a folder of its own."""
        async with test_host(tmp_path / "backend") as host:
            yield host

    @pytest_asyncio.fixture
    async def backend(self, config: Any, host: Host) -> AsyncIterator[Any]:
        """Give the tests the backend, open."""
        backend = self.backend_class(config, host)
        try:
            await backend.open()
            yield backend
        finally:
            await backend.close()

    async def test_its_name_is_a_slug(self) -> None:
        assert _SLUG.fullmatch(self.backend_class.name)
        assert self.backend_class.title.strip()

    async def test_every_setting_has_a_help_text(self) -> None:
        fields = attrs.fields(self.backend_class.Config)
        assert [field.name for field in fields if not field.metadata.get("help")] == []

    async def test_settings_cannot_be_changed(self, config: Any) -> None:
        for field in attrs.fields(type(config)):
            with pytest.raises(attrs.exceptions.FrozenInstanceError):
                setattr(config, field.name, None)

    async def test_secrets_are_not_shown(self, config: Any, host: Host) -> None:
        values = attrs.asdict(config, recurse=False).values()
        backend = self.backend_class(config, host)
        shown = f"{config!r} {config!s} {backend!r} {backend!s}"
        for secret in values:
            if isinstance(secret, Secret) and secret:
                assert secret.reveal() not in shown

    async def test_close_without_open(self, config: Any, host: Host) -> None:
        await self.backend_class(config, host).close()

    async def test_close_after_a_failed_open(self, config: Any, host: Host) -> None:
        backend = self.backend_class(config, _broken(host))
        with contextlib.suppress(OurError, OSError):
            await backend.open()
        await backend.close()

    async def test_close_twice(self, config: Any, host: Host) -> None:
        backend = self.backend_class(config, host)
        await backend.open()
        await backend.close()
        await backend.close()

    async def test_nothing_is_left_behind(self, config: Any, host: Host) -> None:
        tasks, threads = asyncio.all_tasks(), set(threading.enumerate())
        backend = self.backend_class(config, host)
        await backend.open()
        with contextlib.suppress(OurError):
            await backend.check()
        await backend.close()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(SETTLED):
                while _new_tasks(tasks) or _new_threads(threads):  # noqa: ASYNC110 - threads
                    await asyncio.sleep(0.01)  # end without an event
        assert _new_tasks(tasks) == set()
        assert _new_threads(threads) == set()


def _broken(host: Host) -> Host:
    """Return a host on which nothing can be kept and no library runs."""

    async def in_thread(*_: object, **__: object) -> Any:
        raise Unavailable("this host has no threads")

    in_the_way = host.data_dir / "file"
    in_the_way.touch()
    return attrs.evolve(host, in_thread=in_thread, data_dir=in_the_way)


def _new_tasks(before: set[asyncio.Task[Any]]) -> set[asyncio.Task[Any]]:
    """Return the tasks that are new, without those of a stand-in's server in the same loop."""
    new = asyncio.all_tasks() - before
    return {task for task in new if "RequestHandler.start" not in repr(task.get_coro())}


def _new_threads(before: set[threading.Thread]) -> set[threading.Thread]:
    """Return the threads that are new, without those of the event loop's own pool."""
    new = set(threading.enumerate()) - before
    return {thread for thread in new if not thread.name.startswith("asyncio_")}


_CANNOT_BE_READ = (BadReply,)
_FAULTS: Mapping[Fault, tuple[type[BackendError], ...]] = {
    Fault(kind="refuse"): (Unavailable,),
    Fault(kind="hang"): (TimedOut,),
    Fault(kind="drop"): (Unavailable, BadReply),
    Fault(kind="status", status=429, retry_after="7"): (RateLimited,),
    Fault(kind="status", status=500): (BadReply, Unavailable),
    Fault(kind="html200"): _CANNOT_BE_READ,
    Fault(kind="empty"): _CANNOT_BE_READ,
    Fault(kind="garbage"): _CANNOT_BE_READ,
    Fault(kind="cut"): _CANNOT_BE_READ,
    Fault(kind="huge"): _CANNOT_BE_READ,
    Fault(kind="bomb"): _CANNOT_BE_READ,
}


class NetworkContract(BackendContract):
    """For backends that ask a service by HTTP: how the service fails decides the error.

    Override `config_for` and `ask`.
    """

    refusals: ClassVar[Mapping[int, tuple[type[BackendError], ...]]] = {
        401: (LoginFailed,),
        403: (LoginFailed,),
    }
    """What the statuses mean that different services mean differently."""

    def config_for(self, url: str) -> Any:
        """Return settings for a service at *url*."""
        to_override(self, f"config_for, and give settings for {url}")

    async def ask(self, backend: Any) -> object:
        """Do anything for which the backend needs its service."""
        return await backend.check()

    @pytest_asyncio.fixture
    async def hasty_host(self, tmp_path: Path) -> AsyncIterator[Host]:
        """Give the backend a host that waits for nobody."""
        patience = aiohttp.ClientTimeout(total=3, sock_connect=1, sock_read=1)
        async with test_host(tmp_path / "hasty", patience=patience) as host:
            yield host

    @pytest.mark.parametrize("fault", _FAULTS, ids=str)
    async def test_a_misbehaving_service(self, fault: Fault, hasty_host: Host) -> None:
        error = await self._failure(fault, hasty_host)
        assert isinstance(error, _FAULTS[fault]), repr(error)
        assert str(error).strip()
        if fault.retry_after is not None:
            assert error.retry_after == pytest.approx(float(fault.retry_after), abs=1)

    @pytest.mark.parametrize("status", [401, 403])
    async def test_a_service_that_refuses_us(self, status: int, hasty_host: Host) -> None:
        error = await self._failure(Fault(kind="status", status=status), hasty_host)
        assert isinstance(error, self.refusals[status]), repr(error)

    async def _failure(self, fault: Fault, host: Host) -> BackendError:
        """Return the error that asking a service with *fault* raises."""
        async with Misbehaving(fault) as service:
            backend = self.backend_class(self.config_for(service.url), host)
            try:
                await backend.open()
                async with asyncio.timeout(20):
                    with pytest.raises(BackendError) as caught:
                        await self.ask(backend)
            finally:
                await backend.close()
        return caught.value
