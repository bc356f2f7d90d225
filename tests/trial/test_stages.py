"""What the suite's stages make of small made-up homes, logs and results."""

import csv
import gzip
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from homectl.home import Kind, Origin, Quantity, Target, Times
from homectl.trial.suite import homes, joint, real, recorded, unseen
from homectl.trial.suite.pictures import draw
from homectl.trial.suite.recordings import Question, Recording, rows_on_grid
from homectl.trial.suite.stages import Inputs, Json, Result, Settings
from homectl.trial.suite.unseen import NETWORK, OWN, POOLED, Compared
from homectl.trial.suite.watched import between, change_figures, matched, watch
from models.dataset import span_of
from models.metrics import Matched
from models.now import NOW
from models.tasks import COLUMN
from tests.models.logs import DAY, HOME, START, household, reading
from tests.models.problems import planted

LAMP, LOCK = Target("kitchen-lamp", Kind.LIGHT), Target("lock", Kind.LOCK)
HISTORY = household(days=6)
WATCHED = watch(HOME, HISTORY, np.arange(START + 2 * DAY, START + 4 * DAY, 120.0), number=3)


def silent(_what: str, _share: float) -> None:
    pass


# --- days of a home, row by row ---------------------------------------------------------------------


def test_a_home_is_watched_target_by_target_and_every_change_is_a_persons() -> None:
    rows = WATCHED.rows
    assert len(rows) == 2 * 720 * len(HOME.targets)
    assert (np.diff(WATCHED.target) >= 0).all()
    assert all((np.diff(rows.at[WATCHED.target == place]) > 0).all() for place in range(len(HOME.targets)))
    assert [len(WATCHED.changes[LAMP, up]) for up in (True, False)] == [4, 4]
    assert [len(WATCHED.changes[LOCK, up]) for up in (True, False)] == [2, 2]


def test_what_homectl_switches_is_no_change_of_a_persons() -> None:
    ours = reading("kitchen-lamp", Quantity.LIGHT_ON, 1.0, START + 5.5 * DAY, Origin.HOMECTL)
    history = household(days=5)
    history.append(ours)
    seen = watch(HOME, history, np.arange(START + 5 * DAY, START + 6 * DAY, 3600.0), number=0)
    assert len(seen.changes[LAMP, True]) == 0


def test_a_home_that_was_set_up_later_knows_nothing_of_before() -> None:
    later = between(HISTORY, START + 2 * DAY, START + 3 * DAY)
    first, last = span_of(later)
    assert START + 2 * DAY <= first <= last < START + 3 * DAY
    assert sum(map(len, later.tracks.values())) < sum(map(len, HISTORY.tracks.values()))


def ahead(seconds: float) -> Times:
    """Certain of what the lamp and the bolt will be so many seconds later."""
    foreseen = watch(HOME, HISTORY, np.arange(START + 2 * DAY, START + 4 * DAY, 120.0) + seconds, number=3)
    return foreseen.rows.now[:, NOW.index("now_on")].astype(np.float64)


@pytest.mark.parametrize(
    ("seconds", "found"),
    [(240.0, Matched(8, 8, 8)), (0.0, Matched(0, 0, 8)), (3000.0, Matched(0, 8, 8))],
    ids=["a little ahead", "as it is", "far too early"],
)
def test_a_change_is_right_if_a_person_makes_it_within_ten_minutes(seconds: float, found: Matched) -> None:
    answers = {"light_on": ahead(seconds)}
    assert matched(WATCHED, answers, Kind.LIGHT, 0.8) == found


def test_a_bolt_is_never_proposed_to_be_drawn() -> None:
    found = matched(WATCHED, {"lock_wanted": ahead(240.0)}, Kind.LOCK, 0.8)
    assert found == Matched(2, 2, 2)
    assert matched(WATCHED, {"lock_wanted": np.zeros(len(WATCHED.rows))}, Kind.LOCK, 0.8).proposed == 0


