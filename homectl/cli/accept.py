"""homectl accept: do what homectl suggests for one target."""

from argparse import ArgumentParser, Namespace

from homectl.cli.port import add_port

NAME, HELP = "accept", "do what homectl suggests for a target of a running home"
EXAMPLE = "homectl accept hall_lamp/light"


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("target", help="device/kind, such as hall_lamp/light")
    parser.add_argument("--by", default="", metavar="NAME", help="who answers (default: the name you are logged in by)")
    add_port(parser)


def run(args: Namespace) -> int:
    from homectl.cli.target import target_of
    from homectl.cli.who import who
    from homectl.client import Client

    target, client = target_of(args.target), Client(args.port)
    client.accept(target, args.by or who())
    print(f"{target}: asked for; homectl status shows what becomes of it")
    return 0
