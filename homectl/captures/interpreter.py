"""Logs of messages by the very dialects that hear a running home."""

from collections.abc import Iterator, Mapping, Sequence

from homectl.bridge.dialects.announced import Dialect
from homectl.bridge.dialects.home_assistant import HomeAssistant
from homectl.bridge.dialects.zigbee2mqtt import Zigbee2Mqtt
from homectl.bridge.directory import Directory
from homectl.bridge.messages import Message
from homectl.bridge.proposals import OUTDOORS, OUTSIDE_DOOR, Proposal, proposals
from homectl.captures.announcements import BASE, PREFIX, Announcements, announcements
from homectl.captures.hearing import Hearing
from homectl.home import Area, Device, Home, LogError, Quantity, Reading
from homectl.journal.readers.areas_from_log import UNPLACED, Guess, slug, unique
from homectl.journal.readers.overheard import Log, Overheard
from homectl.journal.readers.rows import Tally, check_packed

LOGGED = "log:"
"""Begins the address of a device that a log calls by its name alone."""


class BridgeInterpreter:
    """Makes readings of logs of messages; see `homectl.journal.readers.overheard.Interpreter`.

    An announcement holds from the beginning of every log, as it was retained; where there is none, Zigbee2MQTT's
    devices are taken for what they report.
    """

    def __init__(self, *, started: float | None = None) -> None:
        """`started` is when a capture without times began, UTC seconds."""
        self._started = started
        self._logs: tuple[Log, ...] = ()
        self._known = Announcements()

    def listen(self, logs: Sequence[Log]) -> None:
        if [log.path for log in logs] == [log.path for log in self._logs]:
            return
        for log in logs:
            if not log.timed and self._started is None:
                raise LogError(
                    f"{log.path}: expected times in the capture, got topics and payloads alone; say when it began with "
                    "--started 2024-01-31T08:00, or record with mosquitto_sub -F '%U %r %t %p'"
                )
            check_packed(log.path)
        self._logs, self._known = tuple(logs), announcements(logs)

    def home(self, timezone: str) -> Guess:
        directory = self._directory(Home(id="unplaced", timezone=timezone))
        found = proposals(directory.pending.values())
        name = self._logs[0].path
        if not found:
            raise LogError(
                f"{name}: expected devices that are announced or report under {BASE}/, got none; record all topics "
                "(mosquitto_sub -t '#'), or name a home with --home"
            )
        home, reasons = _placed(found, slug(name.name.partition(".")[0]), timezone, self._known.nameless())
        return Guess(self.completed(home), reasons)

    def completed(self, home: Home) -> Home:
        own = {device.id: device.address for device in home.devices}
        told = self._directory(home).home
        return told.with_devices(
            device.model_copy(update={"address": own[device.id]}) for device in told.devices if device.id in own
        )

    def readings(self, log: Log, home: Home, tally: Tally) -> Iterator[Reading]:
        hearing = Hearing(self._directory(home), home, tally, started=None if log.timed else self._started)
        for message in log.messages(home.zone, tally):
            yield from hearing.hear(self._by_name(message))

    def _directory(self, home: Home) -> Directory:
        """A directory of the home that has heard every announcement."""
        birth = f"{PREFIX}/status"
        dialects: list[Dialect] = [Zigbee2Mqtt(base, birth=birth) for base in self._known.bases]
        directory = Directory(self._addressed(home), [*dialects, HomeAssistant(PREFIX)])
        for topic, payload in (self._known.announced | self._known.inferred(home)).items():
            directory.take(Message(topic, payload, retain=True), 0.0)
        return directory

    def _addressed(self, home: Home) -> Home:
        """The home with the stand-in addresses of devices that are known by name alone."""
        stands_in = {name: address for address, name in self._known.nameless().items()}
        changed = []
        for device in home.devices:
            name, _, part = device.address.removeprefix(LOGGED).partition("#")
            if device.address.startswith(LOGGED) and name in stands_in:
                address = f"{BASE}:{stands_in[name]}" + (f"#{part}" if part else "")
                changed.append(device.model_copy(update={"address": address}))
        return home.with_devices(changed) if changed else home

    def _by_name(self, message: Overheard) -> Overheard:
        """A message under a device's name where its topic has the address."""
        base, _, last = message.topic.rpartition("/")
        name = self._known.names.get(last) if last.startswith("0x") else None
        return message if name is None or base not in self._known.bases else message._replace(topic=f"{base}/{name}")


def _placed(
    found: Sequence[Proposal], home: str, timezone: str, nameless: Mapping[str, str]
) -> tuple[Home, dict[str, str]]:
    """A home of proposals. Only a person can place a lock; what else nothing places stands in the home itself."""
    devices: list[Device] = []
    reasons: dict[str, str] = {}
    taken: set[str] = set()
    for proposal in found:
        device = _device(proposal, unique(slug(proposal.announced.name), taken), nameless)
        devices.append(device)
        about = ", ".join(sorted(proposal.announced.kinds)) or "nothing homectl understands"
        why = proposal.reason or ("nothing says where it is" if device.area else "only you can place a lock")
        reasons[device.id] = f"{about}; {why}"
    areas = sorted({device.area for device in devices if device.area})
    placed = tuple(Area(id=a, name=a.replace("_", " ").capitalize(), outdoors=a in OUTDOORS) for a in areas)
    return Home(id=home, timezone=timezone, areas=placed, devices=tuple(devices)), reasons


def _device(proposal: Proposal, name: str, nameless: Mapping[str, str]) -> Device:
    announced, lock = proposal.announced, "lock" in proposal.announced.kinds
    ieee, _, part = announced.address.removeprefix(f"{BASE}:").partition("#")
    address = f"{LOGGED}{nameless[ieee]}" + (f"#{part}" if part else "") if ieee in nameless else announced.address
    door = Quantity.CONTACT in announced.senses and not OUTSIDE_DOOR.isdisjoint(slug(announced.name).split("_"))
    area = None if lock else proposal.area or UNPLACED
    return Device(id=name, name=announced.name, area=area, address=address, exterior=lock or door)
