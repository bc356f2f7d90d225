"""Whether nobody is in a room any more, by its motion sensors."""

from math import inf

import numpy as np

from homectl.control.activity import STUCK
from homectl.control.present import Present
from homectl.home import Device, Home, Kind, Quantity, Target, Track


def watchers(target: Target, home: Home) -> tuple[Device, ...]:
    """The motion sensors of a target's area; for a lock those of all areas indoors."""
    own = home.device(target.device).area
    areas = {area.id for area in home.areas if not area.outdoors} if target.kind is Kind.LOCK else {own}
    return tuple(d for d in home.devices if d.area in areas and Quantity.MOTION in d.senses)


def quiet_for(target: Target, now: Present) -> float:
    """Seconds for which nobody has moved; 0 while somebody does, and while no sensor can be believed."""
    tracks = [
        track
        for device in watchers(target, now.home)
        if now.history.fresh(device, Quantity.MOTION, now.at, now.limits.ages)
        and (track := now.history.track(device.id, Quantity.MOTION)) is not None
    ]
    return max(0.0, now.at - max((_still_since(track, now.at) for track in tracks), default=inf))


def _still_since(track: Track, at: float) -> float:
    """When the newest motion ended; infinity while it lasts, as long as that can be believed."""
    size = int(np.searchsorted(track.times, at, side="right"))
    moving = np.flatnonzero(track.values[:size] == 1.0)
    if not len(moving):
        return float(track.times[0]) if size else inf
    last = int(moving[-1])
    if last + 1 < size:
        return float(track.times[last + 1])
    believed_until = float(track.times[last]) + STUCK
    return inf if at < believed_until else believed_until
