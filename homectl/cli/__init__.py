"""The command line: one file per command, and one place where text is printed and exit codes are made."""

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from types import ModuleType

COMMANDS = (
    "demo",
    "run",
    "init",
    "status",
    "explain",
    "send",
    "devices",
    "simulate",
    "broker",
    "record",
    "import_log",
    "replay",
    "train",
    "evaluate",
    "check_config",
)
"""The modules of this package that are commands, in the order `--help` shows them."""


def parser() -> argparse.ArgumentParser:
    """The whole command line. Command modules import nothing heavy until they run."""
    root = argparse.ArgumentParser(prog="homectl", description="A home controller that learns, and says why.")
    commands = root.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name in COMMANDS:
        command = importlib.import_module(f"homectl.cli.{name}")
        _add(commands, command)
    return root


def _add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]", command: ModuleType) -> None:
    sub = commands.add_parser(
        command.NAME,
        help=command.HELP,
        description=command.HELP[0].upper() + command.HELP[1:] + ".",
        epilog=f"example:\n  {command.EXAMPLE}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.arguments(sub)
    sub.set_defaults(run=command.run)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command. 0 fine, 1 it failed, 2 wrong usage, 78 wrong configuration; errors are one line each."""
    arguments = parser().parse_args(argv)
    from homectl.home import HomeError  # numpy and pydantic: not for --help

    try:
        return int(arguments.run(arguments) or 0)
    except HomeError as error:
        print(f"homectl: {error}", file=sys.stderr)
        return error.exit_code
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return 130
    except OSError as error:
        print(
            f"homectl: {error.strerror}: {error.filename or 'system'}; check that it exists and may be used",
            file=sys.stderr,
        )
        return 1
