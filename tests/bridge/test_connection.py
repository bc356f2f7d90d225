"""The wire holds its promises against real brokers, broken ones and stalled networks."""

import asyncio
import ctypes
import gc
import logging
import os
import shutil
import ssl
import subprocess
import threading
from pathlib import Path

import pytest

from homectl.bridge.broker import LOOPBACK
from homectl.bridge.connection import Connection
from homectl.bridge.messages import DEVICES_CAP, STATE_CAP, Message
from homectl.bridge.settings import BrokerSettings
from homectl.home import BrokerError
from simulator.proxy import ChaosProxy
from tests.brokers import BROKERS, Kind, Station, running, station, until
from tests.measured import Measured


def port_of(url: str) -> int:
    return int(url.rpartition(":")[2])


@pytest.mark.parametrize("kind", BROKERS)
def test_a_message_comes_back_whole_and_says_whether_it_was_retained(kind: Kind) -> None:
    async def scene(url: str) -> None:
        async with station(url, ["hall/#"]) as here:
            here.connection.publish(Message("hall/first", b""))
            await until(lambda: here.heard)
            here.heard.clear()
            assert here.connection.publish(Message("hall/lamp", b"\x00\xff on", retain=True, qos=1), expiry=10)
            await until(lambda: here.heard)
            async with station(url, ["hall/lamp"]) as late:
                await until(lambda: late.heard)
        assert here.heard == [Message("hall/lamp", b"\x00\xff on", retain=False, qos=0)]
        assert late.heard == [Message("hall/lamp", b"\x00\xff on", retain=True, qos=0)]

    with running(kind) as broker:
        asyncio.run(scene(broker.url))


@pytest.mark.broker
@pytest.mark.parametrize("protocol", ["5", "3.1.1"])
def test_both_versions_of_the_protocol_speak(mosquitto: str, protocol: str) -> None:
    async def scene() -> None:
        settings = BrokerSettings.model_validate({"url": mosquitto, "protocol": protocol})
        async with station(settings, [f"version/{protocol}"], heartbeat=0.2) as here:
            here.connection.publish(Message(f"version/{protocol}", b"1"), expiry=10)
            await until(lambda: here.heard)
            await asyncio.sleep(0.7)
            assert here.links == [True]

    asyncio.run(scene())


@pytest.mark.broker
def test_an_expired_message_is_not_handed_on(mosquitto: str) -> None:
    async def scene() -> None:
        async with station(mosquitto) as here:
            here.connection.publish(Message("expiry/short", b"1", retain=True), expiry=1)
            here.connection.publish(Message("expiry/none", b"2", retain=True))
            await asyncio.sleep(2.2)
            async with station(mosquitto, ["expiry/#"]) as late:
                await until(lambda: late.heard)
                assert [message.topic for message in late.heard] == ["expiry/none"]

    asyncio.run(scene())


@pytest.mark.broker
def test_wanted_topics_are_replaced_not_added(mosquitto: str) -> None:
    async def scene() -> None:
        async with station(mosquitto, ["wanted/old", "wanted/kept"]) as here:
            here.connection.subscribe(["wanted/kept", "wanted/new"], qos=1)
            for topic in ("wanted/old", "wanted/kept", "wanted/new"):
                here.connection.publish(Message(topic, b"1", qos=1))
            await until(lambda: len(here.heard) == 2)
            await asyncio.sleep(0.05)
        assert [(message.topic, message.qos) for message in here.heard] == [("wanted/kept", 1), ("wanted/new", 1)]

    asyncio.run(scene())


@pytest.mark.parametrize("kind", BROKERS)
def test_after_a_restart_of_the_broker_it_is_back_subscribed_and_sends_nothing_late(kind: Kind) -> None:
    async def scene() -> None:
        with running(kind) as broker:
            async with station(broker.url, ["hall/#"]) as here, station(broker.url, ["hall/#"]) as other:
                broker.stop()
                await until(lambda: here.links == [True, False] and other.links == [True, False])
                assert not here.connection.connected
                assert not any(here.connection.publish(Message("hall/late", b"", qos=qos)) for qos in (0, 1, 2))
                assert here.connection.counters.unsent == 3
                broker.start()
                await until(lambda: here.links == other.links == [True, False, True])
                await until(lambda: here.connection.listening and other.connection.listening)
                assert here.connection.publish(Message("hall/now", b"", qos=1))
                await until(lambda: here.heard and other.heard)
                await asyncio.sleep(0.3)
                assert [message.topic for message in other.heard] == ["hall/now"]

    asyncio.run(scene())


