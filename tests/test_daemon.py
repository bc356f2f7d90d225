"""The running home on a wire of its own: whatever comes in, time and safety go on."""

import asyncio
import json
import logging
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from homectl.bridge.directory import Directory, dialects_of
from homectl.bridge.messages import Message
from homectl.bridge.settings import BridgeSettings
from homectl.control.autonomy import AutonomySettings
from homectl.control.breaker import Breaker
from homectl.control.limits import Limits
from homectl.daemon import Daemon
from homectl.home import (
    ActionRefused,
    Cause,
    DeviceUnknown,
    History,
    Home,
    JournalError,
    Learning,
    LearningWish,
    Lesson,
    Policy,
    Record,
    Ruling,
    SystemClock,
    Target,
    ToldClock,
)
from homectl.journal import Journal
from homectl.learning.in_charge import InCharge
from homectl.parts import Parts
from homectl.people import Pins, Register, StepUp, Tries
from homectl.told_time import LEAP
from tests.fakes import LAMP, NOON, small_home
from tests.test_controller import Wish

NOWHERE = Path("nowhere") / "nothing"
"""Where a home without people would keep them."""


class Wire:
    """Keeps what was published."""

    def __init__(self) -> None:
        self.said: list[Message] = []

    def publish(self, message: Message, *, expiry: int | None = None) -> bool:
        self.said.append(message)
        return True

    def subscribe(self, topics: Sequence[str]) -> None:
        pass

    def acks(self) -> list[bytes]:
        return [message.payload for message in self.said if message.topic == "sim/small/ack"]


class TornJournal(Journal):
    """A journal that can neither keep readings nor commit."""

    full = False
    tried = 0

    def append(self, readings: object) -> int:
        return self._refuse()

    def flush(self) -> None:
        if self.full:
            self._refuse()
        super().flush()

    def _refuse(self) -> int:
        self.tried += 1
        raise JournalError("the disk is full")


def daemon_of(
    home: Home, journal: Journal, learning: Learning | None = None, policy: Policy | None = None
) -> tuple[Daemon, Wire, Parts]:
    numbers, wire = count(), Wire()
    parts = Parts(
        clock=ToldClock(0) if home.simulated else SystemClock(),
        real=lambda: 0.0,
        history=History(),
        journal=journal,
        policy=policy or Wish(),
        fallback=Wish(),
        limits=Limits(),
        autonomy=AutonomySettings(),
        new_id=lambda: f"c{next(numbers)}",
    )
    step_up = StepUp(Register(NOWHERE), Tries(NOWHERE, real=lambda: 0.0, wall=lambda: 0.0), Pins())
    daemon = Daemon(parts, Directory(home, dialects_of(BridgeSettings())), wire, learning, step_up=step_up)
    daemon.connected(True)
    return daemon, wire, parts


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    with Journal.open(tmp_path / "h.db") as journal:
        yield journal


def clock(time: object) -> Message:
    return Message("sim/small/clock", f'{{"time": {time}, "speed": 1, "paused": false, "seq": 1}}'.encode())


SETTLED = Message("sim/small/settled", b'{"seq": 1}')


@pytest.mark.parametrize("time", ['"nan"', "1e999", "-1e999", "1e14", NOON + LEAP + 1])
def test_a_time_that_cannot_be_is_left_alone_and_the_next_message_is_heard(journal: Journal, time: object) -> None:
    daemon, wire, parts = daemon_of(small_home(), journal)
    daemon.hear([clock(NOON)])
    daemon.hear([clock(time), clock(NOON + 60), SETTLED])
    assert parts.clock.now() == NOON + 60
    assert wire.acks() == [b'{"seq": 1}']
    assert daemon.view().at == NOON + 60


def test_a_running_home_names_its_time_zone_and_says_that_its_past_can_be_asked_for(journal: Journal) -> None:
    daemon, _, _ = daemon_of(small_home(), journal)
    assert (daemon.view().timezone, daemon.view().remembers) == ("Europe/Berlin", True)


def test_no_home_begins_after_the_end_of_the_calendar(journal: Journal) -> None:
    daemon, _, parts = daemon_of(small_home(), journal)
    daemon.hear([clock("1e14"), clock(NOON)])
    assert parts.clock.now() == NOON


