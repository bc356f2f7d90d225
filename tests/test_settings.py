"""Every mistake in a configuration is found at once, with its line and a hint; secrets stay secret."""

from pathlib import Path

import pytest

from homectl.control.limits import Limits
from homectl.home import ConfigError, Home
from homectl.settings import Settings, load, read

HOME = "id: cottage\nareas: [{id: hall}]\ndevices: []\n"


def write(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder / "homectl.yaml"


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("bridge: {brocker: {}}", ":1:10: bridge.brocker: expected a known key, got 'brocker'; did you mean 'broker'?"),
        ("dashboard:\n  port: 70000", ":2:9: dashboard.port: expected less than or equal to 65535, got 70000"),
        ("autonomy: {level: sometimes}", "autonomy.level: expected 'off', 'observe', 'suggest' or 'auto'"),
        ("- a list", ":1:1: expected keys and values, got list"),
        ("a: [1", ":1:6: expected YAML"),
        ("bridge:\n  broker:\n    password: !secret door", ":3:15: expected a readable"),
        ("data: 2024-99-99", "expected a plain value"),
    ],
)
def test_a_finding_names_file_line_column_and_what_was_expected(tmp_path: Path, text: str, finding: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read(write(tmp_path, homectl=text), Settings)
    assert finding in str(caught.value)
    assert str(caught.value).startswith(str(tmp_path / "homectl.yaml"))


def test_mistakes_in_all_three_files_are_reported_together(tmp_path: Path) -> None:
    limits = "setpoint: {warmest: 40}\nlight: {policy_changes: 7}"
    path = write(tmp_path, homectl="limits: limits.yaml", home="id: UPPER\ntimezone: Mars/Olympus", limits=limits)
    with pytest.raises(ConfigError) as caught:
        load(path)
    assert len(caught.value.findings) == 4


def test_a_good_configuration_loads_with_its_home(tmp_path: Path) -> None:
    settings, home, limits = load(write(tmp_path, homectl="autonomy: {level: observe}", home=HOME))
    assert (home.id, settings.autonomy.level, limits) == ("cottage", "observe", Limits())


def test_the_environment_overrides_one_key(tmp_path: Path) -> None:
    environment = {"HOMECTL_BRIDGE__BROKER__URL": "mqtts://broker.test:8883", "HOMECTL_DATA": "elsewhere"}
    settings = read(write(tmp_path, homectl=""), Settings, environment)
    assert settings.bridge.broker.url == "mqtts://broker.test:8883"
    assert settings.data is None


def test_a_secret_is_read_from_beside_the_file_and_never_shown(tmp_path: Path) -> None:
    text = "bridge: {broker: {username: me, password: !secret mqtt}}"
    settings = read(write(tmp_path, homectl=text, secrets="mqtt: canary"), Settings)
    assert settings.bridge.broker.password is not None
    assert settings.bridge.broker.password.get_secret_value() == "canary"
    assert "canary" not in repr(settings)


@pytest.mark.parametrize("key", ["coolest: 5", "warmest: 31", "policy_slew: 2", "policy_every: 60", "freeze: 4"])
def test_limits_can_be_narrowed_but_not_widened(tmp_path: Path, key: str) -> None:
    with pytest.raises(ConfigError):
        read(write(tmp_path, homectl=f"setpoint: {{{key}}}"), Limits)


def test_a_missing_file_is_a_finding_too(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="expected a readable file"):
        read(tmp_path / "home.yaml", Home)


def test_the_shipped_configuration_is_fine() -> None:
    settings, home, _ = load(Path(__file__).parent.parent / "config" / "homectl.yaml")
    assert settings.limits == Path("limits.yaml")
    assert home.contact_of("front_lock") == home.device("front_contact")
