"""Collects the settings that each part declares, and says where in a file a mistake is."""

import difflib
import os
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Self, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator, model_validator

from homectl.bridge.settings import BridgeSettings
from homectl.control.autonomy import AutonomySettings
from homectl.control.limits import Limits
from homectl.home import ConfigError, Home
from homectl.places import state_folder
from homectl.schedule import ScheduleSettings

PREFIX = "HOMECTL_"
OUTSIDE = frozenset({"HOMECTL_CONFIG", "HOMECTL_DATA", "HOMECTL_TOKEN", "HOMECTL_TRACEBACK"})
"""Variables that say something else than a key of the settings."""

LARGEST = 2**20
MOST_NODES = 100_000
DEEPEST = 50
"""What a settings file may hold: bytes, values with every alias written out, and levels."""

PLAINLY = {"path_type": "a path", "model_type": "keys and values", "dict_type": "keys and values"}
"""What pydantic's errors of some types say, for people."""

Model = TypeVar("Model", bound=BaseModel)


class DashboardSettings(BaseModel):
    """The page and the API: on loopback only, unless another address is named."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    port: int = Field(default=8124, ge=0, le=65535)
    bind: str = Field(default="127.0.0.1", description="the address to listen on; another than loopback lets others in")
    hosts: tuple[str, ...] = Field(default=(), description="further names by which browsers ask for the page")
    certificate: Path | None = Field(default=None, description="PEM; with `key` the page is served encrypted")
    key: Path | None = None

    @field_validator("bind")
    @classmethod
    def _an_address(cls, bind: str) -> str:
        try:
            return str(ip_address("127.0.0.1" if bind == "localhost" else bind))
        except ValueError:
            raise ValueError("expected an address such as 127.0.0.1 or 192.168.1.20") from None

    @model_validator(mode="after")
    def _both_or_none(self) -> Self:
        if (self.certificate is None) != (self.key is None):
            raise ValueError("expected certificate and key together")
        return self

    def beside(self, folder: Path) -> "DashboardSettings":
        """With its paths relative to a folder, where they are relative."""
        paths = {name: folder / path for name in ("certificate", "key") if (path := getattr(self, name)) is not None}
        return self.model_copy(update=paths)


class Settings(BaseModel):
    """config/homectl.yaml. A key nobody declared is an error, not a surprise."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    home: Path = Path("home.yaml")
    limits: Path | None = Field(default=None, description="none: the limits shipped with homectl")
    data: Path | None = Field(default=None, description="where the journal lives; none: $HOMECTL_DATA or XDG state")
    policy: str = Field(default="base", description="base, rules, or a folder made by homectl train")
    bridge: BridgeSettings = BridgeSettings()
    autonomy: AutonomySettings = AutonomySettings()
    schedule: ScheduleSettings = ScheduleSettings()
    dashboard: DashboardSettings = DashboardSettings()


def read(path: Path, model: type[Model], environment: dict[str, str] | None = None) -> Model:
    """One validated file; ConfigError with every finding as `file:line:col: path: expected …, got …`."""
    root = _compose(path)
    if root is not None:
        _measure(root, path)
    content = _plain(root, path) if root is not None else {}
    if not isinstance(content, dict):
        raise ConfigError(f"{path}:1:1: expected keys and values, got {type(content).__name__}")
    overridden = _override(content, environment or {})
    try:
        return model.model_validate(content)
    except ValidationError as error:
        raise ConfigError(*(_finding(path, root, model, e, overridden) for e in error.errors())) from None


def load(path: Path) -> tuple[Settings, Home, Limits]:
    """The daemon's settings with its home and limits; relative paths are relative to the settings file.

    Every finding of all three files is reported at once.
    """
    settings = read(path, Settings, dict(os.environ))
    home_path = path.parent / settings.home
    findings: list[str] = []
    home, limits = None, Limits()
    try:
        home = read(home_path, Home)
    except ConfigError as error:
        findings += error.findings
    if settings.limits is not None:
        try:
            limits = read(path.parent / settings.limits, Limits)
        except ConfigError as error:
            findings += error.findings
    if home is None or findings:
        raise ConfigError(*findings)
    return _beside(path, settings), home, limits


