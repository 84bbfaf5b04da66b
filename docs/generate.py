"""Write what the documentation takes from the code: settings, routes, errors.

``python docs/generate.py`` writes the files below ``docs/reference``; a test compares
them with what this makes of the code.
"""

from collections.abc import Iterator
from pathlib import Path

from uuutd.config.manual import reference
from uuutd.errors import ConfigError, Error, JobFailed
from uuutd.plugins import Plugins
from uuutd.testing.versions import read
from uuutd.tui.keys import LISTS, PLACES, key_name, of
from uuutd.web.call import Policy
from uuutd.web.problems import status_of
from uuutd.web.route import Route
from uuutd.web.routes import ROUTES

HERE = Path(__file__).parent / "reference"
TESTED = HERE / "tested-versions.json"


def configuration() -> str:
    """Return the manual of all settings, those of the shipped plugins among them."""
    plugins = Plugins()
    plugins.load_all()
    return reference(plugins).rstrip() + "\n"


def routes() -> str:
    """Return all routes as a table."""
    rows = [
        f"| `{route.method} {route.path}` | {_callers(route)} | {_scope(route)} | {route.summary} |"
        for route in ROUTES
    ]
    return "\n".join(["| route | for | personal token | |", "|---|---|---|---|", *rows, ""])


def _callers(route: Route) -> str:
    return route.policy.value + (", fresh login" if route.fresh else "")


def _scope(route: Route) -> str:
    if route.policy is Policy.ANONYMOUS:
        return "-"
    return {None: "none", "any": "any"}.get(route.scope) or f"`{route.scope}`"


def errors() -> str:
    """Return all errors as a page."""
    head = [
        "# Errors",
        "",
        "Every problem document names its `code`. What can be done about it stands in `hint`,",
        "when to try again in `retry_after`.",
        "",
        "| code | status | |",
        "|---|---|---|",
    ]
    rows = [
        f"| `{kind.code}` | {status_of(kind)} | {_meaning(kind)} |"
        for kind in sorted(_family(Error), key=lambda kind: (status_of(kind), kind.code))
        if kind not in (Error, ConfigError, JobFailed)
        and kind.__module__ in ("uuutd.errors", "uuutd.web.errors")
    ]
    rows += [
        "| `method-not-allowed` | 405 | The address takes other methods, named in `Allow`. |",
        "| `internal` | 500 | Something unexpected; the log says what, under `request_id`. |",
    ]
    return "\n".join([*head, *rows, ""])


def _meaning(kind: type[Error]) -> str:
    return " ".join((kind.__doc__ or "").split("\n\n", maxsplit=1)[0].split())


def _family(kind: type[Error]) -> Iterator[type[Error]]:
    yield kind
    for child in kind.__subclasses__():
        yield from _family(child)


def tested_versions() -> str:
    """Return what `make versions` has tried as a page."""
    plugins = Plugins()
    plugins.load_all()
    titles = {("client", name): client.title for name, client in plugins.clients.items()}
    head = [
        "# Tested versions",
        "",
        "Made by `make versions`, which runs the contract of each kind of backend against the real",
        "programs that it is given. Versions that are not named here may work as well.",
        "",
        "| program | version | its API | passed | failed | skipped | on |",
        "|---|---|---|---|---|---|---|",
    ]
    rows = [
        f"| {titles.get((row.kind, row.name), row.name)} | {row.version} | {row.api or '-'} "
        f"| {row.passed} | {row.failed} | {row.skipped} | {row.on} |"
        for row in read(TESTED)
    ]
    return "\n".join([*head, *rows, ""])


def keys() -> str:
    """Return all keys of the terminal client as a page."""
    everywhere = [binding for binding in of("help") if not binding.views]
    head = ["# Keys of the terminal client", "", "`?` lists those of the view that is open.", ""]
    tables = [("Everywhere", everywhere)]
    tables += [(PLACES[view], [b for b in of(view) if b.views]) for view in LISTS]
    lines = []
    for title, bindings in tables:
        rows = [
            f"| {' '.join(f'`{key_name(key)}`' for key in binding.keys)} | {binding.help} |"
            for binding in bindings
        ]
        lines += [f"## {title}", "", "| keys | |", "|---|---|", *rows, ""]
    return "\n".join([*head, *lines]).rstrip() + "\n"


PAGES = {
    "keys.md": keys,
    "configuration.txt": configuration,
    "routes.md": routes,
    "errors.md": errors,
    "tested-versions.md": tested_versions,
}


def main() -> None:
    """Write all pages."""
    HERE.mkdir(exist_ok=True)
    for name, page in PAGES.items():
        (HERE / name).write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
