"""A page at another address, on the command line: which daemon is asked, and whom it trusts for it."""

from pathlib import Path

import pytest

from homectl.cli import main
from homectl.cli.dashboard import _key_of
from homectl.page_key import PageKey


@pytest.mark.parametrize("url", ["http://a:99999", "http://a:b", "http://[", "ftp://a", "http://ada:pin@127.0.0.1:b/c"])
def test_a_daemon_that_cannot_be_is_said_in_a_line(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["dashboard", "--daemon", url]) == 2
    said = capsys.readouterr().err
    assert (said.count("\n"), "a mistake in homectl" in said, "ada" in said) == (1, False, False)


def test_settings_that_are_named_are_read_for_a_daemon_that_is_named_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "homectl.yaml").write_text("dashboard: {bind: kitchen}\n")
    words = ["dashboard", "--daemon", "http://127.0.0.1:8124", "-c", str(tmp_path / "homectl.yaml")]
    assert main(words) == 78
    assert "dashboard.bind: expected an address" in capsys.readouterr().err


def test_the_key_of_this_machine_s_page_is_not_another_s(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOMECTL_DATA", str(tmp_path))
    key = PageKey(port=8124, token=PageKey.new_token(), host="192.168.1.20")
    with key.left():
        assert _key_of("http://127.0.0.1:8124") == key
        assert _key_of("https://192.168.1.20:8124/") == key
        assert _key_of("https://192.168.1.21:8124") is None
        assert _key_of("http://127.0.0.1:8125") is None
