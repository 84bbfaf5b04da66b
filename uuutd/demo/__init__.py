"""``uuutd demo``: the main job, shown on this machine, against stand-ins of AniList and Nyaa.

The daemon, its plugins, the embedded torrent client and the transfer are the real ones.
"""

import asyncio
import shutil
import signal
import sys
import tempfile
from contextlib import AsyncExitStack
from pathlib import Path

from ..remote import RemoteError
from .box import Box, DemoFailed, box_for
from .cast import cast_of
from .play import PASSWORD, USERNAME, play
from .scene import Scene, default_scene
from .stage import Stage

__all__ = ["main"]


def main(*, keep: bool = False, scene: Scene | None = None) -> int:
    """Play *scene*, or the demo's own, and return 0 only if all of it happened.

    With *keep* everything stays up afterwards until it is interrupted.
    """
    folder = Path(tempfile.mkdtemp(prefix="uuutd-demo-"))
    try:
        asyncio.run(_main(folder, scene or default_scene(), keep=keep))
    except (DemoFailed, RemoteError) as error:
        print(f"\nThe demo failed: {error}\nIts files are in {folder}.", file=sys.stderr)  # noqa: T201
        return 1
    except (KeyboardInterrupt, asyncio.CancelledError):
        print("\nThe demo has ended.")  # noqa: T201
        shutil.rmtree(folder, ignore_errors=True)
        return 0 if keep else 130
    shutil.rmtree(folder, ignore_errors=True)
    return 0


async def _main(folder: Path, scene: Scene, *, keep: bool) -> None:
    stage = Stage()
    task = asyncio.current_task()
    if task is not None:  # as Ctrl-C does by itself
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    async with AsyncExitStack() as stack:
        with stage.act("Bring up an AniList, a Nyaa and a seeder on loopback"):
            cast = await stack.enter_async_context(cast_of(scene, folder / "seeder"))
            stage.say(f"AniList at {cast.anilist.url}, Nyaa at {cast.nyaa.url}")
            stage.say(f"{len(scene.offers)} releases; {len(cast.seeded)} with generated content")
        with stage.act("Start the daemon: SQLite, the real plugins, the embedded client"):
            box = await stack.enter_async_context(box_for(cast, folder / "box"))
            stage.say(f"ready at {box.url}")
        await play(stage, cast, box)
        stage.summary()
        if keep:
            _invite(box)
            await asyncio.Event().wait()


def _invite(box: Box) -> None:
    config = box.folder / "uuut"
    uuut = "uuut" if shutil.which("uuut") else str(Path(sys.executable).with_name("uuut"))
    print(  # noqa: T201
        f"\nThe daemon stays up; Ctrl-C ends it.  Open the terminal client with\n\n"
        f"   UUUT_CONFIG_DIR={config} {uuut} --server {box.url}\n\n"
        f"You are logged in there as {USERNAME} (password: {PASSWORD}).",
        flush=True,
    )
