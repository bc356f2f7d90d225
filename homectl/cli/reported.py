"""A trial replayed, and what is written of it on the way: a page for people, decisions for programs."""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from homectl.home import Times
    from homectl.journal.decisions_parquet import DecisionsFile
    from homectl.replay.document import Section
    from homectl.replay.engine import Passage, Trial
    from homectl.replay.report import Report, Watcher
    from homectl.replay.strips import Strips

PAGES = (".html", ".htm", ".md")


@dataclass(frozen=True)
class Wanted:
    """What is to be written of a replay, if anything."""

    page: Path | None = None
    decisions: Path | None = None


@dataclass(frozen=True)
class Told:
    """What a report says beside what was replayed: what to read first, what was read of the log, further sections."""

    notes: Sequence[str] = ()
    log: Sequence[str] = ()
    more: "Sequence[Section]" = ()


def check(page: Path | None, decisions: Path | None = None) -> None:
    """UsageError for what cannot be written: an unknown kind of report, or a library that is missing."""
    from importlib.util import find_spec

    from homectl.home import UsageError
    from homectl.replay import pictures

    if page is not None and page.suffix not in PAGES:
        raise UsageError(f"--report: expected a page (.html) or a text (.md), got {page}")
    if page is not None and page.suffix != ".md" and not pictures.possible():
        missing = "Matplotlib is needed for a page and is not installed"
        raise UsageError(f"--report: {missing}; pip install 'homectl[evaluate]', or name a text (.md)")
    if decisions is not None and find_spec("pyarrow") is None:
        raise UsageError("--decisions: pyarrow is needed and is not installed; pip install 'homectl[parquet]'")


def replayed(trial: "Trial", wanted: Wanted, told: Told, *, quiet: bool = False) -> "Report":
    """Replay with a bar where somebody watches, and write what is wanted."""
    from homectl.journal.decisions_parquet import DecisionsFile
    from homectl.replay.strips import Strips

    strips = Strips(trial.home, trial.start, trial.end)
    watchers: list[Watcher] = [strips] if wanted.page is not None else []
    with ExitStack() as stack:
        if wanted.decisions is not None:
            watchers.append(_Decisions(stack.enter_context(DecisionsFile(wanted.decisions))))
        report = _run(trial, watchers, quiet=quiet)
    if wanted.page is not None:
        write(report, strips, wanted.page, told)
    return report


def write(report: "Report", strips: "Strips", file: Path, told: Told) -> None:
    """The report for people, as the file's name says: Markdown, or else a page."""
    from homectl.replay.markdown import markdown
    from homectl.replay.page import page
    from homectl.replay.story import document

    text = file.suffix == ".md"
    whole = document(report, strips, notes=told.notes, log=told.log, more=told.more, drawn=not text)
    file.write_text(markdown(whole) if text else page(whole), encoding="utf-8")


def run_with_strips(trial: "Trial", *, quiet: bool) -> "tuple[Report, Strips]":
    """Replay, and keep the last days for a report that is written later."""
    from homectl.replay.strips import Strips

    strips = Strips(trial.home, trial.start, trial.end)
    return _run(trial, [strips], quiet=quiet), strips


def _run(trial: "Trial", watchers: "list[Watcher]", *, quiet: bool) -> "Report":
    from homectl.cli.progress import shown
    from homectl.replay.report import Report

    report = Report(trial, watchers)
    with shown(quiet=quiet) as progress:
        for at in report.run():
            progress(f"replaying {trial.policy.name}", (at - trial.start) / (trial.end - trial.start))
    return report


class _Decisions:
    """Writes what is decided, block by block, by time and target."""

    def __init__(self, file: "DecisionsFile") -> None:
        self._file = file

    def __call__(self, _times: "Times", passages: "list[Passage]") -> None:
        from homectl.control.pipeline import record_of

        records = [record_of(verdict) for passage in passages for verdict in passage.verdicts]
        self._file.write(sorted(records, key=lambda record: (record.since, record.target)))
