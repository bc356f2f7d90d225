"""The rules do what a careful person would, and look at nothing that has not happened yet."""

import math
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from homectl.control.autonomy import AutonomySettings
from homectl.control.rooms import room_of
from homectl.control.rules import Rules
from homectl.home import (
    Area,
    Autonomy,
    Cause,
    Device,
    History,
    Home,
    Kind,
    Light,
    Lock,
    Origin,
    Prediction,
    Quantity,
    Reading,
    Setpoint,
    Target,
)

BERLIN = ZoneInfo("Europe/Berlin")
ROOMS = ("hall", "living", "bedroom", "bathroom", "attic", "garden")
HOME = Home(
    id="h",
    timezone="Europe/Berlin",
    latitude=52.5,
    longitude=13.4,
    simulated=True,
    areas=tuple(Area(id=room, outdoors=room == "garden") for room in ROOMS),
    devices=(
        *(Device(id=f"{room}_lamp", area=room, sets=frozenset({Kind.LIGHT})) for room in ROOMS),
        *(
            Device(id=f"{room}_eye", area=room, senses=frozenset({Quantity.MOTION}))
            for room in ROOMS
            if room != "attic"
        ),
        Device(id="valve", area="living", sets=frozenset({Kind.SETPOINT})),
        Device(id="door", area="hall", senses=frozenset({Quantity.CONTACT}), exterior=True),
        Device(id="bolt", area="hall", sets=frozenset({Kind.LOCK}), exterior=True, contact="door"),
    ),
)
VALVE, BOLT = Target("valve", Kind.SETPOINT), Target("bolt", Kind.LOCK)


def local(hour: float, day: int = 13) -> float:
    """UTC seconds of a local hour in January 2026; the 13th is a Tuesday. Above Berlin the sun rises at 8:13 then."""
    return datetime(2026, 1, day, tzinfo=BERLIN).timestamp() + hour * 3600


def told(device: str, quantity: Quantity, value: float, at: float, origin: Origin = Origin.SENSED) -> Reading:
    return Reading(device=device, quantity=quantity, value=value, at=at, origin=origin)


def motion(room: str, start: float, end: float | None = None) -> list[Reading]:
    """Somebody moves in a room between two local hours, or still does."""
    began = told(f"{room}_eye", Quantity.MOTION, 1.0, local(start))
    return [began] if end is None else [began, told(f"{room}_eye", Quantity.MOTION, 0.0, local(end))]


def door(hour: float, *, seconds: float = 20) -> list[Reading]:
    """The front door is opened and closed again."""
    return [
        told("door", Quantity.CONTACT, 1.0, local(hour) - seconds),
        told("door", Quantity.CONTACT, 0.0, local(hour)),
    ]


def lamp(room: str, on: float, hour: float, origin: Origin = Origin.PERSON) -> Reading:
    return told(f"{room}_lamp", Quantity.LIGHT_ON, on, local(hour), origin)


def valve(celsius: float, hour: float, origin: Origin = Origin.PERSON, day: int = 13) -> Reading:
    return told("valve", Quantity.SETPOINT, celsius, local(hour, day), origin)


def lux(room: str, value: float, hour: float) -> Reading:
    return told(f"{room}_eye", Quantity.ILLUMINANCE, value, local(hour))


def history(*parts: Reading | list[Reading]) -> History:
    """What was told, in order; every motion sensor and the door have spoken the day before."""
    quiet = [told(f"{room}_eye", Quantity.MOTION, 0.0, local(-10)) for room in ROOMS if room != "attic"]
    start = [*quiet, told("door", Quantity.CONTACT, 0.0, local(-10))]
    readings = [reading for part in parts for reading in (part if isinstance(part, list) else [part])]
    return History.of(sorted([*start, *readings], key=lambda reading: reading.at))


def predicted(target: Target, hour: float, known: History) -> Prediction:
    (prediction,) = Rules().predict(HOME, known, local(hour), [target])
    return prediction


