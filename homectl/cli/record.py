"""homectl record: weeks of a simulated home into a journal, in seconds."""

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from homectl.home import Home
    from homectl.journal import Journal
    from simulator.world import World

NAME, HELP = "record", "record a simulated home into a journal or a log, as fast as it goes"
EXAMPLE = "homectl record --seed 7 --days 7 --out week.db"

DEFAULT_START = "2026-01-12T00:00"
DAY = 86_400.0


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--seed", type=int, default=1, help="which home and family (default: 1)")
    parser.add_argument("--days", type=float, default=7.0, help="how long (default: 7)")
    parser.add_argument("--start", default=DEFAULT_START, help="ISO 8601, the home's own time (default: %(default)s)")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="the journal to make; .csv.gz: a log")
    parser.add_argument("--write-home", type=Path, default=None, metavar="FILE", help="write this home's home.yaml")
    parser.add_argument("--json", action="store_true", help="print what was recorded as JSON")


def run(args: Namespace) -> int:
    import json

    from homectl.cli import expect
    from homectl.cli.simulate import home_yaml, local_start
    from homectl.home import UsageError
    from homectl.journal import Journal
    from homectl.journal.tidy import write_tidy_csv
    from simulator.world import World

    if not 0 < args.days <= 3660:
        raise UsageError(f"--days: expected more than 0 and at most 3660, got {args.days:g}")
    if args.seed < 0:
        raise UsageError(f"--seed: expected 0 or more, got {args.seed}")
    if args.out.exists():
        raise UsageError(f"--out: {args.out} exists; name a file that does not, or remove it")
    if args.out.suffix in (".csv", ".parquet"):
        raise UsageError(f"--out: expected a journal (.db) or a log (.csv.gz), got {args.out}")
    expect.writable("--out", args.out)
    expect.writable("--write-home", args.write_home)
    world = World(args.seed, start=local_start(args.start, args.seed))
    if args.write_home is not None:
        args.write_home.write_text(home_yaml(_by_hand(world.home)), encoding="utf-8")
    log = args.out.suffix == ".gz"
    try:
        with Journal.in_memory() if log else Journal.open(args.out) as journal:
            count = _record(world, world.at + args.days * DAY, journal)
            if log:
                count = write_tidy_csv(journal.readings(), world.home, args.out)
    except BaseException:
        for part in ("", "-wal", "-shm"):  # half a recording looks like a whole one
            args.out.with_name(args.out.name + part).unlink(missing_ok=True)
        raise
    said = {"file": args.out.name, "home": world.home.id, "days": args.days, "readings": count}
    if args.json:
        print(json.dumps(said))
    else:
        print(f"{args.out}: {count} readings of {args.days:g} days of {world.home.id}.")
    return 0


def _by_hand(home: "Home") -> "Home":
    """The home as its log needs it: in a home without homectl, people switch everything."""
    from homectl.home import Origin

    devices = [d.model_copy(update={"switched_by": Origin.PERSON}) if d.sets else d for d in home.devices]
    return home.with_devices(devices)


def _record(world: "World", until: float, journal: "Journal") -> int:
    """Record, with a bar where somebody watches."""
    from homectl.cli.progress import shown
    from simulator.record import record

    with shown() as progress:
        return record(world, until, journal, progress=lambda share: progress("recording", share))
