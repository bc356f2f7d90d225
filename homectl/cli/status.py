"""homectl status: what a running home knows and has asked for."""

from argparse import ArgumentParser, Namespace

from homectl.cli.port import add_port

NAME, HELP = "status", "show what a running home knows, asked for, and why"
EXAMPLE = "homectl status --port 8124"


def arguments(parser: ArgumentParser) -> None:
    add_port(parser)
    parser.add_argument("--json", action="store_true", help="print the whole home as JSON")


def run(args: Namespace) -> int:
    from rich.console import Console

    from homectl.client import Client
    from homectl.demo.terminal import home_table

    view = Client(args.port).home()
    if args.json:
        print(view.model_dump_json(indent=1))
    else:
        Console().print(home_table(view))
    return 0
