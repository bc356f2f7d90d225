"""Rows of the journal's tables as the words of a home, and back. Times are UTC milliseconds since 1970."""

import json
import sqlite3
from typing import NamedTuple

import numpy as np

from homectl.home import (
    ORIGINS,
    Act,
    Autonomy,
    Cause,
    Deed,
    Event,
    Hold,
    HoldKind,
    Kind,
    Lesson,
    Mode,
    ModeSpan,
    Reading,
    Record,
    Ruling,
    Rung,
    Signal,
    Step,
    Target,
    Track,
)

_SAMPLE = np.dtype([("at", np.float64), ("value", np.float64), ("origin", np.int8), ("live", np.bool_)])
"""A sample's columns, as rows of the journal fill them one after the other."""


class Turn(NamedTuple):
    """When a home decided something (UTC seconds), and how many readings of its run it had kept by then."""

    at: float
    heard: int


def ms(seconds: float) -> int:
    return round(seconds * 1000)


def target_of(text: str) -> Target:
    device, _, kind = text.partition("/")
    return Target(device, Kind(kind))


def reading_of(signal: Signal, row: tuple[int, float | None, int, int, str]) -> Reading:
    at, value, origin, live, text = row
    return Reading(
        device=signal.device,
        quantity=signal.quantity,
        value=float("nan") if value is None else value,
        at=at / 1000,
        origin=ORIGINS[origin],
        live=bool(live),
        text=text,
    )


def track_of(db: sqlite3.Connection, number: int, low: int, high: int) -> Track:
    """The samples of the signal with a number, low ≤ milliseconds < high."""
    query = "SELECT at, value, origin, live FROM readings WHERE signal = ? AND at >= ? AND at < ? ORDER BY at"
    rows = np.fromiter(db.execute(query, (number, low, high)), dtype=_SAMPLE)
    at, value, origin, live = (rows[name].copy() for name in _SAMPLE.names or ())
    return Track.of(at / 1000, value, origin, live)


def row_of_record(record: Record) -> tuple[object, ...]:
    when = (str(record.target), ms(record.since), ms(record.until))
    what = (record.setting, record.cause, record.confidence, record.ruling, record.rule, record.reason, record.command)
    return when + what


def record_of(row: tuple[str, int, int, str, str, float | None, str, str, str, str]) -> Record:
    target, since, until, setting, cause, confidence, ruling, rule, reason, command = row
    return Record(
        target=target_of(target),
        since=since / 1000,
        until=until / 1000,
        setting=setting,
        cause=Cause(cause),
        confidence=float("nan") if confidence is None else confidence,
        ruling=Ruling(ruling),
        rule=rule,
        reason=reason,
        command=command,
    )


def row_of_lesson(lesson: Lesson) -> tuple[object, ...]:
    what = (ms(lesson.at), lesson.event, lesson.said, lesson.model, lesson.start)
    return (*what, json.dumps(lesson.days), json.dumps(dict(lesson.figures)))


def lesson_of(row: tuple[int, str, str, int | None, int, str, str]) -> Lesson:
    at, event, said, model, start, days, figures = row
    return Lesson(
        at=at / 1000,
        event=Event(event),
        said=said,
        model=model,
        start=start,
        days=tuple(json.loads(days)),
        figures=json.loads(figures),
    )


def deed_of(row: tuple[int, int, str, str, str, str, str]) -> Deed:
    at, elapsed, actor, act, target, outcome, detail = row
    return Deed(
        at=at / 1000,
        elapsed=elapsed / 1000,
        actor=actor,
        act=Act(act),
        target=target,
        outcome=outcome,
        detail=detail,
    )


def row_of_hold(hold: Hold) -> tuple[object, ...]:
    return ms(hold.since), str(hold.target), hold.kind, None if hold.until is None else ms(hold.until), hold.by


def hold_of(row: tuple[int, str, str, int | None, str]) -> Hold:
    since, target, kind, until, by = row
    return Hold(
        target=target_of(target),
        kind=HoldKind(kind),
        by=by,
        since=since / 1000,
        until=None if until is None else until / 1000,
    )


def row_of_mode(span: ModeSpan) -> tuple[object, ...]:
    return ms(span.since), span.mode, ms(span.until), span.by


def mode_of(row: tuple[int, str, int, str]) -> ModeSpan:
    since, mode, until, by = row
    return ModeSpan(mode=Mode(mode), since=since / 1000, until=until / 1000, by=by)


def row_of_step(step: Step) -> tuple[object, ...]:
    return ms(step.since), step.rung.area, step.rung.kind, step.level, step.by, step.why


def step_of(row: tuple[int, str, str, str | None, str, str]) -> Step:
    since, area, kind, level, by, why = row
    return Step(
        rung=Rung(area, Kind(kind)),
        level=None if level is None else Autonomy(level),
        since=since / 1000,
        by=by,
        why=why,
    )
