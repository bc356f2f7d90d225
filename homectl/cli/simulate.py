"""homectl simulate: a simulated home on any MQTT broker, owner of its time."""

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from homectl.cli.expect import port

if TYPE_CHECKING:
    from homectl.home import Home
    from simulator.backstage import Backstage
    from simulator.mqtt import Broker
    from simulator.proxy import Way
    from simulator.scenarios import Mishap
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
        "--faults",
        default=None,
        metavar="FILE|SPEC",
        help="what goes wrong, e.g. silent:hall_motion@60+600,stall@5+1",
    )
    parser.add_argument(
        "--proxy", type=port, default=None, metavar="PORT", help="a way to the broker that can go wrong, for the daemon"
    )
    parser.add_argument("--recordings", type=Path, default=None, metavar="DIR", help="where `record` writes")
    parser.add_argument(
        "--anew", type=Path, default=None, metavar="FILE", help="where `reset` leaves word and ends, not beginning anew"
    )
    parser.add_argument("--for", dest="seconds", type=float, default=None, help="end after so many real seconds")
    parser.add_argument("--lockstep", action="store_true", help="wait for the daemon after every step")
    parser.add_argument("--paused", action="store_true", help="begin with time standing still")
    parser.add_argument("--write-home", type=Path, default=None, metavar="FILE", help="write this home's home.yaml")
    parser.add_argument("--ready-file", type=Path, default=None, metavar="FILE", help="written once time begins")


def run(args: Namespace) -> int:
    from simulator.faults import Wire
    from simulator.mqtt import Broker

    _expect(args)
    broker, world = Broker.of(args.broker, args.protocol), world_of(args)
    spoil(world, args, world.at + args.past * DAY)
    way = _way(broker, args.proxy)
    try:
        looked: set[str] = set()
        following: Namespace | None = args
        while following is not None:
            _look(broker, f"sim/{world.home.id}", looked)
            following = _life(following, world, broker, way)
            if following is not None:
                if way is not None:
                    way.be(Wire.NONE, 0.0)
                world = world_of(following)
                spoil(world, following, world.at + following.past * DAY)
    finally:
        if way is not None:
            way.close()
    return 0


def _expect(args: Namespace) -> None:
    """Everything that can be refused at once."""
    from homectl.cli import expect
    from homectl.home import UsageError

    if not 0.1 <= args.speed <= 3600:
        raise UsageError(f"--speed: expected 0.1 to 3600, got {args.speed:g}.")
    expect.within("--for", args.seconds, 0, expect.LONGEST)
    for option in ("--write-home", "--ready-file", "--anew"):
        expect.writable(option, getattr(args, option[2:].replace("-", "_")))
    if args.proxy is None and any(mishap.on_the_wire for mishap in troubles_of(args)):
        raise UsageError("--faults, --scenario: expected --proxy for what goes wrong on the wire; a daemon goes by it.")


def _way(broker: "Broker", listen: int | None) -> "Way | None":
    """The way that a daemon takes to the broker; None where it goes straight."""
    from simulator.proxy import Way

    if listen is None:
        return None
    way = Way(broker.host, broker.port, listen)
    way.open()
    return way


def _look(broker: "Broker", root: str, looked: set[str]) -> None:
    """UsageError where others speak under a prefix that is not ours yet; from then on it is."""
    from homectl.cli.neighbours import GLANCE, heard, intruder
    from homectl.home import UsageError

    if root not in looked and (reason := intruder(heard(broker, root, GLANCE), root)):
        raise UsageError(
            f"{root}: expected no devices there but a simulated home's own, and {reason}; take another --seed or broker"
        )
    looked.add(root)


def _life(args: Namespace, world: "World", broker: "Broker", way: "Way | None") -> Namespace | None:
    """Let a world live on the broker until it ends: how it is to begin anew, None where it is not."""
    import json
    import signal
    import time
    from dataclasses import asdict

    from simulator.simulation import Simulation

    if args.write_home is not None:
        args.write_home.write_text(home_yaml(world.home), encoding="utf-8")
    backstage = _backstage(args, world.at + args.past * DAY, way)
    simulation = Simulation(
        world,
        broker,
        clock=time.monotonic,
        speed=args.speed,
        paused=args.paused,
        lockstep=args.lockstep,
        backstage=backstage,
    )
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: simulation.stop())
    _live(simulation, args.past)
    simulation.run(seconds=args.seconds, ready=lambda: _tell(ready_line(world), args.ready_file))
    print(json.dumps({"tally": asdict(simulation.tally)}), flush=True)
    if backstage.anew is None:
        return None
    wish = backstage.anew.model_dump()
    if args.anew is not None:
        args.anew.write_text(json.dumps(wish), encoding="utf-8")
        return None
    return begun_anew(args, wish)


def _backstage(args: Namespace, start: float, way: "Way | None") -> "Backstage":
    from simulator.backstage import Backstage
    from simulator.recorder import Recorder
    from simulator.scenarios import on_the_wire

    return Backstage(
        way=way,
        recorder=None if args.recordings is None else Recorder(args.recordings, _finished),
        scenarios=sorted(scenarios()),
        coming=on_the_wire(troubles_of(args), start),
    )


def begun_anew(args: Namespace, wish: "dict[str, object]") -> Namespace:
    """What to begin with where a home was asked to begin anew: as before, of another `seed`, or a scenario's `name`."""
    given = vars(args)
    if "name" in wish:
        return Namespace(**given | {"scenario": scenarios()[str(wish["name"])], "faults": None, "past": 0.0})
    if wish.get("seed") is None:
        return Namespace(**given)
    return Namespace(**given | {"seed": wish["seed"], "scenario": None})


def scenarios() -> dict[str, Path]:
    """The scenarios that come with homectl, by name."""
    import homectl

    package = Path(homectl.__file__).parent
    folders = (package / "config" / "scenarios", package.parent / "config" / "scenarios")
    return {file.stem: file for folder in reversed(folders) for file in folder.glob("*.yaml")}


def _finished(path: Path, home: "Home", start: float, end: float) -> None:
    """Beside a recording, the file of a scenario test that plays it."""
    import json

    from homectl.journal import Journal
    from homectl.scenario.cut import cut, write

    with Journal.open(path, read_only=True) as journal:
        content = cut(journal, home, start, end, path.name, f"{home.id}, recorded", "rules")
    write(content, path.with_suffix(".scenario.yaml"))
    print(json.dumps({"recorded": str(path)}), flush=True)


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


def troubles_of(args: Namespace) -> "tuple[Mishap, ...]":
    """What is to go wrong: by `--faults`, and by the scenario. UsageError or ConfigError as either is wrong."""
    from homectl.settings import read
    from simulator.scenarios import Mishaps, Scenario, mishaps

    file = Path(args.faults or "")
    asked: tuple[Mishap, ...] = ()
    if args.faults is not None:
        asked = read(file, Mishaps).troubles if file.is_file() else mishaps(args.faults)
    return asked if args.scenario is None else (*read(args.scenario, Scenario).troubles, *asked)


def spoil(world: "World", args: Namespace, start: float) -> None:
    """Let what `--faults` says happen after a time; UsageError, ConfigError or DeviceUnknown as it is wrong."""
    from simulator.scenarios import strike

    if args.faults is not None:
        strike(world, troubles_of(Namespace(faults=args.faults, scenario=None)), start)


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
