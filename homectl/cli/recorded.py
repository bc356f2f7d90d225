"""What the commands on recorded logs share: which home a log is of, and reading it with a progress bar."""

from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from homectl.home import Home
    from homectl.journal import Journal
    from homectl.journal.readers.areas_from_log import Guess
    from homectl.journal.readers.rows import Tally


LOG = (
    "Home Assistant's home-assistant_v2.db or history.csv; .csv or .csv.gz with the columns "
    "ts,home,room,device,kind,value,unit; .parquet; or a journal"
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
    parser.add_argument("--write-home", type=Path, metavar="FILE", help="save the home that is used as home.yaml")
    parser.add_argument("--quiet", action="store_true", help="no progress bar")


def home_of(given: str, paths: Sequence[Path], timezone: str) -> "Guess":
    """The home named by --home, or the logs' own. ConfigError, LogError or UsageError in one line."""
    from zoneinfo import available_timezones

    from homectl.home import ConfigError, Home, UsageError
    from homectl.journal.readers.any_log import guess
    from homectl.journal.readers.areas_from_log import Guess, Words
    from homectl.journal.readers.devices_csv import home_from_devices_csv, is_devices_csv
    from homectl.settings import read

    if timezone not in available_timezones():
        raise UsageError(f"--timezone {timezone}: expected a time zone such as Europe/Berlin")
    words = Words.load(shipped("lamp_words.yaml"))
    if given == "auto":
        return guess(paths, words, timezone=timezone)
    if not Path(given).exists():
        raise ConfigError(f"--home: expected a home.yaml, a table of devices or auto, found no file {given}")
    if is_devices_csv(Path(given)):
        return Guess(home_from_devices_csv(Path(given), words, timezone=timezone), {})
    return Guess(read(Path(given), Home), {})


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


def take_in(journal: "Journal", paths: Sequence[Path], home: "Home", *, quiet: bool) -> "dict[Path, Tally]":
    """Read logs into a journal with a progress bar on standard error."""
    from homectl.cli.progress import shown
    from homectl.journal.readers.any_log import take_in as steps

    tallies: dict[Path, Tally] = {}
    with shown(quiet=quiet) as progress:
        for path, tally in steps(journal, paths, home):
            tallies[path] = tally
            progress(f"reading {path.name}", tally.share)
    return tallies
