"""homectl send: ask one device for one thing, through the guard like everyone else."""

from argparse import ArgumentParser, Namespace
from typing import Any

from homectl.cli.port import add_port

NAME, HELP = "send", "ask one device of a running home for one thing, through the guard"
EXAMPLE = "homectl send hall_lamp/light on --level 0.4"


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("target", help="device/kind, such as hall_lamp/light")
    parser.add_argument("value", help="on or off for a light, °C for a setpoint, lock for a lock")
    parser.add_argument("--level", type=float, default=None, help="brightness of a light, above 0 and up to 1")
    add_port(parser)


def run(args: Namespace) -> int:
    from homectl.cli.target import target_of
    from homectl.client import Client

    target = target_of(args.target)
    command = Client(args.port).set(target, _body(target.kind, args.value, args.level))
    print(f"{target}: asked to be {args.value} (command {command}); homectl status shows what becomes of it")
    return 0


def _body(kind: str, value: str, level: float | None) -> dict[str, Any]:
    import contextlib
    import math

    from homectl.home import UsageError

    if level is not None and (kind, value.lower()) != ("light", "on"):
        raise UsageError(f"--level: expected it only where a light is switched on, got it for {kind} {value}")
    if level is not None and not 0 < level <= 1:
        raise UsageError(f"--level: expected above 0 and up to 1, got {level:g}")
    match kind, value.lower():
        case "light", "on" | "off":
            return {"on": value.lower() == "on"} | ({} if level is None else {"level": level})
        case "lock", "lock":
            return {"lock": True}
        case "setpoint", number:
            with contextlib.suppress(ValueError):
                if math.isfinite(celsius := float(number)):
                    return {"celsius": celsius}
    expected = {"light": "on or off", "lock": "lock", "setpoint": "a temperature such as 20.5"}[kind]
    raise UsageError(f"expected {expected} for a {kind}, got {value!r}")
