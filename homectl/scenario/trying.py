"""A scenario file from its first line to its verdicts."""

from collections.abc import Sequence
from pathlib import Path

from homectl.home import ConfigError, Home, Reading
from homectl.journal import Journal
from homectl.journal.readers.any_log import readings
from homectl.journal.readers.rows import Tally
from homectl.policies import policy_of
from homectl.replay.again import Deciding
from homectl.scenario.file import Scenario, load
from homectl.scenario.judgement import Judged, judged
from homectl.scenario.stage import Performance, perform


def tried(path: Path) -> tuple[Scenario, Performance, Sequence[Judged]]:
    """A file performed and judged. ConfigError for a wrong file, LogError or JournalError for a wrong log."""
    scenario, home = load(path)
    strangers = _strangers(scenario, home)
    if strangers:
        raise ConfigError(f"{path}: expected targets and devices of {home.id}, got {', '.join(strangers)}")
    came = perform(scenario, home, _deciding(scenario, path), _log(scenario, home, path))
    return scenario, came, judged(scenario, home, came)


def _strangers(scenario: Scenario, home: Home) -> list[str]:
    """What is named and not there."""
    targets = {str(target) for target in home.targets}
    named = [one.target for one in scenario.expect] + [w for h in scenario.happens for w in (h.ask, h.hold, h.resume)]
    devices = [one.device for one in scenario.happens if one.device and one.device not in home.by_id]
    return sorted({name for name in named if name and name not in targets} | set(devices))


def _deciding(scenario: Scenario, path: Path) -> Deciding:
    given = scenario.policy
    name = given if given in ("rules", "base") else str(path.parent / given)
    return Deciding(
        policy=policy_of(name, scenario.limits),
        fallback=policy_of("rules", scenario.limits),
        limits=scenario.limits,
        autonomy=scenario.autonomy,
    )


def _log(scenario: Scenario, home: Home, path: Path) -> list[Reading]:
    """The log in order of time, none where there is none."""
    if scenario.log is None:
        return []
    with Journal.in_memory() as journal:
        journal.append(readings(path.parent / scenario.log, home, Tally()))
        return list(journal.in_order())
