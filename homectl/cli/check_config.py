"""homectl check-config: read every configuration file and say what is wrong, all at once."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from homectl.cli.configuration import WHERE

NAME, HELP = "check-config", "read the configuration and report every mistake with its line"
EXAMPLE = "homectl check-config -c config/homectl.yaml"


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("-c", "--config", type=Path, default=None, help=WHERE)
    parser.add_argument("--json", action="store_true", help="print findings as JSON")


def run(args: Namespace) -> int:
    import json

    from homectl.cli.configuration import find
    from homectl.home import CheckpointMismatch, ConfigError
    from homectl.policies import policy_of
    from homectl.settings import load

    path = args.config
    try:
        path = find(args.config)
        settings, home, limits = load(path)
        policy = policy_of(settings.policy, limits)
    except (ConfigError, CheckpointMismatch) as error:
        if not args.json:
            raise ConfigError(str(error)) from None
        findings = error.findings if isinstance(error, ConfigError) else (str(error),)
        print(json.dumps({"file": str(path) if path else None, "errors": list(findings)}))
        return ConfigError.exit_code
    if args.json:
        print(json.dumps({"file": str(path), "errors": []}))
    else:
        counts = f"{len(home.areas)} areas, {len(home.devices)} devices"
        print(f"{path}: fine. Home {home.id}: {counts}, {policy.name}.")
    return 0
