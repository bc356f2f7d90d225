"""homectl unlock: a person draws a bolt of a running home, with their PIN."""

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from homectl.cli.port import add_port

if TYPE_CHECKING:
    from homectl.client import Client
    from homectl.home import Target, TargetView

NAME, HELP = "unlock", "unlock a door of a running home, for a person who gives a PIN"
EXAMPLE = "homectl unlock front_lock/lock --person Ada"

WAIT = 15.0
"""Seconds until a lock has answered, or will not."""


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("target", help="device/lock, such as front_lock/lock")
    parser.add_argument("--person", required=True, metavar="NAME", help="who asks: one of homectl people")
    parser.add_argument("--pin-stdin", action="store_true", help="read the PIN from standard input, for programs")
    add_port(parser)


def run(args: Namespace) -> int:
    from homectl.cli.pin import ask_pin
    from homectl.cli.target import target_of
    from homectl.client import Client
    from homectl.home import CommandState, HomeError, Kind, UsageError

    target = target_of(args.target)
    if target.kind is not Kind.LOCK:
        raise UsageError(f"expected a lock to unlock, got {target}; see homectl status")
    client = Client(args.port)
    client.unlock(target, args.person, ask_pin(args.pin_stdin))
    became = _became(client, target)
    if became.state is not CommandState.CONFIRMED:
        raise HomeError(f"{target}: {became.state}: {became.detail or 'no answer'}; look at the lock")
    print(f"{target}: {became.reported}")
    return 0


def _became(client: "Client", target: "Target") -> "TargetView":
    """What the lock has answered; as it stands after a while, where it has not."""
    import time

    until = time.monotonic() + WAIT
    while True:
        devices = (device for area in client.home().areas for device in area.devices)
        view = next(one for device in devices for one in device.targets if one.target == str(target))
        if (view.state is not None and view.state.ended) or time.monotonic() > until:
            return view
        time.sleep(0.2)
