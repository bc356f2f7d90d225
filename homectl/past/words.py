"""What, to what and by whom, as a logbook says it."""

from homectl.control.overrides import KIND_OF
from homectl.home import Actor, Cause, Home, Kind, Origin, Quantity, Target
from homectl.views import BY, text_of

BY_CAUSE: dict[Cause, str] = {
    Cause.SAFETY: "by homectl, for safety",
    Cause.PERSON: "by a person",
    Cause.MODE: "by the mode",
    Cause.SCHEDULE: "by the schedule",
    Cause.LEARNED: "by homectl, learned",
    Cause.RULES: "by homectl, by its rules",
}


def by_origin(origin: Origin) -> str:
    """`by hand`, `by another automation`."""
    said = BY.get(origin, "an unknown hand")
    return said if said.startswith("by ") else f"by {said}"


def by_actor(actor: str) -> str:
    """`by Ada`, `by homectl, for safety`, `by hand or keypad`; without a PIN nobody knows who it was."""
    if actor == Actor.UNKNOWN:
        return "by an unknown hand"
    if actor == Actor.NAMELESS:
        return BY_CAUSE[Cause.PERSON]
    return actor if actor.startswith("by ") else f"by {actor}"


def name_of(home: Home, device: str) -> str:
    """What a household calls a device."""
    known = home.by_id.get(device)
    return device if known is None else known.name or known.id.replace("_", " ").capitalize()


def name_of_area(home: Home, area: str | None) -> str:
    """What a household calls an area; empty for none."""
    found = next((one for one in home.areas if one.id == area), None)
    return "" if found is None else found.name or found.id.replace("_", " ").capitalize()


def area_of(home: Home, device: str) -> str:
    """The id of the area a device stands in; empty for none."""
    known = home.by_id.get(device)
    return known.area or "" if known is not None else ""


def setting_words(kind: Kind, setting: str) -> str:
    """A setting as a logbook says what something was brought to."""
    return f"set to {setting}" if kind is Kind.SETPOINT else setting


def value_words(quantity: Quantity, value: float) -> str:
    """What a device reports of itself, in the same words."""
    match quantity:
        case Quantity.SETPOINT:
            return f"set to {text_of(quantity, value)}"
        case Quantity.LIGHT_LEVEL:
            return f"brightness {text_of(quantity, value)}"
        case Quantity.SMOKE:
            return "smoke" if value >= 0.5 else "no smoke any more"
        case Quantity.CARBON_MONOXIDE:
            return "carbon monoxide" if value >= 0.5 else "no carbon monoxide any more"
    return text_of(quantity, value)


def target_told_by(device: str, quantity: Quantity) -> Target | None:
    """The target whose state a quantity is."""
    kind = KIND_OF.get(quantity)
    return None if kind is None else Target(device, kind)
