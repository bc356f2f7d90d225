"""Tokens: told once, kept as argon2id in a private file, and worth nothing once revoked."""

import statistics
import time
from pathlib import Path

import pytest
from argon2 import extract_parameters
from pydantic import SecretStr

from homectl.home import Account, HomeError, Role, UsageError
from homectl.people import Pins, Tokens
from tests.dashboard.doors import WEAK


@pytest.fixture
def tokens(tmp_path: Path) -> Tokens:
    return Tokens(tmp_path / "home.tokens", Pins(WEAK))


def test_a_token_lets_in_whose_it_is_until_it_is_revoked(tokens: Tokens) -> None:
    token = tokens.add("tablet", Role.RESIDENT)
    account = tokens.verify(token)
    assert account is not None
    assert (account.name, account.role, tokens.stand(account)) == ("tablet", Role.RESIDENT, True)
    assert tokens.verify(SecretStr("tablet.another")) is None
    assert tokens.verify(SecretStr(token.get_secret_value().replace("tablet", "owner"))) is None
    Tokens(tokens.path).revoke("tablet")
    assert not tokens.stand(account)
    assert tokens.verify(token) is None
    tokens.add("tablet", Role.RESIDENT)
    assert not tokens.stand(account)


def test_the_first_token_is_an_owner_s_and_made_once(tokens: Tokens) -> None:
    first = tokens.first()
    assert first is not None
    assert tokens.first() is None
    account = tokens.verify(first)
    assert account is not None
    assert account.role is Role.OWNER
    tokens.revoke("owner")
    assert tokens.first() is None


def test_of_two_programs_that_start_at_once_one_makes_the_first_token(tmp_path: Path) -> None:
    class Absent(type(tmp_path)):  # type: ignore[misc]
        """A file that is not there yet when it is looked for."""

        def exists(self) -> bool:
            return False

    ours = Tokens(Absent(tmp_path / "home.tokens"), Pins(WEAK))
    assert Tokens(tmp_path / "home.tokens", Pins(WEAK)).first() is not None
    assert ours.first() is None
    assert len(ours.kept()) == 1


@pytest.mark.parametrize("name", ["homectl", "homectl-2", "somebody", "unknown"])
def test_nobody_is_called_what_the_logbook_calls_something_else(tokens: Tokens, name: str) -> None:
    with pytest.raises(UsageError, match="calls something else"):
        tokens.add(name, Role.OWNER)


def test_only_its_argon2id_is_kept_in_a_file_for_its_owner_alone(tmp_path: Path) -> None:
    tokens = Tokens.beside(tmp_path / "home.db")
    name, _, secret = tokens.add("tablet", Role.GUEST).get_secret_value().partition(".")
    assert (name, tokens.path.name, tokens.path.stat().st_mode & 0o777) == ("tablet", "home.tokens", 0o600)
    assert secret not in tokens.path.read_text()
    assert len(secret) >= 43
    kept = extract_parameters(tokens.kept()["tablet"].hash)
    assert kept.memory_cost >= 19 * 1024
    assert kept.time_cost >= 2
    assert kept.type.name == "ID"


def test_an_unknown_name_takes_as_long_as_a_known_one(tmp_path: Path) -> None:
    tokens = Tokens.beside(tmp_path / "home.db")
    tokens.add("tablet", Role.GUEST)
    taken: dict[str, list[float]] = {"tablet.wrong": [], "nobody.wrong": []}
    for _ in range(7):
        for token, times in taken.items():
            began = time.thread_time()
            assert tokens.verify(SecretStr(token)) is None
            times.append(time.thread_time() - began)
    known, unknown = (statistics.median(times) for times in taken.values())
    assert 0.67 < unknown / known < 1.5


@pytest.mark.parametrize("name", ["", "A", "1", "a b", "a.b", "ä", "a" * 33, "a\n", "tablet"])
def test_a_name_is_plain_and_nobody_else_s(tokens: Tokens, name: str) -> None:
    tokens.add("tablet", Role.GUEST)
    with pytest.raises(UsageError):
        tokens.add(name, Role.GUEST)
    assert list(tokens.kept()) == ["tablet"]


def test_what_is_not_there_cannot_be_revoked(tokens: Tokens) -> None:
    with pytest.raises(UsageError, match="known: none"):
        tokens.revoke("tablet")


@pytest.mark.parametrize("content", ["{", "[]", '{"tokens": []}', '{"tokens": {"a": {"role": "king", "hash": ""}}}'])
def test_a_file_that_is_something_else_lets_nobody_in(tokens: Tokens, content: str) -> None:
    tokens.add("tablet", Role.GUEST)
    tokens.path.write_text(content)
    for ask in (lambda: tokens.verify(SecretStr("a.b")), lambda: tokens.stand(Account("a", Role.GUEST))):
        with pytest.raises(HomeError, match=r"home\.tokens\.1"):
            ask()
    tokens.path.chmod(0o644)
    with pytest.raises(HomeError):
        tokens.kept()
