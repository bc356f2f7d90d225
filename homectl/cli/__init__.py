"""The command line: one file per command, and one place where text is printed and exit codes are made."""

import argparse
import importlib
import os
import signal
import sys
from collections.abc import Sequence
from types import ModuleType, TracebackType
from typing import NoReturn

COMMANDS = (
    "demo",
    "run",
    "init",
    "status",
    "explain",
    "send",
    "accept",
    "reject",
    "autonomy",
    "unlock",
    "people",
    "token",
    "audit",
    "hold",
    "resume",
    "mode",
    "devices",
    "dashboard",
    "simulate",
    "broker",
    "record",
    "import_log",
    "replay",
    "try_log",
    "scenario",
    "train",
    "evaluate",
    "learn",
    "check_config",
)
"""The modules of this package that are commands, in the order `--help` shows them."""

POLITE = 10
"""How far behind everything else a polite command queues for the processor: the machine is shared with a home."""

PACKAGES = ("homectl", "models", "simulator")


class Parser(argparse.ArgumentParser):
    """argparse, with its refusals in one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"homectl: {message}; see {self.prog} --help\n")


class Version(argparse.Action):
    """Prints the version, which is looked up only when it is asked for."""

    def __call__(self, parser: argparse.ArgumentParser, *_rest: object) -> NoReturn:
        from importlib.metadata import version

        print(f"homectl {version('homectl')}")
        parser.exit()


def parser() -> argparse.ArgumentParser:
    """The whole command line. Command modules import nothing heavy until they run."""
    root = Parser(prog="homectl", description="A home controller that learns, and says why.")
    root.add_argument("--version", action=Version, nargs=0, help="print the version and end")
    commands = root.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name in COMMANDS:
        command = importlib.import_module(f"homectl.cli.{name}")
        _add(commands, command)
    return root


def _add(commands: "argparse._SubParsersAction[Parser]", command: ModuleType) -> None:
    sub = commands.add_parser(
        command.NAME,
        help=command.HELP,
        description=command.HELP[0].upper() + command.HELP[1:] + ".",
        epilog=f"example:\n  {command.EXAMPLE}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.arguments(sub)
    sub.set_defaults(run=command.run, polite=getattr(command, "polite", _never))


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command. 0 fine, 1 it failed, 2 wrong usage, 78 wrong configuration; errors are one line each.

    Without `argv` it is this process that is the command: it ends in good order on SIGTERM, shows no traceback, and
    gives way to others where the command says that it is `polite`.
    """
    if argv is None:
        _be_the_command()
    arguments = parser().parse_args(argv)
    if argv is None and arguments.polite(arguments):
        os.nice(max(0, POLITE - os.nice(0)))
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
        finding = f"{error.strerror or error}: {error.filename or 'system'}"
        print(f"homectl: {finding}; check that it exists and may be used", file=sys.stderr)
        return 1


def _never(_arguments: argparse.Namespace) -> bool:
    return False


def _be_the_command() -> None:
    sys.excepthook = _report
    signal.signal(signal.SIGTERM, _end)


def _end(_number: int, _frame: object) -> NoReturn:
    """Let what is open be closed, and say with the exit code that a signal ended this."""
    sys.exit(128 + signal.SIGTERM)


def _report(kind: type[BaseException], error: BaseException, at: TracebackType | None) -> None:
    """A mistake in homectl itself, in one line that says where; with $HOMECTL_TRACEBACK the whole way there, too."""
    import traceback

    if issubclass(kind, KeyboardInterrupt):
        return
    if os.environ.get("HOMECTL_TRACEBACK"):
        traceback.print_exception(kind, error, at)
    here = os.path.dirname(os.path.dirname(os.path.dirname(__file__)))
    ours = [f for f in traceback.extract_tb(at) if os.path.relpath(f.filename, here).split(os.sep)[0] in PACKAGES]
    where = f" in {os.path.relpath(ours[-1].filename, here)}, line {ours[-1].lineno}" if ours else ""
    said = " ".join(str(error).split())[:200]
    hint = "this is a mistake in homectl; HOMECTL_TRACEBACK=1 shows more to report"
    print(f"homectl: {kind.__name__}{where}: {said}; {hint}", file=sys.stderr)