def test_false_changes_are_counted_by_the_day() -> None:
    told = change_figures(WATCHED, {"light_on": 1 - WATCHED.rows.now[:, NOW.index("now_on")].astype(np.float64)})
    assert set(told) == {"light"}
    assert told["light"]["false_per_day"] > 0
    assert change_figures(WATCHED, {"light_on": np.full(len(WATCHED.rows), 0.5)})["light"]["sure_per_day"] == 0


# --- unseen homes -----------------------------------------------------------------------------------


def home_of(loss: dict[str, float]) -> Json:
    """A home in which every task loses so much under each contender."""
    tasks = {who: {task: {figure: value} for task, figure in unseen.JUDGED.items()} for who, value in loss.items()}
    return {who: {"tasks": found, "changes": {}} for who, found in tasks.items()}


PARTS = [
    home_of({f"{NETWORK} 0": 0.10, f"{NETWORK} 1": 0.12, OWN: 0.14, POOLED: 0.11}),
    home_of({f"{NETWORK} 0": 0.20, f"{NETWORK} 1": 0.22, OWN: 0.24, POOLED: 0.21}),
]


def test_contenders_are_compared_over_homes_and_seeds() -> None:
    one = Compared(PARTS)
    assert one.contenders == [NETWORK, OWN, POOLED]
    assert one.homes(NETWORK, "light_on", "log_loss") == pytest.approx([0.11, 0.21])
    more, low, high = one.relative(NETWORK, OWN, "light_on")
    assert more == pytest.approx(100 * (0.32 / 0.38 - 1))
    assert low <= more <= high < 0
    assert one.relative(NETWORK, POOLED, "setpoint")[0] == pytest.approx(0.0)


def test_a_home_without_an_answer_counts_for_neither() -> None:
    silent_home = home_of({f"{NETWORK} 0": 9.0, POOLED: 9.0})
    assert Compared([*PARTS, silent_home]).relative(NETWORK, OWN, "light_on")[0] == pytest.approx(-15.79, abs=0.01)


def test_the_worst_task_is_named_and_held_against_the_pool() -> None:
    worse = [{**part, POOLED: home_of({POOLED: 0.1})[POOLED]} for part in PARTS]
    light, lock, *pooled = unseen.checks({0: Compared(PARTS), 7: Compared(PARTS), 28: Compared(worse)})
    assert light.ok
    assert not lock.ok
    assert [check.ok for check in pooled] == [True, False]
    assert [check.aimed for check in pooled] == [True, False]
    assert pooled[1].value == pytest.approx(60.0)


def test_a_simulated_home_is_recorded_once_and_its_rows_are_kept(tmp_path: Path) -> None:
    settings = Settings(cache=tmp_path, quick=True)
    home, history = homes.history_of(settings, 11, 1.0, tmp_path)
    stamp = (tmp_path / "11.db").stat().st_mtime_ns
    again = homes.history_of(settings, 11, 1.0, tmp_path)
    assert (tmp_path / "11.db").stat().st_mtime_ns == stamp
    assert (again[0], span_of(again[1])) == (home, span_of(history))
    rows = planted(50, 1)
    homes.write(rows, tmp_path / "rows.npz")
    np.testing.assert_array_equal(homes.read(tmp_path / "rows.npz").features, rows.features)


# --- one network or many ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def pool(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The training homes as planted rows."""
    folder = tmp_path_factory.mktemp("homes")
    (folder / "pool").mkdir()
    for seed in joint_seeds(folder):
        rows = planted(400, seed)
        labels = rows.labels.copy()
        labels[:, COLUMN["presence_60"]] = labels[:, COLUMN["light_on"]]
        homes.write(replace(rows, labels=labels, home=np.full(400, seed, np.int32)), folder / "pool" / f"{seed}.npz")
    return folder