@pytest.mark.broker
def test_what_was_on_its_way_when_the_link_stalled_is_never_sent_later() -> None:
    """These fill what the other side still takes, then our system's buffer, then paho's."""

    async def scene() -> None:
        with running() as broker:
            proxy = ChaosProxy(port_of(broker.url))
            url = await proxy.start()
            async with station(broker.url, ["flood/#"]) as witness, station(url, heartbeat=0.4) as here:
                proxy.stall()
                for number in range(3000):
                    assert here.connection.publish(Message("flood/lock", b"%4096d" % number, qos=number % 2))
                took = await until(lambda: here.links == [True, False])
                assert 0.3 < took < 1.5
                proxy.flow()
                await until(lambda: here.links == [True, False, True])
                here.connection.publish(Message("flood/end", b"", qos=1))
                await until(lambda: witness.payloads("flood/end"))
                await asyncio.sleep(0.5)
                assert len(witness.payloads("flood/lock")) < 10
            proxy.close()

    asyncio.run(scene())


@pytest.mark.broker
def test_a_command_is_not_trusted_to_a_link_that_leaves_a_heartbeat_unanswered(mosquitto: str) -> None:
    async def scene() -> None:
        proxy = ChaosProxy(port_of(mosquitto))
        async with station(await proxy.start(), heartbeat=2.0) as here:
            assert here.connection.publish(Message("stalled/lock", b"LOCK"), expiry=10)
            proxy.stall()
            await until(lambda: not here.connection.publish(Message("stalled/lock", b"LOCK"), expiry=10), within=6)
            assert here.connection.connected
            assert here.connection.publish(Message("stalled/health", b"{}"))
        proxy.close()

    asyncio.run(scene())