@pytest.mark.parametrize(
    ("room", "hour", "known", "state"),
    [
        ("living", 18.0, history(motion("living", 17.99)), 1.0),
        ("living", 12.0, history(motion("living", 11.99)), None),
        ("living", 12.0, history(motion("living", 11.99), lamp("living", 0, 11), lux("living", 20, 11.9)), 1.0),
        ("living", 18.0, history(motion("living", 17.99), lamp("living", 0, 11), lux("living", 500, 17.9)), None),
        ("living", 18.0, history(motion("living", 17.99), lamp("living", 1, 11), lux("living", 500, 17.9)), 1.0),
        (
            "living",
            12.0,
            history(motion("living", 11.9), lamp("living", 1, 11), lamp("living", 0, 11.99), lux("living", 20, 11.98)),
            None,
        ),
        ("living", 18.0, history(motion("living", 17.0), lamp("living", 1, 17), lamp("living", 0, 17.5)), None),
        (
            "living",
            21.0,
            history(motion("living", 17, 18), lamp("living", 1, 17), lamp("living", 0, 17.5), motion("living", 20.9)),
            1.0,
        ),
        ("living", 19.1, history(motion("living", 17, 18), motion("hall", 18)), 0.0),
        ("living", 18.9, history(motion("living", 17, 18), motion("hall", 18)), None),
        ("living", 18.9, history(motion("living", 17, 18), lamp("living", 1, 18.5), motion("hall", 18)), None),
        ("living", 23.5, history(motion("living", 23.4)), None),
        ("hall", 18.1, history(motion("hall", 17.9, 18.0), motion("living", 18)), 0.0),
        ("hall", 18.0, history(door(17.999)), None),
        ("hall", 3.0, history(motion("hall", 2.99)), 1.0),
        ("bedroom", 3.0, history(motion("bedroom", 2.99)), None),
        ("bedroom", 19.0, history(motion("bedroom", 18.99)), 1.0),
        ("garden", 22.0, history(motion("garden", 21.99)), 1.0),
        ("garden", 12.0, history(motion("garden", 11.99)), None),
        ("attic", 18.0, history(motion("living", 17.0)), None),
        ("attic", 18.0, history(motion("living", 15.0, 15.9)), 0.0),
        ("attic", 18.0, history(motion("hall", 17.7, 17.8), door(17.79)), 0.0),
        ("living", 18.0, history(motion("living", 16.0, 17.7), motion("hall", 17.7, 17.8), door(17.79)), 0.0),
        ("living", 18.0, history(motion("living", 10.0)), 0.0),
    ],
    ids=[
        "somebody comes into a dark room",
        "into one by day",
        "into one that is dark by day",
        "into one that is bright at dusk",
        "its own lamp's light does not count as daylight",
        "nor does what was measured before it went off",
        "a lamp somebody switched off stays off",
        "until they have been out of the room",
        "an empty room goes dark",
        "not too soon",
        "a hand at the switch shows that somebody is there",
        "the living room is left alone at night",
        "a hall goes dark sooner",
        "a moment at the door is over",
        "a hall is lit at night",
        "a bedroom is not",
        "but in the evening it is",
        "the garden by night",
        "the garden by day",
        "a room without a sensor is left alone",
        "until nobody has moved for long",
        "or everybody has left",
        "whoever leaves leaves no lamp burning",
        "a sensor that got stuck is not believed for ever",
    ],
)
def test_a_lamp_follows_people_and_darkness(room: str, hour: float, known: History, state: float | None) -> None:
    setting = predicted(Target(f"{room}_lamp", Kind.LIGHT), hour, known).setting
    assert (setting.on if isinstance(setting, Light) else None) == (None if state is None else state == 1.0)


@pytest.mark.parametrize(
    ("readings", "level"),
    [
        ([], 0.7),
        ([told("living_lamp", Quantity.LIGHT_LEVEL, 0.4, local(20.75, 12), Origin.PERSON)], 0.4),
        ([told("living_lamp", Quantity.LIGHT_LEVEL, 0.4, local(14.0), Origin.PERSON)], 0.7),
        ([told("living_lamp", Quantity.LIGHT_LEVEL, 0.4, local(20.75, 12), Origin.HOMECTL)], 0.7),
        ([told("living_lamp", Quantity.LIGHT_LEVEL, 0.4, local(20.75, 5), Origin.PERSON)], 0.7),
    ],
    ids=["by the hour", "as people set it last evening", "not as by day", "not as we set it", "not as a week ago"],
)
def test_a_lamp_gets_the_level_the_household_likes_at_that_time(readings: list[Reading], level: float) -> None:
    known = history(motion("living", 20.99), readings)
    assert predicted(Target("living_lamp", Kind.LIGHT), 21.0, known).setting == Light(on=True, level=level)


