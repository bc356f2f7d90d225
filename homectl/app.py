"""The composition root of the daemon: settings become parts, parts become a running home."""

import asyncio
import fcntl
import logging
import os
import signal
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from homectl.bridge.connection import Connection
from homectl.bridge.directory import Directory, dialects_of
from homectl.control.autonomy import AutonomySettings
from homectl.control.breaker import Breaker, Instead
from homectl.control.limits import Limits
from homectl.control.rules import Rules
from homectl.control.timetable import next_boundary
from homectl.daemon import Daemon
from homectl.home import CheckpointMismatch, Clock, Home, HomeError, Policy, SystemClock, ToldClock
from homectl.journal import Journal, ResilientJournal
from homectl.learning import Child, Nights, Shelf
from homectl.learning.standing import GIVEN
from homectl.page import Page
from homectl.parts import Parts
from homectl.past import Remembered
from homectl.people import Pins, Register, StepUp, Tries
from homectl.policies import checkpoint_of, policy_of
from homectl.schedule import Schedule, ToldDaily
from homectl.settings import Settings, data_folder
from homectl.sole import Instance, Sole, State
from homectl.starts import started
from homectl.watchdog import Watchdog

log = logging.getLogger(__name__)

REMEMBERED = 35 * 86400.0
"""Seconds of history that a running home keeps in memory; habits look back four weeks."""

DAY = 86400.0

RECOVERING = "homectl kept crashing, so only the rules decide"


def journal_path(settings: Settings, home: Home) -> Path:
    return data_folder(settings) / f"{home.id}.db"


async def run(settings: Settings, home: Home, limits: Limits, ready: Callable[[str], None]) -> None:
    """Run a home until SIGTERM or SIGINT. `ready` is told the page's URL once the page answers.

    HomeError where another daemon runs this home, on this journal or on this broker.
    """
    path = journal_path(settings, home)
    with alone(path):
        if reason := await _run(settings, home, limits, path, ready):
            raise HomeError(reason)


async def _run(settings: Settings, home: Home, limits: Limits, path: Path, ready: Callable[[str], None]) -> str:
    """The same with its journal for itself; why it left, where nobody told it to stop."""
    watchdog, own = Watchdog.of(os.environ), Instance(id=uuid.uuid4().hex, started=round(time.time(), 3))
    with started(path, time.time()) as recovering, ResilientJournal.keep(path) as journal:
        journal.set_home(home)
        nights, without = (None, RECOVERING) if recovering else _nights(settings, home, limits, path, journal)
        breaker = None if nights is None else Breaker(nights.in_charge, time.monotonic, time.thread_time)
        model = breaker.view if breaker is not None else lambda: {"circuit": "none", "trouble": without}
        parts = _parts(home, limits, journal, settings.autonomy, breaker)
        will, loop, left = own.says(home.id, State.OFFLINE), asyncio.get_running_loop(), Leaving()
        connection = Connection(settings.bridge.broker, client_id=f"homectl-{home.id}-{own.id[:8]}", will=will)
        sole = Sole(home.id, own, connection, later=loop.call_later, leave=left)
        directory = Directory(home, dialects_of(settings.bridge))
        others = {"journal": journal.view, "model": model}
        retention = _retention(settings, parts)
        daily = ToldDaily(settings.schedule.retention_hour, home.zone, retention) if home.simulated else None
        daemon = Daemon(parts, directory, sole, nights, others, step_up=_step_up(path), daily=daily)
        sole.serve(daemon)
        past = _past(path, directory, parts)
        page = Page(daemon, settings.dashboard, path, past)
        schedule = _schedule(settings, home, retention, daemon)
        try:
            ready(await page.start())
            schedule.start()
            connection.start(loop, sole.hear, sole.connected)
            watchdog.ready()
            await daemon.run(left.stopping, watchdog.beat)
        finally:
            watchdog.stopping()
            schedule.stop()
            if nights is not None:
                nights.stop()
            connection.stop()
            await page.stop()
            past.close()
    return left.reason


