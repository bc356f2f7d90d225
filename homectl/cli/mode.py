"""homectl mode: declare an unusual time, which ends by itself: guests, a party, nobody at home, cleaning."""

from argparse import ArgumentParser, Namespace

from homectl.cli.port import add_port

NAME, HELP = "mode", "set a mode of a running home, or end it with none"
EXAMPLE = "homectl mode away --until 18:00"


def arguments(parser: ArgumentParser) -> None:
    modes = ("none", "guest", "party", "away", "vacation", "cleaning")
    parser.add_argument("mode", nargs="?", choices=modes, help="without one: say which it is")
    end = parser.add_mutually_exclusive_group()
    end.add_argument("--for", dest="hours", type=float, default=None, metavar="HOURS", help="after which it ends")
    end.add_argument("--until", default="", metavar="TIME", help="local time, such as 18:00 or 2026-01-05T18:00")
    parser.add_argument("--by", default="", metavar="NAME", help="who asks (default: the name you are logged in by)")
    add_port(parser)


def run(args: Namespace) -> int:
    import math

    from homectl.cli.who import who
    from homectl.client import Client
    from homectl.home import Mode, UsageError

    if args.mode in (None, "none") and (args.hours is not None or args.until):
        raise UsageError("mode: expected an end only where a mode is set, got one without")
    if args.hours is not None and not (math.isfinite(args.hours) and 0 < args.hours <= 366 * 24):
        raise UsageError(f"--for: expected above 0 and up to a year of hours, got {args.hours:g}")
    client = Client(args.port)
    if args.mode is None:
        print(client.home().mode.text or "none")
    else:
        print(client.mode(Mode(args.mode), args.hours, args.until, args.by or who()))
    return 0
