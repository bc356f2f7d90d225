"""Where the sun stands."""

import numpy as np

from homectl.home.history import Times

_J2000 = 946_728_000.0
"""UTC seconds since 1970 at 2000-01-01 12:00, the epoch of the formula."""


def elevation(latitude: float, longitude: float, times: Times) -> Times:
    """Degrees of the sun's centre above the horizon, without refraction, at UTC seconds; shape (times,).

    Low-precision solar coordinates of the Astronomical Almanac (page C5) and the mean sidereal time of Meeus,
    Astronomical Algorithms (12.4): better than 0.05° from 1950 to 2050. Longitude counts east, both in degrees.
    """
    days = (np.asarray(times, dtype=np.float64) - _J2000) / 86_400
    anomaly = np.radians(357.528 + 0.9856003 * days)
    mean = 280.460 + 0.9856474 * days
    ecliptic = np.radians(mean + 1.915 * np.sin(anomaly) + 0.020 * np.sin(2 * anomaly))
    obliquity = np.radians(23.439 - 4e-7 * days)
    ascension = np.arctan2(np.cos(obliquity) * np.sin(ecliptic), np.cos(ecliptic))
    declination = np.arcsin(np.sin(obliquity) * np.sin(ecliptic))
    hour_angle = np.radians((280.46061837 + 360.98564736629 * days + longitude) % 360) - ascension
    north = np.radians(latitude)
    upward = np.sin(north) * np.sin(declination) + np.cos(north) * np.cos(declination) * np.cos(hour_angle)
    height: Times = np.degrees(np.arcsin(np.clip(upward, -1.0, 1.0)))
    return height
