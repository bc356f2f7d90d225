"""The stage that shows how well temperatures are foreseen."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from homectl.trial.homes import live
from homectl.trial.suite import homes
from homectl.trial.suite.stages import Inputs, Json, Settings, Work
from homectl.trial.suite.thermal import AIM, HOURS, MODEL, MUST, PERSISTENCE, SETTLED, checks, run


def one_by_one(work: Work, jobs: Mapping[str, tuple[Any, ...]]) -> dict[str, Json]:
    return {name: work(*job) for name, job in jobs.items()}


def test_temperatures_of_homes_that_nobody_learned_from_are_foreseen_better_than_by_persistence(tmp_path: Path) -> None:
    asked = Settings(cache=tmp_path, quick=True)
    for seed in homes.unseen_seeds(asked):
        live(seed, SETTLED + 1.5, tmp_path / f"{seed}.db")
    inputs = Inputs(results={}, folder=tmp_path, folders={"homes": tmp_path}, progress=lambda *_: None, each=one_by_one)
    result = run(asked, inputs)
    rmse = result.figures["rmse"]
    assert result.figures["heated areas"] > 2
    assert all(0 < rmse[f"{MODEL} {hours}"] < rmse[f"{PERSISTENCE} {hours}"] for hours in HOURS)
    assert result.tables[0].rows[0][0] == MODEL


@pytest.mark.parametrize(("share", "ok", "aimed"), [(0.2, True, True), (0.95, False, False)])
def test_the_error_is_judged_beside_persistence_s(share: float, ok: bool, aimed: bool) -> None:
    found = checks({f"{MODEL} {h}": 0.6 * share for h in HOURS} | {f"{PERSISTENCE} {h}": 0.6 for h in HOURS})
    assert [check.value for check in found] == pytest.approx([share, share])
    assert {(check.ok, check.aimed) for check in found} == {(ok, aimed)}
    assert all(AIM[hours] < MUST[hours] for hours in HOURS)


def test_homes_without_a_heated_area_fail_the_checks_rather_than_pass_them() -> None:
    assert not any(check.ok for check in checks({}))
