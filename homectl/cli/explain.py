"""homectl explain: the last decision about a target, in one sentence; or computed once more from the journal."""

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from homectl.cli.configuration import WHERE
from homectl.cli.port import add_port

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from homectl.control.limits import Limits
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
    from homectl.app import journal_path
    from homectl.cli.configuration import find
    from homectl.home import DeviceUnknown, HomeError
    from homectl.journal import Journal
    from homectl.settings import load

    settings, home, limits = load(find(args.config))
    path = journal_path(settings, home)
    if not path.exists():
        raise HomeError(f"expected the journal of a home that has run, found no {path}; start it: homectl run")
    with Journal.open(path, read_only=True) as journal:
        home = journal.home()
        if target not in home.targets:
            raise DeviceUnknown(str(target), [str(known) for known in home.targets])
        records = journal.decisions(target, args.again)
        told = [
            _told(record, home, journal, list(_in_charge(record, settings, limits, path, journal)))
            for record in records
        ]
    print("\n".join(line for line, _ in reversed(told)) or f"{target}: nothing has been decided yet.")
    return 0 if all(well for _, well in told) else 1


def _told(record: "Record", home: "Home", journal: "Journal", in_charge: "Sequence[Deciding]") -> tuple[str, bool]:
    from homectl.control.pipeline import explain
    from homectl.home import local_words
    from homectl.replay.again import BY_POLICIES, again, known, same

    said = f"{local_words(record.since, home.zone, journal.newest())}  {explain(record, home)}"
    if record.cause not in BY_POLICIES:
        return f"{said} Nobody computed it.", True
    histories = known(journal, record.since)
    decisions = [again(record, home, history, deciding) for deciding in in_charge for history in histories]
    if any(same(record, decision) for decision in decisions):
        return f"{said} Computed again: the same.", True
    first = next(iter(decisions), None)
    other = "no opinion" if first is None else f"{first.setting or 'leave it'} ({first.confidence:.0%} sure)"
    return f"{said} Computed again: {other}.", False


def _in_charge(
    record: "Record", settings: "Settings", limits: "Limits", path: Path, journal: "Journal"
) -> "Iterator[Deciding]":
    """Who can have made a decision, the likeliest first: a night's model takes over some time after its lesson."""
    from homectl.control.rules import Rules
    from homectl.home import CheckpointMismatch
    from homectl.learning import Shelf, Standing
    from homectl.learning.standing import GIVEN
    from homectl.policies import checkpoint_of, policy_of
    from homectl.replay.again import Deciding

    rules = Rules(limits)
    if settings.policy == "rules":
        yield Deciding(policy=rules, fallback=rules, limits=limits, autonomy=settings.autonomy)
        return
    line = Standing.of(lesson for lesson in journal.lessons() if lesson.at <= record.since).line
    for number in (*reversed(line), GIVEN):
        where = checkpoint_of(settings.policy) if number == GIVEN else Shelf.beside(path).path(number)
        try:
            policy = policy_of(str(where), limits)
        except (CheckpointMismatch, OSError):
            continue  # its weights are gone
        yield Deciding(policy=policy, fallback=rules, limits=limits, autonomy=settings.autonomy)
