"""What a household may say about its broker and the networks behind it."""

import ssl
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, StringConstraints

from homectl.home import BrokerError

Url = Annotated[str, StringConstraints(pattern=r"^mqtts?://[^/\s@]+(:\d{1,5})?/?$")]
"""`mqtt://host:port`, or `mqtts://` for TLS. User and password have keys of their own."""

Prefix = Annotated[str, StringConstraints(pattern=r"^[^+#$/\s][^+#$\s]*[^+#$/\s]$")]
"""The first levels of a topic: no wildcards, no empty end."""


class _Declared(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class BrokerSettings(_Declared):
    """The MQTT broker this home speaks through."""

    url: Url = "mqtt://127.0.0.1:1883"
    username: str | None = None
    password: SecretStr | None = None
    ca: Path | None = Field(default=None, description="certificate authority of a mqtts broker; none: the system's")
    protocol: Literal["5", "3.1.1"] = "5"
    keepalive: int = Field(default=10, ge=2, le=10, description="seconds between signs of life")


class BridgeSettings(_Declared):
    """Where devices are heard and commanded."""

    broker: BrokerSettings = BrokerSettings()
    zigbee2mqtt: tuple[Prefix, ...] = Field(default=("zigbee2mqtt",), description="base topics of Zigbee2MQTT")
    home_assistant: Prefix | None = Field(default="homeassistant", description="discovery prefix; none: do not listen")


def address(settings: BrokerSettings) -> tuple[str, int, ssl.SSLContext | None]:
    """Host, port, and how to trust the broker when its URL asks for TLS. BrokerError for a wrong URL or CA."""
    parts = urlsplit(settings.url)
    secure = parts.scheme == "mqtts"
    try:
        port = parts.port if parts.port is not None else 8883 if secure else 1883
        if not parts.hostname or not port:
            raise ValueError("no host or port")
        parts.hostname.encode("idna")
        tls = ssl.create_default_context(cafile=settings.ca) if secure else None
    except (ValueError, OSError) as error:
        raise BrokerError(f"{settings.url}: expected mqtt://host:port and a readable ca, got {error}") from None
    return parts.hostname, port, tls
