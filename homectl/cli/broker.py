"""homectl broker: a broker on this machine's loopback, for people who have none."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from homectl.cli.expect import port

NAME, HELP = "broker", "run an MQTT broker on this machine's loopback until Ctrl-C"
EXAMPLE = "homectl broker --port 1883"


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--port", type=port, default=1883, help="where it listens (default: 1883)")
    parser.add_argument("--data", type=Path, default=None, help="where its files lie (default: homectl's own folder)")
    parser.add_argument("--wheel", action="store_true", help="use the Python wheel's broker even if there is Mosquitto")


def run(args: Namespace) -> int:
    import signal
    import threading

    from homectl.bridge.broker import MosquittoBroker, WheelBroker, available
    from homectl.home import BrokerError
    from homectl.settings import Settings, data_folder

    found = available()
    folder = args.data if args.data is not None else data_folder(Settings()) / "broker"
    wheel = args.wheel or MosquittoBroker not in found
    broker = WheelBroker(folder, args.port) if wheel else MosquittoBroker(folder, args.port, persistence=True)
    told = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: told.set())
    broker.start()
    keeps = "forgets everything at its end" if wheel else f"keeps what is retained in {folder}"
    print(f"{'The wheel' if wheel else 'Mosquitto'} listens on {broker.url} and {keeps}. Ctrl-C ends it.", flush=True)
    try:
        while broker.running and not told.wait(0.2):
            pass
    finally:
        ended_by_itself = not broker.running
        broker.stop()
    if ended_by_itself and not told.is_set():
        raise BrokerError(f"expected the broker to run until Ctrl-C, found it ended; see its files in {folder}")
    return 0
