"""homectl try: from a household's own history to a report of what homectl would have done, in one command."""

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from homectl.cli import on_trial, recorded
from homectl.cli.reported import Told

if TYPE_CHECKING:
    from homectl.cli.on_trial import Recording
    from homectl.journal.readers.areas_from_log import Guess
    from homectl.trial.first_day import Learned

NAME, HELP = "try", "try homectl on your own history: import it, learn from it, replay its last days, write a report"
EXAMPLE = "homectl try home-assistant_v2.db --timezone Europe/Berlin"

OUT = Path("homectl-try")
JOURNAL, HOME = "journal.db", "home.yaml"


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("logs", nargs="+", type=Path, metavar="PATH", help=recorded.LOG)
    parser.add_argument("--out", type=Path, default=OUT, metavar="DIR", help="where everything goes (%(default)s)")
    levels = ("observe", "suggest", "auto")
    parser.add_argument("--autonomy", default="auto", choices=levels, help="how much it may do by itself (auto)")
    recorded.arguments(parser)


def polite(_args: Namespace) -> bool:
    """It learns, and may share the machine with a home."""
    return True


def run(args: Namespace) -> None:
    from homectl.cli import expect

    expect.writable("--write-home", args.write_home)
    _check_folder(args.out)
    speaker = recorded.interpreter(args)
    guess = recorded.home_of(args.home, args.logs, args.timezone, speaker)
    _clear(args.out)
    (args.write_home or args.out / HOME).write_text(recorded.home_yaml(guess), encoding="utf-8")
    log = on_trial.taken_in(args.logs, guess, speaker, quiet=args.quiet, keep=args.out / JOURNAL)
    said = [*on_trial.read_in_words(log.about, log.reasons), _about(guess, args)]
    print("\n".join(said))
    learned = _learned(args.out / JOURNAL, log, quiet=args.quiet)
    print(learned.said)
    _report(args, log, learned, said)


def _check_folder(out: Path) -> None:
    """UsageError for a folder in which somebody keeps something else."""
    from homectl.cli import expect
    from homectl.home import UsageError

    expect.folder("--out", out)
    if out.exists() and any(out.iterdir()) and not (out / JOURNAL).is_file():
        raise UsageError(f"--out: expected a new folder or one that homectl try has made, got {out}; name another")
    if not out.absolute().parent.is_dir():
        raise UsageError(f"--out: expected a folder that can be made, got {out}; make {out.parent} first")


def _clear(out: Path) -> None:
    """A folder without what an earlier try has left in it; what a person has corrected there stays."""
    from shutil import rmtree

    out.mkdir(exist_ok=True)
    for end in ("", "-wal", "-shm", ".lock"):
        (out / f"{JOURNAL}{end}").unlink(missing_ok=True)
    rmtree((out / JOURNAL).with_suffix(""), ignore_errors=True)


def _about(guess: "Guess", args: Namespace) -> str:
    """What the home is taken for; LogError where nothing in it can be set."""
    from collections import Counter

    from homectl.home import LogError

    home, file = guess.home, args.write_home or args.out / HOME
    if not home.targets:
        raise LogError(
            f"{args.logs[0]}: expected a lamp, thermostat or lock in an area, found none among {len(home.devices)} "
            f"devices; say in {file} what they are, and try again with --home {file}"
        )
    kinds = Counter(target.kind.value for target in home.targets)
    things = ", ".join(f"{count} × {kind}" for kind, count in sorted(kinds.items()))
    source = f"guessed; where it is wrong, correct {file} and say --home {file}" if args.home == "auto" else "as given"
    return f"Your home: {len(home.areas)} areas, {len(home.devices)} devices, to be set {things} ({source})."


def _learned(journal: Path, log: "Recording", *, quiet: bool) -> "Learned":
    from homectl.cli.progress import shown
    from homectl.journal import Journal
    from homectl.policies import checkpoint_of
    from homectl.trial.first_day import learned, night_of

    with Journal.open(journal, read_only=True) as kept, shown(quiet=quiet) as progress:
        progress("learning from your days; some minutes", 0.0)
        return learned(night_of(kept, journal, checkpoint_of("base"), log.modes))


def _report(args: Namespace, log: "Recording", learned: "Learned", said: list[str]) -> None:
    """Replay the last days, write the reports, and say where they are."""
    from homectl.cli.reported import run_with_strips, write
    from homectl.replay import pictures
    from homectl.replay.report import as_json
    from homectl.replay.story import headline
    from homectl.trial.first_day import reach

    start = max(log.first, learned.start)
    policy = on_trial.policy_named(str(learned.weights), args.logs)
    trial = on_trial.trial_of(log, policy, start, log.last, args.autonomy)
    report, strips = run_with_strips(trial, quiet=args.quiet)
    reached = reach(report)
    told = Told(notes=(learned.said,), log=said, more=(reached.section(log.home),))
    endings = (".html", ".md") if pictures.possible() else (".md",)
    for ending in endings:
        write(report, strips, args.out / f"report{ending}", told)
    (args.out / "report.json").write_text(as_json(report, {"log": log.about}), encoding="utf-8")
    print(headline(report))
    print(reached.said())
    print(f"The report: {args.out / f'report{endings[0]}'}")
    if len(endings) == 1:
        print("For a page with pictures instead of a text: pip install 'homectl[evaluate]'")
