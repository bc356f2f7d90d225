"""Payloads of Home Assistant's way: text or JSON, read through a template and written through one."""

from collections.abc import Callable, Mapping
from typing import Any

from homectl.bridge.dialects.operations import UNDEFINED
from homectl.bridge.dialects.templates import template
from homectl.bridge.dialects.values import Convert, Read, plain, topic_is_safe
from homectl.bridge.messages import STATE_CAP, Message, json_payload
from homectl.home import MessageError

Body = Mapping[str, Any]
Tell = Callable[["Said"], Any]
Write = Callable[[Any], str]


class Said:
    """One payload: its text, and the JSON in it, parsed when first asked for."""

    __slots__ = ("_json", "_message", "_parsed", "text")

    def __init__(self, message: Message) -> None:
        """MessageError for a payload that is too large for a state."""
        if len(message.payload) > STATE_CAP:
            raise MessageError(f"{message.topic}: expected at most {STATE_CAP} bytes, got {len(message.payload)}")
        self.text = message.payload.decode("utf-8", "replace")
        self._message = message
        self._parsed = False
        self._json: Any = UNDEFINED

    @property
    def json(self) -> Any:
        """The JSON values; UNDEFINED where the text is none."""
        if not self._parsed:
            self._parsed = True
            try:
                self._json = json_payload(self._message)
            except MessageError:
                self._json = UNDEFINED
        return self._json


def teller(body: Body, key: str) -> Tell:
    """What a payload says by the template declared under `key`, or as it is. MessageError: outside the subset."""
    source = body.get(key)
    if source is None:
        return lambda said: said.text
    compiled = template(text_of(source))
    return lambda said: compiled.value({"value": said.text, "value_json": said.json})


def reader(tell: Tell, convert: Convert) -> Read:
    """A value through a template and a conversion; None where the payload says nothing."""

    def read(said: Said) -> float | None:
        value = tell(said)
        return None if value is UNDEFINED or value == "" else convert(value)

    return read


def field(name: str, convert: Convert) -> Read:
    """One key of a JSON object; None where it is absent."""

    def read(said: Said) -> float | None:
        body = said.json
        return convert(body[name]) if isinstance(body, dict) and name in body else None

    return read


def writer(body: Body, key: str) -> Write:
    """What is written for a value by the command template under `key`. MessageError: outside the subset."""
    source = body.get(key)
    if source is None:
        return text_of
    compiled = template(text_of(source))
    return lambda value: compiled.text({"value": value})


def topic(body: Body, key: str) -> str | None:
    """A declared topic; None where there is none, MessageError where it could not be one concrete topic."""
    found = body.get(key)
    if found is None or found == "":
        return None
    if not topic_is_safe(found):
        raise MessageError(f"discovery: expected one concrete topic as {key}, got {str(found)[:40]!r}")
    return str(found)


def text_of(value: Any) -> str:
    """A plain value as it is written in a payload. MessageError for others."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(plain(value))
    raise MessageError(f"discovery: expected a plain value, got {type(value).__name__}")