def _beside(path: Path, settings: Settings) -> Settings:
    """The settings with the paths that are in them relative to their file, where they are relative."""
    folder = path.absolute().parent
    policy = settings.policy if settings.policy in ("base", "rules") else str(folder / settings.policy)
    data = None if settings.data is None else folder / settings.data
    dashboard = settings.dashboard.beside(folder)
    return settings.model_copy(update={"policy": policy, "data": data, "dashboard": dashboard})


def data_folder(settings: Settings) -> Path:
    """Where state is kept: the setting, $HOMECTL_DATA, systemd's folder, or XDG state."""
    folder = settings.data or state_folder()
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _compose(path: Path) -> yaml.Node | None:
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
        if len(content) > LARGEST:
            raise ConfigError(f"{path}: expected at most {LARGEST:,} bytes, got more; is this a settings file?")
        return yaml.compose(content.decode("utf-8-sig"), Loader=yaml.SafeLoader)
    except OSError as error:
        raise ConfigError(f"{path}: expected a readable file, got: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{path}: expected UTF-8 text, got other bytes; save the file as UTF-8") from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"{mark.line + 1}:{mark.column + 1}" if mark else "1:1"
        raise ConfigError(f"{path}:{where}: expected YAML, got this: {error.problem}") from None
    except yaml.YAMLError as error:
        raise ConfigError(f"{path}:1:1: expected YAML, got this: {str(error).splitlines()[0]}") from None
    except RecursionError:
        raise ConfigError(f"{path}:1:1: expected YAML of at most {DEEPEST} levels, got more") from None


def _measure(root: yaml.Node, path: Path) -> None:
    """ConfigError for a file of too many or too deep values, and for a key that is there twice."""
    waiting, seen = [(root, 1)], 0
    while waiting:
        node, depth = waiting.pop()
        seen += 1
        if isinstance(node, yaml.ScalarNode) and "\0" in node.value:
            raise ConfigError(f"{path}{_mark(node)}: expected text, got a zero byte in it")
        if seen > MOST_NODES or depth > DEEPEST:
            most = f"{MOST_NODES:,} values in {DEEPEST} levels"
            raise ConfigError(f"{path}{_mark(node)}: expected at most {most}, got more")
        if isinstance(node, yaml.MappingNode):
            _expect_plain_keys(node, path)
            waiting += [(value, depth + 1) for _, value in _pairs(node)]
        elif isinstance(node, yaml.SequenceNode):
            waiting += [(item, depth + 1) for item in node.value]


def _expect_plain_keys(node: yaml.MappingNode, path: Path) -> None:
    known: set[str] = set()
    for key, _ in _pairs(node):
        if not isinstance(key, yaml.ScalarNode):
            raise ConfigError(f"{path}{_mark(key)}: expected a word as key, got a list or a mapping")
        if key.value in known:
            raise ConfigError(f"{path}{_mark(key)}: {key.value}: expected every key once, got it again")
        known.add(key.value)


def _plain(node: yaml.Node, path: Path) -> Any:
    """The node as Python values; `!secret name` is looked up in secrets.yaml beside the file."""
    if isinstance(node, yaml.MappingNode):
        return {str(key.value): _plain(value, path) for key, value in _pairs(node)}
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item, path) for item in node.value]
    if node.tag == "!secret":
        return _secret(node, path)
    if node.tag == "tag:yaml.org,2002:int" and isinstance(node, yaml.ScalarNode) and ":" in node.value:
        return node.value  # a time of day: YAML 1.1 would make 22:00 the number 1320
    constructor = yaml.SafeLoader("")
    try:
        return constructor.construct_object(node)
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        raise ConfigError(f"{path}{_mark(node)}: expected a plain value, got {str(error).splitlines()[0]}") from None


def _pairs(node: yaml.MappingNode) -> Iterator[tuple[yaml.Node, yaml.Node]]:
    yield from node.value


