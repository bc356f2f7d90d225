"""A running home in the terminal: every target, what was asked of it and why."""

from typing import Any

from rich.console import Group
from rich.table import Table
from rich.text import Text

from homectl.demo.outcome import Outcome
from homectl.home import CommandState, HomeView, TargetView

STATE_STYLE = {
    CommandState.ASKED: "yellow",
    CommandState.CONFIRMED: "green",
    CommandState.FAILED: "red",
    CommandState.EXPIRED: "red",
    CommandState.SUPERSEDED: "dim",
}


def home_table(view: HomeView) -> Group:
    """The whole home as one picture."""
    table = Table(expand=True, pad_edge=False)
    for name, share in (("Where", 2), ("Now", 2), ("Asked", 3), ("Last decision", 6)):
        table.add_column(name, ratio=share)
    for area in view.areas:
        sensed = _sensed(area.devices)
        targets = [(device, target) for device in area.devices for target in device.targets]
        if not targets and not sensed:
            continue
        table.add_row(Text(area.name, style="bold"), sensed, "", "")
        for device, target in targets:
            table.add_row(f"  {device.name}", _now(target), _asked(target), Text(target.decision, style="dim"))
    return Group(_title(view), *(Text(alarm, style="bold red") for alarm in view.alarms), table)


def _title(view: HomeView) -> Text:
    simulated = ""
    if view.simulator:
        pace = "paused" if view.simulator.get("paused") else f"at {view.simulator.get('speed', 1):g}×"
        simulated = f" · SIMULATED {pace}"
    link = "connected" if view.connected else "NO BROKER"
    mode = f" · {view.mode.text}" if view.mode.text else ""
    return Text(f"{view.name} · {view.local_time}{simulated} · {view.policy} · {link}{mode}", style="bold cyan")


def _sensed(devices: Any) -> str:
    """Motion, doors and the room's air, in one line."""
    shown: dict[str, str] = {}
    for device in devices:
        for value in device.values:
            if value.quantity in ("temperature", "motion", "contact", "illuminance") and value.value is not None:
                shown.setdefault(value.quantity, value.text)
    return ", ".join(shown.values())


def _now(target: TargetView) -> str:
    by = f" ({target.changed_by})" if target.changed_by else ""
    hold = f" held {target.hold.text}" if target.hold else ""
    return f"{target.reported}{by}{hold}"


def _asked(target: TargetView) -> Text:
    if target.state is None:
        return Text("")
    detail = f": {target.detail}" if target.detail else ""
    return Text(f"{target.asked} · {target.cause} · {target.state}{detail}", style=STATE_STYLE[target.state])


def outcome_table(outcome: Outcome, *, judged: bool) -> Group:
    """What a demo came to, and whether every check held if it is `judged`."""
    title = Text(f"Seed {outcome.seed}, {outcome.policy}", style="italic")
    counts = Table()
    counts.add_column("Commands")
    for cause in (causes := sorted({cause for by in outcome.commands.values() for cause in by})):
        counts.add_column(cause, justify="right")
    for kind, by in outcome.commands.items():
        counts.add_row(kind, *(str(by.get(cause, 0)) for cause in causes))
    checks = Table("Check", "Value", "Must", "")
    for check in outcome.checks:
        verdict = Text("holds", style="green") if check.ok else Text("FAILS", style="red")
        checks.add_row(check.name, f"{check.value:g}", check.must, verdict)
    ends = (
        f"{outcome.readings} readings, {outcome.decisions} decisions, {outcome.confirmed} of {outcome.issued} confirmed"
    )
    learned = ", ".join(f"{count} {event}" for event, count in outcome.learning.items() if count)
    told = (*((counts,) if outcome.commands else ()), *((Text(f"own models: {learned}"),) if learned else ()))
    return Group(title, *told, Text(ends), *((checks,) if judged else ()))
