"""Who is signed in stays so over a restart, and nobody else comes in by the file that says who."""

import asyncio
import json
from pathlib import Path

import pytest

from homectl.dashboard.access import MACHINE
from homectl.dashboard.sessions import LIFE, MOST, OF_ONE, Sessions
from homectl.home import Account, Role

ADA = Account("ada", Role.OWNER, "first")
TABLET = Account("tablet", Role.VIEWER, "second")


class Time:
    """UTC seconds that a test lets pass."""

    now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


def begun(sessions: Sessions, *accounts: Account) -> list[str]:
    async def begin() -> list[str]:
        return [await sessions.begin(account) for account in accounts]

    return asyncio.run(begin())


def test_who_signs_in_often_signs_nobody_else_out() -> None:
    sessions = Sessions(Time())
    owner, *often = begun(sessions, ADA, *[TABLET] * (MOST + 1))
    assert sessions.find(owner) == ADA
    assert sum(sessions.find(one) is not None for one in often) == OF_ONE
    assert sessions.find(often[-1]) is not None


def test_after_a_restart_everybody_is_still_signed_in_but_this_machine_s_programs(tmp_path: Path) -> None:
    kept, time = tmp_path / "home.sessions", Time()
    ada, tablet, machine = begun(Sessions(time, kept), ADA, TABLET, MACHINE)
    again = Sessions(time, kept)
    assert [again.find(one) for one in (ada, tablet, machine, "guess")] == [ADA, TABLET, None, None]
    asyncio.run(again.end(ada))
    assert [Sessions(time, kept).find(one) for one in (ada, tablet)] == [None, TABLET]


def test_the_file_is_its_owner_s_alone_and_opens_no_door(tmp_path: Path) -> None:
    kept, time = tmp_path / "home.sessions", Time()
    (ada,) = begun(Sessions(time, kept), ADA)
    assert kept.stat().st_mode & 0o777 == 0o600
    assert ada not in kept.read_text()
    assert [Sessions(time, kept).find(key) for key in json.loads(kept.read_text())] == [None]


@pytest.mark.parametrize(("passed", "in_still"), [(-1.0, False), (0.0, True), (LIFE - 1, True), (LIFE, False)])
def test_a_session_counts_for_its_life_by_a_clock_that_may_have_been_wrong(
    tmp_path: Path, passed: float, in_still: bool
) -> None:
    kept, time = tmp_path / "home.sessions", Time()
    (ada,) = begun(Sessions(time, kept), ADA)
    time.now += passed
    assert (Sessions(time, kept).find(ada) is not None) is in_still


DAMAGED = [
    "",
    "[]",
    "null",
    "{",
    '{"a": 1}',
    '{"a": {"account": {"name": "x", "role": "king", "mark": "m"}, "ends": 1}}',
]


@pytest.mark.parametrize("content", DAMAGED)
def test_a_damaged_file_signs_everybody_out_and_says_so(
    tmp_path: Path, content: str, caplog: pytest.LogCaptureFixture
) -> None:
    kept, time = tmp_path / "home.sessions", Time()
    kept.write_text(content)
    (ada,) = begun(Sessions(time, kept), ADA)
    assert f"everybody is signed out: {kept}: expected sessions, got " in caplog.text
    assert Sessions(time, kept).find(ada) == ADA


def test_where_nothing_can_be_kept_people_sign_in_all_the_same_and_the_log_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    sessions = Sessions(Time(), tmp_path / "none" / "home.sessions")
    (ada,) = begun(sessions, ADA)
    assert sessions.find(ada) == ADA
    assert "a restart signs everybody out" in caplog.text