def test_a_lamp_that_cannot_be_dimmed_is_asked_for_no_level() -> None:
    plain = HOME.with_device(HOME.device("living_lamp").model_copy(update={"dimmable": False}))
    known, target = history(motion("living", 17.99)), Target("living_lamp", Kind.LIGHT)
    (prediction,) = Rules().predict(plain, known, local(18), [target])
    assert prediction.setting == Light(on=True)


def test_one_lamp_of_a_room_is_enough() -> None:
    desk = Device(id="desk_lamp", area="living", sets=frozenset({Kind.LIGHT}))
    known = history(motion("living", 17.99), told("desk_lamp", Quantity.LIGHT_ON, 1.0, local(17)))
    (prediction,) = Rules().predict(HOME.with_device(desk), known, local(18), [Target("living_lamp", Kind.LIGHT)])
    assert prediction.setting is None


def evenings(room: str, minutes: float, days: int) -> list[Reading]:
    """A lamp that is lit at six on some evenings, for some minutes."""
    on = [
        told(f"{room}_lamp", Quantity.LIGHT_ON, 1.0, local(18, 13 - day), Origin.HOMECTL) for day in range(1, days + 1)
    ]
    return on + [
        told(f"{room}_lamp", Quantity.LIGHT_ON, 0.0, reading.at + 60 * minutes, Origin.PERSON) for reading in on
    ]


@pytest.mark.parametrize(
    ("used", "lit"),
    [(evenings("living", 30, 6), True), (evenings("living", 1, 6), False), (evenings("living", 30, 2), True)],
    ids=["used every evening", "switched off every time", "new in the home"],
)
def test_a_lamp_that_nobody_wants_at_that_time_is_not_lit(used: list[Reading], lit: bool) -> None:
    prediction = predicted(Target("living_lamp", Kind.LIGHT), 18.5, history(motion("living", 18.49), used))
    assert isinstance(prediction.setting, Light) is lit


def early_mornings(days: int) -> list[Reading]:
    """Somebody gets up at half past five on some days before."""
    return [told("bathroom_eye", Quantity.MOTION, 1.0, local(5.5, 13 - day)) for day in range(1, days + 1)]


EVENING_SET = valve(21.0, 20.0, day=12)


@pytest.mark.parametrize(
    ("hour", "known", "celsius"),
    [
        (2.0, history(EVENING_SET, motion("living", -2, -1)), 20.0),
        (2.0, history(EVENING_SET, valve(19.0, 1, Origin.HOMECTL), motion("living", -2, -1)), 19.0),
        (2.0, history(EVENING_SET, valve(16.0, -1.0), motion("living", -2, -1)), 16.0),
        (2.0, history(valve(16.0, -1.0), motion("living", -2, -1)), 16.0),
        (2.0, history(EVENING_SET, motion("bathroom", 1.9, 1.95)), None),
        (4.6, history(valve(21, -4), valve(19, 1, Origin.HOMECTL), motion("living", -2, -1), early_mornings(0)), 19.0),
        (4.6, history(valve(21, -4), valve(19, 1, Origin.HOMECTL), motion("living", -2, -1), early_mornings(9)), 20.0),
        (8.0, history(valve(21, -4), valve(19, 1, Origin.HOMECTL), motion("living", 7.9)), 20.0),
        (8.0, history(valve(21, -4), valve(20.5, 7, Origin.HOMECTL), motion("living", 7.9)), 21.0),
        (8.0, history(valve(21, -4), valve(19, 7.8, Origin.HOMECTL), motion("living", 7.9)), None),
        (8.0, history(valve(23, 7.5), motion("living", 6.0)), None),
        (11.0, history(valve(21, 7.5), motion("hall", 7.9, 8.0), door(7.99)), 20.0),
        (11.0, history(valve(20, 6), valve(21, 8.5), motion("hall", 10.5, 10.6), door(10.59)), None),
        (8.0, history(valve(12, 1, Origin.UNKNOWN), motion("living", 7.9)), None),
        (8.0, history(valve(math.nan, 1, Origin.UNKNOWN), motion("living", 7.9)), None),
        (8.0, history(valve(18.2, 1, Origin.UNKNOWN), motion("living", 7.9)), 18.0),
        (8.0, history(valve(21, -4), valve(12, 1, Origin.HOMECTL), motion("living", 7.9)), 13.0),
        (8.0, history(valve(21, -4), valve(12, 1), motion("living", 7.9)), None),
        (8.0, history(valve(21, -4), valve(27.5, 1, Origin.HOMECTL), motion("living", 7.9)), 26.5),
    ],
    ids=[
        "a sleeping home cools by a degree at a time",
        "down to two below what people like",
        "and is not warmed for the night",
        "nor cooled below what a policy may ask for",
        "a way to the bathroom is not getting up, but nor is it sleep",
        "it stays cool until somebody is up",
        "or until shortly before they usually are",
        "it is warmed in steps",
        "to what people like",
        "a quarter of an hour apart",
        "what somebody set this morning stands",
        "an empty home cools",
        "but not for an errand",
        "a setpoint out of a policy's reach that others want is left alone",
        "as is one that is not known",
        "an odd setpoint comes back to whole steps",
        "after a vacation it grows warm again step by step",
        "but where a person wants it that cool it stays",
        "and too warm a one comes down",
    ],
)
def test_heating_follows_presence(hour: float, known: History, celsius: float | None) -> None:
    setting = predicted(VALVE, hour, known).setting
    assert setting == (None if celsius is None else Setpoint(celsius))