def test_a_simulation_that_starts_again_in_the_past_is_told_of_once(
    journal: Journal, caplog: pytest.LogCaptureFixture
) -> None:
    daemon, _, _ = daemon_of(small_home(), journal)
    with caplog.at_level(logging.WARNING):
        daemon.hear([clock(NOON), clock(NOON - 7200), clock(NOON - 7100)])
    assert [record.message[:48] for record in caplog.records] == ["the simulated home is 7200 s behind what is know"]


def test_what_a_simulator_shows_of_itself_is_passed_on_and_has_no_part_in_anything_else(journal: Journal) -> None:
    daemon, _, _ = daemon_of(small_home(), journal)
    about, state = {"seed": 7, "plan": {"areas": {}}}, {"faults": {"lamp": ["stuck"]}, "speed": 99}
    daemon.hear([Message("sim/small/about", json.dumps(about).encode(), retain=True)])
    assert daemon.view().simulator == {}
    daemon.hear([clock(NOON), Message("sim/small/state", json.dumps(state).encode(), retain=True)])
    shown = {**about, "faults": {"lamp": ["stuck"]}, "speed": 1.0, "paused": False, "people": {}}
    assert daemon.view().simulator == shown
    assert daemon.view().health.get("readings", 0) == 0
    for wrong in (b"[1]", b"{", b"7"):
        daemon.hear([Message("sim/small/state", wrong)])
    assert daemon.view().simulator == shown
    assert daemon.view().health["simulator messages not understood"] == 3


def test_a_control_that_the_simulator_refuses_is_told_with_its_reason(journal: Journal) -> None:
    daemon, _, _ = daemon_of(small_home(), journal)
    daemon.hear([clock(NOON)])
    assert "refused" not in daemon.view().simulator
    for number in (1, 2):
        refused = json.dumps({"topic": "control/sense", "reason": "lamp: expected what it senses."}).encode()
        daemon.hear([Message("sim/small/refused", refused)])
        said = {"id": number, "control": "sense", "reason": "lamp: expected what it senses."}
        assert daemon.view().simulator["refused"] == said


def test_what_passed_on_the_wire_can_be_looked_at_both_ways_and_in_the_homes_time(journal: Journal) -> None:
    daemon, _, _ = daemon_of(small_home(), journal)
    daemon.hear([clock(NOON)])
    daemon.hear([SETTLED])
    passed = [(m.direction, m.topic, m.at) for m in daemon.traffic(None).messages if m.topic.startswith("sim/")]
    assert passed[-2:] == [("in", SETTLED.topic, NOON), ("out", "sim/small/ack", NOON)]


class Wary(Wish):
    """A policy that judges sensors, or fails to."""

    error: Exception | None = None

    def doubts(self, home: Home, history: History, at: float) -> dict[str, str]:
        if self.error is not None:
            raise self.error
        return {"motion": "has been reporting motion for 4 hours"}


def doubts(daemon: Daemon) -> dict[str, str]:
    return {device.id: device.doubt for area in daemon.view().areas for device in area.devices if device.doubt}


def test_a_sensor_that_the_policy_does_not_believe_is_shown_as_long_as_the_policy_can_tell(journal: Journal) -> None:
    assert doubts(daemon_of(small_home(), journal)[0]) == {}
    wary = Wary()
    daemon, _, _ = daemon_of(small_home(), journal, policy=Breaker(InCharge(wary), real=lambda: 0.0))
    assert doubts(daemon) == {"motion": "has been reporting motion for 4 hours"}
    wary.error = ValueError("no numbers")
    assert doubts(daemon) == {}


def test_a_policy_that_reads_no_vector_says_so_and_the_guard_has_its_word(journal: Journal) -> None:
    daemon, _, parts = daemon_of(small_home(), journal)
    daemon.hear([clock(NOON)])
    found = asyncio.run(daemon.inputs(LAMP))
    assert (found.features, found.heads, found.change, found.record) == ((), (), None, None)
    assert found.note == f"{parts.policy.name} reads no vector: what it looks at is in its reasons."
    assert found.guard == "nothing has been decided yet"
    with pytest.raises(DeviceUnknown):
        asyncio.run(daemon.inputs(Target("moon", LAMP.kind)))


