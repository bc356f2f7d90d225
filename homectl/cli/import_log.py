"""homectl import: read recorded logs into a journal; the same log twice adds nothing."""

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from homectl.cli import recorded

if TYPE_CHECKING:
    from homectl.home import Home

NAME, HELP = "import", "read recorded logs (Home Assistant, MQTT captures, CASAS, CSV, journals …) into a journal"
EXAMPLE = "homectl import log.csv.gz --home auto --out journal.db"


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("logs", nargs="+", type=Path, metavar="LOG", help=recorded.LOG)
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="the journal; it may exist already")
    parser.add_argument("--parquet", type=Path, metavar="FILE", help="write the whole journal as Parquet, too")
    recorded.arguments(parser)


def run(args: Namespace) -> None:
    from homectl.cli import expect
    from homectl.journal import Journal
    from homectl.journal.exchange import write_parquet
    from homectl.journal.readers.areas_from_log import Guess

    for option in ("out", "parquet", "write_home"):
        expect.writable(f"--{option.replace('_', '-')}", getattr(args, option))
    own = _own_home(args.out) if args.home == "auto" else None
    speaker = recorded.interpreter(args)
    guess = Guess(own, {}) if own else recorded.home_of(args.home, args.logs, args.timezone, speaker)
    with Journal.open(args.out) as journal:
        journal.set_home(guess.home)
        tallies = recorded.take_in(journal, args.logs, guess.home, speaker, quiet=args.quiet)
        for path, tally in tallies.items():
            told = "" if tally.telling is None else f"{tally.telling:,} of {tally.lines_read:,} lines tell readings; "
            out = sum(tally.skipped.values()), sum(tally.left_alone.values())
            print(
                f"{path}: {told}{tally.rows:,} rows, {tally.taken:,} added, {tally.repeated:,} known already, "
                f"{out[0]:,} skipped, {out[1]:,} left alone"
            )
            print("".join(f"  {line}\n" for line in tally.lines()), end="")
        print(f"{args.out}: home {guess.home.id}, {journal.count():,} readings")
        if args.write_home:
            args.write_home.write_text(recorded.home_yaml(guess), encoding="utf-8")
        if args.parquet:
            print(f"{args.parquet}: {write_parquet(journal, args.parquet):,} readings")


def _own_home(path: Path) -> "Home | None":
    """The home of a journal that exists already and knows it."""
    from homectl.home import JournalError
    from homectl.journal import Journal

    if not path.exists():
        return None
    with Journal.open(path) as journal:
        try:
            return journal.home()
        except JournalError:
            return None
