"""homectl scenario: what is expected of homectl in a home, tried on a virtual clock, or cut from a journal."""

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from homectl.home import Home
    from homectl.scenario import Judged

NAME, HELP = "scenario", "try a home's scenario tests on a virtual clock, or record one from its journal"
EXAMPLE = "homectl scenario run evening.scenario.yaml"
ENDING = ".scenario.yaml"


def arguments(parser: ArgumentParser) -> None:
    verbs = parser.add_subparsers(title="what to do", dest="verb", required=True, metavar="run|record")
    run_it = verbs.add_parser("run", help="play scenario tests and say which expectations are met")
    run_it.add_argument("files", nargs="+", type=Path, metavar="FILE", help="such as evening.scenario.yaml")
    run_it.add_argument("--json", action="store_true", help="print the result as JSON")
    record = verbs.add_parser("record", help="make a scenario test of a stretch of a journal")
    record.add_argument("journal", type=Path, metavar="JOURNAL", help="of a home that has run, such as a demo's")
    record.add_argument("--from", dest="start", required=True, metavar="TIME", help="such as 2026-01-13T18:00")
    record.add_argument("--to", dest="end", required=True, metavar="TIME", help="in the home's own time")
    record.add_argument("--out", type=Path, required=True, metavar="FILE", help=f"to make, NAME{ENDING}")
    record.add_argument("--policy", default="rules", metavar="rules|base|DIR", help="who decides in it (rules)")


def run(args: Namespace) -> int:
    return _run(args) if args.verb == "run" else _record(args)


def _run(args: Namespace) -> int:
    """1 where any expectation of any file is not met."""
    import json

    from homectl.scenario.trying import tried

    told, met = [], True
    for path in args.files:
        scenario, came, found = tried(path)
        met = met and all(one.met for one in found)
        told.append(_as_dict(path, scenario.title, found))
        if not args.json:
            print(f"{path}: {scenario.title}")
            print("".join(f"  {one}\n" for one in found), end="")
            print("".join(f"  refused: {why}\n" for why in came.refused), end="")
    if args.json:
        print(json.dumps(told, indent=1))
    return 0 if met else 1


def _as_dict(path: Path, title: str, found: "Sequence[Judged]") -> dict[str, object]:
    from dataclasses import asdict

    return {"file": path.name, "title": title, "expectations": [asdict(one) for one in found]}


def _record(args: Namespace) -> int:
    from homectl.cli import expect
    from homectl.home import UsageError
    from homectl.journal import Journal
    from homectl.scenario import cut
    from homectl.scenario.trying import tried

    log = args.out.with_name(args.out.name.removesuffix(ENDING) + ".log.db")
    if not args.out.name.endswith(ENDING) or args.out.exists() or log.exists():
        raise UsageError(f"--out: expected a new file NAME{ENDING}, and no {log.name} beside it, got {args.out}")
    expect.writable("--out", args.out)
    with Journal.open(args.journal, read_only=True) as journal:
        home = journal.home()
        start, end = _time("--from", args.start, home), _time("--to", args.end, home)
        if not journal.oldest() <= start < end:
            raise UsageError(f"--from: expected a time after the journal begins and before --to, got {args.start}")
        title = f"{home.id}, {args.start} to {args.end}"
        content = cut.cut(journal, home, start, end, log.name, title, args.policy)
        count = cut.write_log(journal, home, start, end, log)
    cut.write(content, args.out)
    _, _, found = tried(args.out)
    met = [one for one, how in zip(content["expect"], found, strict=True) if how.met]
    cut.write(content | {"expect": met}, args.out)
    print(f"{args.out}: {count:,} readings in {log.name}, {len(met)} expectations.")
    if left := len(found) - len(met):
        print(f"{left} decisions were left out: devices that answer at once, and a clock without steps, change them.")
    return 0


def _time(option: str, text: str, home: "Home") -> float:
    from datetime import datetime

    from homectl.home import UsageError

    try:
        time = datetime.fromisoformat(text)
        return (time if time.tzinfo else time.replace(tzinfo=home.zone)).timestamp()
    except (ValueError, OverflowError):
        raise UsageError(f"{option}: expected a time such as 2026-01-13T18:00, got {text!r}") from None
