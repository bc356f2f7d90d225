"""homectl hold: keep homectl's hands off one target, for a while or until something happens."""

from argparse import ArgumentParser, Namespace

from homectl.cli.port import add_port

NAME, HELP = "hold", "keep homectl's hands off a target of a running home"
EXAMPLE = "homectl hold hall_lamp/light --minutes 90"


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("target", help="device/kind, such as hall_lamp/light")
    until = parser.add_mutually_exclusive_group()
    until.add_argument(
        "--minutes", type=float, default=None, metavar="N", help="for so many (as after a hand's change)"
    )
    for word, meaning in (
        ("schedule", "a schedule of it next begins or ends"),
        ("empty", "nobody has been in the room for a while"),
        ("resumed", "somebody says so: homectl resume"),
    ):
        until.add_argument(
            f"--until-{word}", dest="kind", action="store_const", const=word, default="minutes", help=f"until {meaning}"
        )
    parser.add_argument("--by", default="", metavar="NAME", help="who asks (default: the name you are logged in by)")
    add_port(parser)


def run(args: Namespace) -> int:
    import math

    from homectl.cli.target import target_of
    from homectl.cli.who import who
    from homectl.client import Client
    from homectl.home import HoldKind, UsageError

    target = target_of(args.target)
    if args.minutes is not None and not (math.isfinite(args.minutes) and 0 < args.minutes <= 7 * 24 * 60):
        raise UsageError(f"--minutes: expected above 0 and up to a week of them, got {args.minutes:g}")
    print(Client(args.port).hold(target, args.minutes, HoldKind(args.kind), args.by or who()))
    return 0