def joint_seeds(folder: Path) -> list[int]:
    return homes.training_seeds(Settings(cache=folder, quick=True))


def test_homes_to_learn_from_to_stop_by_and_to_be_judged_by_are_others(pool: Path) -> None:
    parts = joint.split(homes.pooled(pool, joint_seeds(pool)))
    numbers = [set(part.home.tolist()) for part in parts]
    assert all(numbers)
    assert not numbers[0] & numbers[1] | numbers[1] & numbers[2] | numbers[0] & numbers[2]


def test_a_single_task_network_has_one_task(pool: Path) -> None:
    rows = joint.only(homes.pooled(pool, [0]), "light_on")
    assert np.isfinite(rows.labels).sum(axis=0).nonzero()[0].tolist() == [COLUMN["light_on"]]


def test_joint_single_and_textbook_networks_are_judged_alike(pool: Path) -> None:
    settings = Settings(cache=pool, quick=True)
    told = {what: joint.trained(settings, what, 0, pool) for what in (joint.JOINT, joint.TEXTBOOK, "light_on")}
    losses = {what: np.array(one["losses"]["light_on"]) for what, one in told.items()}
    assert {found.shape for found in losses.values()} == {(2, 2)}  # sums and weights of two homes
    assert (losses["joint"][1] == losses["light_on"][1]).all()
    assert told["light_on"]["parameters"] < told["joint"]["parameters"]
    assert all(one["seconds"] > 0 for one in told.values())


def test_a_gain_is_what_a_joint_network_loses_less() -> None:
    def lost(by_home: tuple[float, float]) -> Json:
        return {"losses": {task: [list(by_home), [1.0, 1.0]] for task in joint.TASK_NAMES}, "parameters": 10}

    told = {joint.JOINT: [lost((0.8, 1.0))], joint.TEXTBOOK: [lost((2.0, 2.0))]}
    told |= {task: [lost((1.0, 1.0))] for task in joint.TASK_NAMES}
    middle, low, high = joint.delta_m(told, joint.JOINT)
    assert middle == pytest.approx(10.0)
    assert 0.0 <= low <= middle <= high <= 20.0 + 1e-9
    seconds = dict.fromkeys(told, 1.0)
    by_name = {check.name: check for check in joint.checks(told, seconds)}
    assert by_name["parameters as a share of the single-task networks', %"].value == pytest.approx(100 / 11)
    assert by_name["Δm of the textbook net, %"].value == pytest.approx(-100.0)
    assert all(check.ok for check in by_name.values())


# --- recorded homes ---------------------------------------------------------------------------------

NOON = datetime(2024, 1, 10, 12, tzinfo=UTC).timestamp()


