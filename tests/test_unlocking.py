"""A person's unlock: once, now or never, by name; and every try in the audit without a digit of any PIN."""

import asyncio
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from homectl.home import (
    Act,
    ActionRefused,
    CommandState,
    JournalError,
    Lock,
    LockedOut,
    LockState,
    PinRefused,
    Quantity,
    Unlock,
)
from homectl.journal import Journal
from homectl.people import Pins, Register, StepUp, Tries
from homectl.unlocking import PATIENCE, Unlocking
from tests.fakes import LOCK
from tests.people.test_pins import QUICK
from tests.test_controller import Rig, TornJournal

RIGHT, WRONG = SecretStr("739146"), SecretStr("739147")


class Door:
    """A home with a lock that is locked, and Ada, who may unlock it."""

    def __init__(self, journal: Journal, folder: Path) -> None:
        self.rig, self.journal = Rig(journal), journal
        self.rig.say("door", Quantity.CONTACT, 0.0)
        self.rig.say("bolt", Quantity.LOCK, LockState.LOCKED)
        self.register, pins = Register(folder / "h.people"), Pins(QUICK)
        self.register.add("Ada", pins.hash(RIGHT))
        tries = Tries(folder / "h.tries", real=lambda: self.rig.real, wall=lambda: self.rig.real)
        step_up = StepUp(self.register, tries, pins)
        self.unlocking = Unlocking(self.rig.control, journal.audit, step_up, lambda: self.rig.real)

    def unlock(self, person: str = "Ada", pin: SecretStr = RIGHT) -> str:
        return asyncio.run(self.unlocking.unlock(LOCK, person, pin))

    def state(self) -> CommandState:
        return self.rig.control.outcomes[LOCK].state

    def rows(self) -> list[tuple[str, str, str]]:
        return [(deed.actor, str(deed.act), deed.outcome) for _, deed in self.journal.audit.deeds()]

    @property
    def sent(self) -> int:
        return self.rig.sent.count((LOCK, Unlock()))


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    with TornJournal.open(tmp_path / "h.db") as journal:
        yield journal


@pytest.fixture
def door(journal: Journal, tmp_path: Path) -> Door:
    return Door(journal, tmp_path)


def test_an_unlock_is_asked_once_confirmed_by_the_lock_and_in_the_audit_by_name(door: Door) -> None:
    door.unlock()
    assert (door.sent, door.state()) == (1, CommandState.ASKED)
    assert door.rows() == [("Ada", "unlock", "asked")]
    door.rig.say("bolt", Quantity.LOCK, LockState.UNLOCKING)
    assert door.state() is CommandState.ASKED
    door.rig.say("bolt", Quantity.LOCK, LockState.UNLOCKED)
    assert (door.sent, door.state()) == (1, CommandState.CONFIRMED)
    assert door.rows() == [("Ada", "unlock", "asked"), ("Ada", "unlock", "confirmed")]


def test_it_starts_the_hold_of_a_hand_and_the_door_is_locked_again_after_its_time(door: Door) -> None:
    door.unlock()
    door.rig.say("bolt", Quantity.LOCK, LockState.UNLOCKED)
    left = door.rig.control.state.holds.left(LOCK, door.rig.control.elapsed())
    assert left == pytest.approx(600, abs=1)
    door.rig.wish.settings[LOCK] = Lock()
    for _ in range(17):
        door.rig.pass_time(10)
    assert (LOCK, Lock()) not in door.rig.sent  # the hold binds the policy
    for _ in range(3):
        door.rig.pass_time(10)
    assert (LOCK, Lock()) in door.rig.sent
    assert ("homectl, for safety", "lock", "asked") in door.rows()


def test_silence_ends_it_after_ten_seconds_and_nothing_is_sent_again(door: Door) -> None:
    door.unlock()
    for second in range(1, 30):
        door.rig.real = float(second)
        door.rig.control.pulse()
        door.rig.control.connected(second % 3 != 0)
        assert door.state() is (CommandState.ASKED if second < 10 else CommandState.EXPIRED)
    assert door.sent == 1
    assert door.rows()[-1] == ("Ada", "unlock", "expired")


