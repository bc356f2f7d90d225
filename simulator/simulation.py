"""A world on a broker, owner of its time: clock, steps, commands, controls."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import inf

from homectl.home import BrokerError, HomeError, MessageError, Reading, milliseconds
from simulator.backstage import Backstage
from simulator.controls import (
    LONGEST,
    Control,
    Jump,
    Pause,
    Record,
    Reset,
    Resume,
    Scenario,
    Speed,
    Step,
    Stop,
    by_hand,
    checked,
    read,
)
from simulator.controls import Broker as Wired
from simulator.firmware import Asked, Firmware, Get, Spoken, Unlock
from simulator.firmware.speech import packed
from simulator.mqtt import Arrived, Broker, Event, Line, Link
from simulator.notices import Notices
from simulator.pace import Pace
from simulator.simulated import Simulated

BEAT = 1.0
"""Real seconds after which the last step is told again, for a daemon that came later."""

CLOGGED = 0.005
"""Real seconds to wait while more is on its way to the socket than should be."""

CONNECT_WITHIN = 10.0


@dataclass(slots=True)
class Tally:
    """What a simulation has met so far."""

    steps: int = 0
    messages: int = 0
    commands: int = 0
    unlocks: int = 0
    controls: int = 0
    refused: int = 0
    retained: int = 0
    not_understood: int = 0
    overflowed: int = 0
    late: int = 0
    connections: int = 0


class Simulation:
    """Runs a world over MQTT in the calling thread, under `root`, which is `sim/<home>` where none is given.

    Time stands still while the broker is away. `clock` is real monotonic time.
    """

    def __init__(
        self,
        world: Simulated,
        broker: Broker,
        *,
        clock: Callable[[], float],
        speed: float = 1.0,
        paused: bool = False,
        lockstep: bool = False,
        root: str = "",
        backstage: Backstage | None = None,
    ) -> None:
        self.tally = Tally()
        self._world, self._broker, self._clock = world, broker, clock
        self._root = root or f"sim/{world.home.id}"
        self._firmware = Firmware(world.home, self._root)
        self._pace = Pace(speed, lockstep=lockstep)
        self._pace.paused = paused
        topics = [f"{self._root}/control/+", f"{self._root}/ack", *self._firmware.subscriptions()]
        self._line = Line(broker, self._firmware.will, topics)
        self._up = self._stopping = False
        self._told = float("-inf")
        self._backstage = backstage or Backstage()
        self._notices = Notices(self._root, world, self._backstage)

    def pass_silently(self, seconds: float, progress: Callable[[float], None] | None = None) -> None:
        """Let the world live before it goes on air; its truth counts from then.

        `progress` is told the seconds of every step.
        """
        until = self._world.at + seconds
        while not self._stopping and (left := until - self._world.at) >= 1.0:
            length = min(60.0, left)
            self._world.step(length)
            if progress is not None:
                progress(length)
        self._world.count_from_here()

    def run(
        self, *, seconds: float | None = None, until: float = inf, ready: Callable[[], None] = lambda: None
    ) -> None:
        """Until it is stopped, for so many real seconds, or until a time of the world, UTC seconds.

        `ready` is called once, when the home is announced and time begins. BrokerError if the broker is not there
        within 10 s.
        """
        self._line.open()
        try:
            self._await_broker()
            if not self._stopping:
                ready()
            end = inf if seconds is None else self._clock() + seconds
            while not self._stopping and self._clock() < end and self._world.at < until:
                self._turn(end)
        finally:
            self._leave()

    def stop(self) -> None:
        """End `run` soon and in good order; may be called from a signal handler or another thread."""
        self._stopping = True
        self._line.wake()

    def _await_broker(self) -> None:
        deadline, reason = self._clock() + CONNECT_WITHIN, "no answer"
        while not (self._up or self._stopping):
            left = deadline - self._clock()
            if left <= 0:
                raise BrokerError(f"Expected an MQTT broker at {self._broker}, got {reason}; start one: homectl broker")
            event = self._line.take(min(left, 0.5))
            if isinstance(event, Link) and not event.up:
                reason = event.reason
            self._handle(event)

    def _turn(self, end: float) -> None:
        """Hear everything that has come, then take one step if it is due, or wait a little."""
        event = self._line.take(0)
        while event is not None:
            self._handle(event)
            event = self._line.take(0)
        if self._stopping:
            return
        now = self._clock()
        wait = self._wait(now)
        if wait <= 0:
            self._step()
        else:
            self._handle(self._line.take(min(wait, max(0.001, end - now))))

    def _wait(self, now: float) -> float:
        """Real seconds until a step may be due; what was told last is told again where that was a while ago."""
        if not self._up:
            return BEAT
        if self._line.clogged():
            return CLOGGED
        wait = self._pace.wait(now)
        if wait > 0 and now - self._told >= BEAT:
            self._beat(now)
        return min(wait, self._told + BEAT - now)

    def _step(self) -> None:
        """One step: what devices say, each time with the clock before it, then that all of it is said."""
        length = self._pace.next_length(self._world.at)
        readings = self._world.step(length)
        now = self._clock()
        self._pace.stepped(length, self._world.at, now)
        self.tally.steps += 1
        for at, together in groupby(readings, key=lambda reading: reading.at):
            self._say(self._time(at))
            self._report(list(together))
        notices = self._notices
        self._say(self._time(self._world.at), *notices.people(), *notices.counted(now), self._settled())
        self._backstage.passed(self._world.at, self._pace.speed)
        self._told = now

    def _beat(self, now: float) -> None:
        self._say(self._time(self._world.at), *self._notices.counted(now), self._settled())
        self._told = now

    def _report(self, readings: Sequence[Reading]) -> None:
        """What devices say, on the wire and wherever it is written down."""
        self._backstage.note(readings)
        self._say(*self._firmware.say(readings))

    def _say(self, *spoken: Spoken) -> None:
        self.tally.messages += len(spoken)
        self._line.publish(spoken)

    def _time(self, at: float) -> Spoken:
        now = {
            "time": milliseconds(at),
            "speed": self._pace.speed,
            "paused": self._pace.paused,
            "seq": self._pace.seq,
        }
        return Spoken(f"{self._root}/clock", packed(now))

    def _settled(self) -> Spoken:
        return Spoken(f"{self._root}/settled", packed({"seq": self._pace.seq}))

    def _handle(self, event: Event | None) -> None:
        if isinstance(event, Link):
            self._linked(event.up)
        elif isinstance(event, Arrived):
            self._heard(event)

    def _linked(self, up: bool) -> None:
        self._up = up
        if not up:
            return
        self.tally.connections += 1
        self._notices.forget()
        self._firmware.note(self._world.reported.values())
        now = self._clock()
        self._say(*self._firmware.announce(), *self._notices.about(), self._time(self._world.at))
        for device in self._world.home.devices:
            self._say(*self._firmware.say(self._world.report(device.id)))
        self._say(*self._notices.people(), *self._notices.counted(now), self._settled())
        self._told = now
        self._pace.restart(now)

    def _heard(self, message: Arrived) -> None:
        if message.retained:
            self.tally.retained += 1
            return
        tail = message.topic.removeprefix(f"{self._root}/")
        try:
            if tail == "ack":
                self._acknowledged(message.payload)
            elif tail.startswith("control/"):
                self._controlled(read(tail.removeprefix("control/"), message.payload))
            else:
                self._asked(message)
        except HomeError as error:
            self.tally.refused += 1
            self._say(Spoken(f"{self._root}/refused", packed({"topic": tail[:80], "reason": str(error)})))

    def _acknowledged(self, payload: bytes) -> None:
        try:
            seq = json.loads(payload)["seq"]
        except (ValueError, TypeError, KeyError, RecursionError):
            seq = None
        if type(seq) is not int:
            raise MessageError('ack: expected {"seq": number}.')
        self._pace.acknowledge(seq, self._clock())

    def _asked(self, message: Arrived) -> None:
        match self._firmware.hear(message.topic, message.payload):
            case Asked(target=target, setting=setting):
                self.tally.commands += 1
                self._report(self._world.obey(target, setting))
            case Get(device=device):
                self._say(*self._firmware.say(self._world.report(device)))
            case Unlock(target=target, plain=plain):
                self.tally.unlocks += 1
                self._world.unlocks_asked += 1
                if plain:
                    self._report(self._world.unlock(target.device))
            case None:
                self.tally.not_understood += 1

    def _controlled(self, control: Control) -> None:
        checked(control, self._world.home, dict(self._world.people))
        self.tally.controls += 1
        if isinstance(control, Speed | Pause | Resume | Step | Jump | Stop):
            self._time_controlled(control)
            self._say(self._time(self._world.at))
        elif isinstance(control, Wired | Reset | Scenario | Record):
            self._backstage.do(control, self._world)
            if self._backstage.anew is not None:
                self.stop()
        else:
            self._report(by_hand(control, self._world))
            self._say(*self._notices.people())
        self._notices.hasten()
        self._say(*self._notices.state(self._clock()))

    def _time_controlled(self, control: Control) -> None:
        now = self._clock()
        match control:
            case Speed(speed=speed):
                self._pace.run_at(speed, now)
            case Pause():
                self._pace.pause()
            case Resume():
                self._pace.resume(now)
            case Step(seconds=seconds) | Jump(seconds=float(seconds)):
                self._pace.forward(self._world.at + seconds)
            case Jump(to=float(to)):
                if not 1.0 <= to - self._world.at <= LONGEST:
                    raise MessageError(f"jump: expected a time 1 s to {LONGEST:.0f} s ahead of {self._world.at:.0f}.")
                self._pace.forward(to)
            case Stop():
                self.stop()

    def _leave(self) -> None:
        if self._up:
            self._notices.hasten()
            self._say(*self._notices.counted(self._clock()), *self._firmware.farewell())
        self._line.close()
        self._backstage.end(self._world)
        self.tally.late, self.tally.overflowed = self._pace.late, self._line.overflowed
