"""The shape of the house: who may import whom, where the heavy libraries live, and how large things may grow."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("homectl", "models", "simulator")

HOME, JOURNAL, CONTROL = "homectl.home", "homectl.journal", "homectl.control"
MAY_IMPORT: dict[str, set[str]] = {
    HOME: set(),
    JOURNAL: {HOME},
    "homectl.bridge": {HOME},
    CONTROL: {HOME},
    "homectl.schedule": {HOME},
    "homectl.safety_tick": {HOME, CONTROL},
    "homectl.dashboard": {HOME, JOURNAL},
    "homectl.learning": {HOME, JOURNAL, "models"},
    "homectl.past": {HOME, JOURNAL, CONTROL, "homectl.learning", "homectl.views"},
    "homectl.people": {HOME, JOURNAL},
    "homectl.replay": {HOME, JOURNAL, CONTROL},
    "models": {HOME, JOURNAL},
    "simulator": {HOME, JOURNAL},
    "homectl.captures": {HOME, JOURNAL, "homectl.bridge"},
    "homectl.settings": {HOME, "homectl.bridge", CONTROL, "homectl.places", "homectl.schedule"},
    "homectl.orders": {HOME, JOURNAL, CONTROL},
    "homectl.ladder": {HOME, JOURNAL, CONTROL},
    "homectl.parts": {HOME, JOURNAL, CONTROL},
    "homectl.home_time": {HOME},
    "homectl.told_time": {HOME, "homectl.bridge"},
    "homectl.controller": {
        "homectl.dispatch",
        HOME,
        JOURNAL,
        "homectl.bridge",
        CONTROL,
        "homectl.home_time",
        "homectl.ladder",
        "homectl.orders",
        "homectl.parts",
        "homectl.safety_tick",
    },
    "homectl.dispatch": {
        HOME,
        JOURNAL,
        "homectl.bridge.outbox",
        "homectl.control",
        "homectl.home_time",
        "homectl.parts",
    },
    "homectl.suggestions": {HOME, "homectl.controller"},
    "homectl.health": {HOME, "homectl.bridge", "homectl.controller", "homectl.parts"},
    "homectl.seen": {"homectl.bridge"},
    "homectl.insight": {HOME, "homectl.controller", "homectl.parts"},
    "homectl.unlocking": {HOME, JOURNAL, "homectl.controller", "homectl.people"},
    "homectl.daemon": {
        HOME,
        "homectl.bridge",
        "homectl.controller",
        "homectl.health",
        "homectl.insight",
        "homectl.parts",
        "homectl.people",
        "homectl.seen",
        "homectl.suggestions",
        "homectl.told_time",
        "homectl.unlocking",
        "homectl.versions",
        "homectl.views",
    },
    "homectl.versions": {HOME},
    "homectl.views": {HOME, CONTROL},
    "homectl.places": set(),
    "homectl.page_key": {HOME, JOURNAL, "homectl.places"},
    "homectl.page": {HOME, "homectl.dashboard", "homectl.page_key", "homectl.people", "homectl.settings"},
    "homectl.onlooker": {
        HOME,
        "homectl.bridge",
        CONTROL,
        "homectl.home_time",
        "homectl.seen",
        "homectl.told_time",
        "homectl.versions",
        "homectl.views",
    },
    "homectl.sole": {HOME, "homectl.bridge"},
}
"""What each part may import of ours, besides itself. Parts not named here join the others."""

ONLY_IN: dict[str, tuple[str, ...]] = {
    "torch": (
        "models/network.py",
        "models/textbook.py",
        "models/balance.py",
        "models/train.py",
        "models/trained.py",
        "models/unfinished.py",
    ),
    "lightgbm": ("models/rivals.py",),
    "sklearn": ("models/rivals.py",),
    "torchjd": ("models/balance.py",),
    "optuna": ("models/search.py",),
    "matplotlib": ("models/curves.py", "homectl/trial/suite/pictures.py", "homectl/replay/pictures.py"),
    "paho": ("homectl/bridge/connection.py", "simulator/mqtt.py"),
    "apscheduler": ("homectl/schedule.py",),
    "fastapi": ("homectl/dashboard/",),
    "starlette": ("homectl/dashboard/",),
    "uvicorn": ("homectl/dashboard/",),
    "h11": ("homectl/dashboard/",),
    "sqlite3": ("homectl/journal/",),
    "argon2": ("homectl/people/pins.py",),
    "pyarrow": ("homectl/journal/",),
    "pyenergyplus": ("simulator/energyplus.py",),
    "obgeneration": ("simulator/surveyed_days.py",),
}
BANNED = {"pickle", "joblib", "jinja2", "marshal", "shelve", "dill"}
EMPTY_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "base"}


def sources() -> list[Path]:
    return sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))


def module_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports_of(path: Path, *, top_level_only: bool = False) -> list[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    nodes = tree.body if top_level_only else list(ast.walk(tree))
    found: list[str] = []
    for node in nodes:
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            found += [f"{node.module}.{alias.name}" for alias in node.names]
    return found


def part_of(module: str) -> str | None:
    """The most specific named part a module belongs to."""
    fitting = [part for part in MAY_IMPORT if module == part or module.startswith(part + ".")]
    return max(fitting, key=len, default=None)


def ours(module: str) -> bool:
    return module.split(".")[0] in PACKAGES


@pytest.mark.parametrize("path", sources(), ids=module_of)
def test_a_part_imports_only_what_it_may(path: Path) -> None:
    part = part_of(module_of(path))
    if part is None:
        return
    allowed = MAY_IMPORT[part] | {part}
    for name in filter(ours, imports_of(path)):
        if name in ("homectl", "models", "simulator"):
            continue
        assert any(name == a or name.startswith(a + ".") for a in allowed), f"{module_of(path)} imports {name}"


@pytest.mark.parametrize("path", sources(), ids=module_of)
def test_heavy_and_dangerous_libraries_stay_in_their_places(path: Path) -> None:
    place = path.relative_to(ROOT).as_posix()
    for name in imports_of(path):
        library = name.split(".")[0]
        assert library not in BANNED, f"{place} imports {library}"
        if library in ONLY_IN:
            assert place.startswith(ONLY_IN[library]), f"{place} imports {library}"


def test_there_are_no_import_cycles() -> None:
    modules = {module_of(path): path for path in sources()}
    graph: dict[str, set[str]] = {}
    for module, path in modules.items():
        targets = {name if name in modules else name.rpartition(".")[0] for name in imports_of(path)}
        graph[module] = {t for t in targets if t in modules and t != module}
    finished: set[str] = set()

    def visit(module: str, trail: tuple[str, ...]) -> None:
        assert module not in trail, " → ".join([*trail[trail.index(module) :], module])
        if module not in finished:
            for target in graph[module]:
                visit(target, (*trail, module))
            finished.add(module)

    for module in graph:
        visit(module, ())


def test_only_the_guard_approves() -> None:
    for path in sources():
        calls = [n for n in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(n, ast.Call)]
        makes = any(isinstance(call.func, ast.Name) and call.func.id == "Approved" for call in calls)
        assert not makes or path.relative_to(ROOT).as_posix() == "homectl/control/guard.py", path


def test_only_the_controller_makes_an_unlock_and_only_unlocking_asks_it_to() -> None:
    for name, place in (("Unlock", "homectl/controller.py"), ("unlock", "homectl/unlocking.py")):
        for path in sources():
            if path.relative_to(ROOT).parts[0] == "simulator":
                continue
            calls = [n.func for n in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(n, ast.Call)]
            makes = any(
                (isinstance(called, ast.Name) and called.id == name)
                or (isinstance(called, ast.Attribute) and ast.unparse(called).endswith(f"control.{name}"))
                for called in calls
            )
            assert not makes or path.relative_to(ROOT).as_posix() == place, path


def test_nothing_that_decides_knows_the_word_unlock() -> None:
    deciding = [p for p in sources() if module_of(p).startswith(("models", "homectl.control.", "homectl.safety_tick"))]
    knowing = {
        module_of(path)
        for path in [*deciding, ROOT / "homectl/schedule.py", ROOT / "homectl/policies.py"]
        if any(name.endswith(".Unlock") for name in imports_of(path))
    }
    assert knowing == {"homectl.control.guard", "homectl.control.deeds"}


@pytest.mark.parametrize("path", sources(), ids=module_of)
def test_files_and_functions_stay_small_and_well_named(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= 400, f"{path} is too long"
    assert path.stem not in EMPTY_NAMES
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno is not None:
            assert node.end_lineno - node.lineno <= 60, f"{path}: {node.name} is too long"
