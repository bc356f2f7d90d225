"""The judges themselves: they share nothing with homectl, let good logs pass and name what is wrong with bad ones."""

import ast
import math
from pathlib import Path
from typing import Any

import pytest

from tests.oracle.causes import examine
from tests.oracle.envelope import judge

HERE = Path(__file__).parent
JUDGES = ("envelope.py", "rooms.py", "causes.py")
Event = tuple[Any, ...]


def device(area: str | None, *sets: str, **more: Any) -> dict[str, Any]:
    about = {"battery": True, "check_in": None, "contact": None, "coolest": 5.0, "warmest": 30.0, "step": 0.5}
    return {"area": area, "sets": set(sets), **about, **more}


HOME = {
    "bolt": device("hall", "lock", contact="door"),
    "door": device("hall"),
    "detector": device("hall"),
    "lamp": device("hall", "light", battery=False, check_in=3600.0),
    "valve": device("room", "setpoint"),
    "stranger": device(None, "light"),
}


def heard(t: float, name: str, quantity: str, value: float, *, live: bool = True, by: str = "sensor") -> Event:
    return ("heard", t, name, quantity, value, live, by)


def sent(t: float, name: str, kind: str, value: Any, cause: str, level: float | None = None) -> Event:
    return ("sent", t, name, kind, value, level, cause, f"c{t}")


BEGIN: tuple[Event, ...] = (
    ("start", 0.0),
    ("level", 0.0, "auto"),
    heard(1, "lamp", "light_on", 0.0),
    heard(1, "valve", "setpoint", 20.0),
    heard(1, "valve", "temperature", 19.0),
    heard(1, "bolt", "lock", 1.0),
    heard(1, "door", "contact", 0.0),
    heard(1, "detector", "smoke", 0.0),
)


def ticks(start: float, end: float) -> list[Event]:
    return [("tick", start + 10.0 * n) for n in range(int((end - start) / 10) + 1)]


def found(*events: Event) -> list[str]:
    return [fault.partition(": ")[2] for fault in judge(HOME, [*BEGIN, *sorted(events, key=lambda event: event[1])])]