@pytest.mark.parametrize(
    ("hour", "known", "locks"),
    [
        (18.0, history(motion("living", 17.0)), False),
        (18.0, history(motion("hall", 17.7, 17.8), door(17.79)), True),
        (18.0, history(motion("hall", 17.9, 17.95), door(17.94)), False),
        (18.0, history(door(17.7), motion("living", 17.8, 17.81)), False),
        (18.0, history(motion("hall", 17.7, 17.8), door(17.79)[:1]), False),
        (
            18.0,
            history(motion("hall", 17.7, 17.8), door(17.79), told("door", Quantity.CONTACT, math.nan, local(17.9))),
            False,
        ),
        (1.0, history(motion("living", -2, -1)), True),
        (1.0, history(motion("living", 0.5, 0.9)), False),
    ],
    ids=[
        "somebody is home",
        "everybody has left",
        "just now",
        "somebody has stayed behind",
        "the door is open",
        "the door is not known to be closed",
        "everybody sleeps",
        "somebody is up at night",
    ],
)
def test_the_door_is_locked_behind_the_last_one_and_at_night(hour: float, known: History, locks: bool) -> None:
    assert predicted(BOLT, hour, known).setting == (Lock() if locks else None)


@pytest.mark.parametrize(
    ("area", "sort"),
    [
        (Area(id="wc_2"), "bath"),
        (Area(id="a1", name="Upstairs hallway"), "passage"),
        (Area(id="bedroom2"), "bedroom"),
        (Area(id="badminton"), "room"),
        (Area(id="kitchen", outdoors=True), "outdoors"),
    ],
)
def test_a_room_is_known_by_whole_words_of_its_name(area: Area, sort: str) -> None:
    assert room_of(Home(id="h", areas=(area,)), area.id).sort == sort


def test_what_the_rules_are_sure_of_passes_the_autonomy_thresholds() -> None:
    known = history(EVENING_SET, motion("hall", 17.7, 17.8), door(17.79))
    sure = [p for p in Rules().predict(HOME, known, local(22.0), HOME.targets) if p.setting is not None]
    assert {p.target.kind for p in sure} == set(Kind)
    assert all(AutonomySettings().lowered(Autonomy.AUTO, p.target, p.confidence) is Autonomy.AUTO for p in sure)


def test_the_rules_act_in_their_own_name_and_say_why() -> None:
    prediction = predicted(Target("living_lamp", Kind.LIGHT), 18.0, history(motion("living", 17.99)))
    assert (Rules().name, Rules().cause) == ("rules", Cause.RULES)
    assert prediction.why == "somebody is here and it is dark"


def test_an_empty_array_of_times_has_an_empty_answer() -> None:
    assert [len(f.value) for f in Rules().forecast(HOME, history(), np.empty(0), HOME.targets)] == [0] * len(
        HOME.targets
    )
