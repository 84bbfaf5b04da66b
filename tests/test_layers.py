"""The layers and size rules of CONTRIBUTING.md, read from the sources."""

import ast
import graphlib
import statistics
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
CORE = ROOT / "uuutd"
OURS = [CORE, *sorted(path for path in (ROOT / "plugins").glob("*/uuutd_*") if path.is_dir())]

RANKS = {
    0: "domain errors",
    1: "backends hookspecs wire",
    2: "breaker choice config fetch filters guard instance instances keys log looplag "
    "magnets metainfo metrics passwords plugins redirects shell store strength strict tasks text "
    "threads titles tokens turns",
    3: "services",
    4: "web",
    5: "__main__ administration cli daemon demo rotation setup_wizard user_commands",
}
RANK = {name: rank for rank, names in RANKS.items() for name in names.split()}
ASIDE = frozenset({"remote", "terminal", "tui", "uuut", "uuut_commands"})
"""Programs of the user's side: of the daemon's modules they know these only."""
ASIDE_MAY = frozenset({"domain", "errors", "filters", "strict", "tasks", "text", "wire"})
KIT = "testing"
KIT_MAY_UP_TO = 3

MOST_LINES = 400
LONG_FUNCTION = 35
FEW = 0.05
CATCH_ALL = frozenset(
    {
        "choice.ranking",
        "guard",
        "instance",
        "plugins",
        "services.jobs",
        "services.reconcile",
        "services.stalled",
        "web.problems",
    }
)


def sources(folder: Path) -> Iterator[tuple[str, Path]]:
    for path in sorted(folder.rglob("*.py")):
        parts = path.relative_to(folder.parent).with_suffix("").parts
        yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), path


MODULES = {name: path for folder in OURS for name, path in sources(folder)}
TREES = {name: ast.parse(path.read_text(encoding="utf-8")) for name, path in MODULES.items()}


def imports(name: str) -> Iterator[str]:
    """Give every module of ours that *name* imports, wherever in the file it does."""
    parts = name.split(".")
    package = parts if MODULES[name].name == "__init__.py" else parts[:-1]
    for node in ast.walk(TREES[name]):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in MODULES)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            source = ".".join([*base, *filter(None, [node.module])])
            for alias in node.names:
                inner = f"{source}.{alias.name}"
                if inner in MODULES:
                    yield inner
                elif source in MODULES:
                    yield source


IMPORTS = {name: set(imports(name)) - {name} for name in MODULES}


def part(module: str) -> str:
    """Return the part of the core that *module* belongs to; "" for the package itself."""
    return [*module.split("."), ""][1]


def short(module: str) -> str:
    return module.removeprefix("uuutd.")


CORE_MODULES = [name for name in MODULES if name.split(".")[0] == "uuutd" and part(name)]


def test_every_part_of_the_core_has_its_place():
    known = {*RANK, *ASIDE, KIT}
    assert {part(name) for name in CORE_MODULES} - known == set()


@pytest.mark.parametrize("name", CORE_MODULES)
def test_imports_point_one_way(name):
    mine = part(name)
    for other in IMPORTS[name]:
        assert other.startswith("uuutd"), f"the core knows no plugin, and {name} imports {other}"
        theirs = part(other)
        if theirs in ("", mine):
            continue
        if mine in ASIDE:
            assert theirs in ASIDE | ASIDE_MAY, f"{name} imports {other}"
        elif mine == KIT:
            assert RANK.get(theirs, 9) <= KIT_MAY_UP_TO, f"{name} imports {other}"
        elif RANK[mine] < max(RANK.values()):
            assert RANK.get(theirs, 9) <= RANK[mine], f"{name} imports {other}"


@pytest.mark.parametrize("name", [name for name in MODULES if not name.startswith("uuutd.")])
def test_a_plugin_knows_the_core_only_as_far_as_its_parts_go(name):
    for other in IMPORTS[name]:
        if other.startswith("uuutd."):
            assert RANK.get(part(other), 9) <= 2, f"{name} imports {other}"
        else:
            assert other.split(".")[0] in (name.split(".")[0], "uuutd"), f"{name} imports {other}"


def test_no_two_modules_import_each_other():
    inside = {
        name: {each for each in others if not name.startswith(f"{each}.")}
        for name, others in IMPORTS.items()
    }
    graphlib.TopologicalSorter(inside).prepare()


def uses(tree: ast.AST, *dotted: str) -> bool:
    """Say whether one of the dotted names stands in *tree*."""
    return any(
        ast.unparse(node) in dotted for node in ast.walk(tree) if isinstance(node, ast.Attribute)
    )


def external(name: str) -> set[str]:
    """Return what *name* imports of others, by its full name."""
    found = set()
    for node in ast.walk(TREES[name]):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
    return found


@pytest.mark.parametrize("name", MODULES)
def test_what_stands_in_one_place_only(name):
    tree, where = TREES[name], short(name)
    libraries = {each.split(".")[0] for each in external(name)}
    if part(name) != "store":
        assert "tortoise" not in libraries
    if part(name) in RANK and RANK[part(name)] < 4:
        assert not any(each.startswith("aiohttp.web") for each in external(name))
    if where != "tasks":
        assert not uses(tree, "asyncio.create_task", "asyncio.ensure_future", "loop.create_task")


def catches_everything(handler: ast.ExceptHandler) -> bool:
    kinds = {node.id for node in ast.walk(handler.type or ast.Name("bare")) if hasattr(node, "id")}
    return bool(kinds & {"Exception", "BaseException", "bare"})


@pytest.mark.parametrize("name", [name for name in MODULES if short(name) not in CATCH_ALL])
def test_only_the_borders_to_plugins_and_to_the_web_catch_everything(name):
    for node in ast.walk(TREES[name]):
        if isinstance(node, ast.ExceptHandler) and catches_everything(node):
            passes_on = any(
                isinstance(inner, ast.Raise) or uses(inner, "answer.set_exception")
                for inner in ast.walk(node)
            )
            assert passes_on, f"{MODULES[name]}:{node.lineno}"


def lines(name: str) -> int:
    return len(MODULES[name].read_text(encoding="utf-8").splitlines())


@pytest.mark.parametrize("name", MODULES)
def test_no_module_is_too_long(name):
    assert lines(name) <= MOST_LINES


def test_most_modules_are_short():
    assert statistics.median(map(lines, MODULES)) <= 150


def test_nearly_all_functions_are_short():
    functions = [
        (f"{name}.{node.name}", (node.end_lineno or 0) - node.lineno + 1)
        for name, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    long = [each for each in functions if each[1] > LONG_FUNCTION]
    assert len(long) <= FEW * len(functions), long
