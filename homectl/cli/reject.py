"""homectl reject: say that a target is right as it is."""

from argparse import ArgumentParser, Namespace

from homectl.cli.port import add_port

NAME, HELP = "reject", "say that a target is right as it is, against what homectl suggests"
EXAMPLE = "homectl reject hall_lamp/light"


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("target", help="device/kind, such as hall_lamp/light")
    parser.add_argument("--by", default="", metavar="NAME", help="who answers (default: the name you are logged in by)")
    add_port(parser)


def run(args: Namespace) -> int:
    from homectl.cli.target import target_of
    from homectl.cli.who import who
    from homectl.client import Client

    print(Client(args.port).reject(target_of(args.target), args.by or who()))
    return 0
