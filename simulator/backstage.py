"""What a simulation can do beside living: go wrong on the wire, write down what is said, and begin anew."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from homectl.home import MessageError, Reading
from simulator.controls import Broker, Control, Record, Reset, Scenario
from simulator.faults import Wire
from simulator.proxy import Way
from simulator.recorder import Recorder
from simulator.simulated import Simulated, Staged


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class WireFault:
    """Something that goes wrong on the wire from a time of the home on, UTC seconds, for so many of its seconds."""

    at: float
    fault: Wire
    seconds: float


@dataclass(slots=True, kw_only=True)
class Backstage:
    """`anew` is how the home is to begin once this life of it has ended; None where it is to end for good."""

    way: Way | None = None
    recorder: Recorder | None = None
    scenarios: Sequence[str] = ()
    coming: list[WireFault] = field(default_factory=list)
    anew: Reset | Scenario | None = None

    def do(self, control: Control, world: Simulated) -> None:
        """MessageError for what this simulation was not given the means for."""
        match control:
            case Broker(fault=fault, seconds=seconds):
                if self.way is None:
                    raise MessageError("broker: expected a simulation with --proxy, through which its daemon goes.")
                self.way.be(fault, seconds)
            case Record(on=on):
                if self.recorder is None:
                    raise MessageError("record: expected a simulation with a folder for recordings: --recordings.")
                if on:
                    self.recorder.begin(world)
                else:
                    self.recorder.end(world)
            case Reset():
                if not isinstance(world, Staged):
                    raise MessageError("reset: what has been recorded cannot begin anew.")
                self.anew = control
            case Scenario(name=name):
                if name not in self.scenarios:
                    known = ", ".join(self.scenarios) or "none"
                    raise MessageError(f"Expected a scenario of {known}; got {name!r}.")
                self.anew = control

    def note(self, readings: Sequence[Reading]) -> None:
        """Devices have said something."""
        if self.recorder is not None and readings:
            self.recorder.note(readings)

    def passed(self, at: float, speed: float) -> None:
        """It is so late in the home, which lives so many seconds in every real one."""
        while self.way is not None and self.coming and self.coming[0].at <= at:
            fault = self.coming.pop(0)
            self.way.be(fault.fault, fault.seconds / speed)

    def end(self, world: Simulated) -> None:
        if self.recorder is not None:
            self.recorder.end(world)

    @property
    def shown(self) -> dict[str, Any]:
        """What there is to see of it."""
        recording = "" if self.recorder is None else self.recorder.writing
        recorded = "" if self.recorder is None else self.recorder.written
        wire = self.way.fault.value if self.way is not None else None
        return {"recording": recording or None, "recorded": recorded or None, "broker": wire}
