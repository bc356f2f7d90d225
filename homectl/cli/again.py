"""replay --again: every decision of a home that has run, made once more from its journal and compared."""

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from homectl.home import Home, Record
    from homectl.replay.again import Deciding
    from homectl.rerun import Difference, Rerun

SHOWN = 20
"""Differences that are told one by one."""

DEMO = 60.0
"""How fast a simulated home runs where nothing else is said."""


def arguments(parser: ArgumentParser) -> None:
    group = parser.add_argument_group("deciding everything again, as it was decided when the home ran")
    group.add_argument("--again", action="store_true", help="compare every decision of this journal with its rerun")
    group.add_argument("-c", "--config", type=Path, metavar="FILE", help="the settings that it ran with")


def compare(args: Namespace) -> int:
    """0 where every decision is the same, to the last bit; else 1, and which are not."""
    from homectl.home import UsageError
    from homectl.journal import Journal
    from homectl.journal.readers.any_log import Format, format_of
    from homectl.rerun import rerun

    if len(args.logs) != 1 or format_of(args.logs[0]) is not Format.JOURNAL:
        raise UsageError(f"--again: expected one journal of a home that has run, got {', '.join(map(str, args.logs))}")
    with Journal.open(args.logs[0], read_only=True) as journal:
        home = journal.home()
        pace = args.speed or (DEMO if home.simulated else 1.0)
        found = rerun(journal, home, _deciding(args), pace)
    print(_told(found, home))
    if args.json:
        args.json.write_text(_as_json(found), encoding="utf-8")
    return 1 if found.differences else 0


def _deciding(args: Namespace) -> "Deciding":
    """Who decided: as the settings say, or as a simulated home does without any."""
    from homectl.control.autonomy import AutonomySettings
    from homectl.control.limits import Limits
    from homectl.policies import policy_of
    from homectl.replay.again import Deciding
    from homectl.settings import load

    autonomy, limits, name = AutonomySettings(), Limits(), args.policy
    if args.config is not None:
        settings, _, limits = load(args.config)
        autonomy, name = settings.autonomy, settings.policy
    return Deciding(
        policy=policy_of(name, limits), fallback=policy_of("rules", limits), limits=limits, autonomy=autonomy
    )


def _told(found: "Rerun", home: "Home") -> str:
    runs = f"{found.runs} run" + ("s" if found.runs > 1 else "")
    if not found.differences:
        return f"{found.decisions:,} decisions of {runs}, made again: all the same."
    lines = [f"{found.decisions:,} decisions of {runs}, made again: {len(found.differences):,} are others."]
    for one in found.differences[:SHOWN]:
        lines += [_line("then", one.then, home), _line("now", one.now, home)]
    return "\n".join(lines)


def _line(when: str, record: "Record | None", home: "Home") -> str:
    from homectl.control.pipeline import explain
    from homectl.home import local_words

    if record is None:
        return f"  {when:4}  nothing"
    since, until = (local_words(at, home.zone, 0.0) for at in (record.since, record.until))
    return f"  {when:4}  {since} to {until}  {explain(record, home)}"


def _as_json(found: "Rerun") -> str:
    import json

    differences = [_pair(one) for one in found.differences]
    return json.dumps({"runs": found.runs, "decisions": found.decisions, "differences": differences}, indent=1) + "\n"


def _pair(one: "Difference") -> dict[str, object]:
    from dataclasses import asdict

    def told(record: "Record | None") -> dict[str, object] | None:
        if record is None:
            return None
        sure = record.confidence if record.confidence == record.confidence else None
        return asdict(record) | {"target": str(record.target), "confidence": sure}

    return {"then": told(one.then), "now": told(one.now)}