def log(path: Path, rows: list[tuple[float, str, str, str, str]]) -> Path:
    """A tidy log of (minutes after noon, room, device, kind, value)."""
    with gzip.open(path, "wt", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("ts", "home", "room", "device", "kind", "value", "unit"))
        for minute, room, device, kind, value in rows:
            at = datetime.fromtimestamp(NOON + 60 * minute, tz=UTC).isoformat()
            writer.writerow((at, "made_up", room, device, kind, value, ""))
    return path


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A log with a table of its devices, one with a lamp, one with nothing to set."""
    table = (
        "device,area,role,switched_by\nBathroom (sink),bathroom,lamp,person\nDoor (main),hall,exterior door,person\n"
    )
    (tmp_path / "long.devices.csv").write_text(table)
    long = [(10.0 * n, "bathroom", "Bathroom (sink)", "switch", str(n % 2)) for n in range(30)]
    long += [(60.0, "hall", "Door (main)", "contact", "1"), (61.0, "hall", "Door (main)", "contact", "0")]
    log(tmp_path / "long.csv.gz", sorted([(0.0, "hall", "Door (main)", "contact", "0"), *long]))
    log(tmp_path / "lamp.csv.gz", [(1.0, "den", "Lamp 1", "switch", "1"), (9.0, "den", "Lamp 1", "switch", "0")])
    log(tmp_path / "door.csv.gz", [(1.0, "hall", "Front door", "contact", "1")])
    return tmp_path


def test_recordings_are_found_by_what_they_hold(data: Path) -> None:
    found = recorded.found(Settings(cache=data, data=data))
    assert {what: one.log.name for what, one in found.items()} == {
        recorded.HOUSE: "long.csv.gz",
        recorded.FLAT: "lamp.csv.gz",
    }
    assert recorded.found(Settings(cache=data, data=data / "absent")) == {}
    assert [device.switched_by for device in found[recorded.FLAT].home().devices] == [Origin.PERSON]


def test_rows_of_a_recorded_home_say_what_is_set_and_whether_the_door_opens_soon(data: Path) -> None:
    recording = Recording(log=data / "long.csv.gz", table=data / "long.devices.csv")
    home = recording.home()
    questions = recorded.questions_for(recorded.HOUSE, home)
    assert [(one.target.device, one.task) for one in questions] == [
        ("bathroom_sink", "light_on"),
        ("door_main", "door_opens_15"),
    ]
    rows = rows_on_grid(home, recording.history(home), questions, NOON + 60 * np.array([5.0, 15.0, 44.0, 46.0, 60.5]))
    lamp, door = (rows.where(rows.home == place) for place in (0, 1))
    assert lamp.labels[:, COLUMN["light_on"]].tolist() == [0.0, 1.0, 0.0, 0.0, 0.0]
    assert door.labels[:, COLUMN["door_opens_15"]].tolist() == [0.0, 0.0, 0.0, 1.0, 0.0]
    assert np.isfinite(rows.labels).sum() == len(rows)


def test_before_the_first_report_there_is_no_row(data: Path) -> None:
    recording = Recording(log=data / "lamp.csv.gz")
    home = recording.home()
    asked = [Question(target=home.targets[0], task="light_on")]
    rows = rows_on_grid(home, recording.history(home), asked, NOON + 60 * np.array([0.0, 2.0]))
    assert rows.at.tolist() == [NOON + 120]


def test_without_a_recorded_house_nothing_is_measured_and_nothing_passes(tmp_path: Path) -> None:
    inputs = Inputs(results={}, folder=tmp_path, folders={}, progress=silent, each=lambda _work, _jobs: {})
    result = real.run(Settings(cache=tmp_path), inputs)
    assert "--data" in result.skipped
    assert result.checks == ()


def test_a_recorded_house_is_judged_by_floor_and_boosting() -> None:
    def found(offset: float) -> Json:
        return {name: {"average_precision": floor + offset} for name, floor in recorded.FLOOR.items()}

    low = {name: found(0.1)[name] if place else found(-0.05)[name] for place, name in enumerate(recorded.FLOOR)}
    told = {recorded.HOUSE: {real.BOOSTING: [found(0.2)], real.NETWORK: [low, low]}}
    mean, above = real.checks(told)
    assert mean.value == pytest.approx(-0.1 - 0.15 / 8)
    assert not mean.ok
    assert (above.value, above.ok, above.aimed) == (7, True, False)
    assert "not shipped" in real.table(recorded.HOUSE, told[recorded.HOUSE]).title


# --- calibration ------------------------------------------------------------------------------------


def test_reliability_is_drawn_from_a_result(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="matplotlib comes with homectl[evaluate]")
    told = {"ece": 0.02, "said": [0.1, float("nan"), 0.9], "came": [0.2, None, 0.85], "share_of_rows": [0.5, 0.0, 0.5]}
    [file] = draw({"calibration": Result(figures={"light_on": told, "lock_wanted": told})}, tmp_path / "drawn")
    assert file.read_bytes().startswith(b"\x89PNG")
    assert draw({}, tmp_path / "none") == []
    assert not (tmp_path / "none").exists()
