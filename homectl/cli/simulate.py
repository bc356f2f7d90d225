"""homectl simulate: a simulated home on any MQTT broker, owner of its time."""

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from homectl.home import Home
    from simulator.simulation import Simulation
    from simulator.world import World

NAME, HELP = "simulate", "put a simulated home on an MQTT broker"
EXAMPLE = "homectl simulate --seed 7 --speed 60 --write-home home.yaml"

DEFAULT_START = "2026-01-13T06:30"
"""A Tuesday in January, half past six in the home's own time."""

DAY, LONGEST_PAST = 86_400.0, 366


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--broker", default="mqtt://127.0.0.1:1883", help="mqtt://[user:password@]host[:port]")
    parser.add_argument("--protocol", choices=("5", "3.1.1"), default="5", help="MQTT version (default: 5)")
    parser.add_argument("--seed", type=int, default=1, help="which home and family (default: 1)")
    parser.add_argument("--start", default=None, help="first minute on air, ISO 8601 (default: a Tuesday, 06:30 local)")
    parser.add_argument("--speed", type=float, default=1.0, help="simulated per real second, 0.1–3600 (default: 1)")
    parser.add_argument("--past", type=float, default=0.0, metavar="DAYS", help="days the home has lived before")
    parser.add_argument(
        "--scenario", type=Path, default=None, metavar="FILE", help="a seed, a start and what goes wrong"
    )
    parser.add_argument(
        "--faults", default=None, metavar="FILE|SPEC", help="what goes wrong, e.g. silent:hall_motion@60+600,jam@0+30"
    )
    parser.add_argument("--for", dest="seconds", type=float, default=None, help="end after so many real seconds")
    parser.add_argument("--lockstep", action="store_true", help="wait for the daemon after every step")
    parser.add_argument("--paused", action="store_true", help="begin with time standing still")
    parser.add_argument("--write-home", type=Path, default=None, metavar="FILE", help="write this home's home.yaml")
    parser.add_argument("--ready-file", type=Path, default=None, metavar="FILE", help="written once time begins")


def run(args: Namespace) -> int:
    import json
    import signal
    import time
    from dataclasses import asdict

    from homectl.cli import expect
    from homectl.home import UsageError
    from simulator.mqtt import Broker
    from simulator.simulation import Simulation

    if not 0.1 <= args.speed <= 3600:
        raise UsageError(f"--speed: expected 0.1 to 3600, got {args.speed:g}.")
    expect.within("--for", args.seconds, 0, expect.LONGEST)
    expect.writable("--write-home", args.write_home)
    expect.writable("--ready-file", args.ready_file)
    world = world_of(args)
    _spoil(world, args.faults, world.at + args.past * DAY)
    if args.write_home is not None:
        args.write_home.write_text(home_yaml(world.home), encoding="utf-8")
    simulation = Simulation(
        world,
        Broker.of(args.broker, args.protocol),
        clock=time.monotonic,
        speed=args.speed,
        paused=args.paused,
        lockstep=args.lockstep,
    )
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: simulation.stop())
    _live(simulation, args.past)
    simulation.run(seconds=args.seconds, ready=lambda: _tell(ready_line(world), args.ready_file))
    print(json.dumps({"tally": asdict(simulation.tally)}), flush=True)
    return 0


def world_of(args: Namespace) -> "World":
    """The world of `scenario`, where there is one, or of this `seed`, `past` days before `start`.

    UsageError for a start that is no date and a past that is no sensible number, ConfigError for a wrong scenario.
    """
    from homectl.home import UsageError
    from simulator.world import World

    if not 0 <= args.past <= LONGEST_PAST:
        raise UsageError(f"--past: expected 0 to {LONGEST_PAST} days, got {args.past:g}.")
    if args.seed < 0:
        raise UsageError(f"--seed: expected 0 or more, got {args.seed}.")
    scenario: Path | None = getattr(args, "scenario", None)
    if scenario is None:
        return World(args.seed, start=local_start(args.start or DEFAULT_START, args.seed) - args.past * DAY)
    if args.past:
        raise UsageError("--past: expected none beside --scenario, which says when its world begins.")
    from homectl.settings import read
    from simulator.scenarios import Scenario

    return read(scenario, Scenario).world()


def _spoil(world: "World", faults: str | None, start: float) -> None:
    """Let what `--faults` says happen after a time; UsageError, ConfigError or DeviceUnknown as it is wrong."""
    if faults is None:
        return
    from homectl.settings import read
    from simulator.scenarios import Mishaps, mishaps, strike

    file = Path(faults)
    strike(world, read(file, Mishaps).troubles if file.is_file() else mishaps(faults), start)


def local_start(text: str, seed: int) -> float:
    """A date and time, of the home's own zone unless it says another, in UTC seconds; UsageError for anything else."""
    from datetime import datetime

    from homectl.cli.expect import FIRST_YEAR, LAST_YEAR
    from homectl.home import UsageError
    from simulator.household import draw_household

    try:
        start = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(f"--start: expected a date and time such as {DEFAULT_START}, got {text!r}.") from None
    if not FIRST_YEAR < start.year < LAST_YEAR:
        raise UsageError(f"--start: expected a date between {FIRST_YEAR} and {LAST_YEAR}, got {text!r}.")
    return (start if start.tzinfo else start.replace(tzinfo=draw_household(seed).zone)).timestamp()


def home_yaml(home: "Home") -> str:
    """The home as home.yaml holds it: nothing that goes without saying."""
    import yaml

    content = home.model_dump(mode="json", exclude_defaults=True)
    for device in content.get("devices", []):
        device |= {key: sorted(device[key]) for key in ("senses", "sets") if key in device}
    return yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=120)


def ready_line(world: "World") -> str:
    """Where the home is found, as one line of JSON."""
    import json

    root = f"sim/{world.home.id}"
    topics = {"zigbee2mqtt": f"{root}/zigbee2mqtt", "home_assistant": f"{root}/homeassistant"}
    return json.dumps({"ready": True, "home": world.home.id, "root": root, **topics, "time": world.at})


def _tell(line: str, ready_file: Path | None) -> None:
    print(line, flush=True)
    if ready_file is not None:
        ready_file.write_text(line + "\n", encoding="utf-8")


def _live(simulation: "Simulation", days: float) -> None:
    """Let the home's past go by, with a bar where somebody watches."""
    import sys

    if days <= 0:
        return
    if not sys.stderr.isatty():
        simulation.pass_silently(days * DAY)
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("the home's past", total=days * DAY)
        simulation.pass_silently(days * DAY, lambda seconds: bar.advance(task, seconds))
