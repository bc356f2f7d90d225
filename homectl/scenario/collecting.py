"""Every `*.scenario.yaml` below a folder as a test of pytest: `pytest_plugins = ["homectl.scenario.collecting"]`."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from homectl.home import HomeError
from homectl.scenario.trying import tried


def pytest_collect_file(parent: pytest.Collector, file_path: Path) -> "ScenarioFile | None":
    """A file of ours becomes one test."""
    if file_path.name.endswith(".scenario.yaml"):
        return ScenarioFile.from_parent(parent, path=file_path)
    return None


class Unmet(Exception):
    """Expectations that were not met, a line each."""


class ScenarioFile(pytest.File):
    def collect(self) -> Iterator["ScenarioTest"]:
        yield ScenarioTest.from_parent(self, name=self.path.name.removesuffix(".scenario.yaml"))


class ScenarioTest(pytest.Item):
    """One scenario on its virtual clock."""

    def runtest(self) -> None:
        _, _, found = tried(self.path)
        if unmet := [str(one) for one in found if not one.met]:
            raise Unmet("\n".join(unmet))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        if isinstance(excinfo.value, Unmet | HomeError):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        return self.path, 0, f"scenario: {self.name}"
