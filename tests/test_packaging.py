"""The distributions of this checkout fit together."""

import configparser
import tomllib
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from uuutd import __version__
from uuutd.hookspecs import PROJECT
from uuutd.plugins import SHIPPED

ROOT = Path(__file__).parent.parent
PLUGINS = sorted(path.parent for path in (ROOT / "plugins").glob("*/setup.cfg"))
FOLDERS = [ROOT, *PLUGINS]


def read(folder: Path) -> configparser.ConfigParser:
    parser = configparser.ConfigParser()
    parser.read(folder / "setup.cfg", encoding="utf-8")
    return parser


def listed(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def test_every_plugin_that_we_name_ours_is_known_by_that_name():
    assert {folder.name for folder in PLUGINS} <= SHIPPED


@pytest.mark.parametrize("folder", PLUGINS, ids=lambda folder: folder.name)
def test_a_plugin_has_the_version_of_the_core_and_asks_for_that_core(folder):
    parser = read(folder)
    assert parser["metadata"]["name"] == f"uuutd-{folder.name}"
    assert parser["metadata"]["version"] == __version__
    assert f"uuutd~={__version__}" in listed(parser["options"]["install_requires"])


@pytest.mark.parametrize("folder", PLUGINS, ids=lambda folder: folder.name)
def test_a_plugin_is_found_through_its_entry_point(folder):
    wanted = f"{folder.name} = uuutd_{folder.name}"
    assert listed(read(folder)["options.entry_points"][PROJECT]) == [wanted]
    (found,) = entry_points(group=PROJECT, name=folder.name)
    assert found.value == f"uuutd_{folder.name}"


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_all_distributions_say_alike_what_they_are(folder):
    root, parser = read(ROOT), read(folder)
    for option in ("license", "author"):
        assert parser["metadata"][option] == root["metadata"][option]
    assert parser["options"]["python_requires"] == root["options"]["python_requires"]
    assert (folder / "README.md").stat().st_size
    with (folder / "pyproject.toml").open("rb") as file:
        built_with = tomllib.load(file)["build-system"]
    assert built_with["build-backend"] == "setuptools.build_meta"


@pytest.mark.parametrize("folder", PLUGINS, ids=lambda folder: folder.name)
def test_a_plugin_is_typed(folder):
    assert (folder / f"uuutd_{folder.name}" / "py.typed").exists()


def test_the_core_depends_on_no_plugin_but_the_default_extra_brings_them():
    options = read(ROOT)
    assert not any("uuutd" in each for each in listed(options["options"]["install_requires"]))
    default = listed(options["options.extras_require"]["default"])
    assert {each.split(";")[0] for each in default} == {f"uuutd-{each.name}" for each in PLUGINS}


def test_the_commands_exist():
    scripts = {
        each.name: each for each in entry_points(group="console_scripts", module="uuutd.cli")
    }
    assert callable(scripts["uuutd"].load())
    scripts = {each.name: each for each in entry_points(group="console_scripts", name="uuut")}
    assert callable(scripts["uuut"].load())


def test_one_list_installs_the_whole_checkout():
    required = (ROOT / "requirements-dev.txt").read_text(encoding="utf-8")
    for folder in PLUGINS:
        assert f"-e plugins/{folder.name}\n" in required


@pytest.mark.parametrize("folder", ["plugins", "contrib", "docs", "packaging", "tests"])
def test_folders_that_are_no_packages_do_not_look_like_one(folder):
    assert not (ROOT / folder / "__init__.py").exists()


def test_the_cores_wheel_holds_the_core_only():
    include = listed(read(ROOT)["options.packages.find"]["include"])
    assert include == ["uuutd", "uuutd.*"]
