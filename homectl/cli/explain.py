"""homectl explain: the last decision about a target, in one sentence; or computed once more from the journal."""

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from homectl.cli.configuration import WHERE
from homectl.cli.port import add_port

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from homectl.home import Home, Record, Target
    from homectl.journal import Journal
    from homectl.replay.again import Deciding
    from homectl.settings import Settings

NAME, HELP = "explain", "say why something was done, or not done"
EXAMPLE = "homectl explain hall_lamp/light"


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("target", nargs="?", help="device/kind, such as hall_lamp/light; none: every target")
    add_port(parser)
    parser.add_argument(
        "--again", type=int, default=0, metavar="N", help="compute its last N decisions once more from the journal"
    )
    parser.add_argument("-c", "--config", type=Path, default=None, help=f"with --again: {WHERE}")


def run(args: Namespace) -> int:
    from homectl.cli.target import target_of
    from homectl.client import Client
    from homectl.home import UsageError

    target = target_of(args.target) if args.target else None
    if args.again:
        if target is None or args.again < 0:
            raise UsageError("--again: expected a target and how many of its decisions, above 0")
        return _again(target, args)
    client = Client(args.port)
    if target is not None:
        print(client.explain(target))
        return 0
    for area in client.home().areas:
        for device in area.devices:
            for shown in device.targets:
                print(shown.decision or f"{device.name}: nothing has been decided about its {shown.kind} yet.")
    return 0


def _again(target: "Target", args: Namespace) -> int:
    """Every decision with whether the journal's readings give it again; 1 where one of them does not."""
    from functools import cache

    from homectl.cli.configuration import lived
    from homectl.home import DeviceUnknown
    from homectl.journal import Journal
    from homectl.policies import policy_of
    from homectl.replay.again import Deciding

    settings, _, limits, path = lived(args.config)
    rules = policy_of("rules", limits)

    @cache
    def deciding(name: str) -> Deciding:
        policy = policy_of(name, limits)
        return Deciding(policy=policy, fallback=rules, limits=limits, autonomy=settings.autonomy)

    with Journal.open(path, read_only=True) as journal:
        home = journal.home()
        if target not in home.targets:
            raise DeviceUnknown(str(target), [str(known) for known in home.targets])
        records = journal.decisions(target, args.again)
        told = [_told(one, home, journal, _in_charge(one, settings, path, journal), deciding) for one in records]
    print("\n".join(line for line, _ in reversed(told)) or f"{target}: nothing has been decided yet.")
    return 0 if all(well for _, well in told) else 1


def _told(
    record: "Record", home: "Home", journal: "Journal", names: "Sequence[str]", deciding: "Callable[[str], Deciding]"
) -> tuple[str, bool]:
    from homectl.control.pipeline import explain
    from homectl.home import local_words
    from homectl.replay.again import BY_POLICIES

    said = f"{local_words(record.since, home.zone, journal.newest())}  {explain(record, home)}"
    if record.cause not in BY_POLICIES:
        return f"{said} Nobody computed it.", True
    other = _otherwise(record, home, journal, names, deciding)
    return f"{said} Computed again: {other or 'the same'}.", not other


def _otherwise(
    record: "Record", home: "Home", journal: "Journal", names: "Sequence[str]", deciding: "Callable[[str], Deciding]"
) -> str:
    """What is decided now, by the likeliest of those who may have been in charge; empty where one decides the same."""
    from homectl.home import CheckpointMismatch
    from homectl.replay.again import again, known, same

    histories, first = known(journal, record.since), ""
    for name in names:
        try:
            decisions = [again(record, home, history, deciding(name)) for history in histories]
        except (CheckpointMismatch, OSError):
            continue  # its weights are gone
        if any(same(record, decision) for decision in decisions):
            return ""
        one = decisions[0]
        first = first or ("no opinion" if one is None else f"{one.setting or 'leave it'} ({one.confidence:.0%} sure)")
    return first or "nothing, for the weights that decided are gone"


def _in_charge(record: "Record", settings: "Settings", path: Path, journal: "Journal") -> list[str]:
    """Who can have made a decision, the likeliest first: a night's model takes over some time after its lesson."""
    from homectl.learning import Shelf, Standing
    from homectl.learning.standing import GIVEN
    from homectl.policies import checkpoint_of

    if settings.policy == "rules":
        return ["rules"]
    line = Standing.of(lesson for lesson in journal.lessons() if lesson.at <= record.since).line
    given, shelf = str(checkpoint_of(settings.policy)), Shelf.beside(path)
    return [given if number == GIVEN else str(shelf.path(number)) for number in (*reversed(line), GIVEN)]
