"""homectl people: who may unlock, each with a PIN of their own."""

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from homectl.cli.configuration import WHERE

if TYPE_CHECKING:
    from homectl.people import Register

NAME, HELP = "people", "who may unlock a home's doors, and their PINs"
EXAMPLE = "homectl people add Ada -c config/homectl.yaml"

WORDS = {
    "list": "everybody by name (the default)",
    "add": "let NAME unlock with a PIN, which is asked for",
    "pin": "give NAME another PIN",
    "remove": "NAME cannot unlock any more, from this moment",
}


def arguments(parser: ArgumentParser) -> None:
    told = "; ".join(f"{word}: {meaning}" for word, meaning in WORDS.items())
    parser.add_argument("what", nargs="?", default="list", choices=WORDS, help=told)
    parser.add_argument("name", nargs="?", default=None, metavar="NAME")
    parser.add_argument("-c", "--config", type=Path, default=None, help=WHERE)
    parser.add_argument("--pin-stdin", action="store_true", help="read the PIN from standard input, for programs")
    parser.add_argument("--json", action="store_true", help="with list: print the names as JSON")


def run(args: Namespace) -> int:
    import json

    from homectl.app import journal_path
    from homectl.cli.configuration import find
    from homectl.home import UsageError
    from homectl.people import Register
    from homectl.settings import load

    if (args.what == "list") != (args.name is None):
        raise UsageError(f"people {args.what}: expected {'no name' if args.what == 'list' else 'a NAME'}")
    settings, home, _ = load(find(args.config))
    journal = journal_path(settings, home)
    register = Register.beside(journal)
    if args.what == "list":
        names = sorted(register.people())
        print(json.dumps(names, ensure_ascii=False) if args.json else "\n".join(names) or "nobody can unlock")
        return 0
    print(_changed(args, register))
    _tell_audit(journal, register)
    return 0


def _changed(args: Namespace, register: "Register") -> str:
    from homectl.cli.pin import new_pin
    from homectl.people import Pins

    if args.what == "remove":
        return f"{register.remove(args.name)} cannot unlock any more"
    if args.what == "pin":
        register.known(args.name)
        return f"{register.change(args.name, Pins().hash(new_pin(args.pin_stdin)))} has another PIN"
    register.free(args.name)
    register.add(args.name, Pins().hash(new_pin(args.pin_stdin)))
    return f"{args.name} can unlock with this PIN"


def _tell_audit(journal: Path, register: "Register") -> None:
    """Where no home runs with this journal; one that runs notices by itself."""
    import time

    from homectl.app import alone
    from homectl.home import HomeError
    from homectl.journal import Journal
    from homectl.people import changes, marks, recorded

    if not journal.exists():
        return
    try:
        with alone(journal), Journal.open(journal) as book:
            at, elapsed = book.newest() if book.home().simulated else time.time(), time.monotonic()
            book.audit.resume(at, elapsed)
            known = recorded(deed for _, deed in book.audit.deeds())
            for deed in changes(known, marks(register.people()), at=at, elapsed=elapsed):
                book.audit.record(deed)
    except HomeError:
        return
