"""What a person must know of now, each in one sentence: fire, frost, heat, and what cannot be believed or obeyed."""

from collections.abc import Callable, Iterator, Sequence

from homectl.control.fire import ALARMS, placed
from homectl.control.pipeline import Moment
from homectl.control.thermometers import Thermometer, coldness, thermometers, too_hot
from homectl.home import STATE, Device, Kind, LockState, Quantity, Signal, Track

NAMED = {Quantity.SMOKE: "smoke", Quantity.CARBON_MONOXIDE: "carbon monoxide"}

HALF_LOCKED = 60.0
"""Seconds after which a bolt that is thrown by half is told of."""

IDLE = 1.0
"""K above its setpoint from which a room needs no heat, and as many below it at which it needs all there is."""

NEEDLESS = 15 * 60.0
"""Seconds of heat that nobody needs before the heater counts as stuck."""

IN_VAIN = 30 * 60.0
"""Seconds at full demand in which a room has to grow warmer, or the heater counts as failed …"""

LONG_ENOUGH = 2 * IN_VAIN
"""Seconds beyond which it makes no difference how long something has lasted."""

WARMER = 0.1
"""… by so many K."""


def alarms(now: Moment) -> list[str]:
    """Every alarm, the most pressing first."""
    areas = {area.id: _thermometers(area.id, now) for area in now.home.areas if not area.outdoors}
    locks = [target for target in now.home.targets if target.kind is Kind.LOCK]
    heaters = [target for target in now.home.targets if target.kind is Kind.SETPOINT]
    return [
        *_fire(now),
        *(said for area, seen in areas.items() for said in _warmth(area, seen, now)),
        *(said for target in locks for said in _lock(now.home.device(target.device), now)),
        *(said for seen in areas.values() for one in seen for said in _doubts(one, now)),
        *(said for target in heaters for said in _heater(now.home.device(target.device), now)),
        *_unheard(now),
    ]


def _thermometers(area: str, now: Moment) -> list[Thermometer]:
    return thermometers(now.home, area, now.history, now.at, now.limits.ages)


def _fire(now: Moment) -> Iterator[str]:
    fire, latch = now.state.fire, now.limits.fire.latch
    for quantity in ALARMS:
        ago = fire.ago(quantity, now.elapsed)
        if fire.sounds(quantity, now.elapsed):
            names = (d.label for d in placed(now.home) if now.history.value(d.id, quantity, now.at) == 1.0)
            yield f"{NAMED[quantity].capitalize()}: {', '.join(names)} gives the alarm"
        elif ago < latch:
            yield f"{NAMED[quantity].capitalize()} {ago / 60:.0f} min ago; no door locks itself for {span(latch)}"
    if fire.heat_off:
        yield "Heating is held off after carbon monoxide until a person resumes it; rooms may freeze"


def _warmth(area: str, seen: Sequence[Thermometer], now: Moment) -> Iterator[str]:
    name = next(one.name or one.id for one in now.home.areas if one.id == area)
    limits, sure = now.limits.setpoint, [one for one in seen if not one.doubt]
    cold = [one.celsius for one in sure or seen if coldness(one, now.history, now.at, limits)]
    if (hot := too_hot(seen, now.history, now.at, limits)) is not None:
        yield f"{name}: {hot:.1f} °C, too hot to be heated"
    elif cold:
        yield f"{name}: {min(cold):.1f} °C, about to freeze"
    if seen and not sure and not all(_due(one, now) for one in seen):
        yield f"{name}: its temperature is not known"


def _doubts(one: Thermometer, now: Moment) -> Iterator[str]:
    if one.doubt and not _due(one, now):
        yield f"{one.device.label} {one.doubt}"


def _due(one: Thermometer, now: Moment) -> bool:
    """Whether it has only not spoken since homectl started, and still may by its own interval."""
    heard, there = now.history.last_seen(one.device.id, now.at), now.history.available(one.device.id, now.at)
    lately = now.elapsed - now.state.started <= now.limits.ages.check_in(one.device)
    return there and lately and heard == float("-inf")


def _lock(device: Device, now: Moment) -> Iterator[str]:
    match now.history.value(device.id, Quantity.LOCK, now.at):
        case LockState.JAMMED:
            yield f"{device.label} is jammed; free it by hand"
        case LockState.NOT_FULLY_LOCKED:
            since = _since(now.history.tracks[Signal(device.id, Quantity.LOCK)], now.at, None)
            if since is not None and now.history.passed(since, now.at) >= HALF_LOCKED:
                yield f"{device.label} is not fully locked; see whether the door is shut"


def _unheard(now: Moment) -> Iterator[str]:
    """Detectors that could give no alarm, which is none."""
    for device in placed(now.home):
        told = any(now.history.track(device.id, quantity) is not None for quantity in ALARMS)
        if told or device.senses & set(ALARMS):
            heard = now.history.last_seen(device.id, now.at)
            if not now.history.available(device.id, now.at) or now.at - heard > now.limits.ages.check_in(device):
                since = "since homectl started" if heard == float("-inf") else f"for {span(now.at - heard)}"
                yield f"{device.label} has not been heard {since} and could give no alarm"


def span(seconds: float) -> str:
    """A length of time as a person reads it."""
    return f"{seconds / 3600:.0f} h" if seconds >= 2 * 3600 else f"{seconds / 60:.0f} min"


def _heater(device: Device, now: Moment) -> Iterator[str]:
    """Heat without demand, and demand without heat, as its own thermometer shows. No command would mend either."""
    heating, told = now.history.track(device.id, Quantity.HEATING), now.history.track(device.id, Quantity.TEMPERATURE)
    setpoint = now.history.track(device.id, STATE[Kind.SETPOINT])
    fresh = now.history.fresh(device, Quantity.HEATING, now.at, now.limits.ages)
    if heating is None or told is None or setpoint is None or not fresh:
        return
    on, set_at = _since(heating, now.at, lambda value: value == 1.0), _since(setpoint, now.at, None)
    wanted = now.history.value(device.id, Quantity.SETPOINT, now.at)
    if on is None or set_at is None:
        return
    warm = _since(told, now.at, lambda celsius: celsius >= wanted + IDLE)
    if warm is not None and now.history.passed(max(on, set_at, warm), now.at) >= NEEDLESS:
        yield f"{device.label} heats although its room is warm enough; its valve may be stuck"
    cold = _since(told, now.at, lambda celsius: celsius <= wanted - IDLE)
    if cold is not None and now.history.passed(max(on, set_at, cold), now.at) >= IN_VAIN and not _rose(told, now.at):
        yield f"{device.label} has heated for half an hour and its room grew no warmer"


def _since(track: Track, at: float, holds: Callable[[float], bool] | None) -> float | None:
    """Since when every sample fits, or says the same where nothing is asked; None where the newest does not."""
    size = int(track.times.searchsorted(at, side="right"))
    if not size:
        return None
    newest, first = float(track.values[size - 1]), size
    fits = holds or (lambda value: value == newest)
    while first and fits(float(track.values[first - 1])):
        first -= 1
        if at - track.times[first] > LONG_ENOUGH:
            break
    return float(track.times[first]) if first < size else None


def _rose(track: Track, at: float) -> bool:
    """Whether the temperature is higher than it was before all the time in which heat was in vain."""
    before, now = track.sample(at - IN_VAIN), track.sample(at)
    return before is None or now is None or now.value - before.value >= WARMER