@pytest.mark.parametrize("name", JUDGES)
def test_a_judge_imports_nothing_of_homectl(name: str) -> None:
    tree = ast.parse((HERE / name).read_text(encoding="utf-8"))
    modules = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    modules += [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    assert not [m for m in modules if m.split(".")[0] in ("homectl", "models", "simulator")]
    ours = {m for m in modules if m.startswith("tests.")}
    assert ours <= {f"tests.oracle.{other.removesuffix('.py')}" for other in JUDGES}


CLOSED = heard(100, "valve", "setpoint", 7.0, by="device")

GOOD: dict[str, tuple[Event, ...]] = {
    "nothing": (),
    "a lamp": (sent(200, "lamp", "light", True, "learned", 0.5),),
    "a step after a quarter of an hour": (sent(900, "valve", "setpoint", 20.5, "rules"),),
    "a person at once": (("asked", 5, "valve", "setpoint", 25.0), sent(5, "valve", "setpoint", 25.0, "person")),
    "a forgotten door": (heard(300, "bolt", "lock", 0.0, by="device"), sent(480, "bolt", "lock", "lock", "safety")),
    "frost": (
        CLOSED,
        heard(600, "valve", "temperature", 6.9),
        sent(610, "valve", "setpoint", 10.0, "safety"),
        *ticks(600, 1200),
    ),
    "frost above the release": (
        CLOSED,
        heard(600, "valve", "temperature", 6.9),
        heard(700, "valve", "temperature", 9.0),
        *ticks(600, 1200),
    ),
    "too hot": (
        heard(600, "valve", "temperature", 35.0),
        sent(650, "valve", "setpoint", 7.0, "safety"),
        *ticks(600, 800),
    ),
    "half an hour after smoke": (
        heard(100, "bolt", "lock", 0.0, by="device"),
        heard(200, "detector", "smoke", 1.0),
        heard(300, "detector", "smoke", 0.0),
        sent(2100, "bolt", "lock", "lock", "safety"),
    ),
    "a stranger's smoke": (
        heard(100, "bolt", "lock", 0.0, by="device"),
        heard(200, "stranger", "smoke", 1.0),
        sent(300, "bolt", "lock", "lock", "safety"),
    ),
    "a lost temperature": (
        heard(100, "valve", "setpoint", 29.0, by="device"),
        heard(600, "valve", "temperature", math.nan),
        sent(2400, "valve", "setpoint", 26.0, "safety"),
        *ticks(600, 2500),
    ),
}


@pytest.mark.parametrize("events", GOOD.values(), ids=GOOD)
def test_what_is_allowed_or_done_in_time_is_let_pass(events: tuple[Event, ...]) -> None:
    assert found(*events) == []


SMOKE, GAS = heard(200, "detector", "smoke", 1.0), heard(200, "detector", "carbon_monoxide", 1.0)
OPEN = heard(100, "bolt", "lock", 0.0, by="device")

BAD: dict[str, tuple[str, tuple[Event, ...]]] = {
    "a stranger": ("nobody placed", (sent(900, "stranger", "light", True, "rules"),)),
    "another kind": ("takes none", (sent(900, "lamp", "lock", "lock", "person"),)),
    "a device that is gone": (
        "is gone",
        (heard(100, "lamp", "available", 0.0, live=False), sent(900, "lamp", "light", True, "rules")),
    ),
    "a person who did not ask": ("no person asked", (sent(900, "lamp", "light", True, "person"),)),
    "a policy at observe": ("at observe", (("level", 100, "observe"), sent(900, "lamp", "light", True, "rules"))),
    "a policy in the first minute": ("s after the start", (sent(59, "lamp", "light", True, "rules", None),)),
    "a policy unheard": ("not heard", (("start", 500), sent(900, "lamp", "light", True, "rules"))),
    "a fight": (
        "fights",
        (
            heard(100, "lamp", "light_on", 1.0, by="person"),
            sent(1899, "lamp", "light", False, "rules"),
        ),
    ),
    "31 °C": ("outside", (("asked", 5, "valve", "setpoint", 31.0), sent(5, "valve", "setpoint", 31.0, "person"))),
    "not a number": ("outside", (sent(900, "valve", "setpoint", math.nan, "rules"),)),
    "a leap": ("a leap", (sent(900, "valve", "setpoint", 21.5, "rules"),)),
    "no step": ("no step", (sent(900, "valve", "setpoint", 20.25, "rules"),)),
    "a step too soon": ("too soon", (sent(899, "valve", "setpoint", 20.5, "rules"),)),
    "an old temperature": ("not known", (sent(65 * 60 + 2, "valve", "setpoint", 20.5, "rules"),)),
    "a jump": ("not known", (heard(30, "valve", "temperature", 25.0), sent(900, "valve", "setpoint", 20.5, "rules"))),
    "flashes": ("flashes", tuple(sent(900 + n / 10, "lamp", "light", True, "safety") for n in range(4))),
    "flicker": ("too soon", tuple(sent(900 + 4 * n, "lamp", "light", True, "rules") for n in range(2))),
    "seven changes": ("too often", tuple(sent(900 + 90 * n, "lamp", "light", True, "rules") for n in range(7))),
    "a crash loop": (
        "too often",
        (
            ("start", 500),
            heard(501, "lamp", "light_on", 0.0),
            sent(565, "lamp", "light", True, "rules"),
        ),
    ),
    "darkness in smoke": ("dark", (SMOKE, sent(900, "lamp", "light", False, "rules"))),
    "a bolt in smoke": ("after an alarm", (OPEN, SMOKE, sent(900, "bolt", "lock", "lock", "safety"))),
    "an open door": (
        "freshly known",
        (heard(100, "door", "contact", 1.0), sent(900, "bolt", "lock", "lock", "learned")),
    ),
    "a door not heard live": (
        "freshly known",
        (("start", 100), heard(101, "bolt", "lock", 0.0), sent(900, "bolt", "lock", "lock", "person")),
    ),
    "a jam": ("jammed", (heard(100, "bolt", "lock", 3.0), sent(900, "bolt", "lock", "lock", "safety"))),
    "unlocking": ("never sent", (OPEN, sent(900, "bolt", "lock", "unlock", "person"))),
    "locked early": ("before its time", (OPEN, sent(279, "bolt", "lock", "lock", "safety"))),
    "tries too close": (
        "a try too soon",
        (OPEN, sent(900, "bolt", "lock", "lock", "safety"), sent(929, "bolt", "lock", "lock", "safety")),
    ),
    "heat in carbon monoxide": ("after carbon monoxide", (GAS, sent(900, "valve", "setpoint", 20.5, "rules"))),
    "frost in smoke": (
        "after smoke",
        (heard(600, "valve", "temperature", 6.0), SMOKE, sent(900, "valve", "setpoint", 10.0, "safety")),
    ),
    "heat at 35 °C": (
        "35 °C or more",
        (
            heard(600, "valve", "temperature", 35.0),
            ("asked", 900, "valve", "setpoint", 22.0),
            sent(900, "valve", "setpoint", 22.0, "person"),
        ),
    ),
    "safety without a reason": ("without a reason", (sent(900, "valve", "setpoint", 17.0, "safety"),)),
    "no frost protection": ("frost protection", (CLOSED, heard(600, "valve", "temperature", 6.9), *ticks(600, 940))),
    "not closed": ("closing", (GAS, *ticks(200, 280))),
    "not locked": ("locking", (OPEN, *ticks(100, 800))),
    "not bounded": (
        "bounding heat",
        (heard(100, "valve", "setpoint", 29.0), heard(600, "valve", "temperature", math.nan), *ticks(7400, 7600)),
    ),
}


@pytest.mark.parametrize(("word", "events"), BAD.values(), ids=BAD)
def test_what_is_not_allowed_or_not_done_is_named(word: str, events: tuple[Event, ...]) -> None:
    assert any(word in fault for fault in found(*events)), found(*events)


def asked(t: float, name: str, kind: str, value: Any, number: str) -> Event:
    return ("sent", t, name, kind, value, None, "person", number)


def left(t: float, name: str, kind: str, value: Any) -> Event:
    return ("left", t, name, kind, value, None)


CAUSELESS: dict[str, tuple[str, tuple[Event, ...]]] = {
    "no cause": ("without a cause", (left(1, "lamp", "light", True),)),
    "another value": ("without a cause", (asked(1, "lamp", "light", True, "a"), left(1, "lamp", "light", False))),
    "after its end": (
        "without a cause",
        (asked(1, "lamp", "light", True, "a"), ("ended", 2, "a", "confirmed"), left(3, "lamp", "light", True)),
    ),
    "late": ("s after it was issued", (asked(1, "lamp", "light", True, "a"), left(30, "lamp", "light", True))),
    "a bolt twice": (
        "throws a bolt again",
        (asked(1, "bolt", "lock", "lock", "a"), left(1, "bolt", "lock", "lock"), left(5, "bolt", "lock", "lock")),
    ),
    "one name for two": ("used twice", (asked(1, "lamp", "light", True, "a"), asked(2, "lamp", "light", False, "a"))),
    "two ends": (
        "ends twice",
        (asked(1, "lamp", "light", True, "a"), ("ended", 2, "a", "failed"), ("ended", 3, "a", "failed")),
    ),
    "a false belief": (
        "homectl believes",
        (("belief", 9, "lamp", "light_on", 1.0), ("truth", 9, "lamp", "light_on", 0.0)),
    ),
    "an open command": ("have no end", (("waiting", 9, 1),)),
}


@pytest.mark.parametrize(("word", "events"), CAUSELESS.values(), ids=CAUSELESS)
def test_what_has_no_cause_no_end_or_no_truth_is_named(word: str, events: tuple[Event, ...]) -> None:
    assert any(word in fault for fault in examine(HOME, events))


def test_a_command_that_is_sent_again_until_it_is_confirmed_has_one_cause() -> None:
    valve = [asked(1, "valve", "setpoint", 21.0, "a"), *(left(t, "valve", "setpoint", 21.0) for t in (1, 301, 601))]
    assert examine(HOME, [*valve, ("ended", 700, "a", "confirmed"), ("waiting", 900, 0)]) == []
