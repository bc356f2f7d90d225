"""homectl resume: end every hold on one target."""

from argparse import ArgumentParser, Namespace

from homectl.cli.port import add_port

NAME, HELP = "resume", "end every hold on a target, so that homectl decides anew"
EXAMPLE = "homectl resume hall_lamp/light"


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("target", help="device/kind, such as hall_lamp/light")
    add_port(parser)


def run(args: Namespace) -> int:
    from homectl.cli.target import target_of
    from homectl.client import Client

    target, client = target_of(args.target), Client(args.port)
    client.resume(target)
    print(client.explain(target))
    return 0