def _secret(node: yaml.Node, path: Path) -> SecretStr:
    beside = path.parent / "secrets.yaml"
    try:
        secrets = yaml.safe_load(beside.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError, yaml.YAMLError):
        raise ConfigError(f"{path}{_mark(node)}: expected a readable {beside} for !secret {node.value}") from None
    if not isinstance(secrets, dict) or node.value not in secrets:
        raise ConfigError(f"{path}{_mark(node)}: expected {node.value!r} in {beside}; add it there")
    return SecretStr(str(secrets[node.value]))


def _override(content: dict[str, Any], environment: dict[str, str]) -> dict[tuple[str, ...], str]:
    """HOMECTL_BRIDGE__BROKER__URL=… replaces bridge.broker.url; which keys were replaced, by which variable."""
    replaced: dict[tuple[str, ...], str] = {}
    for name, value in sorted(environment.items()):
        keys = tuple(name.removeprefix(PREFIX).lower().split("__"))
        if not name.startswith(PREFIX) or name in OUTSIDE or (len(keys) < 2 and keys[0] not in Settings.model_fields):
            continue
        place = content
        for key in keys[:-1]:
            if not isinstance(place.get(key), dict):
                place[key] = {}
            place = place[key]
        place[keys[-1]] = value
        replaced[keys] = name
    return replaced


def _mark(node: yaml.Node) -> str:
    return f":{node.start_mark.line + 1}:{node.start_mark.column + 1}"


def _finding(
    path: Path, root: yaml.Node | None, model: type[BaseModel], error: Any, overridden: dict[tuple[str, ...], str]
) -> str:
    location = error["loc"]
    unknown = error["type"] == "extra_forbidden"
    node = _locate(root, location, key=unknown)
    where = f"{path}{_mark(node) if node is not None else ':1:1'}"
    variable = next((name for keys, name in overridden.items() if keys[: len(location)] == location[: len(keys)]), None)
    where = f"${variable}" if variable else where
    dotted = ".".join(str(part) for part in location) or "the file"
    if unknown:
        return f"{where}: {dotted}: expected a known key, got {location[-1]!r}{_suggestion(model, location)}"
    got = "nothing" if error["type"] == "missing" else _short(error.get("input"))
    said = str(error["msg"]).removeprefix("Value error, ").removeprefix("Input should be ")
    said = PLAINLY.get(error["type"], said).replace("String should match pattern", "text that matches")
    expected = "a value" if error["type"] == "missing" else said.removeprefix("expected ")
    return f"{where}: {dotted}: expected {expected}" + ("" if ", got " in expected else f", got {got}")


def _short(value: Any) -> str:
    text = "a secret" if isinstance(value, SecretStr) else repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…"


def _locate(node: yaml.Node | None, location: tuple[Any, ...], *, key: bool) -> yaml.Node | None:
    """The deepest node on the way to a finding; with `key` the last key itself instead of its value."""
    for depth, part in enumerate(location):
        if isinstance(node, yaml.MappingNode):
            found = next(((k, v) for k, v in _pairs(node) if k.value == str(part)), None)
            if found is None:
                return node
            node = found[0] if key and depth == len(location) - 1 else found[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            node = node.value[part]
        else:
            return node
    return node


def _suggestion(model: type[BaseModel], location: tuple[Any, ...]) -> str:
    fields = _fields(model, location[:-1])
    close = difflib.get_close_matches(str(location[-1]), fields, n=1)
    return f"; did you mean {close[0]!r}?" if close else f"; known: {', '.join(sorted(fields)) or 'none'}"


def _fields(model: type[BaseModel], location: tuple[Any, ...]) -> list[str]:
    """The keys allowed at a place in the settings."""
    current: Any = model
    for part in location:
        if isinstance(part, int):
            continue
        field = current.model_fields.get(part)
        if field is None:
            return []
        current = _inner_model(field.annotation)
        if current is None:
            return []
    return list(current.model_fields)


def _inner_model(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    arguments = getattr(annotation, "__args__", ())
    return next((found for inner in arguments if (found := _inner_model(inner)) is not None), None)
