"""homectl explain: the last decision about a target, in one sentence."""

from argparse import ArgumentParser, Namespace

from homectl.cli.port import add_port

NAME, HELP = "explain", "say why something was done, or not done"
EXAMPLE = "homectl explain hall_lamp/light"


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("target", nargs="?", help="device/kind, such as hall_lamp/light; none: every target")
    add_port(parser)


def run(args: Namespace) -> int:
    from homectl.cli.target import target_of
    from homectl.client import Client

    client = Client(args.port)
    if args.target:
        print(client.explain(target_of(args.target)))
        return 0
    for area in client.home().areas:
        for device in area.devices:
            for target in device.targets:
                print(target.decision or f"{device.name}: nothing has been decided about its {target.kind} yet.")
    return 0
