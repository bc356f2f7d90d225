"""Whether Home Assistant's way of announcing says that a device can be reached."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from homectl.bridge.dialects.operations import UNDEFINED
from homectl.bridge.dialects.payloads import Body, Said, Tell, teller, text_of, topic
from homectl.bridge.dialects.values import canonical


@dataclass(frozen=True, slots=True)
class Sign:
    """One topic that says online or offline."""

    topic: str
    template: str
    online: str
    offline: str
    tell: Tell = field(compare=False)

    def says(self, said: Said) -> bool | None:
        """None: neither."""
        value = self.tell(said)
        word = "" if value is UNDEFINED else canonical(value)
        return {self.offline: False, self.online: True}.get(word)


@dataclass(frozen=True, slots=True)
class Availability:
    """All signs of one component. `mode` is latest, all or any."""

    mode: str
    signs: tuple[Sign, ...]

    @property
    def topics(self) -> tuple[str, ...]:
        return tuple(sign.topic for sign in self.signs)

    def reachable(self, heard: Mapping[str, bool | None]) -> bool | None:
        """From what each topic said last, the newest last; None as long as it cannot be told."""
        said = {topic: word for topic, word in heard.items() if topic in self.topics and word is not None}
        if not said:
            return None
        if self.mode == "latest":
            return list(said.values())[-1]
        if self.mode == "any":
            return True if any(said.values()) else None if len(said) < len(set(self.topics)) else False
        return False if not all(said.values()) else None if len(said) < len(set(self.topics)) else True


def availability(body: Body) -> Availability:
    """What a component declares, long keys and whole topics. MessageError where a template leaves the subset."""
    mode = body.get("availability_mode")
    declared = body.get("availability")
    listed = declared if isinstance(declared, list) else []
    signs = [sign for one in listed if (sign := _sign(one, "topic", "value_template"))]
    if not signs and (sign := _sign(body, "availability_topic", "availability_template")):
        signs.append(sign)
    return Availability(mode if mode in ("all", "any") else "latest", tuple(signs))


def _sign(body: Body, topic_key: str, template_key: str) -> Sign | None:
    place = topic(body, topic_key)
    if place is None:
        return None
    online = canonical(text_of(body.get("payload_available", "online")))
    offline = canonical(text_of(body.get("payload_not_available", "offline")))
    return Sign(place, str(body.get(template_key)), online, offline, teller(body, template_key))
