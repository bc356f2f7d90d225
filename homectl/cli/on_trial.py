"""What the commands that replay share: a log in memory, and the trial of a policy on some days of it."""

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from homectl.cli import recorded

if TYPE_CHECKING:
    from homectl.captures import BridgeInterpreter
    from homectl.home import History, Home, ModeSpan, Policy
    from homectl.journal.readers.areas_from_log import Guess
    from homectl.journal.readers.rows import Tally
    from homectl.replay.engine import Trial


@dataclass(frozen=True)
class Recording:
    """A whole log. `about` says what of it was read, `reasons` why the home was guessed as it is."""

    home: "Home"
    history: "History"
    modes: "tuple[ModeSpan, ...]"
    about: dict[str, Any]
    reasons: dict[str, str]

    @property
    def first(self) -> float:
        return min(float(track.times[0]) for track in self.history.tracks.values() if len(track))

    @property
    def last(self) -> float:
        """Just after the last reading."""
        return self.history.newest() + 0.001


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--from", dest="start", metavar="DATE", help="first day, in the home's time zone")
    parser.add_argument("--to", dest="end", metavar="DATE", help="the day before which it ends")
    levels = ("observe", "suggest", "auto")
    parser.add_argument("--autonomy", default="auto", choices=levels, help="how much it may do by itself (auto)")


def recording(args: Namespace) -> Recording:
    """Read the logs; LogError for those of a stranger."""
    speaker = recorded.interpreter(args)
    guess = recorded.home_of(args.home, args.logs, args.timezone, speaker)
    if args.write_home:
        args.write_home.write_text(recorded.home_yaml(guess), encoding="utf-8")
    return taken_in(args.logs, guess, speaker, quiet=args.quiet)


def taken_in(
    logs: Sequence[Path], guess: "Guess", speaker: "BridgeInterpreter", *, quiet: bool, keep: Path | None = None
) -> Recording:
    """The logs of a home in memory, and in the journal `keep` if there is to be one."""
    from homectl.home import LogError
    from homectl.journal import Journal
    from homectl.journal.readers.any_log import modes

    with Journal.in_memory() if keep is None else Journal.open(keep) as journal:
        journal.set_home(guess.home)
        tallies = recorded.take_in(journal, logs, guess.home, speaker, quiet=quiet)
        history = journal.history()
    if not history.tracks:
        raise LogError(f"{logs[0]}: expected readings of the home's devices, got none; check --home")
    return Recording(guess.home, history, modes(logs), read(list(tallies.values())), guess.reasons)


def trial_of(log: Recording, policy: "Policy", start: float, end: float, level: str = "auto") -> "Trial":
    """A policy on a span of a log, with the rules behind it."""
    from homectl.control.autonomy import AutonomySettings
    from homectl.control.limits import Limits
    from homectl.control.rules import Rules
    from homectl.home import Autonomy
    from homectl.replay.engine import Trial

    limits = Limits()
    return Trial(
        home=log.home,
        history=log.history,
        policy=policy,
        fallback=Rules(limits),
        limits=limits,
        start=start,
        end=end,
        autonomy=AutonomySettings(level=Autonomy(level)),
        modes=log.modes,
    )


def span(args: Namespace, log: Recording) -> tuple[float, float]:
    """The days that --from and --to name, as far as the log has them; UsageError if it has none."""
    return days(args, log.home, log.first, log.last)


def days(args: Namespace, home: "Home", first: float, last: float) -> tuple[float, float]:
    """The same of a log of which only the first and the last time are known."""
    from homectl.home import UsageError
    from homectl.replay.report import iso

    start, end = max(first, _day(args.start, home, first)), min(last, _day(args.end, home, last))
    if end <= start:
        raise UsageError(f"expected days from {iso(first)} to {iso(last)}; choose --from and --to there")
    return start, end


def policy_named(name: str, logs: Sequence[Path]) -> "Policy":
    """base, own, rules or a folder; CheckpointMismatch or UsageError as they say."""
    from homectl.control.limits import Limits
    from homectl.policies import own_of, policy_of

    return policy_of(str(own_of(logs)) if name == "own" else name, Limits())


def taught(trial: "Trial") -> list[str]:
    """A warning where a policy learned from days that it is replayed on: it has seen the answers there."""
    from datetime import date

    from homectl.learning.days import day_of
    from models.policy import NetworkPolicy

    policy, zone = trial.policy, trial.home.zone
    days = policy.manifest.data.get("days") if isinstance(policy, NetworkPolicy) else None
    if not isinstance(days, list | tuple):
        return []
    first, last = (date.fromisoformat(day) for day in days)
    if last < day_of(trial.start, zone) or first > day_of(trial.end, zone):
        return []
    return [f"{policy.name} learned from {first} to {last}: on those days it has seen what people did."]


def read_in_words(about: dict[str, Any], reasons: dict[str, str]) -> list[str]:
    """What became of the rows of the log, one sentence each."""
    skipped = ", ".join(f"{v['rows']:,} {k} (first in line {v['first_line']:,})" for k, v in about["skipped"].items())
    alone = sorted(name for name, why in reasons.items() if why.startswith("switch, left alone"))
    said = (
        f"Read {about['taken']:,} of {about['rows']:,} rows, {about['repeated']:,} of them twice.",
        f"Skipped: {skipped}." if skipped else "",
        f"{about['broken_files']} of the files break off or are damaged." if about["broken_files"] else "",
        f"Switches left alone, as nothing says that they are lamps: {', '.join(alone)}." if alone else "",
    )
    return [text for text in said if text]


def read(tallies: "Sequence[Tally]") -> dict[str, Any]:
    """What became of the rows of all logs together."""
    total: dict[str, Any] = {"rows": 0, "taken": 0, "repeated": 0, "skipped": {}, "left_alone": {}}
    total["broken_files"] = sum(tally.broken for tally in tallies)
    for tally in tallies:
        for name in ("rows", "taken", "repeated"):
            total[name] += getattr(tally, name)
        for name in ("skipped", "left_alone"):
            for reason, number in sorted(getattr(tally, name).items()):
                known = total[name].setdefault(reason, {"rows": 0, "first_line": tally.first[reason]})
                known["rows"] += number
    return total


def _day(text: str | None, home: "Home", default: float) -> float:
    from datetime import datetime

    from homectl.home import UsageError

    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=home.zone).timestamp() if text else default
    except (ValueError, OverflowError):
        raise UsageError(f"expected a day such as 2024-01-31, got {text!r}") from None


def console() -> Any:
    """The terminal, or 120 columns where there is none."""
    from rich.console import Console

    terminal = Console()
    return terminal if terminal.is_terminal else Console(width=120)
