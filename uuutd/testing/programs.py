"""Real programs for tests, started on loopback."""

import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any, NoReturn, Self

import pytest

from .ports import free_port


def missing(what: str) -> NoReturn:
    """Skip the test because *what* is not installed, or fail where everything must be there.

    ``UUUTD_TEST_REQUIRE_ALL=1`` says that it must.
    """
    if os.environ.get("UUUTD_TEST_REQUIRE_ALL") == "1":
        pytest.fail(f"{what} is not installed, and UUUTD_TEST_REQUIRE_ALL is set", pytrace=False)
    pytest.skip(f"{what} is not installed")


def programs(variable: str, name: str) -> list[str]:
    """Return the programs to test with: those named by *variable*, or else *name* in ``PATH``.

    *variable* is of the environment and holds paths, divided as in ``PATH``.  Without any
    the list is empty; one that is not there is an error, whatever may be missing.
    """
    if named := os.environ.get(variable):
        found = [path for path in named.split(os.pathsep) if path]
        for path in found:
            if shutil.which(path) is None:
                raise FileNotFoundError(f"{variable} names {path}, which is no program")
        return found
    default = shutil.which(name)
    return [default] if default else []


class PostgresServer:
    """A PostgreSQL server of one's own, on loopback, with nothing in it: a context manager.

    Its data stand in a temporary folder and are not flushed to the disk.  PostgreSQL
    does not run as root: then it runs as ``postgres``, or else as ``nobody``.
    """

    def __init__(self) -> None:
        self.port = 0
        self.password = secrets.token_urlsafe(12)
        self._bin = _postgres_programs()
        self._folder = Path()
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self._folder = Path(tempfile.mkdtemp(prefix="uuutd-postgres-"))
        try:
            self._make_cluster()
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *exception: object) -> None:
        self.stop(signal.SIGQUIT)  # at once: nothing of it is kept
        shutil.rmtree(self._folder, ignore_errors=True)

    def start(self) -> None:
        """Start the server and wait until it answers; after `stop` on the port it had."""
        again = self.port != 0
        for _ in range(1 if again else 5):
            self.port = self.port if again else free_port()
            self._process = self._spawn()
            if self._answers():
                return
            self.stop()
        raise RuntimeError(f"PostgreSQL does not start:\n{self._log.read_text()}")

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Stop the server; by default fast: open connections are cut."""
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(timeout=20)
            self._process = None

    def create_database(self) -> str:
        """Make an empty database and return its URL."""
        name = f"test_{secrets.token_hex(6)}"
        self._run("createdb", "-h", "127.0.0.1", "-p", str(self.port), "-U", "postgres", name)
        return f"postgres://postgres:{self.password}@127.0.0.1:{self.port}/{name}"

    @property
    def _log(self) -> Path:
        return self._folder / "log"

    def _make_cluster(self) -> None:
        words = self._folder / "password"
        words.write_text(self.password)
        for path in (self._folder, words):
            if user := _other_user():
                shutil.chown(path, user)
        data = str(self._folder / "data")
        self._run(
            *("initdb", "-D", data, "-U", "postgres", "--auth=scram-sha-256"),
            *("--pwfile", str(words), "--no-sync", "-E", "UTF8", "--locale=C"),
        )

    def _spawn(self) -> subprocess.Popen[bytes]:
        command = [
            *(str(self._bin / "postgres"), "-D", str(self._folder / "data")),
            *("-h", "127.0.0.1", "-p", str(self.port), "-k", str(self._folder)),
            *("-c", "fsync=off", "-c", "max_connections=60"),
        ]
        with self._log.open("ab") as log:
            return subprocess.Popen(  # noqa: S603 - our own command
                command, stdout=log, stderr=log, **self._as_user()
            )

    def _answers(self) -> bool:
        """Wait until the server takes connections; False if it ended or took too long."""
        deadline = time.monotonic() + 20
        command = [str(self._bin / "pg_isready"), "-h", "127.0.0.1", "-p", str(self.port)]
        while self._process and self._process.poll() is None and time.monotonic() < deadline:
            asked = subprocess.run(command, capture_output=True, check=False)  # noqa: S603 - our own
            if asked.returncode == 0:
                return True
            time.sleep(0.05)
        return False

    def _run(self, program: str, *arguments: str) -> None:
        environment = {**os.environ, "PGPASSWORD": self.password}
        command = [str(self._bin / program), *arguments]
        done = subprocess.run(  # noqa: S603 - our own command
            command, env=environment, capture_output=True, text=True, check=False, **self._as_user()
        )
        if done.returncode:
            raise RuntimeError(f"{program} failed:\n{done.stdout}{done.stderr}")

    def _as_user(self) -> dict[str, Any]:
        user = _other_user()
        if user is None:
            return {"cwd": self._folder}
        return {
            "cwd": self._folder,
            "user": user,
            "group": pwd.getpwnam(user).pw_gid,
            "extra_groups": [],
        }


def _other_user() -> str | None:
    """Whom PostgreSQL runs as, if not as us."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def _postgres_programs() -> Path:
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    versions = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    newest = max(versions, key=lambda path: float(path.parts[-3]), default=None)
    return newest.parent if newest else missing("PostgreSQL")