def certificate(folder: Path, name: str) -> Path:
    """A key and a certificate of our own for the loopback, in one file."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl: not installed on this machine")
    path = folder / f"{name}.pem"
    wishes = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-subj", f"/CN={name}", "-days", "2"]
    wishes += ["-addext", f"subjectAltName=IP:{LOOPBACK}", "-keyout", str(folder / "key"), "-out", str(folder / "crt")]
    subprocess.run(["openssl", "req", "-x509", "-nodes", *wishes], check=True, capture_output=True)
    path.write_bytes((folder / "key").read_bytes() + (folder / "crt").read_bytes())
    return path


@pytest.mark.broker
@pytest.mark.parametrize("known", [True, False])
def test_with_tls_only_a_broker_we_can_trust_is_spoken_to(mosquitto: str, known: bool, tmp_path: Path) -> None:
    server, stranger = certificate(tmp_path, "hall"), certificate(tmp_path, "stranger")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(server)

    async def scene() -> None:
        proxy = ChaosProxy(port_of(mosquitto))
        url = await proxy.start(context)
        settings = BrokerSettings(url=url, ca=server if known else stranger)
        async with station(settings, [f"tls/{known}"], heartbeat=0.3, wait=known) as here:
            if not known:
                await asyncio.sleep(0.5)
                assert not here.connection.connected
                return
            here.connection.publish(Message(f"tls/{known}", b""))
            await until(lambda: here.heard)
            proxy.stall()
            await until(lambda: here.links == [True, False])
            proxy.flow()
            await until(lambda: here.links == [True, False, True])
        proxy.close()

    asyncio.run(scene())


@pytest.mark.broker
@pytest.mark.soak
def test_a_half_open_link_is_noticed_within_15_seconds(mosquitto: str) -> None:
    async def scene() -> None:
        proxy = ChaosProxy(port_of(mosquitto))
        async with station(await proxy.start()) as here:
            proxy.stall()
            assert await until(lambda: here.links == [True, False], within=15) > 3
        proxy.close()

    asyncio.run(scene())


@pytest.mark.broker
def test_a_busy_link_is_not_taken_for_a_dead_one(mosquitto: str) -> None:
    """The event loop stands still for several heartbeats: nothing is wrong with the wire."""

    async def scene() -> None:
        async with station(mosquitto, heartbeat=0.2) as here:
            for _ in range(2):
                await asyncio.sleep(0.25)
                threading.Event().wait(0.7)
            await asyncio.sleep(0.3)
            assert here.links == [True]

    asyncio.run(scene())


@pytest.mark.broker
def test_a_callback_that_raises_costs_a_counter(mosquitto: str, caplog: pytest.LogCaptureFixture) -> None:
    class Clumsy(Station):
        def hear(self, messages: list[Message]) -> None:
            super().hear(messages)
            raise RuntimeError("dropped the tray")

    async def scene() -> None:
        here = Clumsy(Connection(BrokerSettings(url=mosquitto), client_id="clumsy"))
        here.connection.subscribe(["clumsy/#"])
        here.start()
        await until(lambda: here.connection.connected)
        for number in range(3):
            here.connection.publish(Message("clumsy/step", b"%d" % number))
            await until(lambda: len(here.heard) == here.connection.counters.published)
        assert here.connection.counters.failed == 3
        assert here.links == [True]
        here.connection.stop()

    with caplog.at_level(logging.ERROR):
        asyncio.run(scene())
    assert "dropped the tray" in caplog.text


@pytest.mark.parametrize("kind", BROKERS)
def test_a_flood_arrives_whole_and_in_order(kind: Kind) -> None:
    async def scene(url: str) -> None:
        async with station(url, ["flood/#"]) as here, station(url) as sender:
            for number in range(20_000):
                sender.connection.publish(Message("flood/n", b"%d" % number))
            await until(lambda: len(here.heard) == 20_000, within=20)
            assert [int(message.payload) for message in here.heard] == list(range(20_000))
            assert here.connection.counters.dropped == 0

    with running(kind) as broker:
        asyncio.run(scene(broker.url))


@pytest.mark.broker
@pytest.mark.parametrize(
    ("topic", "size", "heard"),
    [
        ("size/state", STATE_CAP, True),
        ("size/state", STATE_CAP + 1, False),
        ("size/lamp/config", STATE_CAP + 1, True),
        ("size/bridge/devices", DEVICES_CAP, True),
        ("size/bridge/devices", DEVICES_CAP + 1, False),
    ],
)
def test_a_payload_too_large_for_its_topic_costs_a_counter(mosquitto: str, topic: str, size: int, heard: bool) -> None:
    async def scene() -> None:
        async with station(mosquitto, ["size/#"]) as here:
            here.connection.publish(Message(topic, bytes(size), qos=1))
            here.connection.publish(Message("size/after", b"1", qos=1))
            await until(lambda: here.payloads("size/after"))
            assert len(here.payloads(topic)) == heard
            assert here.connection.counters.oversized == (not heard)

    asyncio.run(scene())


@pytest.mark.broker
@pytest.mark.parametrize("protocol", ["5", "3.1.1"])
def test_the_next_message_after_one_of_100_mb_takes_no_longer_than_100_ms(protocol: str) -> None:
    async def scene(url: str) -> None:
        settings = BrokerSettings.model_validate({"url": url, "protocol": protocol})
        async with station(settings, ["big/#"], heartbeat=2) as here, station(url) as sender:
            sender.connection.publish(Message("big/one", bytes(100_000_000), qos=1))
            sender.connection.publish(Message("big/passed", b"", qos=1))
            await until(lambda: here.payloads("big/passed"), within=20)
            sender.connection.publish(Message("big/next", b"", qos=1))
            assert await until(lambda: here.payloads("big/next")) < 0.1
            assert here.connection.counters.oversized == (protocol == "3.1.1")
            assert not here.payloads("big/one")
            assert here.links == [True]

    with running() as broker:
        asyncio.run(scene(broker.url))


@pytest.mark.broker
@pytest.mark.promise
def test_the_loop_gets_the_newest_when_it_cannot_keep_up(mosquitto: str, measured: Measured) -> None:
    async def scene() -> None:
        async with station(mosquitto, ["slow/#"]) as here, station(mosquitto) as sender:
            for number in range(6000):
                sender.connection.publish(Message("slow/n", b"%16000d" % number))
            threading.Event().wait(2.5)
            sender.connection.publish(Message("slow/end", b""))
            await until(lambda: here.payloads("slow/end"), within=10)
            numbers = [int(payload) for payload in here.payloads("slow/n")]
            assert numbers == sorted(numbers)
            assert numbers[-1] == 5999
            assert here.connection.counters.dropped == 6000 - len(numbers) > 0
            measured("storm", messages=6000, handed_over=len(numbers), dropped=here.connection.counters.dropped)

    asyncio.run(scene())


@pytest.mark.parametrize(
    "nonsense",
    [
        b"",
        b"\x00\x00",
        b"\xf0\x00",
        b"\x30\xff\xff\xff\xff\xff",
        b"\x30\x02\x00\x09",
        b"\x30\x06\x00\x02\xff\xfe\x00x",
        b"\x30\x07\x00\x01a\x03\x99\x99\x99",
        b"\x90\x00",
        b"\x90\x03\x00\x01\x00",
        b"\x40\x00",
        b"\xe0\x00",
        b"\xe0\x02\x8e\x00",
        bytes(range(256)),
    ],
    ids=bytes.hex,
)
def test_a_broker_that_speaks_nonsense_is_left_and_tried_again(nonsense: bytes) -> None:
    """Whatever paho's thread makes of it: a packet of no type, a length without end, an acknowledgement of nothing."""
    attempts = 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal attempts
        attempts += 1
        await reader.read(1)
        writer.write(b"\x20\x03\x00\x00\x00" + nonsense)
        await writer.drain()
        await asyncio.sleep(0.1)
        writer.close()

    async def scene() -> None:
        server = await asyncio.start_server(serve, LOOPBACK, 0)
        url = f"mqtt://{LOOPBACK}:{server.sockets[0].getsockname()[1]}"
        async with station(url, ["any/#"], heartbeat=0.4, wait=False) as here:
            await until(lambda: attempts >= 2)
            await until(lambda: here.links[:3] == [True, False, True])
        server.close()

    asyncio.run(scene())


