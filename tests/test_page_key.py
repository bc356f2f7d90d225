"""The key of a page: for this machine's programs and its own run only."""

from contextlib import ExitStack
from pathlib import Path

import pytest

from homectl.page_key import PageKey, certificates_in


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOMECTL_DATA", str(tmp_path / "state"))
    return tmp_path / "state"


def test_a_key_is_there_for_its_user_alone_while_the_page_is(state: Path) -> None:
    key = PageKey(port=8124, token=PageKey.new_token())
    with key.left():
        path = state / "page-8124.json"
        assert (PageKey.of(8124), path.stat().st_mode & 0o777) == (key, 0o600)
        assert key.token not in repr(key)
    assert PageKey.of(8124) is None
    assert len({PageKey.new_token() for _ in range(100)}) == 100


def test_a_later_run_s_key_is_left_alone(state: Path) -> None:
    later = PageKey(port=8124, token="later", host="::1")
    with ExitStack() as of_later:
        with PageKey(port=8124, token="earlier").left():
            of_later.enter_context(later.left())
        assert PageKey.of(8124) == later


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"token": "a"}'])
def test_what_is_no_key_opens_nothing(state: Path, content: str) -> None:
    state.mkdir()
    (state / "page-8124.json").write_text(content)
    assert PageKey.of(8124) is None


def test_of_a_file_with_a_key_only_the_certificates_are_told() -> None:
    shown = "-----BEGIN CERTIFICATE-----\nMIIB\nAA==\n-----END CERTIFICATE-----"
    secret = "-----BEGIN PRIVATE KEY-----\nMIIC\n-----END PRIVATE KEY-----"
    pem = f"Küche: {secret}\n{shown}\n# für den Flur\n{shown.replace('AA', 'BB')}\r\n{secret}"
    assert certificates_in(pem.encode()) == f"{shown}\n{shown.replace('AA', 'BB')}\n"
