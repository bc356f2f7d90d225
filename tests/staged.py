"""What the simulator of the small home shows of itself, and how a control changes that."""

from typing import Any

PLAN: dict[str, Any] = {
    "areas": {
        "kitchen": {"x": 0.0, "y": 0.0, "w": 4.2, "h": 3.6},
        "living": {"x": 4.2, "y": 0.0, "w": 5.4, "h": 3.6},
        "hall": {"x": 0.0, "y": 3.6, "w": 9.6, "h": 1.3},
    },
    "doors": [
        {"x": 1.6, "y": 3.52, "w": 0.9, "h": 0.16, "between": ["hall", "kitchen"]},
        {"x": 6.4, "y": 3.52, "w": 0.9, "h": 0.16, "between": ["hall", "living"]},
        {"x": -0.08, "y": 3.8, "w": 0.16, "h": 0.9, "between": ["hall", "outside"], "device": "door"},
    ],
}


def staged() -> dict[str, Any]:
    """The small home at noon: Ada cooks, Ben is out, nothing is broken."""
    return {
        "speed": 1.0,
        "paused": False,
        "people": {"Ada": "kitchen", "Ben": "away"},
        "seed": 7,
        "faults": {},
        "overridden": {},
        "weather": {"outdoors": 3.2, "cloud": 0.4},
        "given": {"outdoors": None, "cloud": None},
        "recording": None,
        "recorded": None,
        "broker": "none",
        "scenarios": ["evening", "fire"],
        "possible": {"stuck": ["*"], "offline": ["*"], "cut": ["lamp"], "drift": ["climate", "valve"], "clock": [""]},
        "plan": PLAN,
        "lamps": {"lamp": {"on": False, "level": 0.6}},
        "temperatures": {"kitchen": 20.4, "living": 19.8, "hall": 18.1},
        "doors": {"door": False},
        "locks": {"bolt": "unlocked"},
    }


def after(shown: dict[str, Any], control: str, told: dict[str, Any]) -> dict[str, Any]:
    """What is shown once the simulator has taken a control."""
    match control:
        case "speed" | "reset":
            return shown | told
        case "pause" | "resume":
            return shown | {"paused": control == "pause"}
        case "move":
            return shown | {"people": shown["people"] | {told["person"]: told["area"]}}
        case "press":
            lamp = shown["lamps"][told["device"]]
            return shown | {"lamps": shown["lamps"] | {told["device"]: lamp | {"on": not lamp["on"]}}}
        case "weather":
            said = {name: value for name, value in told.items() if value is not None}
            return shown | {"weather": shown["weather"] | said, "given": shown["given"] | told}
        case "record":
            file, on = "/var/lib/simulator/recordings/small-20250107-1230.db", told["on"]
            return shown | {"recording": file if on else None, "recorded": None if on else file}
        case "fault":
            return shown | {"faults": shown["faults"] | {told.get("device", ""): [told["kind"]]}}
        case "mend":
            return shown | {
                "faults": {name: kinds for name, kinds in shown["faults"].items() if name != told.get("device", "")}
            }
        case "sense":
            given = {quantity: value for quantity, value in _given(shown, told).items() if value is not None}
            return shown | {"overridden": shown["overridden"] | {told["device"]: given}}
    return shown


def _given(shown: dict[str, Any], told: dict[str, Any]) -> dict[str, float | None]:
    """What the sensors of a device are made to say."""
    before: dict[str, float | None] = shown["overridden"].get(told["device"], {})
    return before | {told["quantity"]: told["value"]}
