"""A person and a PIN, looked at away from the loop; the same answer whichever of the two is wrong."""

import asyncio
import time
from pathlib import Path
from statistics import median

import pytest
from argon2 import PasswordHasher
from pydantic import SecretStr

from homectl.home import ActionRefused
from homectl.people import Answer, Pins, Register, StepUp, Tries
from homectl.people.pins import HASHER

RIGHT, WRONG = SecretStr("7391"), SecretStr("7392")
QUICK = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)


def step_up(folder: Path, hasher: PasswordHasher = QUICK) -> StepUp:
    pins, register = Pins(hasher), Register(folder / "home.people")
    register.add("Ada", pins.hash(RIGHT))
    return StepUp(register, Tries(folder / "home.tries", real=time.monotonic, wall=time.time), pins)


@pytest.mark.parametrize(
    ("person", "pin", "answer"),
    [
        ("Ada", RIGHT, Answer("Ada", right=True)),
        (" ada", RIGHT, Answer("Ada", right=True)),
        ("Ada", WRONG, Answer("Ada", right=False)),
        ("Ben", RIGHT, Answer("", right=False)),
        ("7391", SecretStr("Ada"), Answer("", right=False)),
    ],
)
def test_a_person_with_their_pin_is_known_and_nobody_else(
    tmp_path: Path, person: str, pin: SecretStr, answer: Answer
) -> None:
    assert asyncio.run(step_up(tmp_path).verify(person, pin)) == answer


def test_after_five_wrong_pins_even_the_right_one_waits(tmp_path: Path) -> None:
    async def scene() -> None:
        here = step_up(tmp_path)
        answers = [await here.verify("Ada", WRONG) for _ in range(5)]
        assert [answer.wait > 0 for answer in answers] == [False] * 4 + [True]
        answer = await here.verify("Ada", RIGHT)
        assert not answer.right
        assert not answer.looked_at
        assert 55 < answer.wait <= 60

    asyncio.run(scene())


def test_a_hundred_guesses_at_once_are_five(tmp_path: Path) -> None:
    async def scene() -> None:
        here = step_up(tmp_path)
        answers = await asyncio.gather(*(here.verify("Ada", WRONG) for _ in range(100)))
        assert sum(answer.looked_at for answer in answers) == 5

    asyncio.run(scene())


class Slow(Pins):
    """Looks at a PIN for as long as it takes to remove its owner."""

    def __init__(self, register: Register) -> None:
        super().__init__(QUICK)
        self._register = register

    def match(self, known: str | None, pin: SecretStr) -> bool:
        self._register.remove("Ada")
        return super().match(known, pin)


def test_who_is_removed_while_their_pin_is_looked_at_does_not_come_in(tmp_path: Path) -> None:
    here = step_up(tmp_path)
    tries = Tries(tmp_path / "home.tries", real=time.monotonic, wall=time.time)
    slow = StepUp(here.register, tries, Slow(here.register))
    assert not asyncio.run(slow.verify("Ada", RIGHT)).right


def test_where_nobody_has_a_pin_that_is_said_and_nothing_counted(tmp_path: Path) -> None:
    here = step_up(tmp_path)
    here.register.remove("Ada")
    with pytest.raises(ActionRefused, match="homectl people add"):
        asyncio.run(here.verify("Ada", RIGHT))
    assert not (tmp_path / "home.tries").exists()


def test_the_loop_goes_on_while_a_pin_is_looked_at(tmp_path: Path) -> None:
    async def scene() -> int:
        here, turns = step_up(tmp_path, HASHER), 0
        looking = asyncio.create_task(here.verify("Ada", RIGHT))
        while not looking.done():
            await asyncio.sleep(0.001)
            turns += 1
        assert (await looking).right
        return turns

    assert asyncio.run(scene()) > 10


def test_a_wrong_name_takes_as_long_as_a_wrong_pin(tmp_path: Path) -> None:
    hasher = PasswordHasher(time_cost=2, memory_cost=16384, parallelism=1)
    here = step_up(tmp_path, hasher)

    def seconds(person: str, run: int) -> float:
        tries = Tries(tmp_path / f"{run} {person}.tries", real=time.monotonic, wall=time.time)
        asking, began = StepUp(here.register, tries, Pins(hasher)), time.process_time()
        assert not asyncio.run(asking.verify(person, WRONG)).right
        return time.process_time() - began

    known, unknown = zip(*((seconds("Ada", run), seconds("Nobody at all", run)) for run in range(9)), strict=True)
    assert 0.7 < median(known) / median(unknown) < 1.4