def test_a_message_whose_handling_fails_costs_no_other_message(tmp_path: Path) -> None:
    with TornJournal.open(tmp_path / "h.db") as journal:
        daemon, wire, _ = daemon_of(small_home(), journal)
        daemon.hear([clock(NOON), Message("zigbee2mqtt/bridge/state", b"online"), SETTLED])
        assert isinstance(journal, TornJournal)
        assert journal.tried == 1
        assert wire.acks() == [b'{"seq": 1}']
        assert daemon.view().health["faults"] == 1


class Pupil:
    """Learning that only remembers when it was looked after and what was asked."""

    def __init__(self) -> None:
        self.ticks: list[float] = []
        self.asked: list[tuple[LearningWish, float]] = []
        self.lessons: list[Lesson] = []

    def tick(self, at: float) -> Sequence[Lesson]:
        self.ticks.append(at)
        told, self.lessons = self.lessons, []
        return told

    def ask(self, wish: LearningWish, days: Sequence[date], at: float) -> str:
        self.asked.append((wish, at))
        return "granted"

    def view(self) -> dict[str, Any]:
        return {"own model": 3}


def test_learning_goes_by_the_home_s_own_time_once_that_is_told(journal: Journal) -> None:
    async def live(daemon: Daemon, seconds: float) -> None:
        stopping = asyncio.Event()
        running = asyncio.create_task(daemon.run(stopping))
        await asyncio.sleep(seconds)
        stopping.set()
        await running

    pupil = Pupil()
    daemon, _, _ = daemon_of(small_home(), journal, pupil)
    asyncio.run(live(daemon, 0.3))
    assert pupil.ticks == []
    daemon, _, _ = daemon_of(small_home(), journal, pupil)
    daemon.hear([clock(NOON)])
    asyncio.run(live(daemon, 0.3))
    assert set(pupil.ticks) == {NOON}
    assert asyncio.run(daemon.learning(LearningWish.PAUSE)) == "granted"
    assert pupil.asked == [(LearningWish.PAUSE, NOON)]
    assert daemon.view().health["learning"] == {"own model": 3}


def test_a_home_on_rules_has_nothing_to_ask_of_its_learning(journal: Journal) -> None:
    daemon, _, _ = daemon_of(small_home(), journal)
    with pytest.raises(ActionRefused, match="rules"):
        asyncio.run(daemon.learning(LearningWish.ROLLBACK))
    assert "learning" not in daemon.view().health


def test_a_full_disk_does_not_end_a_running_home(tmp_path: Path) -> None:
    async def live(daemon: Daemon, journal: TornJournal) -> None:
        stopping = asyncio.Event()
        beats: list[float] = []
        running = asyncio.create_task(daemon.run(stopping, beats.append))
        await asyncio.sleep(0.6)
        assert not running.done()
        assert len(beats) > 1
        journal.full = False
        stopping.set()
        await running

    with TornJournal.open(tmp_path / "h.db") as journal:
        assert isinstance(journal, TornJournal)
        daemon, wire, _ = daemon_of(small_home(simulated=False), journal)
        journal.full = True
        asyncio.run(live(daemon, journal))
        assert journal.tried >= 2
        assert wire.said[-1].topic == "homectl/small/health"


def test_why_something_was_done_is_still_told_once_it_is_so(journal: Journal) -> None:
    daemon, _, _ = daemon_of(small_home(), journal)
    daemon.hear([clock(NOON)])
    assert asyncio.run(daemon.explain(LAMP)) == "lamp/light: nothing has been decided yet."
    done = Record(
        target=LAMP,
        setting="on",
        cause=Cause.LEARNED,
        confidence=0.91,
        ruling=Ruling.APPROVED,
        rule="",
        reason="motion 3 s ago",
        command="c1",
        since=NOON - 60,
        until=NOON - 60,
    )
    journal.record_decisions([done, replace(done, ruling=Ruling.NOTHING, reason="it is on already", since=NOON)])
    said = "12:29: Ceiling lamp: asked to be on, because motion 3 s ago (learned, 91% sure)."
    assert asyncio.run(daemon.explain(LAMP)) == f"The last that homectl did about it, {said}"