@contextmanager
def alone(journal: Path) -> Iterator[None]:
    """Hold the lock of a journal's folder for one home; HomeError if another daemon holds it."""
    with journal.with_suffix(".lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise HomeError(f"Another homectl runs this home with {journal}; stop it first") from None
        yield


def _parts(home: Home, limits: Limits, journal: Journal, autonomy: AutonomySettings, breaker: Breaker | None) -> Parts:
    history = journal.history()
    newest = history.newest()
    history.forget_before(newest - REMEMBERED)
    history.unsee()
    clock: Clock = ToldClock(max(newest, 0.0)) if home.simulated else SystemClock()
    if newest > clock.now():
        log.warning("the clock is %.0f s before the newest reading; time goes on from there", newest - clock.now())
    journal.audit.resume(clock.now(), time.monotonic())
    lost = journal.close_open_commands(clock.now(), "unconfirmed at restart")
    if lost:
        log.warning("%d commands had no end when homectl stopped; they count as expired", lost)
    rules = Rules(limits)
    return Parts(
        clock=clock,
        real=time.monotonic,
        history=history,
        journal=journal,
        policy=breaker or rules,
        fallback=rules if breaker is None else Instead(rules, breaker),
        limits=limits,
        autonomy=autonomy,
        new_id=lambda: uuid.uuid4().hex,
    )


def _past(journal: Path, directory: Directory, parts: Parts) -> Remembered:
    return Remembered(
        journal,
        home=lambda: directory.home,
        now=lambda: max(parts.clock.now(), parts.history.newest()),
        worked=time.thread_time,
        policy=parts.policy,
        ages=parts.limits.ages,
        autonomy=parts.autonomy,
    )


def _step_up(journal: Path) -> StepUp:
    tries = Tries(Tries.path_beside(journal), real=time.monotonic, wall=time.time)
    return StepUp(Register.beside(journal), tries, Pins())


def _nights(settings: Settings, home: Home, limits: Limits, path: Path, journal: Journal) -> tuple[Nights | None, str]:
    """Learning with the network that decides at first; None where there is none and rules decide, and why."""
    if settings.policy == "rules":
        return None, "the settings ask for rules"
    shelf, given = Shelf.beside(path), checkpoint_of(settings.policy)

    def policy(number: int) -> Policy:
        return policy_of(str(given if number == GIVEN else shelf.path(number)), limits)

    try:
        nights = Nights(
            journal,
            shelf,
            home.zone,
            hour=settings.schedule.learn_hour if settings.schedule.learn else None,
            begin=lambda at: Child(path, given, at),
            policy=policy,
        )
    except (CheckpointMismatch, OSError) as error:
        log.error("%s; running on rules instead", error)
        return None, str(error)
    return nights, ""


def _retention(settings: Settings, parts: Parts) -> Callable[[], None]:
    """Drops what is too old, from the journal and from memory."""
    keep = settings.schedule.keep_days * DAY

    def forget() -> None:
        now = parts.clock.now()
        parts.journal.retain(now - keep)
        parts.journal.flush()
        parts.history.forget_before(now - REMEMBERED)

    return forget


def _schedule(settings: Settings, home: Home, retention: Callable[[], None], daemon: Daemon) -> Schedule:
    """What a real home's wall clock wakes: retention once a day, and the home whenever one of its schedules turns."""
    schedule = Schedule(home.zone, daemon.missed)
    if not home.simulated:
        schedule.daily(settings.schedule.retention_hour, retention, "retention")
        if home.schedules:
            schedule.at(lambda after: next_boundary(home, after) or after + DAY, daemon.wake, "schedules")
    return schedule


class Leaving:
    """The end of a run: a signal, or a reason that somebody calls this with."""

    def __init__(self) -> None:
        self.stopping, self.reason = asyncio.Event(), ""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stopping.set)

    def __call__(self, reason: str) -> None:
        self.reason = reason
        self.stopping.set()
