"""homectl learn: what a home has learned by itself, and what a person may ask of that."""

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from homectl.cli.configuration import WHERE

if TYPE_CHECKING:
    from datetime import date

    from homectl.home import Lesson
    from homectl.journal import Journal
    from homectl.settings import Settings

NAME, HELP = "learn", "show what a home has learned by itself, and steer it"
EXAMPLE = "homectl learn exclude 2026-12-24..2026-12-31 -c config/homectl.yaml"

WORDS = {
    "status": "who is in charge, who in shadow, and how the last nights went (the default)",
    "now": "do tonight's work at once",
    "pause": "learn nothing until: resume",
    "resume": "learn again",
    "exclude": "DAYS teach nothing: guests, holidays",
    "include": "DAYS teach after all",
    "forget": "delete the readings of DAYS, and every own model that learned from them",
    "rollback": "one own model back",
    "once": "the work of one night, told as JSON: what a running home starts",
}
NEED_DAYS = ("exclude", "include", "forget")


def arguments(parser: ArgumentParser) -> None:
    told = "; ".join(f"{word}: {meaning}" for word, meaning in WORDS.items())
    parser.add_argument("what", nargs="?", default="status", choices=WORDS, help=told)
    parser.add_argument("days", nargs="*", metavar="DAYS", help="2026-01-03 or 2026-01-03..2026-01-07, local days")
    parser.add_argument("-c", "--config", type=Path, default=None, help=WHERE)
    parser.add_argument("--json", action="store_true", help="with status: print it as JSON")
    parser.add_argument("--journal", type=Path, default=None, metavar="FILE", help="with once: whose night")
    parser.add_argument("--from", dest="given", type=Path, default=None, metavar="DIR", help="with once: first weights")
    parser.add_argument("--at", type=float, default=None, metavar="SECONDS", help="with once: the home's time, UTC")


def polite(args: Namespace) -> bool:
    """A night shares the machine with its home."""
    return bool(args.what == "once")


def run(args: Namespace) -> int:
    from homectl.home import UsageError
    from homectl.learning.days import days_of

    if (args.what in NEED_DAYS) != bool(args.days):
        expected = "at least one day, such as 2026-01-03" if args.what in NEED_DAYS else "no days"
        raise UsageError(f"learn {args.what}: expected {expected}, got {' '.join(args.days) or 'none'}")
    days = days_of(args.days)
    if args.what == "once":
        return _once(args)
    from homectl.cli.configuration import lived

    settings, _, _, path = lived(args.config)
    print(_status(path, as_json=args.json) if args.what == "status" else _asked(args.what, days, settings, path))
    return 0


def _once(args: Namespace) -> int:
    """One night with the journal read only: whoever started it records what it came to."""
    from homectl.home import UsageError
    from homectl.journal import Journal
    from homectl.learning import Night, night
    from homectl.learning.child import as_json
    from homectl.policies import checkpoint_of

    if args.journal is None:
        raise UsageError("learn once: expected --journal FILE, got none; a running home starts this by itself")
    given = checkpoint_of("base") if args.given is None else args.given
    with Journal.open(args.journal, read_only=True) as journal:
        tonight = Night.of(journal, args.journal, given, _time(journal) if args.at is None else args.at)
    print(as_json(night(tonight)))
    return 0


def _time(journal: "Journal") -> float:
    """The home's: a simulated one's stands still while it does not run."""
    import time

    return journal.newest() if journal.home().simulated else time.time()


def _asked(what: str, days: "tuple[date, ...]", settings: "Settings", path: Path) -> str:
    """Ask the running home, or do it here where none runs."""
    from contextlib import ExitStack

    from homectl.app import alone
    from homectl.client import Client
    from homectl.home import HomeError, LearningWish
    from homectl.journal import Journal

    with ExitStack() as stack:
        try:
            stack.enter_context(alone(path))
        except HomeError:
            if what == "forget":
                raise HomeError("This home is running and remembers; stop it, forget, and start it again") from None
            return Client(settings.dashboard.port).learning(LearningWish(what), days)
        return _done(what, days, settings, path, stack.enter_context(Journal.open(path)))


def _done(what: str, days: "tuple[date, ...]", settings: "Settings", path: Path, journal: "Journal") -> str:
    from homectl.home import LearningWish, UsageError
    from homectl.learning import Shelf, Standing, forget, granted
    from homectl.learning.told import sentence

    standing, shelf, at = Standing.of(journal.lessons()), Shelf.beside(path), _time(journal)
    if what == "forget":
        lessons = forget(journal, standing, days, at, journal.home().zone, shelf)
        return "; ".join([sentence(lesson) for lesson in lessons] + _copies(path))
    if what == "now" and settings.policy == "rules":
        raise UsageError("learn now: expected a network as the policy, got rules, which do not learn")
    wish = LearningWish(what)
    if wish is LearningWish.NOW:
        lessons = _worked(path, settings.policy, at)
    else:
        lessons = [granted(standing, wish, days, at, shelf)]
    journal.record_lessons(lessons)
    standing = Standing.of(journal.lessons())
    shelf.tidy(standing.line, standing.shadow)
    return "\n".join(map(sentence, lessons)) or f"nothing to add: {standing.skipped or 'no day to judge by yet'}"


def _worked(path: Path, policy: str, at: float) -> "list[Lesson]":
    """A night's work in a process of its own, as in a running home."""
    import time

    from homectl.learning import Child
    from homectl.policies import checkpoint_of

    work = Child(path, checkpoint_of(policy), at)
    try:
        while (lessons := work.result()) is None:
            time.sleep(0.1)
        return lessons
    finally:
        work.stop()


def _copies(path: Path) -> list[str]:
    """The copies of the journal that an update left beside it still know everything."""
    from homectl.journal.schema import VERSION, backup_of

    left = [backup_of(path, version) for version in range(1, VERSION)]
    return [f"{copy} was kept by an update and still has them: delete it" for copy in left if copy.exists()]


def _status(path: Path, *, as_json: bool) -> str:
    from homectl.journal import Journal
    from homectl.learning import Plan, Standing
    from homectl.learning.days import unusual_days
    from homectl.learning.told import Told
    from models.drift import drift_of

    with Journal.open(path, read_only=True) as journal:
        home, lessons, newest = journal.home(), journal.lessons(), journal.newest()
        drift = drift_of(home, journal.history(newest - Plan().reach))
        unusual = unusual_days(journal.orders.modes(), home.zone)
    told = Told(home, Standing.of(lessons), lessons, drift, unusual)
    return told.json() if as_json else told.text()