def test_a_lock_that_obeys_too_late_is_in_the_audit_as_well(door: Door) -> None:
    door.unlock()
    door.rig.real = 12.0
    door.rig.control.pulse()
    door.rig.say("bolt", Quantity.LOCK, LockState.UNLOCKED)
    assert door.rows()[-2:] == [("Ada", "unlock", "expired"), ("Ada", "unlock", "reported")]


def test_without_its_broker_it_is_refused_and_nothing_is_sent_when_that_returns(door: Door) -> None:
    door.rig.control.connected(False)
    with pytest.raises(ActionRefused, match="nothing is kept for later"):
        door.unlock()
    door.rig.control.connected(True)
    for second in range(1, 30):
        door.rig.real = float(second)
        door.rig.control.pulse()
    assert door.sent == 0
    assert door.rows() == [("Ada", "unlock", "refused")]


def test_what_does_not_leave_at_once_is_refused(door: Door) -> None:
    door.rig.link = False
    with pytest.raises(ActionRefused, match="could not be sent"):
        door.unlock()
    assert door.state() is CommandState.FAILED
    assert [outcome for _, _, outcome in door.rows()] == ["asked", "failed", "refused"]


@pytest.mark.parametrize(
    ("quantity", "value", "rule"),
    [
        (Quantity.AVAILABLE, 0.0, "device is reachable"),
        (Quantity.LOCK, LockState.JAMMED, "lock is known and free"),
        (Quantity.LOCK, float("nan"), "lock is known and free"),
    ],
)
def test_the_guard_has_the_last_word(door: Door, quantity: Quantity, value: float, rule: str) -> None:
    door.rig.say("bolt", quantity, value)
    with pytest.raises(ActionRefused, match=rule):
        door.unlock()
    assert door.sent == 0
    assert door.rows()[-1] == ("Ada", "unlock", "refused")


def test_a_door_that_was_just_asked_to_unlock_is_not_asked_twice_but_can_be_asked_to_lock(door: Door) -> None:
    assert door.unlock() == door.unlock()
    assert door.sent == 1
    door.rig.control.ask(LOCK, Lock())
    assert door.rig.sent[-1] == (LOCK, Lock())
    assert ("Ada", "unlock", "superseded") in door.rows()


def test_who_asks_while_somebody_else_has_just_done_so_is_in_the_audit_as_well(door: Door) -> None:
    other = SecretStr("846275")
    door.register.add("Bob", Pins(QUICK).hash(other))
    assert door.unlock() == door.unlock("Bob", other)
    assert door.sent == 1
    assert door.rows()[-2:] == [("Ada", "unlock", "asked"), ("Bob", "unlock", "asked")]


@pytest.mark.parametrize(("person", "pin", "who"), [("Ada", WRONG, "Ada"), ("Ben", RIGHT, "somebody")])
def test_a_wrong_person_and_a_wrong_pin_are_answered_alike(door: Door, person: str, pin: SecretStr, who: str) -> None:
    with pytest.raises(PinRefused) as refused:
        door.unlock(person, pin)
    assert str(refused.value) == "Refused by pin: the person or the PIN is wrong; try again"
    assert door.sent == 0
    assert door.rows() == [(who, "unlock", "wrong PIN")]


def test_five_wrong_pins_lock_out_and_the_audit_says_so_once(door: Door) -> None:
    for _ in range(5):
        with pytest.raises(PinRefused):
            door.unlock(pin=WRONG)
    for _ in range(3):
        with pytest.raises(LockedOut, match="60 s"):
            door.unlock()
    assert door.rows() == [("Ada", "unlock", "wrong PIN")] * 5 + [("Ada", "lock-out", "done")]
    door.rig.real = 60.1
    door.unlock()
    assert door.sent == 1


