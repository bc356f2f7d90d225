"""What the commands on recorded logs share: which home a log is of, and reading it with a progress bar."""

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from homectl.captures import BridgeInterpreter
    from homectl.home import Home
    from homectl.journal import Journal
    from homectl.journal.readers.areas_from_log import Guess
    from homectl.journal.readers.rows import Tally


LOG = (
    "Home Assistant's home-assistant_v2.db or history.csv; a CSV with the columns ts,home,room,device,kind,value,unit; "
    "what mosquitto_sub -v or -F wrote; Zigbee2MQTT's log or state.json; a CASAS text; gzipped or not; .parquet; or a "
    "journal"
)
"""What `--help` says of a log."""


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--home",
        default="auto",
        metavar="FILE|auto",
        help="home.yaml or a table of devices (device,area,role,switched_by); auto: what the log says or lets us guess",
    )
    parser.add_argument(
        "--timezone", default="UTC", metavar="ZONE", help="zone of times without one, unless home.yaml says (UTC)"
    )
    parser.add_argument(
        "--started", metavar="TIME", help="when a capture without times began, such as 2024-01-31T08:00"
    )
    parser.add_argument("--write-home", type=Path, metavar="FILE", help="save the home that is used as home.yaml")
    parser.add_argument("--quiet", action="store_true", help="no progress bar")


def interpreter(args: Namespace) -> "BridgeInterpreter":
    """Who makes readings of messages, told when a capture began. UsageError for what is no time."""
    from zoneinfo import ZoneInfo

    from homectl.captures import BridgeInterpreter
    from homectl.home import UsageError
    from homectl.journal.readers.overheard import seconds_of

    if args.started is None:
        return BridgeInterpreter()
    text = args.started if len(args.started) > len("2024-01-31T08:00") else f"{args.started}:00"
    started = seconds_of(text, ZoneInfo(_known_zone(args.timezone)))
    if started is None:
        raise UsageError(f"--started: expected a time such as 2024-01-31T08:00, got {args.started!r}")
    return BridgeInterpreter(started=started)


def _known_zone(timezone: str) -> str:
    from zoneinfo import available_timezones

    from homectl.home import UsageError

    if timezone not in available_timezones():
        raise UsageError(f"--timezone {timezone}: expected a time zone such as Europe/Berlin")
    return timezone


def home_of(given: str, paths: Sequence[Path], timezone: str, speaker: "BridgeInterpreter") -> "Guess":
    """The home named by --home, or the logs' own; what devices say of themselves in logs of messages completes it.

    ConfigError, LogError or UsageError in one line.
    """
    from homectl.home import ConfigError, Home
    from homectl.journal.readers.any_log import completed, guess
    from homectl.journal.readers.areas_from_log import Guess, Words
    from homectl.journal.readers.devices_csv import home_from_devices_csv, is_devices_csv
    from homectl.settings import read

    _known_zone(timezone)
    words = Words.load(shipped("lamp_words.yaml"))
    if given == "auto":
        return guess(paths, words, timezone=timezone, interpreter=speaker)
    if not Path(given).exists():
        raise ConfigError(f"--home: expected a home.yaml, a table of devices or auto, found no file {given}")
    if is_devices_csv(Path(given)):
        return Guess(home_from_devices_csv(Path(given), words, timezone=timezone), {})
    return Guess(completed(read(Path(given), Home), paths, speaker), {})


def shipped(name: str) -> Path:
    """A file of config/, in a checkout or in an installed package."""
    import homectl

    package = Path(homectl.__file__).parent
    places = (package / "config" / name, package.parent / "config" / name)
    return next((place for place in places if place.exists()), places[-1])


def home_yaml(guess: "Guess") -> str:
    """The home as home.yaml; above each device why it is what and where it is."""
    import yaml

    home = guess.home
    about = home.model_dump(mode="json", exclude={"areas", "devices"})
    lines = [yaml.safe_dump(about, sort_keys=False, allow_unicode=True).rstrip(), "areas:"]
    lines += [f"  - {_flow(area.model_dump(mode='json', exclude_defaults=True))}" for area in home.areas]
    lines.append("devices:")
    for device in home.devices:
        if reason := guess.reasons.get(device.id):
            lines.append(f"  # {reason}")
        plain = device.model_dump(mode="json", exclude_defaults=True)
        lines.append(f"  - {_flow({k: sorted(v) if isinstance(v, list) else v for k, v in plain.items()})}")
    return "\n".join(lines) + "\n"


def _flow(content: dict[str, object]) -> str:
    import yaml

    return yaml.safe_dump(
        content, default_flow_style=True, sort_keys=False, allow_unicode=True, width=float("inf")
    ).strip()


def take_in(
    journal: "Journal", paths: Sequence[Path], home: "Home", speaker: "BridgeInterpreter", *, quiet: bool
) -> "dict[Path, Tally]":
    """Read logs into a journal with a progress bar on standard error."""
    from homectl.cli.progress import shown
    from homectl.journal.readers.any_log import take_in as steps

    tallies: dict[Path, Tally] = {}
    with shown(quiet=quiet) as progress:
        for path, tally in steps(journal, paths, home, speaker):
            tallies[path] = tally
            progress(f"reading {path.name}", tally.share)
    return tallies
