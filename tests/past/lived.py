"""A journal in which a small home lived from midnight to midnight, with everything a logbook tells of."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from homectl.control.autonomy import AutonomySettings
from homectl.control.limits import Limits
from homectl.home import (
    Act,
    Actor,
    AgeLimits,
    Autonomy,
    Cause,
    Command,
    CommandState,
    Deed,
    Event,
    Hold,
    HoldKind,
    Home,
    Kind,
    Lesson,
    Light,
    LockState,
    Mode,
    ModeSpan,
    Origin,
    Outcome,
    Quantity,
    Reading,
    Record,
    Ruling,
    Rung,
    Setpoint,
    Step,
    Target,
    Unlock,
    Wish,
)
from homectl.journal import Journal
from homectl.past import Remembered
from homectl.policies import policy_of
from tests.fakes import HEATING, LAMP, LOCK, small_home

MIDNIGHT = 1_736_204_400.0  # Tuesday 2025-01-07 00:00 in Berlin
HOUR = 3600.0
DAY = 24 * HOUR
NOW = MIDNIGHT + DAY


def reading(
    device: str, quantity: Quantity, value: float, hours: float, origin: Origin = Origin.SENSED, *, seconds: float = 0
) -> Reading:
    at = MIDNIGHT + hours * HOUR + seconds
    return Reading(device=device, quantity=quantity, value=value, at=at, origin=origin)


def decided(
    target: Target, setting: str, hours: float, ruling: Ruling, *, command: str = "", sure: float = 0.9
) -> Record:
    at = MIDNIGHT + hours * HOUR
    return Record(
        target=target,
        setting=setting,
        cause=Cause.RULES,
        confidence=sure,
        ruling=ruling,
        rule="",
        reason="somebody moves here",
        command=command,
        since=at,
        until=at,
    )


def asked(
    journal: Journal,
    name: str,
    target: Target,
    setting: Wish,
    hours: float,
    *,
    cause: Cause = Cause.RULES,
    state: CommandState = CommandState.CONFIRMED,
    reason: str = "somebody moves here",
    detail: str = "",
) -> None:
    at = MIDNIGHT + hours * HOUR
    command = Command(id=name, target=target, setting=setting, cause=cause, issued=at, reason=reason)
    journal.record_command(command)
    journal.record_outcome(Outcome(command=command, state=state, at=at + 2, detail=detail))


def temperatures() -> list[Reading]:
    """One a minute, all day: cold at night, with one minute of a window open."""
    return [
        reading("climate", Quantity.TEMPERATURE, 5.5 if minute == 700 else 18.0 + (minute % 100) / 100, minute / 60)
        for minute in range(24 * 60)
    ]


def live_a_day(journal: Journal) -> None:
    """What happened in the small home that day."""
    journal.set_home(small_home())
    journal.append(temperatures())
    journal.append(
        [
            reading("lamp", Quantity.LIGHT_ON, 0.0, 0, Origin.UNKNOWN),
            reading("lamp", Quantity.LIGHT_LEVEL, 0.2, 0, Origin.UNKNOWN),
            reading("lamp", Quantity.LIGHT_ON, 1.0, 7, Origin.PERSON),
            reading("lamp", Quantity.LIGHT_LEVEL, 0.6, 7, Origin.PERSON),
            reading("lamp", Quantity.LIGHT_ON, 1.0, 7.5, Origin.PERSON),  # the same again
            reading("lamp", Quantity.LIGHT_ON, 0.0, 9, Origin.HOMECTL, seconds=2),
            reading("lamp", Quantity.LIGHT_ON, 1.0, 18, Origin.HOMECTL, seconds=2),
            reading("lamp", Quantity.LIGHT_ON, 0.0, 18.1, Origin.PERSON),  # takes it back
            reading("valve", Quantity.SETPOINT, 19.0, 0, Origin.UNKNOWN),
            reading("valve", Quantity.SETPOINT, 21.0, 8, Origin.PERSON, seconds=2),  # asked on the page
            reading("bolt", Quantity.LOCK, LockState.LOCKED, 0, Origin.UNKNOWN),
            reading("bolt", Quantity.LOCK, LockState.UNLOCKED, 10, Origin.PERSON, seconds=2),
            reading("bolt", Quantity.LOCK, LockState.LOCKED, 12, Origin.PERSON),
            reading("motion", Quantity.MOTION, 1.0, 7),
        ]
    )
    asked(journal, "off", LAMP, Light(on=False), 9)
    asked(journal, "on", LAMP, Light(on=True), 18)
    asked(journal, "page", HEATING, Setpoint(21.0), 8, cause=Cause.PERSON, reason="Ada asked for it")
    state = CommandState.FAILED
    asked(journal, "lost", HEATING, Setpoint(17.0), 22, state=state, detail="no answer", cause=Cause.LEARNED)
    asked(journal, "unlock", LOCK, Unlock(), 10, cause=Cause.PERSON, reason="Ada asked for it")
    for outcome, seconds in (("asked", 0.0), ("confirmed", 2.0)):
        journal.audit.record(deed("Ada", Act.UNLOCK, 10, outcome, seconds))
    journal.audit.record(deed(Actor.HAND, Act.LOCK, 12, "reported"))
    journal.audit.record(deed(Actor.SOMEBODY, Act.UNLOCK, 13, "wrong PIN"))
    journal.orders.record_hold(Hold(target=LAMP, kind=HoldKind.EMPTY, by="Ben", since=MIDNIGHT + 14 * HOUR, until=None))
    journal.orders.record_resume(LAMP, MIDNIGHT + 15 * HOUR, "Ben")
    until = MIDNIGHT + 20 * HOUR
    journal.orders.record_mode(ModeSpan(mode=Mode.AWAY, since=MIDNIGHT + 16 * HOUR, until=until, by="Ada"))
    rung, why = Rung("kitchen", Kind.LIGHT), "people took back 3 of its changes within an hour"
    journal.orders.record_step(
        Step(rung=rung, level=Autonomy.SUGGEST, since=MIDNIGHT + 19 * HOUR, by="homectl", why=why)
    )
    journal.record_lessons([lesson()])
    journal.record_decisions(
        [
            decided(LAMP, "", 1, Ruling.NOTHING, sure=float("nan")),
            decided(LAMP, "on", 6.95, Ruling.SUGGESTED, sure=0.55),  # followed at 7
            decided(LAMP, "off", 9, Ruling.APPROVED, command="off"),  # let be
            decided(LAMP, "on", 18, Ruling.APPROVED, command="on", sure=0.85),  # taken back
            decided(HEATING, "17.0 °C", 22, Ruling.APPROVED, command="lost"),  # came to nothing
        ]
    )
    journal.flush()


def deed(actor: str, act: Act, hours: float, outcome: str, seconds: float = 0.0) -> Deed:
    at = MIDNIGHT + hours * HOUR + seconds
    return Deed(at=at, elapsed=at, actor=actor, act=act, target=str(LOCK), outcome=outcome)


def lesson() -> Lesson:
    figures = {"days": 7, "champion": 0.2, "challenger": 0.1, "change": -0.5, "low": -0.6, "high": -0.4, "doubt": 0.0}
    return Lesson(
        at=MIDNIGHT + 4 * HOUR,
        event=Event.REJECTED,
        said="nothing gained beyond chance",
        model=1,
        days=("2024-12-20", "2025-01-03"),
        figures={"light_on": {**figures, "agreement": 0.99}},
    )


@contextmanager
def remembered(path: Path, home: Home | None = None) -> Iterator[Remembered]:
    """The past of a journal in a file, at the end of the day."""
    past = Remembered(
        path,
        home=lambda: home or small_home(),
        now=lambda: NOW,
        worked=lambda: 0.0,
        policy=policy_of("rules", Limits()),
        ages=AgeLimits(),
        autonomy=AutonomySettings(),
    )
    try:
        yield past
    finally:
        past.close()


def journal_of_a_day(path: Path) -> Path:
    with Journal.open(path) as journal:
        live_a_day(journal)
    return path
