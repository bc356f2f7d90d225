"""The safety envelope: the last word on every command, and the only maker of Approved.

A rule states what is allowed and returns an objection or None; the first objection stops the command. Rules that
state what is allowed refuse NaN by themselves. Basis of the numbers: `homectl.control.limits`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from homectl.control.fire import ALARMS, Fire
from homectl.control.ledger import Ledger
from homectl.control.limits import Limits
from homectl.control.thermometers import Thermometer, thermometers, too_hot
from homectl.home import (
    KIND,
    STATE,
    Approved,
    Cause,
    Command,
    Device,
    History,
    Home,
    Light,
    Lock,
    LockState,
    Quantity,
    Setpoint,
    Unlock,
    fitted,
)

WINDOW = 600.0
"""Seconds over which changes and tries are counted."""

ON_ITS_OWN = frozenset({Cause.LEARNED, Cause.RULES})
"""Nobody asked for it: a policy believes that it is wanted."""

BEFOREHAND = frozenset({Cause.MODE, Cause.SCHEDULE})
"""A person asked for it, but some time ago.

The person chose the values, so what bounds a policy's choice (its band, its steps and how slowly it moves) does not
bind them. But nobody need be looking when it happens, so what protects from acting on dead sensors, at a restart, or
too often in a row does. No warmth below the freeze guard is theirs to ask for.
"""

UNATTENDED = ON_ITS_OWN | BEFOREHAND


@dataclass(frozen=True, slots=True)
class Situation:
    """Everything a rule may look at. `at` is the home's UTC time, `elapsed` its monotonic seconds."""

    home: Home
    device: Device
    history: History
    at: float
    elapsed: float
    ledger: Ledger
    limits: Limits
    fire: Fire = field(default_factory=Fire)

    def fresh(self, device: Device, quantity: Quantity) -> bool:
        return self.history.fresh(device, quantity, self.at, self.limits.ages)

    def thermometers(self) -> list[Thermometer]:
        """What the thermometers beside the device are worth."""
        return thermometers(self.home, self.device.area or "", self.history, self.at, self.limits.ages)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Which rule objects, and what it found."""

    rule: str
    finding: str


Rule = Callable[[Command, Situation], str | None]


def device_takes_it(command: Command, now: Situation) -> str | None:
    if command.target not in now.home.targets:
        return f"{command.target} is not a target that somebody has placed in this home"
    takes = KIND[type(command.setting)] is command.target.kind
    return None if takes else f"{command.target} cannot be asked to be {command.setting}"


def device_is_reachable(command: Command, now: Situation) -> str | None:
    if now.history.available(command.target.device, now.at):
        return None
    return f"{now.device.label} is unreachable"


def start_is_over(command: Command, now: Situation) -> str | None:
    """No policy acts until the device itself has been heard live and a minute has passed; safety is exempt."""
    if command.cause not in UNATTENDED:
        return None
    running = now.elapsed - now.ledger.started
    if not running >= now.limits.start_up:
        return f"started {running:.0f} s ago, policies wait {now.limits.start_up:.0f} s"
    heard = now.history.last_seen(command.target.device, now.at) > float("-inf")
    return None if heard else f"{now.device.label} has not been heard since the start"


def lowest(device: Device, limits: Limits) -> float:
    """The lowest setpoint that may be asked of a device: as near to off as it gets."""
    return max(limits.setpoint.coolest, device.coolest)


def setpoint_is_within_limits(command: Command, now: Situation) -> str | None:
    if not isinstance(command.setting, Setpoint):
        return None
    limits = now.limits.setpoint
    low, high = lowest(now.device, now.limits), min(limits.warmest, now.device.warmest)
    if command.cause in ON_ITS_OWN:
        reported = now.history.value(command.target.device, Quantity.SETPOINT, now.at)
        # No further outside than a person or a mode has left it, so that step by step it comes back in. NaN is neither.
        low, high = max(low, min(limits.policy_coolest, reported)), min(high, max(limits.policy_warmest, reported))
    elif command.cause in BEFOREHAND:
        low = max(low, limits.freeze)
    if low <= command.setting.celsius <= high:
        return None
    return f"{command.setting.celsius:g} °C is outside {low:g} to {high:g} °C"


def setpoint_is_a_whole_step(command: Command, now: Situation) -> str | None:
    """Half a degree, or as near to one as the device takes."""
    if not isinstance(command.setting, Setpoint) or command.cause not in ON_ITS_OWN:
        return None
    celsius = command.setting.celsius
    fits = fitted(Setpoint(round(celsius * 2) / 2), now.device) == Setpoint(round(celsius, 3))
    return None if fits else f"{celsius:g} °C is no step of 0.5 °C"


def setpoint_moves_slowly(command: Command, now: Situation) -> str | None:
    if not isinstance(command.setting, Setpoint) or command.cause not in ON_ITS_OWN:
        return None
    limits = now.limits.setpoint
    waited = now.ledger.since_last(command.target, now.elapsed)
    if not waited >= limits.policy_every:
        return f"the last step or start was {waited:.0f} s ago, the next may come after {limits.policy_every:.0f} s"
    reported = now.history.value(command.target.device, Quantity.SETPOINT, now.at)
    if abs(command.setting.celsius - reported) <= limits.policy_slew + 1e-9:
        return None
    return f"a step from {reported:g} to {command.setting.celsius:g} °C is more than {limits.policy_slew:g} °C"


def room_temperature_is_fresh(command: Command, now: Situation) -> str | None:
    if not isinstance(command.setting, Setpoint) or command.cause not in UNATTENDED:
        return None
    seen = now.thermometers()
    if any(not one.doubt for one in seen):
        return None
    doubts = ", ".join(f"{one.device.label} {one.doubt}" for one in seen)
    return f"no thermometer of this area can be believed: {doubts}" if doubts else "this area has no thermometer"


def room_is_not_too_hot(command: Command, now: Situation) -> str | None:
    """For everybody, whatever the thermostat itself would make of it."""
    if not isinstance(command.setting, Setpoint) or not command.setting.celsius > lowest(now.device, now.limits):
        return None
    hot = too_hot(now.thermometers(), now.history, now.at, now.limits.setpoint)
    return None if hot is None else f"the room has {hot:.1f} °C and is not heated until it has cooled"


def no_carbon_monoxide_bars_heat(command: Command, now: Situation) -> str | None:
    """While it is told of nobody may heat; afterwards a person may, and homectl once a person has let it."""
    if not isinstance(command.setting, Setpoint) or not command.setting.celsius > lowest(now.device, now.limits):
        return None
    if now.fire.sounds(Quantity.CARBON_MONOXIDE, now.elapsed):
        return "a detector tells of carbon monoxide"
    held = command.cause.autonomous and now.fire.heat_off
    return "heating is held off after carbon monoxide until a person resumes it" if held else None


def no_smoke_bars_heat(command: Command, now: Situation) -> str | None:
    """Heating rests while there is smoke; policies until it has been gone for a while."""
    if not isinstance(command.setting, Setpoint) or not command.cause.autonomous:
        return None
    if not command.setting.celsius > lowest(now.device, now.limits):
        return None
    if now.fire.sounds(Quantity.SMOKE, now.elapsed):
        return "a detector tells of smoke"
    ago = now.fire.ago(Quantity.SMOKE, now.elapsed)
    rests = command.cause is not Cause.SAFETY and ago < now.limits.fire.latch
    return f"a detector told of smoke {ago / 60:.0f} min ago" if rests else None


def lamp_level_is_real(command: Command, _: Situation) -> str | None:
    if not isinstance(command.setting, Light) or command.setting.level is None or 0 < command.setting.level <= 1:
        return None
    return f"{command.setting.level:g} is no brightness above 0 and up to 1"


def lamp_does_not_flicker(command: Command, now: Situation) -> str | None:
    if not isinstance(command.setting, Light):
        return None
    limits, target, elapsed = now.limits.light, command.target, now.elapsed
    if now.ledger.within(target, elapsed, 1.0) >= limits.changes_per_second:
        return f"{limits.changes_per_second} changes in the last second"
    if command.cause not in UNATTENDED:
        return None
    if now.ledger.autonomous_within(target, elapsed, limits.policy_every):
        return f"a policy changed it less than {limits.policy_every:.0f} s ago"
    earned = now.ledger.earned(limits.policy_changes, elapsed, WINDOW)
    if now.ledger.autonomous_within(target, elapsed, WINDOW) >= earned:
        return f"policies may change it {limits.policy_changes} times in ten minutes, {earned} so soon after the start"
    return None


def alarm_leaves_lamps_on(command: Command, now: Situation) -> str | None:
    if not isinstance(command.setting, Light) or command.setting.on or not command.cause.autonomous:
        return None
    sounding = any(now.fire.sounds(quantity, now.elapsed) for quantity in ALARMS)
    return "a detector gives the alarm, and people may need the light" if sounding else None


def no_alarm_bars_the_lock(command: Command, now: Situation) -> str | None:
    """Nobody but a person locks a door while a detector gives the alarm, or has just done so."""
    if not isinstance(command.setting, Lock) or not command.cause.autonomous:
        return None
    rests = now.fire.rests(now.elapsed, now.limits.fire.latch)
    return f"a detector gave the alarm less than {now.limits.fire.latch / 60:.0f} min ago" if rests else None


def door_is_freshly_closed(command: Command, now: Situation) -> str | None:
    """For everybody: a bolt thrown on an open door breaks the frame."""
    if not isinstance(command.setting, Lock):
        return None
    contact = now.home.contact_of(command.target.device)
    if contact is None:
        return "no contact says whether this door is closed"
    if not now.fresh(contact, Quantity.CONTACT):
        return f"{contact.label} has not been heard for too long to know that the door is closed"
    closed = now.history.value(contact.id, Quantity.CONTACT, now.at) == 0.0
    return None if closed else "the door is open"


def only_a_person_unlocks(command: Command, _: Situation) -> str | None:
    """Whatever a policy, a schedule or safety wants: a bolt is drawn for a person who gave a PIN, by name."""
    if not isinstance(command.setting, Unlock):
        return None
    asked = command.cause is Cause.PERSON and command.person != ""
    return None if asked else "only a person who gives a PIN may unlock"


def lock_can_be_unlocked(command: Command, now: Situation) -> str | None:
    if not isinstance(command.setting, Unlock) or now.device.unlocks:
        return None
    return f"{now.device.label} does not say how it is unlocked, or home.yaml forbids it; use its key"


def lock_is_known_and_free(command: Command, now: Situation) -> str | None:
    if not isinstance(command.setting, Lock | Unlock):
        return None
    if not now.fresh(now.device, STATE[command.target.kind]):
        return f"{now.device.label} has not said how it is"
    jammed = now.history.value(command.target.device, Quantity.LOCK, now.at) == LockState.JAMMED
    return f"{now.device.label} is jammed; free it by hand" if jammed else None


def bolt_is_spared(command: Command, now: Situation) -> str | None:
    if not isinstance(command.setting, Lock) or not command.cause.autonomous:
        return None
    limits, target, elapsed = now.limits.lock, command.target, now.elapsed
    if now.ledger.autonomous_within(target, elapsed, limits.tries_every):
        return f"the last try was less than {limits.tries_every:.0f} s ago"
    earned = now.ledger.earned(limits.tries, elapsed, WINDOW)
    if now.ledger.autonomous_within(target, elapsed, WINDOW) >= earned:
        return f"{limits.tries} tries in ten minutes are allowed, {earned} so soon after the start; look at the lock"
    return None


RULES: tuple[Rule, ...] = (
    device_takes_it,
    device_is_reachable,
    start_is_over,
    setpoint_is_within_limits,
    setpoint_is_a_whole_step,
    setpoint_moves_slowly,
    room_temperature_is_fresh,
    room_is_not_too_hot,
    no_carbon_monoxide_bars_heat,
    no_smoke_bars_heat,
    lamp_level_is_real,
    lamp_does_not_flicker,
    alarm_leaves_lamps_on,
    no_alarm_bars_the_lock,
    door_is_freshly_closed,
    only_a_person_unlocks,
    lock_can_be_unlocked,
    lock_is_known_and_free,
    bolt_is_spared,
)


def review(command: Command, now: Situation) -> Approved | Refusal:
    """Ask each rule in turn; the first objection stops the command."""
    for rule in RULES:
        if objection := rule(command, now):
            return Refusal(rule.__name__.replace("_", " "), objection)
    return Approved(command)
