"""homectl init: a first home.yaml from the devices that are there."""

import os
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from homectl.bridge.directory import Directory
    from homectl.bridge.messages import Message
    from homectl.bridge.settings import BridgeSettings

NAME, HELP = "init", "propose a home.yaml, with areas, from the devices that are there"
EXAMPLE = "homectl init --from bridge-devices.json --out home.yaml"


def arguments(parser: ArgumentParser) -> None:
    source = parser.add_mutually_exclusive_group()
    source.add_argument(
        "--from", dest="file", type=Path, default=None, metavar="FILE", help="a saved bridge/devices or saved messages"
    )
    source.add_argument("--broker", default=None, metavar="URL", help="a broker to look at, such as mqtt://127.0.0.1")
    parser.add_argument(
        "-c", "--config", type=Path, default=None, help="settings with the broker's password and topics"
    )
    parser.add_argument("--out", type=Path, default=Path("home.yaml"), help="file to write (default: %(default)s)")


def run(args: Namespace) -> int:
    from homectl.bridge.directory import Directory, dialects_of
    from homectl.bridge.proposals import home_yaml, proposals
    from homectl.home import Home, UsageError

    if args.out.exists():
        raise UsageError(f"expected a new file, got {args.out}, which exists; name another with --out, or move it away")
    settings = _settings(args)
    directory = Directory(Home(id="unplaced"), dialects_of(settings))
    groups: list[dict[str, Any]] = []
    if args.file is not None:
        _read(args.file, directory, settings, groups)
    else:
        _listen(directory, settings, groups)
    found = proposals(directory.pending.values(), groups)
    if not found:
        raise UsageError("expected devices to be announced there, found none; homectl devices says what was heard")
    source = args.file.name if args.file is not None else "the broker"
    with args.out.open("x", encoding="utf-8") as file:
        file.write(home_yaml(found, timezone=_timezone(), source=source))
    placed = sum(bool(proposal.area) for proposal in found)
    print(f"{args.out}: {len(found)} devices, {placed} with a proposed area. Read it through before you use it.")
    return 0


def _settings(args: Namespace) -> "BridgeSettings":
    from pydantic import ValidationError

    from homectl.bridge.settings import BridgeSettings, BrokerSettings
    from homectl.home import UsageError

    settings = BridgeSettings()
    if args.config is not None or (args.file is None and args.broker is None):
        from homectl.cli.configuration import find
        from homectl.settings import Settings, read

        settings = read(find(args.config), Settings, dict(os.environ)).bridge
    if args.broker is None:
        return settings
    try:
        url = BrokerSettings(url=args.broker).url
    except ValidationError:
        raise UsageError(f"expected a URL such as mqtt://127.0.0.1:1883, got {args.broker!r}") from None
    return settings.model_copy(update={"broker": settings.broker.model_copy(update={"url": url})})


def _read(file: Path, directory: "Directory", settings: "BridgeSettings", groups: list[dict[str, Any]]) -> None:
    """Take in a saved file; elements of a device list are heard together, as Zigbee2MQTT says them."""
    import json

    from homectl.bridge.messages import Message
    from homectl.bridge.saved import entries, is_device, message_of
    from homectl.home import LogError, MessageError

    base = settings.zigbee2mqtt[0] if settings.zigbee2mqtt else "zigbee2mqtt"
    listed = []
    for entry in entries(file):
        if is_device(entry.value):
            listed.append(entry.value)
            continue
        try:
            if entry.error:
                raise MessageError(entry.error)
            _hear(directory, message_of(entry.value, base), groups)
        except MessageError as error:
            raise LogError(f"{file}: line {entry.line}: {error}") from None
    if listed:
        directory.take(Message(f"{base}/bridge/devices", json.dumps(listed).encode(), retain=True), 0.0)


def _hear(directory: "Directory", message: "Message", groups: list[dict[str, Any]]) -> None:
    from homectl.bridge.survey import groups_in

    directory.take(message, 0.0)
    groups.extend(groups_in(message))


def _listen(directory: "Directory", settings: "BridgeSettings", groups: list[dict[str, Any]]) -> None:
    import contextlib

    from homectl.bridge.survey import groups_in
    from homectl.cli.looking import look
    from homectl.home import MessageError

    def note(message: "Message") -> None:
        with contextlib.suppress(MessageError):
            groups.extend(groups_in(message))

    look(settings, directory, extra=[f"{base}/bridge/groups" for base in settings.zigbee2mqtt], on_message=note)


def _timezone() -> str:
    """This machine's time zone by name; UTC where it has none."""
    from zoneinfo import available_timezones

    linked = os.path.realpath("/etc/localtime").partition("zoneinfo/")[2]
    return next((name for name in (os.environ.get("TZ", ""), linked) if name in available_timezones()), "UTC")
