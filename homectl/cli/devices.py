"""homectl devices: who is on the network, and what each of them can do."""

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from homectl.cli.configuration import WHERE

if TYPE_CHECKING:
    from homectl.bridge.settings import BridgeSettings
    from homectl.bridge.survey import Survey

NAME, HELP = "devices", "list the devices a broker or a saved file announces, and what they can do"
EXAMPLE = "homectl devices --from bridge-devices.json"

MOST_SHOWN = 10
"""Lines that could not be understood, of those that are listed for people."""


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--from",
        dest="file",
        type=Path,
        default=None,
        metavar="FILE",
        help="a saved bridge/devices (.json), or .jsonl (.xz, .gz) of its elements or of messages with topic and "
        "payload (default: look at the broker)",
    )
    parser.add_argument("-c", "--config", type=Path, default=None, help=WHERE)
    parser.add_argument("--json", action="store_true", help="print the counts as JSON")


def run(args: Namespace) -> int:
    from homectl.bridge.settings import BridgeSettings
    from homectl.bridge.survey import as_json
    from homectl.home import LogError

    settings, home = BridgeSettings(), None
    if args.config is not None or args.file is None:
        from homectl.cli.configuration import find
        from homectl.settings import load

        declared, home, _ = load(find(args.config))
        settings = declared.bridge
    survey = _saved(args.file, settings) if args.file is not None else _live(settings)
    placed = {device.address.partition("#")[0] for device in home.devices if device.area} if home else set()
    pending = sum(address not in placed for address in survey.devices)
    print(as_json(survey, pending) if args.json else _table(survey, placed))
    if survey.errors and not survey.devices:
        raise LogError(f"{args.file}: expected devices, understood none of its {survey.lines} lines; see {EXAMPLE}")
    return 0


def _saved(file: Path, settings: "BridgeSettings") -> "Survey":
    from homectl.bridge.saved import entries
    from homectl.bridge.survey import survey_of

    return survey_of(entries(file), settings)


def _live(settings: "BridgeSettings") -> "Survey":
    from homectl.bridge.directory import Directory, dialects_of
    from homectl.bridge.survey import Survey
    from homectl.cli.looking import look
    from homectl.home import Home

    directory = Directory(Home(id="unplaced"), dialects_of(settings))
    look(settings, directory)
    survey = Survey()
    for announced in directory.pending.values():
        survey.add(announced)
    return survey


def _table(survey: "Survey", placed: set[str]) -> str:
    rows = [
        f"{address:<44} {found.name[:32]:<32} {', '.join(sorted(found.kinds)) or '–':<24} "
        f"{'placed' if address in placed else 'pending'}"
        for address, found in sorted(survey.devices.items())
    ]
    counts = ", ".join(f"{count} {kind}" for kind, count in survey.capabilities().items())
    rows += survey.errors[:MOST_SHOWN]
    if len(survey.errors) > MOST_SHOWN:
        rows.append(f"… and more such lines; --json names up to {len(survey.errors)}")
    rows.append(f"{len(survey.devices)} devices ({counts or 'nothing homectl understands'}).")
    return "\n".join(rows)
