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
        ("dashboard:\n  bind: everywhere", ":2:9: dashboard.bind: expected an address such as 127.0.0.1"),
        ("dashboard: {certificate: page.pem}", "dashboard: expected certificate and key together"),
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


SCHEDULE = "  - {id: s, start: 22:00, end: sunrise, areas: [hall], light: {on: true}}\n"


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        (SCHEDULE.replace("22:00", "25:00"), ":5:20: schedules.0.start: expected a time of day such as 06:30, sunrise"),
        (SCHEDULE.replace("sunrise", "sunrise + 9:00"), ":5:32: schedules.0.end: expected at most 6 hours before"),
        (SCHEDULE.replace("hall", "cellar"), "schedules.0.areas.0: expected an area of this home, got 'cellar'"),
        (SCHEDULE.replace("areas: [hall]", "devices: [x]"), "schedules.0.devices.0: expected a device of this home"),
        (
            SCHEDULE.replace("areas", "area"),
            "schedules.0.area: expected a known key, got 'area'; did you mean 'areas'",
        ),
        (
            SCHEDULE.replace("light: {on: true}", "setpoint: 31"),
            "schedules.0.setpoint: expected less than or equal to 30",
        ),
        (SCHEDULE.replace("light: {on: true}", "lock: false"), "schedules.0.lock: expected True, got False"),
        (SCHEDULE.replace("areas: [hall], ", ""), ":5:5: schedules.0: expected areas or devices that it is about"),
        (SCHEDULE.replace("{on", "{level: 0.5, on"), ""),
        (SCHEDULE.replace("light: {on: true}", "lock: true, setpoint: 20"), "expected one of light, setpoint and lock"),
        (SCHEDULE.replace("areas", "days: [mon, tu], areas"), "schedules.0.days.1: expected 'mon', 'tue'"),
        (SCHEDULE + SCHEDULE, "schedules: expected every schedule id once"),
        (
            SCHEDULE + "modes: {away: {excluded: [attic]}}",
            ":6:27: modes.away.excluded.0: expected an area of this home",
        ),
        (SCHEDULE + "modes: {away: {hours: 0}}", "modes.away.hours: expected greater than 0, got 0"),
        (SCHEDULE + "modes: {awya: {}}", "modes.awya: expected a known key, got 'awya'; did you mean 'away'"),
    ],
)
def test_a_mistake_in_a_schedule_or_a_mode_is_named_with_its_place(tmp_path: Path, text: str, finding: str) -> None:
    home = "id: h\nareas: [{id: hall}]\ndevices: []\nschedules:\n" + text
    write(tmp_path, home=home)
    if not finding:
        assert read(tmp_path / "home.yaml", Home).schedules[0].start == "22:00"  # no number of YAML's
        return
    with pytest.raises(ConfigError) as caught:
        read(tmp_path / "home.yaml", Home)
    assert len(caught.value.findings) == 1
    assert finding in str(caught.value)


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
