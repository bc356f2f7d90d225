"""Metrics are numbers a scraper can read, and nothing else."""

import math
import re

from tests.dashboard.asking import answer
from tests.fakes import FakeHome

LINE = re.compile(r'^(?:# TYPE \w+ gauge|[a-z_][a-z0-9_]*\{home="[a-z0-9_-]+"\} -?\d+(?:\.\d+)?(?:e[+-]?\d+)?)$')


def test_metrics_are_the_numbers_of_the_homes_health() -> None:
    home = FakeHome()
    home.health = {
        "readings": 7,
        "commands": {"asked": 2, "by kind": {"light": 1.5}},
        "ok": True,
        "tiny": 1e-9,
        "policy": "rules",
        "late": math.nan,
        "worst": math.inf,
        "list": [1],
    }
    said = answer(home, "GET", "/metrics")
    lines = said.text.splitlines()
    assert said.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert all(LINE.match(line) for line in lines)
    values = dict(line.split(" ") for line in lines if not line.startswith("#"))
    assert values == {
        'homectl_commands_asked{home="small"}': "2.0",
        'homectl_commands_by_kind_light{home="small"}': "1.5",
        'homectl_connected{home="small"}': "1.0",
        'homectl_ok{home="small"}': "1.0",
        'homectl_readings{home="small"}': "7.0",
        'homectl_tiny{home="small"}': "1e-09",
        'homectl_view_version{home="small"}': f"{home.version}.0",
    }
