"""homectl audit: who locked and unlocked, and whether that account is whole."""

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from homectl.cli.configuration import WHERE

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from homectl.home import Deed
    from homectl.journal import Journal

NAME, HELP = "audit", "who locked, unlocked and tried to, and whether that account is whole"
EXAMPLE = "homectl audit verify -c config/homectl.yaml"

WORDS = {"show": "every row (the default)", "verify": "whether every row is as it was written, and none is missing"}


def arguments(parser: ArgumentParser) -> None:
    told = "; ".join(f"{word}: {meaning}" for word, meaning in WORDS.items())
    parser.add_argument("what", nargs="?", default="show", choices=WORDS, help=told)
    parser.add_argument("-c", "--config", type=Path, default=None, help=WHERE)
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(args: Namespace) -> int:
    from homectl.cli.configuration import lived
    from homectl.journal import Journal

    _, home, _, path = lived(args.config)
    with Journal.open(path, read_only=True) as journal:
        return _verify(journal, args.json) if args.what == "verify" else _show(journal, home.zone, args.json)


def _verify(journal: "Journal", as_json: bool) -> int:
    import json

    found = journal.audit.verify()
    if as_json:
        said = {"whole": found.whole, "rows": found.rows, "head": found.head, "bad": found.bad, "said": found.said}
        print(json.dumps(said))
    elif found.whole:
        print(f"whole: {found.rows} rows, the last of them {found.head}")
    else:
        print(f"row {found.bad}: {found.said}; {found.rows} rows before it are as they were written")
    return 0 if found.whole else 1


def _show(journal: "Journal", zone: "ZoneInfo", as_json: bool) -> int:
    import json
    from dataclasses import asdict

    for number, deed in journal.audit.deeds():
        print(json.dumps({"number": number, **asdict(deed)}) if as_json else _line(number, deed, zone))
    return 0


def _line(number: int, deed: "Deed", zone: "ZoneInfo") -> str:
    from datetime import datetime

    when = datetime.fromtimestamp(deed.at, zone).strftime("%Y-%m-%d %H:%M:%S")
    detail = f" ({deed.detail})" if deed.detail else ""
    return f"{number:>6}  {when}  {deed.target}: {deed.act} by {deed.actor}: {deed.outcome}{detail}"
