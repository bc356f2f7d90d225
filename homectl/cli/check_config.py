"""homectl check-config: read every configuration file and say what is wrong, all at once."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

NAME, HELP = "check-config", "read the configuration and report every mistake with its line"
EXAMPLE = "homectl check-config -c config/homectl.yaml"


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("-c", "--config", type=Path, default=None, help="settings file (default: see README)")
    parser.add_argument("--json", action="store_true", help="print findings as JSON")


def run(args: Namespace) -> int:
    import json

    from homectl.cli.configuration import find
    from homectl.home import ConfigError
    from homectl.settings import load

    path = find(args.config)
    try:
        _, home, _ = load(path)
        findings: tuple[str, ...] = ()
    except ConfigError as error:
        if not args.json:
            raise
        findings, home = error.findings, None
    if args.json:
        print(json.dumps({"file": str(path), "errors": list(findings)}))
        return ConfigError.exit_code if findings else 0
    if home is not None:
        print(f"{path}: fine. Home {home.id}: {len(home.areas)} areas, {len(home.devices)} devices.")
    return 0
