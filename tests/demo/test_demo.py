"""The demo does what it says, and not only for its own shows."""

import asyncio
import os
import signal
import sys
from datetime import date
from pathlib import Path

import pytest

from uuutd.demo.scene import Listed, Offer, Scene
from uuutd.testing.anilist_world import Media

WITHIN = 90


async def run(*argv: str) -> tuple[int, str]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, *argv, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    output, _ = await asyncio.wait_for(process.communicate(), WITHIN)
    return process.returncode, output.decode()


async def test_the_demo_exits_with_0_and_says_what_happened():
    status, output = await run("-m", "uuutd", "demo")
    assert status == 0, output
    assert "All of it happened" in output
    assert "sha256" in output
    assert "100%" in output


def other_scene() -> Scene:
    film = Media(
        id=41,
        romaji="Kaze no Densetsu",
        english="Legend of the Wind",
        format="MOVIE",
        episodes=1,
        start_date=date(2019, 5, 1),
        season_year=2019,
    )
    show = Media(
        id=42,
        romaji="Mizu no Hakobune",
        english="Ark of Water",
        episodes=24,
        start_date=date(2020, 4, 1),
        season_year=2020,
    )
    return Scene(
        user="jun",
        listed=(Listed(media=show, progress=11), Listed(media=film, progress=0)),
        offers=(
            Offer(title="[Fuji] Mizu no Hakobune - 12 [1080p].mkv", seeders=9, content=5_000_000_0),
            Offer(title="[Fuji] Mizu no Hakobune - 11 [1080p].mkv", seeders=99, size=300 << 20),
        ),
        get=show,
    )


async def test_another_scene_works_as_well(tmp_path: Path):
    script = tmp_path / "other.py"
    script.write_text(
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from tests.demo.test_demo import other_scene\n"
        "from uuutd.demo import main\n"
        "sys.exit(main(scene=other_scene()))\n",
        encoding="utf-8",
    )
    status, output = await run(str(script), str(Path(__file__).parents[2]))
    assert status == 0, output
    assert "Mizu no Hakobune - 12" in output


async def test_a_scene_in_which_nothing_fits_fails_and_says_so(tmp_path: Path):
    script = tmp_path / "nothing.py"
    script.write_text(
        "import attrs, sys; sys.path.insert(0, sys.argv[1])\n"
        "from tests.demo.test_demo import other_scene\n"
        "from uuutd.demo import main\n"
        "scene = other_scene()\n"
        "sys.exit(main(scene=attrs.evolve(scene, offers=scene.offers[1:])))\n",
        encoding="utf-8",
    )
    status, output = await run(str(script), str(Path(__file__).parents[2]))
    assert status == 1, output
    assert "no release fits" in output


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_a_kept_demo_prints_how_to_open_the_client_and_ends_cleanly(number):
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "uuutd",
        "demo",
        "--keep",
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        start_new_session=True,
    )
    lines = []
    async with asyncio.timeout(WITHIN):
        while not any("--server http" in line for line in lines):
            line = await process.stdout.readline()
            assert line, "".join(lines)
            lines.append(line.decode())
        command = next(line for line in lines if "--server http" in line).split()
        env = {**os.environ, command[0].split("=")[0]: command[0].split("=")[1]}
        uuut = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "uuutd.uuut",
            *command[command.index("--server") :],
            "list",
            "--json",
            env=env,
            stdout=asyncio.subprocess.PIPE,
        )
        output, _ = await uuut.communicate()
        assert uuut.returncode == 0
        assert b"Hoshizora" in output
        os.kill(process.pid, number)
        assert await process.wait() == 0
