"""Bugs planted into homectl's own source: modules made anew with a mistake in them, beside the real ones."""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

CHAIN = (
    "homectl.control.ledger",
    "homectl.control.fire",
    "homectl.control.thermometers",
    "homectl.control.guard",
    "homectl.control.state",
    "homectl.control.pipeline",
    "homectl.control.alarms",
    "homectl.safety_tick",
    "homectl.home_time",
    "homectl.controller",
    "tests.oracle.stage",
    "tests.oracle.adversary",
)
"""What decides, and the stage it is tried on: each imports only modules before it, of those that can be changed."""


@contextmanager
def planted(edits: Mapping[str, tuple[str, str]]) -> Iterator[ModuleType]:
    """The adversary's module over a controller in whose source a text is replaced by another, per module's name."""
    kept = {name: sys.modules.get(name) for name in CHAIN}
    try:
        for name in CHAIN:
            source = _source(name)
            if name in edits:
                before, after = edits[name]
                assert source.count(before) == 1, f"{name}: {before!r} stands there {source.count(before)} times"
                source = source.replace(before, after)
            module = sys.modules[name] = ModuleType(name)
            exec(compile(source, name, "exec"), vars(module))
        yield sys.modules[CHAIN[-1]]
    finally:
        for name, before_all in kept.items():
            if before_all is None:
                sys.modules.pop(name, None)
            else:
                sys.modules[name] = before_all


def _source(name: str) -> str:
    spec = find_spec(name)
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).read_text(encoding="utf-8")
