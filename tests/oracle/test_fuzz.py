"""Whatever policies, sensors, people, restarts and clocks do, no command leaves the envelope and no duty is missed."""

from collections import Counter
from itertools import count

import pytest

from tests.measured import Measured
from tests.oracle.adversary import ordeal


def decisions_without_fault(least: int, first: int) -> Counter[tuple[str, str]]:
    """Homes under ordeal until so much was decided; what was sent, by kind and cause."""
    decided, sent = 0, Counter[tuple[str, str]]()
    for seed in count(first):
        found = ordeal(seed)
        assert found.faults == [], f"ordeal({seed}): {found.faults[0]}"
        decided += found.decisions
        sent += found.sent
        if decided >= least:
            return sent
    raise AssertionError


def test_twenty_thousand_hostile_decisions_stay_within_the_envelope() -> None:
    sent = decisions_without_fault(20_000, first=1000)
    kinds = {kind for kind, cause in sent if cause in ("learned", "rules")}
    assert kinds == {"light", "setpoint", "lock"}
    assert min(sent["setpoint", "safety"], sent["lock", "safety"], sent["light", "person"]) > 0


@pytest.mark.soak
@pytest.mark.timeout(7200)
def test_a_million_hostile_decisions_stay_within_the_envelope(measured: Measured) -> None:
    sent = decisions_without_fault(1_000_000, first=100_000)
    measured("envelope", decisions=1_000_000, commands=sum(sent.values()), violations=0)
    assert min(sent[kind, cause] for kind in ("light", "setpoint", "lock") for cause in ("learned", "person")) > 100
