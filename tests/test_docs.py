"""The documentation says what the code does."""

import importlib.util
import re
from pathlib import Path

import attrs
import pytest

import uuutd.hookspecs
from uuutd.plugins import Plugins
from uuutd.testing.versions import read
from uuutd.wire import ShowPreferences

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"


def generator():
    spec = importlib.util.spec_from_file_location("generate", DOCS / "generate.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    "name", ["configuration.txt", "routes.md", "errors.md", "tested-versions.md"]
)
def test_reference_pages_are_those_of_this_code(name):
    page = generator().PAGES[name]()
    written = (DOCS / "reference" / name).read_text(encoding="utf-8")
    assert written == page, "run: python docs/generate.py"


def test_every_shipped_client_was_tried_for_real():
    rows = read(generator().TESTED)
    plugins = Plugins()
    plugins.load_all()
    assert set(plugins.clients) <= {row.name for row in rows if row.kind == "client"}
    for row in rows:
        assert row.passed > 30, row
        assert row.failed == 0, row


def test_every_hook_is_documented():
    text = (DOCS / "plugins.md").read_text(encoding="utf-8")
    hooks = [name for name in vars(uuutd.hookspecs) if name.startswith("uuutd_")]
    assert len(hooks) == 4
    for hook in hooks:
        assert hook in text


def test_every_preference_is_documented():
    text = (DOCS / "choice.md").read_text(encoding="utf-8")
    keys = re.findall(r"^\| (`\w+`(?:, `\w+`)*) \|", text, re.MULTILINE)
    documented = [name.strip("`") for row in keys for name in row.split(", ")]
    assert documented == [field.name for field in attrs.fields(ShowPreferences)]


def test_every_decision_has_a_number_of_its_own_and_a_date():
    numbers = []
    for page in sorted((DOCS / "decisions").glob("*.md")):
        text = page.read_text(encoding="utf-8")
        match = re.match(r"# (\d+)\. ", text)
        assert match, page
        assert page.name.startswith(f"{int(match[1]):04}-")
        assert re.search(r"\d{4}-\d{2}-\d{2}, accepted", text), page
        numbers.append(int(match[1]))
    assert len(numbers) == len(set(numbers))


def test_links_between_files_of_the_repository_lead_somewhere():
    for page in [*ROOT.glob("*.md"), *DOCS.rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            if "://" not in target:
                assert (page.parent / target).exists(), f"{page.name}: {target}"
