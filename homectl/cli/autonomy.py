"""homectl autonomy: how much is let to homectl where, how well it would have done, and letting it more or less."""

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from homectl.cli.configuration import WHERE
from homectl.cli.port import add_port

if TYPE_CHECKING:
    from homectl.control.agreement import Agreement
    from homectl.home import Autonomy, Home, Rung, Step
    from homectl.journal import Journal
    from homectl.settings import Settings

NAME, HELP = "autonomy", "how much is let to homectl in each area about each kind of thing"
EXAMPLE = "homectl autonomy kitchen light suggest"

DAY = 86_400.0
CONFIGURED = "configured"


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("area", nargs="?", help="an area; without one, show how all of them stand")
    parser.add_argument("kind", nargs="?", help="light, setpoint or lock")
    parser.add_argument("level", nargs="?", help=f"off, observe, suggest, auto or {CONFIGURED}")
    parser.add_argument("--force", action="store_true", help="to auto even where too few proposals were followed")
    parser.add_argument("--by", default="", metavar="NAME", help="who asks (default: the name you are logged in by)")
    add_port(parser)
    parser.add_argument("-c", "--config", type=Path, default=None, help=f"to show how they stand: {WHERE}")
    parser.add_argument("--days", type=float, default=14.0, help="how far to look back (default: %(default)g)")
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(args: Namespace) -> int:
    if args.area is not None:
        return _let(args)
    return _show(args)


def _let(args: Namespace) -> int:
    from homectl.cli.who import who
    from homectl.client import Client
    from homectl.home import Autonomy, Kind, Rung, UsageError

    levels = [str(level) for level in Autonomy]
    if args.kind not in [str(kind) for kind in Kind] or args.level not in (*levels, CONFIGURED):
        known = f"{', '.join(Kind)} and a level of {', '.join(levels)} or {CONFIGURED}"
        raise UsageError(f"expected an area, a kind of {known}; such as: {EXAMPLE}")
    level = None if args.level == CONFIGURED else Autonomy(args.level)
    print(Client(args.port).let(Rung(args.area, Kind(args.kind)), level, args.by or who(), force=args.force))
    return 0


def _show(args: Namespace) -> int:
    from homectl.cli import expect
    from homectl.cli.configuration import lived
    from homectl.journal import Journal

    expect.within("--days", args.days, 0.1, 3650)
    settings, _, _, path = lived(args.config)
    with Journal.open(path, read_only=True) as journal:
        home = journal.home()
        steps, seen = journal.orders.ladder(), measured(journal, settings, home, args.days)
    shown = {rung: (level_of(settings, home, rung, steps.get(rung)), one) for rung, one in seen.items()}
    print(_json(shown, steps) if args.json else _text(settings, shown, steps))
    return 0


def measured(journal: "Journal", settings: "Settings", home: "Home", days: float) -> "dict[Rung, Agreement]":
    """By rung, over the last days that the journal knows of."""
    from homectl.control.agreement import Agreement, agreement
    from homectl.control.autonomy import rung_of

    end = journal.newest()
    start = end - days * DAY
    history = journal.history(start)
    found: dict[Rung, Agreement] = {}
    for target in home.targets:
        sure = settings.autonomy.enough(target)
        one = agreement(home, target, journal.decisions(target, since=start), history, start, end, sure)
        rung = rung_of(home, target)
        found[rung] = found.get(rung, Agreement()) + one
    return dict(sorted(found.items(), key=lambda item: str(item[0])))


def level_of(settings: "Settings", home: "Home", rung: "Rung", step: "Step | None") -> "Autonomy":
    return settings.autonomy.of(home, rung) if step is None or step.level is None else step.level


def _text(settings: "Settings", shown: "dict[Rung, tuple[Autonomy, Agreement]]", steps: "dict[Rung, Step]") -> str:
    wide = max((len(str(rung)) for rung in shown), default=0)
    lines = []
    for rung, (level, seen) in shown.items():
        lines.append(f"{rung!s:<{wide}}  {level:<7}  {seen}")
        if (step := steps.get(rung)) is not None and step.level is not None:
            lines.append(f"{'':<{wide}}           since {step.by}: {step.why}")
        short = settings.autonomy.short_of_auto(rung.kind, seen)
        if level != "auto" and level != "off" and not short:
            lines.append(f"{'':<{wide}}           ready for auto")
    return "\n".join(lines) or "nothing to control yet"


def _json(shown: "dict[Rung, tuple[Autonomy, Agreement]]", steps: "dict[Rung, Step]") -> str:
    import json
    from dataclasses import asdict

    rungs = [
        {
            "area": rung.area,
            "kind": str(rung.kind),
            "level": str(level),
            **asdict(seen),
            "why": steps[rung].why if rung in steps else "",
        }
        for rung, (level, seen) in shown.items()
    ]
    return json.dumps(rungs, indent=1, ensure_ascii=False)
