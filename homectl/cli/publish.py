"""replay --publish: a recorded log onto a broker, as its devices spoke, with the home's time beside it."""

import re
from argparse import ArgumentParser, Namespace
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from homectl.cli import on_trial, recorded

if TYPE_CHECKING:
    from homectl.home import Home, Reading
    from simulator.recording import Recording
    from simulator.simulation import Simulation

PREFIX = re.compile(r"[^+#$/\s]+(/[^+#$/\s]+)*")


def arguments(parser: ArgumentParser) -> None:
    group = parser.add_argument_group("playing it onto a broker, instead of deciding about it")
    group.add_argument("--publish", metavar="URL", help="play the log onto this broker, as its devices spoke")
    group.add_argument("--speed", type=float, help="log seconds per real second, 0.1 to 3600 (1)")
    group.add_argument("--prefix", metavar="TOPIC", help="topics to speak under (sim/<home>)")


def root_of(args: Namespace, home: "Home") -> str:
    """The prefix to speak under; UsageError for what is none, and for a speed beyond what is possible."""
    from homectl.home import UsageError

    if not 0.1 <= _speed(args) <= 3600:
        raise UsageError(f"--speed: expected 0.1 to 3600, got {args.speed:g}")
    root = str(args.prefix or f"sim/{home.id}")
    if not PREFIX.fullmatch(root):
        raise UsageError(f"--prefix: expected the levels of a topic, without + # $ or blanks, got {root!r}")
    return root


def _speed(args: Namespace) -> float:
    return 1.0 if args.speed is None else float(args.speed)


def published(args: Namespace) -> int:
    """Read the logs, and play them; LogError for those of a stranger."""
    from homectl.home import LogError
    from homectl.journal import Journal
    from simulator.recording import on_air

    speaker = recorded.interpreter(args)
    guess = recorded.home_of(args.home, args.logs, args.timezone, speaker)
    with Journal.in_memory() as journal:
        recorded.take_in(journal, args.logs, guess.home, speaker, quiet=args.quiet)
        first, last = journal.oldest(), journal.newest()
        if not last:
            raise LogError(f"{args.logs[0]}: expected readings of the home's devices, got none; check --home")
        home = on_air(guess.home, journal.signals)
        root_of(args, home)
        if args.write_home:
            args.write_home.write_text(recorded.home_yaml(replace(guess, home=home)), encoding="utf-8")
        start, end = on_trial.days(args, home, first, last)
        return play(args, home, journal.in_order(end=end + 0.001), start, end)


def play(args: Namespace, home: "Home", readings: "Iterable[Reading]", start: float, end: float) -> int:
    """Play a log to its end or to Ctrl-C, and say how much of it was. UsageError where others speak there."""
    import signal
    import time

    from homectl.cli.neighbours import heard, intruder
    from homectl.cli.progress import shown
    from homectl.home import UsageError
    from simulator.mqtt import Broker
    from simulator.recording import Recording
    from simulator.simulation import Simulation

    root, broker = root_of(args, home), Broker.of(args.publish)
    if reason := intruder(heard(broker, root), root):
        raise UsageError(f"{root}: expected nobody else under the prefix of a recording, but {reason}; give a --prefix")
    with shown(quiet=args.quiet) as progress:
        recording = Recording(home, readings, start, end, lambda share: progress(f"playing {home.id}", share))
        simulation = Simulation(recording, broker, clock=time.monotonic, speed=_speed(args), root=root)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda _number, _frame: simulation.stop())
        simulation.run(until=end, ready=lambda: print(_ready(home, root, start, _speed(args)), flush=True))
    print(_played(recording, simulation, start, end), flush=True)
    if args.json:
        args.json.write_text(_as_json(recording, simulation, start, end), encoding="utf-8")
    return 0


def _ready(home: "Home", root: str, start: float, speed: float) -> str:
    from homectl.home import local_words

    return (
        f"Playing {home.id} from {local_words(start, home.zone, 0.0)} at {speed:g} times its pace. A daemon follows "
        f"with this home as home.yaml (--write-home) and, in homectl.yaml:\n"
        f"bridge: {{zigbee2mqtt: [{root}/zigbee2mqtt], home_assistant: {root}/homeassistant}}"
    )


def _played(recording: "Recording", simulation: "Simulation", start: float, end: float) -> str:
    truth, tally = recording.truth, simulation.tally
    share = min(1.0, (recording.at - start) / max(1e-9, end - start))
    asked = f" {tally.commands + tally.unlocks:,} commands came and none was obeyed: it is the past that is played."
    mute = f" {truth.without_words:,} more have no words in a device's language." if truth.without_words else ""
    return (
        f"Played {truth.readings:,} readings, {share:.0%} of the time, in {tally.messages:,} messages.{mute}"
        f"{asked if tally.commands + tally.unlocks else ''}"
    )


def _as_json(recording: "Recording", simulation: "Simulation", start: float, end: float) -> str:
    import json
    from dataclasses import asdict

    about: dict[str, Any] = {"from": start, "to": end, "reached": recording.at, **asdict(recording.truth)}
    return json.dumps({"played": about, "tally": asdict(simulation.tally)}, indent=1) + "\n"
