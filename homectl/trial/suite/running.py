"""Runs stages one after the other, keeps what they found, and goes on where it was stopped."""

import hashlib
import importlib
import json
import re
import shutil
import time
from collections.abc import Mapping
from concurrent.futures import as_completed
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from homectl.home import UsageError
from homectl.trial.suite import sources
from homectl.trial.suite.stages import Check, Inputs, Json, Progress, Result, Settings, Stage, Table, Work
from homectl.workers import workers
from models.checkpoint import BASE

STAGES = (
    *("homes", "unseen", "real", "joint", "calibration", "cost", "thermal", "health"),
    *("tuned", "closed", "energyplus"),
)
"""The modules of this package that hold a `STAGE`, in the order they are run."""

RESULT, PIECES = "result.json", "pieces"


def stage_of(name: str) -> Stage:
    """The stage of a module of this package; UsageError for another name."""
    if name not in STAGES:
        raise UsageError(f"--only: expected one of {', '.join(STAGES)}, got {name!r}")
    stage: Stage = importlib.import_module(f"homectl.trial.suite.{name}").STAGE
    return stage


@dataclass(slots=True)
class Suite:
    """Stages under the same settings, each run once and after those that it needs."""

    settings: Settings
    progress: Progress
    results: dict[str, Result] = field(default_factory=dict)
    folders: dict[str, Path] = field(default_factory=dict)

    def run(self, stage: Stage) -> Result:
        """Its result, as kept by an earlier run with the same settings and code if there is one."""
        for name in stage.needs:
            if name not in self.results:
                self.run(stage_of(name))
        folder = self.settings.cache / f"{stage.name}{'-quick' if self.settings.quick else ''}-{self._key(stage)}"
        kept = folder / RESULT
        if not kept.is_file():
            _keep(self._measured(stage, folder), kept)
            _forget_older(folder)
        self.results[stage.name], self.folders[stage.name] = _kept(kept), folder
        return self.results[stage.name]

    def _measured(self, stage: Stage, folder: Path) -> Result:
        pieces, began = folder / PIECES, time.monotonic()
        pieces.mkdir(parents=True, exist_ok=True)

        def told(what: str, share: float) -> None:
            self.progress(f"{stage.name}: {what}", share)

        def each(work: Work, jobs: Mapping[str, tuple[Any, ...]]) -> dict[str, Json]:
            return _each(work, jobs, pieces, self.settings.processes, told)

        told(stage.about, 0.0)
        result = stage.run(
            self.settings,
            Inputs(
                results={name: self.results[name] for name in stage.needs},
                folder=folder,
                folders={name: self.folders[name] for name in stage.needs},
                progress=told,
                each=each,
            ),
        )
        return replace(result, timing={**result.timing, "seconds": round(time.monotonic() - began, 1)})

    def _key(self, stage: Stage) -> str:
        """What the result depends on, as a short hash."""
        files = sources.behind(f"homectl.trial.suite.{stage.name}")
        if stage.judges:
            files |= set((self.settings.checkpoint or BASE).glob("*.*"))
        logs = self.settings.data.rglob("*.csv*") if stage.reads and self.settings.data is not None else ()
        data = sorted((path.name, path.stat().st_size) for path in logs)
        asked = (stage.name, self.settings.quick, self.settings.seeds, str(self.settings.journals), data)
        parts = [repr(asked), sources.digest(files), *(self.folders[name].name for name in stage.needs)]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]


def _each(
    work: Work, jobs: Mapping[str, tuple[Any, ...]], folder: Path, processes: int, progress: Progress
) -> dict[str, Json]:
    """As Inputs.each says."""
    files = {name: folder / f"{work.__name__.strip('_')}-{_slug(name)}.json" for name in jobs}
    waiting = [name for name, file in files.items() if not file.is_file()]
    with workers(processes) as pool:
        running = {pool.submit(work, *jobs[name]): name for name in waiting}
        for done, job in enumerate(as_completed(running), start=1 + len(jobs) - len(waiting)):
            _write(files[running[job]], job.result())
            progress(running[job], done / len(jobs))
    return {name: json.loads(file.read_text(encoding="utf-8")) for name, file in files.items()}


def _slug(name: str) -> str:
    return re.sub(r"[^\w.-]+", "-", name)


def _keep(result: Result, file: Path) -> None:
    _write(file, asdict(result))


def _kept(file: Path) -> Result:
    said = json.loads(file.read_text(encoding="utf-8"))
    checks = tuple(Check(**check) for check in said["checks"])
    tables = tuple(
        Table(title=one["title"], columns=tuple(one["columns"]), rows=tuple(map(tuple, one["rows"])))
        for one in said["tables"]
    )
    return Result(**{**said, "checks": checks, "tables": tables})


def _write(file: Path, content: Json) -> None:
    """All of it or nothing."""
    unfinished = file.with_suffix(".unfinished")
    unfinished.write_text(json.dumps(content, indent=1, ensure_ascii=False), encoding="utf-8")
    unfinished.rename(file)


def _forget_older(folder: Path) -> None:
    """Remove what was made of the same stage with other settings or code."""
    name = folder.name.rpartition("-")[0]
    for other in folder.parent.iterdir():
        if other != folder and re.fullmatch(rf"{re.escape(name)}-[0-9a-f]{{12}}", other.name):
            shutil.rmtree(other)
