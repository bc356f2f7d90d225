"""What devices write becomes a number with our unit; NaN: they do not know; MessageError: it is nonsense."""

import contextlib
import math
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from homectl.bridge.dialects.values import (
    FAHRENHEIT,
    demand,
    in_unit,
    label,
    meaning,
    number,
    rounded,
    setpoints,
    share,
    topic_is_safe,
)
from homectl.home import MessageError, Quantity

ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


@pytest.mark.parametrize(("written", "meant"), [(20.5, 20.5), (7, 7.0), ("19.5", 19.5), (" 3 ", 3.0), ("-1e2", -100.0)])
def test_numbers_may_be_written_as_text(written: Any, meant: float) -> None:
    assert number(written) == meant


@pytest.mark.parametrize("written", [None, "", "None", "unknown", "UNAVAILABLE", "nan", "n/a"])
def test_a_device_may_say_that_it_does_not_know(written: Any) -> None:
    assert math.isnan(number(written))


@pytest.mark.parametrize("written", [True, [], {}, "warm", "inf", "1e999", 10**400, "1 2"])
def test_what_is_no_number_is_a_message_error(written: Any) -> None:
    with pytest.raises(MessageError, match="expected a number"):
        number(written)


@pytest.mark.parametrize(
    ("quantity", "unit", "written", "meant"),
    [
        (Quantity.TEMPERATURE, "°C", 20, 20),
        (Quantity.TEMPERATURE, "°F", 68, 20),
        (Quantity.TEMPERATURE, "K", 293.15, 20),
        (Quantity.TEMPERATURE, None, 20, 20),
        (Quantity.ILLUMINANCE, "lx", 5, 5),
        (Quantity.ILLUMINANCE, "Lx", 5, 5),
        (Quantity.ILLUMINANCE, "lux", 5, 5),
        (Quantity.POWER, "kW", 1.5, 1500),
        (Quantity.POWER, "mW", 1500, 1.5),
    ],
)
def test_units_are_converted(quantity: Quantity, unit: str | None, written: float, meant: float) -> None:
    convert = in_unit(quantity, unit)
    assert convert is not None
    assert convert(written) == pytest.approx(meant)


@pytest.mark.parametrize("unit", ["%", "furlong", 7, ["lx"], {"lx": 1}])
def test_an_unknown_unit_is_left_alone(unit: Any) -> None:
    assert in_unit(Quantity.ILLUMINANCE, unit) is None


@pytest.mark.parametrize(("written", "meant"), [(True, 0), ("true", 0), ("False", 1), (False, 1), (" TRUE ", 0)])
def test_words_mean_the_same_however_they_are_written(written: Any, meant: float) -> None:
    assert meaning({False: 1, True: 0})(written) == meant


@pytest.mark.parametrize("written", ["maybe", 1, [True], {"a": 1}])
def test_a_word_outside_the_table_is_a_message_error(written: Any) -> None:
    with pytest.raises(MessageError, match="expected one of"):
        meaning({False: 1, True: 0})(written)


@pytest.mark.parametrize(("written", "meant"), [(0, 0), (127, 0.5), (254, 1), (255, 1), (300, 300 / 254)])
def test_a_level_is_a_share_of_full_and_one_step_above_is_full(written: float, meant: float) -> None:
    assert share(254.0)(written) == pytest.approx(meant)


@pytest.mark.parametrize(("written", "meant"), [(0, 0), (1, 1), ("40", 1), (None, None)])
def test_any_heating_demand_is_heating(written: Any, meant: float | None) -> None:
    assert math.isnan(demand(written)) if meant is None else demand(written) == meant


@pytest.mark.parametrize(
    ("declared", "limits"),
    [
        ((5, 30, 0.5), (5, 30, 0.5)),
        (("5", "35", 1), (5, 35, 1)),
        ((None, None, None), (5, 30, 0.5)),
        ((30, 5, 0.5), (5, 30, 0.5)),
        ((-1e308, 1e308, 1e-308), (0, 45, 0.5)),
        ((float("nan"), "x", -1), (5, 30, 0.5)),
    ],
)
def test_setpoint_limits_that_make_no_sense_are_replaced(
    declared: tuple[Any, Any, Any], limits: tuple[float, float, float]
) -> None:
    assert setpoints(*declared) == limits


def test_setpoint_limits_in_fahrenheit_stay_in_fahrenheit() -> None:
    assert setpoints(45, 86, 1, FAHRENHEIT) == (45, 86, 1)
    assert setpoints(None, None, None, FAHRENHEIT) == pytest.approx((41, 86, 0.9))


@example(0.0625, 1, None, 0.0)
@given(ANY_JSON, ANY_JSON, ANY_JSON, st.floats(-100, 200))
def test_whatever_is_declared_a_setpoint_stays_within_what_can_be_wanted(
    low: Any, high: Any, step: Any, wanted: float
) -> None:
    limits = setpoints(low, high, step)
    assert 0 <= limits[0] <= rounded(wanted, *limits) <= limits[1] <= 45


@given(ANY_JSON)
def test_whatever_is_written_a_conversion_gives_a_number_or_a_message_error(written: Any) -> None:
    for convert in (number, meaning({"ON": 1, "OFF": 0}), share(254.0), demand):
        with contextlib.suppress(MessageError):
            assert isinstance(convert(written), float)


@pytest.mark.parametrize("topic", ["a", "a/b", "zigbee2mqtt/küche/lampe", "a b/c"])
def test_a_concrete_topic_is_safe(topic: str) -> None:
    assert topic_is_safe(topic)


@pytest.mark.parametrize(
    "topic",
    [
        "",
        "#",
        "a/#",
        "+/b",
        "a/+",
        "a/b+",
        "$SYS/x",
        "/a",
        "a/",
        "a//b",
        "a\0b",
        "a\nb",
        "\ud800",
        "a" * 513,
        None,
        7,
        ["a"],
    ],
)
def test_wildcards_control_characters_and_the_brokers_own_are_not(topic: Any) -> None:
    assert not topic_is_safe(topic)


def test_a_name_from_the_network_is_one_short_printable_line() -> None:
    assert label(" a\nb\x1b[31m\u202e ") == "a b [31m"
    assert len(label("x" * 1000)) == 80
    assert label(["a"]) == label(None) == ""