@pytest.mark.broker
@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_thread_that_dies_without_a_word_is_noticed(mosquitto: str) -> None:
    """paho calls nothing when its thread ends by an exception, and still says it is connected."""

    async def scene() -> None:
        async with station(mosquitto, ["thread/#"]) as here:
            (thread,) = [thread for thread in threading.enumerate() if thread.name.startswith("paho-mqtt-client")]
            assert thread.ident is not None
            ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident), ctypes.py_object(SystemExit))
            await until(lambda: here.links == [True, False, True])
            here.connection.publish(Message("thread/again", b""))
            await until(lambda: here.heard)

    asyncio.run(scene())


@pytest.mark.parametrize("kind", BROKERS)
def test_ten_restarts_leave_no_thread_and_no_file_behind(kind: Kind) -> None:
    async def scene() -> None:
        with running(kind) as broker:
            async with station(broker.url) as here:

                async def restart() -> None:
                    broker.stop()
                    await until(lambda: not here.links[-1])
                    broker.start()
                    await until(lambda: here.links[-1])

                await restart()
                before = threads(), files()
                for _ in range(10):
                    await restart()
                await until(lambda: threads() <= before[0] and files() <= before[1], within=3)

    asyncio.run(scene())


def threads() -> int:
    return threading.active_count()


def files() -> int:
    gc.collect()
    return len(os.listdir("/proc/self/fd"))


@pytest.mark.parametrize("kind", BROKERS)
def test_the_will_is_heard_however_the_connection_ends(kind: Kind) -> None:
    will = Message("hall/status", b"offline", retain=True, qos=1)

    async def scene() -> None:
        with running(kind) as broker:
            proxy = ChaosProxy(port_of(broker.url))
            url = await proxy.start()
            async with station(broker.url, ["hall/status"]) as witness:
                async with station(broker.url, will=will):
                    pass
                await until(lambda: witness.payloads("hall/status") == [b"offline"])
                async with station(url, will=will):
                    proxy.close()
                    await until(lambda: witness.payloads("hall/status") == [b"offline", b"offline"])

    asyncio.run(scene())


@pytest.mark.broker
def test_wrong_credentials_are_said_once_and_tried_again(caplog: pytest.LogCaptureFixture, tmp_path: Path) -> None:
    async def scene(url: str) -> None:
        settings = BrokerSettings.model_validate({"url": url, "username": "hall", "password": "wrong"})
        async with station(settings, wait=False) as here:
            await asyncio.sleep(1.5)
            assert here.links == []
            assert not here.connection.publish(Message("hall/lamp", b""))

    with running(username="hall", password="right") as broker, caplog.at_level(logging.WARNING):
        asyncio.run(scene(broker.url))
    assert len([record for record in caplog.records if "refused us" in record.message]) == 1


@pytest.mark.parametrize(
    "given",
    [
        {"url": "mqtt://hall:70000"},
        {"url": "mqtt://hall:0"},
        {"url": "mqtt://hall..lan"},
        {"url": "mqtts://hall", "ca": Path("nowhere.pem")},
    ],
    ids=str,
)
def test_a_broker_that_cannot_be_meant_is_refused_in_one_line(given: dict[str, object]) -> None:
    with pytest.raises(BrokerError, match=r"^mqtts?://hall.*: expected .*, got .*$"):
        Connection(BrokerSettings.model_validate(given), client_id="nobody")
