"""A signal in few points keeps what matters of it."""

import math
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from homectl.home import Origin, Quantity, Reading, Signal
from homectl.journal import Journal
from homectl.journal.past import PastReader

SIGNAL = Signal("climate", Quantity.TEMPERATURE)
VALUES = st.floats(-40, 60) | st.just(math.nan)
SERIES = st.dictionaries(st.integers(0, 5000), VALUES, max_size=60)


def told(series: dict[int, float], origin: Origin = Origin.SENSED) -> Journal:
    journal = Journal.in_memory()
    journal.append(
        Reading(device=SIGNAL.device, quantity=SIGNAL.quantity, value=value, at=float(at), origin=origin)
        for at, value in sorted(series.items())
    )
    return journal


@settings(deadline=None, max_examples=60)
@given(SERIES, st.integers(1, 80), st.integers(0, 5000), st.integers(1, 5000))
def test_points_are_few_ascending_and_keep_the_extremes_and_the_last(
    series: dict[int, float], most: int, start: int, length: int
) -> None:
    end = start + length
    with told(series) as journal:
        points = PastReader(journal._db).points(SIGNAL, start, end, most)
    inside = {at: value for at, value in series.items() if start <= at < end}
    known = [value for value in inside.values() if value == value]
    assert len(points) <= most
    assert [p.at for p in points] == sorted({p.at for p in points})
    assert sum(p.readings for p in points) == len(inside)
    lows, highs = [p.low for p in points if p.low is not None], [p.high for p in points if p.high is not None]
    assert (min(lows, default=None), max(highs, default=None)) == (min(known, default=None), max(known, default=None))
    if inside:
        newest = inside[max(inside)]
        assert points[-1].at == max(inside)
        assert points[-1].last == (newest if newest == newest else None)


@settings(deadline=None, max_examples=40)
@given(SERIES, st.integers(0, 5000))
def test_where_there_are_no_more_than_asked_for_every_reading_is_a_point(series: dict[int, float], start: int) -> None:
    with told(series) as journal:
        points = PastReader(journal._db).points(SIGNAL, start, 6000, 60)
    assert [point.at for point in points] == [at for at in sorted(series) if at >= start]
    assert all(point.low is point.high is None or point.low == point.high == point.last for point in points)


@settings(deadline=None, max_examples=60)
@given(st.dictionaries(st.integers(0, 500), st.sampled_from([0.0, 1.0]), max_size=30), st.integers(1, 40))
def test_only_changes_turn_a_signal_the_newest_first(series: dict[int, float], limit: int) -> None:
    ordered = sorted(series.items())
    changes = [(at, value) for (_, before), (at, value) in pairwise(ordered) if value != before]
    with told(series, Origin.PERSON) as journal:
        reader = PastReader(journal._db)
        turned = reader.turned(SIGNAL, 0, 501, (Origin.PERSON,), 0.0, limit)
        others = reader.turned(SIGNAL, 0, 501, (Origin.AUTOMATION,), 0.0, limit)
    assert [(one.at, one.value) for one in turned] == changes[::-1][:limit]
    assert others == []
