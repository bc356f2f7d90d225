"""Tokens on the command line: told once, listed without their secret, revoked by name."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from homectl.cli import main
from homectl.home import Role
from homectl.people import Tokens


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    (tmp_path / "home.yaml").write_text("id: h\n")
    path = tmp_path / "homectl.yaml"
    path.write_text(f"home: home.yaml\ndata: {tmp_path}\n")
    return path


def test_a_token_is_made_listed_and_revoked(settings: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def say(*words: str) -> tuple[int, str]:
        code = main(["token", *words, "-c", str(settings)])
        return code, capsys.readouterr().out.strip()

    assert say() == (0, "nobody can sign in")
    code, token = say("add", "tablet", "--role", "resident")
    account = Tokens(settings.with_name("h.tokens")).verify(SecretStr(token))
    assert (code, account and account.role) == (0, Role.RESIDENT)
    assert say("list") == (0, "tablet (resident)")
    assert say("--json") == (0, '{"tablet": "resident"}')
    assert say("revoke", "tablet") == (0, "tablet is let in no more")
    assert say("list", "--json") == (0, "{}")


@pytest.mark.parametrize(
    "words",
    [["add"], ["add", "tablet"], ["add", "T", "--role", "guest"], ["revoke"], ["revoke", "tablet"], ["list", "x"]],
)
def test_what_cannot_be_is_said_in_a_line(settings: Path, capsys: pytest.CaptureFixture[str], words: list[str]) -> None:
    assert main(["token", *words, "-c", str(settings)]) == 2
    assert capsys.readouterr().err.startswith("homectl: token")
