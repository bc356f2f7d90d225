"""The safety envelope in its own words: what a log of a home may never show, and what it must.

Written from the rules a household is promised, not from the guard: it imports nothing of homectl and shares no helper
with it. A log is a list of tuples, each with its true time t (seconds that only grow):

    ("start", t)                              a run begins; what was heard before is remembered, not heard
    ("link", t, up)                           the way to the devices
    ("leap", t, by)                           the wall clock is set ahead
    ("level", t, word)                        how much policies may do: off, observe, suggest, auto
    ("heard", t, device, quantity, value, live, by)   a report; by: "sensor", "person" or "device"
    ("asked", t, device, kind, value)         a person asks homectl
    ("resumed", t, device)                    a person ends a hold, and lets the heating go on
    ("sent", t, device, kind, value, level, cause, id)    a command, with its authority
    ("left", t, device, kind, value, level)   what went out to a device, each time
    ("ended", t, id, how)                     a command's end
    ("tick", t)                               a safety tick was executed
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from tests.oracle.rooms import Rooms, Thermometer

POLICY = ("learned", "rules")
HOLD = {"light": 1800.0, "setpoint": 7200.0, "lock": 600.0}
STATE = {"light_on": "light", "light_level": "light", "setpoint": "setpoint", "lock": "lock"}
JITTER = {"light_level": 4.5 / 254, "setpoint": 0.25}
ROUNDING = 1e-6
TEN_MINUTES, LATCH, HOUR = 600.0, 1800.0 - ROUNDING, 3600.0
FROST_BY, CLOSED_BY, LOCKED_BY, BOUNDED_BY = 330.0, 60.0, 60.0, 60.0
OPEN_AT_MOST = 1600.0
"""Seconds that a sleepy device may take for an answer, and homectl to ask again."""

ELSEWHERE = frozenset({"left", "ended", "belief", "truth", "waiting"})
"""What is judged with the causes of commands."""

UNLOCKED, LOCKED, AJAR, JAMMED, LOCKING = 0.0, 1.0, 2.0, 3.0, 4.0


@dataclass
class Heard:
    """What one signal last said, and what it last said live."""

    value: float = math.nan
    at: float = -math.inf
    live_value: float = math.nan
    live_at: float = -math.inf


@dataclass
class Duty:
    """Something that must be done soon: since when it is due and not done, and until when it is excused."""

    due: float | None = None
    excused: float = -math.inf

    def late(self, needed: bool, t: float, allowed: float) -> bool:
        if not needed or t < self.excused:
            self.due = None
            return False
        self.due = t if self.due is None else self.due
        return t - self.due > allowed


@dataclass
class Envelope:
    """One home under judgement. `home` maps each device to what a household knows of it."""

    home: dict[str, dict[str, Any]]
    faults: list[str] = field(default_factory=list)
    t: float = 0.0
    started: float = -math.inf
    up: bool = True
    level: str = "auto"
    words: dict[tuple[str, str], Heard] = field(default_factory=dict)
    alive: dict[str, float] = field(default_factory=dict)
    rooms: Rooms = field(init=False)
    alarms: dict[tuple[str, str], float] = field(default_factory=dict)
    given: dict[tuple[str, str], float] = field(default_factory=dict)  # the last that each detector said live
    heat_off: bool = False
    held: dict[tuple[str, str], float] = field(default_factory=dict)
    by_anyone: dict[tuple[str, str], list[float]] = field(default_factory=dict)
    alone: dict[tuple[str, str], list[float]] = field(default_factory=dict)
    values: dict[tuple[str, str], list[tuple[float, Any]]] = field(default_factory=dict)
    unexplained: dict[str, float] = field(default_factory=dict)  # until when a setpoint may be taken for a hand's
    gone: dict[str, float] = field(default_factory=dict)  # when a device last was: what it says next names nobody
    cut: float = -math.inf  # when the way to all of them was last lost: the same
    asked_for: set[tuple[str, str]] = field(default_factory=set)  # held because a person asked us
    wish: tuple[Any, ...] = ()
    closed: dict[str, float | None] = field(default_factory=dict)
    drawn: dict[str, float | None] = field(default_factory=dict)
    tries: dict[str, tuple[float, int]] = field(default_factory=dict)
    duties: dict[tuple[str, str], Duty] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.rooms = Rooms({name: about["area"] for name, about in self.home.items()})

    # --- the log ------------------------------------------------------------------------------------

    def take(self, event: tuple[Any, ...]) -> None:
        what, self.t = event[0], event[1]
        if what in ELSEWHERE:
            return
        getattr(self, f"_{what}")(*event[2:])

    def _start(self) -> None:
        self.started = self.t
        for key, until in self.held.items():  # how long ago a hand was only the clock says now
            self.held[key] = until - sum(by for when, by in self.rooms.leaps if when >= until - HOLD[key[1]])
        self.rooms.restart()
        self.alive.clear()
        self.by_anyone.clear()
        self.alone.clear()
        for key in self.asked_for:
            self.held.pop(key, None)
        self.asked_for.clear()
        for key, until in self.alarms.items():  # after a restart an alarm counts as given still, or as just over
            given = self.given[key] == 1.0
            self.alarms[key] = self.t + self._check_in(key[0]) if given else max(until, self.t)
        for word in self.words.values():
            word.live_value, word.live_at = math.nan, -math.inf
        self._forget_waiting()
        self.up = True

    def _link(self, up: bool) -> None:
        self.up = up
        if not up:
            self.cut = self.t
            for (_, quantity), word in self.words.items():
                if quantity == "contact":
                    word.live_value, word.live_at = math.nan, -math.inf

    def _leap(self, by: float) -> None:
        self.rooms.leaps.append((self.t, by))

    def _level(self, word: str) -> None:
        self.level = word

    def _asked(self, device: str, kind: str, value: Any) -> None:
        self.wish = (self.t, device, kind, value)

    def _resumed(self, device: str) -> None:
        for kind in HOLD:
            self.held.pop((device, kind), None)
        if "setpoint" in self.home[device]["sets"] and not self._sounds("carbon_monoxide"):
            self.heat_off = False

    def _heard(self, device: str, quantity: str, value: float, live: bool, by: str) -> None:
        word = self.words.setdefault((device, quantity), Heard())
        before = word.value if word.live_at > -math.inf else math.nan
        first = word.live_at <= max(self.cut, self.gone.get(device, -math.inf))
        if quantity == "available" and value == 0.0:
            self.gone[device] = self.t
        word.value, word.at = value, self.t
        if live:
            word.live_value, word.live_at = value, self.t
            self.alive[device] = self.t
        self.rooms.hear(self.t, device, quantity, value, live)
        if quantity in ("smoke", "carbon_monoxide") and live and self.home[device]["area"]:
            self._detected(device, quantity, value)
        if quantity == "contact":
            self.closed[device] = None if value != 0.0 else (self.closed.get(device) or self.t)
        if quantity == "lock":
            loose = value in (UNLOCKED, AJAR, JAMMED, LOCKING, 5.0)
            self.drawn[device] = (self.drawn.get(device) or self.t) if loose else None
        if by == "person" and live and quantity in STATE and not first:
            self._by_hand(device, quantity, value, before)
        elif live and quantity == "setpoint" and abs(value - before) > JITTER[quantity]:
            ours = not first and self._might_be_ours(device, "setpoint", value)
            self.unexplained[device] = -math.inf if ours else self.t + HOLD["setpoint"]

    def _detected(self, device: str, quantity: str, value: float) -> None:
        key = (device, quantity)
        self.given[key] = value
        if value == 1.0:
            self.alarms[key] = self.t + self._check_in(device)
            if quantity == "carbon_monoxide":
                self.heat_off = True
        elif key in self.alarms:
            self.alarms[key] = min(self.alarms[key], self.t)

    def _by_hand(self, device: str, quantity: str, value: float, before: float) -> None:
        """A hand that says the same as before, or as we asked just now, cannot be told from nobody."""
        kind = STATE[quantity]
        if not abs(value - before) > JITTER.get(quantity, 0.0):
            return
        if self._might_be_ours(device, kind, value):
            return
        self.held[device, kind] = self.t + HOLD[kind]
        self.asked_for.discard((device, kind))

    def _might_be_ours(self, device: str, kind: str, value: float) -> bool:
        sent = self.values.get((device, kind), [])
        if kind == "light" and any(self.t - at <= 60 for at, _ in sent):
            return True
        return any(abs(float(v) - value) <= 0.5 for _, v in sent if kind != "lock" and v == v)

    # --- what is known ------------------------------------------------------------------------------

    def _age(self, at: float) -> float:
        """By the home's clock, which may have been set ahead: what is doubtful counts as old."""
        return self.t - at + sum(by for when, by in self.rooms.leaps if when >= at)

    def _check_in(self, device: str) -> float:
        about = self.home[device]
        return float(about["check_in"] or (65 * 60 if about["battery"] else 10 * 60))

    def _fresh(self, device: str, quantity: str) -> bool:
        word = self.words.get((device, quantity))
        if word is None or math.isnan(word.value) or word.live_value != word.value or not self._reachable(device):
            return False
        limit = max(self._check_in(device), HOUR if quantity == "temperature" else 0.0)
        return self._age(self.alive.get(device, -math.inf)) <= limit

    def _reachable(self, device: str) -> bool:
        word = self.words.get((device, "available"))
        return word is None or word.value != 0.0

    def _value(self, device: str, quantity: str) -> float:
        word = self.words.get((device, quantity))
        return math.nan if word is None else word.value

    def _trusted(self, device: str, soon: float = 0.0) -> list[Thermometer]:
        return [one for name, one in self.rooms.beside(device).items() if self._trusts(name, one, soon)]

    def _trusts(self, name: str, one: Thermometer, soon: float) -> bool:
        """`soon`: seconds from now on by which it may stand still for too long."""
        if one.missing is not None or not self._fresh(name, "temperature"):
            return False
        heard = [heater for other, heater in self.rooms.heaters_by(name).items() if other in self.alive]
        return not one.stands_still(self.t + self.rooms.ahead + soon, heard)

    def _lost_for(self, device: str, soon: float = 0.0) -> float:
        """Seconds of this run since a temperature of the room could be trusted."""
        room = self.rooms.beside(device)
        if not room or self._trusted(device, soon):
            return 0.0
        since = []
        for name, one in room.items():
            if one.missing is not None:
                since.append(one.missing - self.rooms.ahead)
            elif not self._fresh(name, "temperature"):
                since.append(self.alive.get(name, -math.inf))
            else:
                since.append(one.still - self.rooms.ahead)
        return self.t - max(*since, self.started)

    def _cold(self, device: str) -> bool:
        """Below 7 °C, and not above 9 since. Where nothing can be trusted, what was last believed counts."""
        return any(one.cold for one in self._trusted(device) or self.rooms.beside(device).values())

    def _hot(self, device: str) -> bool:
        trusted = self._trusted(device)
        return any(one.hot for one in trusted) and not any(one.value < 7 for one in trusted)

    def _sounds(self, *quantities: str) -> bool:
        return any(self.t < until for (_, quantity), until in self.alarms.items() if quantity in quantities)

    def _since_alarm(self, *quantities: str) -> float:
        ends = [until for (_, quantity), until in self.alarms.items() if quantity in quantities]
        return max(0.0, self.t - max(ends, default=-math.inf))

    def _lowest(self, device: str) -> float:
        return max(7.0, float(self.home[device]["coolest"]))

    # --- what may never happen ------------------------------------------------------------------------

    def _wrong(self, finding: str) -> None:
        self.faults.append(f"{self.t:.1f}: {finding}")

    def _sent(self, device: str, kind: str, value: Any, level: float | None, cause: str, _: str) -> None:
        about = self.home.get(device)
        if about is None or about["area"] is None or kind not in about["sets"]:
            self._wrong(f"{kind} of {device}, which nobody placed or which takes none")
            return
        if not self._reachable(device):
            self._wrong(f"{device} is asked although it is gone")
        if cause == "person":
            if self.wish[:3] != (self.t, device, kind):
                self._wrong(f"{device}: no person asked for {value}")
            self.held[device, kind] = self.t + HOLD[kind]
            self.asked_for.add((device, kind))
        if cause in POLICY:
            self._by_policy(device, kind, value)
        {"setpoint": self._heats, "light": self._lights, "lock": self._bolts}[kind](device, value, level, cause)
        self._remember(device, kind, value, cause)

    def _remember(self, device: str, kind: str, value: Any, cause: str) -> None:
        key = (device, kind)
        self.by_anyone.setdefault(key, []).append(self.t)
        if cause != "person":
            self.alone.setdefault(key, []).append(self.t)
        self.values[key] = [(at, v) for at, v in self.values.get(key, []) if self.t - at <= 1000] + [(self.t, value)]
        if kind == "setpoint":
            asks_for_heat = cause == "person" and value > self._lowest(device)
            self.heat_off &= not asks_for_heat or self._sounds("carbon_monoxide")
            self._excuse(device, value)

    def _recent(self, book: dict[tuple[str, str], list[float]], key: tuple[str, str], span: float) -> list[float]:
        """Of this run; a run may use its share of a limit only as it lasts."""
        book[key] = [at for at in book.get(key, []) if self.t - at < TEN_MINUTES or at == book[key][-1]]
        return [at for at in book[key] if self.t - at < span - ROUNDING]

    def _earned(self, most: int) -> int:
        return math.floor(most * min(1.0, (self.t - self.started) / TEN_MINUTES) + 1e-9)

    def _by_policy(self, device: str, kind: str, value: Any) -> None:
        if self.level != "auto":
            self._wrong(f"{device}: a policy acts at {self.level}")
        if self.t - self.started < 60 - ROUNDING:
            self._wrong(f"{device}: a policy acts {self.t - self.started:.0f} s after the start")
        if device not in self.alive:
            self._wrong(f"{device}: a policy acts on what it has not heard")
        if self.held.get((device, kind), -math.inf) > self.t:
            self._wrong(f"{device}: a policy fights a person's wish with {value}")

    def _heats(self, device: str, value: float, _: float | None, cause: str) -> None:
        about, policy = self.home[device], cause in POLICY
        low, high = self._lowest(device), min(30.0, float(about["warmest"]))
        if policy:
            now = self._value(device, "setpoint")
            low, high = max(now if now < 16.0 else 16.0, low), min(now if now > 26.0 else 26.0, high)
        if not low <= value <= high:
            self._wrong(f"{device}: {value} °C is outside {low} to {high}")
        if policy and math.isfinite(value):
            self._steps(device, value)
        if value > self._lowest(device):
            self._heats_in_danger(device, value, cause)
        if cause == "safety":
            self._justified(device, value)

    def _steps(self, device: str, value: float) -> None:
        step = float(self.home[device]["step"])
        if min(abs(value - round(round(k / 2 / step) * step, 3)) for k in range(14, 64)) > 1e-6:
            self._wrong(f"{device}: {value} °C is no step")
        if not abs(value - self._value(device, "setpoint")) <= 1.0 + 1e-6:
            self._wrong(f"{device}: a leap to {value} °C")
        last = self._recent(self.alone, (device, "setpoint"), math.inf)
        if self.t - max([*last, self.started]) < 900 - ROUNDING:
            self._wrong(f"{device}: a step to {value} °C too soon")
        if not self._trusted(device):
            self._wrong(f"{device}: {value} °C for a room whose temperature is not known")

    def _heats_in_danger(self, device: str, value: float, cause: str) -> None:
        if self._hot(device):
            self._wrong(f"{device}: {value} °C in a room of 35 °C or more")
        held_off = self.heat_off and cause != "person"
        if self._sounds("carbon_monoxide") or held_off:
            self._wrong(f"{device}: {value} °C after carbon monoxide")
        rests = 0.0 if cause == "safety" else LATCH
        if cause != "person" and (self._sounds("smoke") or self._since_alarm("smoke") < rests):
            self._wrong(f"{device}: {value} °C after smoke")

    def _justified(self, device: str, value: float) -> None:
        """A safety function has a reason for each thing it does."""
        warmest, lost = float(self.home[device]["warmest"]), self._lost_for(device, soon=1.0)
        free = self.held.get((device, "setpoint"), -math.inf) <= self.t
        reasons = (
            value == self._lowest(device) and (self.heat_off or self._hot(device)),
            value == min(10.0, warmest) and self._cold(device),
            value == min(17.0, warmest) and lost >= 6 * HOUR - 1 and free,
            value == min(26.0, warmest) and HOUR / 2 - 1 <= lost < 6 * HOUR and free,
        )
        if not any(reasons):
            self._wrong(f"{device}: safety sets {value} °C without a reason")

    def _lights(self, device: str, value: bool, level: float | None, cause: str) -> None:
        key = (device, "light")
        if level is not None and not 0 < level <= 1:
            self._wrong(f"{device}: a brightness of {level}")
        if len(self._recent(self.by_anyone, key, 1.0)) >= 3:
            self._wrong(f"{device} flashes")
        if not value and cause != "person" and self._sounds("smoke", "carbon_monoxide"):
            self._wrong(f"{device}: dark during an alarm")
        if cause in POLICY:
            if self._recent(self.alone, key, 5.0):
                self._wrong(f"{device}: light too soon")
            if len(self._recent(self.alone, key, TEN_MINUTES)) >= self._earned(6):
                self._wrong(f"{device}: light too often")

    def _bolts(self, device: str, value: Any, _: float | None, cause: str) -> None:
        key, contact = (device, "lock"), self.home[device]["contact"]
        if value != "lock":
            self._wrong(f"{device}: {value} is never sent to a lock")
        if contact is None or not self._fresh(contact, "contact") or self._value(contact, "contact") != 0.0:
            self._wrong(f"{device}: a bolt on a door that is not freshly known to be closed")
        if not self._fresh(device, "lock") or self._value(device, "lock") == JAMMED:
            self._wrong(f"{device}: a bolt that is not known, or jammed")
        if cause == "person":
            return
        if self._since_alarm("smoke", "carbon_monoxide") < LATCH:
            self._wrong(f"{device}: locks by itself after an alarm")
        if self._recent(self.alone, key, 30.0):
            self._wrong(f"{device}: a try too soon")
        if len(self._recent(self.alone, key, TEN_MINUTES)) >= self._earned(3):
            self._wrong(f"{device}: too many tries")
        if cause == "safety":
            since = self._forgotten(device)
            if since is None or self.t - since < 180 - 0.01:
                self._wrong(f"{device}: locked before its time")
            self._try(device, since)

    def _try(self, device: str, since: float | None) -> None:
        began, count = self.tries.get(device, (math.nan, 0))
        count = count + 1 if began == since else 1
        self.tries[device] = (since if since is not None else math.nan, count)
        if count > 3:
            self._wrong(f"{device}: more than three tries of one bolt")

    def _forgotten(self, device: str) -> float | None:
        """Since when a door has been closed and not locked."""
        contact = self.home[device]["contact"]
        closed, drawn = self.closed.get(contact), self.drawn.get(device)
        return None if closed is None or drawn is None else max(closed, drawn)

    # --- what must happen -----------------------------------------------------------------------------

    def _forget_waiting(self) -> None:
        self.duties.clear()
        self.tries.clear()

    def _tick(self) -> None:
        for device, about in self.home.items():
            if about["area"] is not None and "setpoint" in about["sets"]:
                self._heating_duties(device)
            if about["area"] is not None and "lock" in about["sets"]:
                self._lock_duty(device)

    def _duty(self, device: str, name: str, needed: bool, allowed: float) -> None:
        duty = self.duties.setdefault((device, name), Duty())
        if duty.late(needed and self.up and self._reachable(device), self.t, allowed):
            self._wrong(f"{device}: {name} is due since {duty.due:.0f} and was not done")
            duty.excused = self.t + OPEN_AT_MOST

    def _heating_duties(self, device: str) -> None:
        word, warmest = self.words.get((device, "setpoint"), Heard()), float(self.home[device]["warmest"])
        now = word.value if word.live_at > -math.inf else math.nan  # what was said before this run is no answer
        low, closes = self._lowest(device), self.heat_off or self._hot(device)
        self._duty(device, "closing", closes and not abs(now - low) <= 0.25, CLOSED_BY)
        frost = self._cold(device) and not closes and not self._sounds("smoke")
        self._duty(device, "frost protection", frost and not now >= min(10.0, warmest) - 0.25, FROST_BY)
        held = max(self.held.get((device, "setpoint"), -math.inf), self.unexplained.get(device, -math.inf))
        lost, free = self._lost_for(device), held <= self.t
        unknown = free and not closes and not frost and not self._set_since_lost(device, lost)
        bound = unknown and lost >= HOUR / 2 and self._since_alarm("smoke") > 0
        self._duty(device, "bounding heat", bound and now > 26.25, BOUNDED_BY)
        late = bound and lost >= 6 * HOUR and not abs(now - min(17.0, warmest)) <= 0.25
        self._duty(device, "the safe setpoint", late, BOUNDED_BY)

    def _excuse(self, device: str, value: float) -> None:
        """It was asked for: the device may take its time."""
        done = {
            "closing": value == self._lowest(device),
            "frost protection": value >= min(9.0, float(self.home[device]["warmest"])),
            "bounding heat": value <= 26.0,
            "the safe setpoint": value == min(17.0, float(self.home[device]["warmest"])),
        }
        for name, so in done.items():
            if so:
                self.duties.setdefault((device, name), Duty()).excused = self.t + OPEN_AT_MOST

    def _set_since_lost(self, device: str, lost: float) -> bool:
        """A person set it after its temperature was lost: they know the room."""
        word = self.words.get((device, "setpoint"))
        return word is not None and word.at >= self.t - lost

    def _lock_duty(self, device: str) -> None:
        since, contact = self._forgotten(device), self.home[device]["contact"]
        recent = self._recent(self.alone, (device, "lock"), TEN_MINUTES)
        free = (
            since is not None
            and self.t - since >= 180
            and contact is not None
            and self._fresh(contact, "contact")
            and self._fresh(device, "lock")
            and self._value(device, "lock") in (UNLOCKED, AJAR)
            and self._since_alarm("smoke", "carbon_monoxide") >= LATCH
            and len(recent) < self._earned(3)
            and not self._recent(self.by_anyone, (device, "lock"), 60.0)
            and not (self.tries.get(device, (math.nan, 0))[0] == since and self.tries[device][1] >= 3)
        )
        self._duty(device, "locking", free, LOCKED_BY)


def judge(home: dict[str, dict[str, Any]], log: Iterable[tuple[Any, ...]]) -> list[str]:
    """Everything in a log that may not be, or that is missing from it; empty where all is well."""
    envelope = Envelope(home)
    for event in log:
        envelope.take(event)
    return envelope.faults