def test_a_pin_that_took_too_long_to_look_at_opens_nothing(door: Door) -> None:
    async def scene() -> None:
        asking = asyncio.create_task(door.unlocking.unlock(LOCK, "Ada", RIGHT))
        await asyncio.sleep(0)
        door.rig.real += PATIENCE + 0.1
        with pytest.raises(ActionRefused, match="too long"):
            await asking

    asyncio.run(scene())
    assert door.sent == 0


def test_who_is_removed_cannot_unlock_from_that_moment_and_the_audit_knows(door: Door) -> None:
    door.unlocking.tick()
    door.register.remove("Ada")
    door.register.add("Ben", Pins(QUICK).hash(WRONG))
    with pytest.raises(PinRefused):
        door.unlock()
    door.unlocking.tick()
    door.register.change("Ben", Pins(QUICK).hash(RIGHT))
    door.unlocking.tick()
    door.unlocking.tick()
    told = [deed for _, deed in door.journal.audit.deeds() if deed.act is not Act.UNLOCK]
    assert [(deed.act, deed.target) for deed in told] == [
        (Act.ADDED, "Ada"),
        (Act.REMOVED, "Ada"),
        (Act.ADDED, "Ben"),
        (Act.CHANGED, "Ben"),
    ]


def test_who_came_and_went_while_nothing_ran_is_in_the_audit_at_the_next_start(door: Door, tmp_path: Path) -> None:
    door.unlocking.tick()
    door.register.remove("Ada")
    later = Door(door.journal, tmp_path)
    later.unlocking.tick()
    assert [act for _, act, _ in door.rows()] == ["person added", "PIN changed"]  # Ada is back, with another PIN


def test_an_unlock_that_the_audit_cannot_keep_is_not_sent(door: Door) -> None:
    assert isinstance(door.journal, TornJournal)
    door.journal.full = True
    with pytest.raises(JournalError):
        door.unlock()
    door.journal.full = False
    door.rig.control.connected(True)
    door.rig.real = 11.0
    door.rig.control.pulse()
    assert (door.sent, door.state()) == (0, CommandState.FAILED)


def test_an_unlock_that_was_not_sent_is_not_taken_for_one_that_is_under_way(door: Door) -> None:
    assert isinstance(door.journal, TornJournal)
    door.journal.full = True
    with pytest.raises(JournalError):
        door.unlock()
    assert not door.rig.control.waiting
    door.journal.full = False
    door.unlock()
    assert (door.sent, door.state()) == (1, CommandState.ASKED)


@pytest.mark.parametrize(
    ("value", "row"),
    [
        (LockState.UNLOCKED, ("by hand or keypad", "unlock", "reported")),
        (LockState.JAMMED, ("by hand or keypad", "jam", "reported")),
        (LockState.NOT_FULLY_LOCKED, ("by hand or keypad", "lock", "not fully locked")),
    ],
)
def test_what_is_done_at_the_door_is_in_the_audit(door: Door, value: LockState, row: tuple[str, str, str]) -> None:
    door.rig.say("bolt", Quantity.LOCK, value)
    door.rig.say("bolt", Quantity.LOCK, value)
    assert door.rows() == [row]


def test_no_digit_of_a_pin_is_kept_or_said_anywhere(
    door: Door, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        for person, pin in (("Ada", RIGHT), ("Ada", WRONG), (RIGHT.get_secret_value(), WRONG)):
            try:
                door.unlock(person, pin)
            except ActionRefused as refused:
                caplog.records.append(logging.makeLogRecord({"msg": repr(refused)}))
    door.journal.flush()
    said = "".join(record.getMessage() for record in caplog.records) + repr((RIGHT, door.rig.control.outcomes))
    kept = b"".join(file.read_bytes() for file in sorted(tmp_path.iterdir()))
    for pin in (RIGHT, WRONG):
        assert pin.get_secret_value() not in said
        assert pin.get_secret_value().encode() not in kept


def test_nobody_unlocks_by_the_controller_without_a_name(door: Door) -> None:
    with pytest.raises(ActionRefused, match="only a person unlocks"):
        door.rig.control.unlock(LOCK, "")
    assert door.sent == 0
