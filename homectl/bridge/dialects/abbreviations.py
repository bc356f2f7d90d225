"""The short keys of Home Assistant discovery, and the base topic `~`."""

from typing import Any

from homectl.home import MessageError

LONG: dict[str, str] = {
    "act_t": "action_topic",
    "act_tpl": "action_template",
    "atype": "automation_type",
    "avty": "availability",
    "avty_mode": "availability_mode",
    "avty_t": "availability_topic",
    "avty_tpl": "availability_template",
    "bri_cmd_t": "brightness_command_topic",
    "bri_cmd_tpl": "brightness_command_template",
    "bri_scl": "brightness_scale",
    "bri_stat_t": "brightness_state_topic",
    "bri_val_tpl": "brightness_value_template",
    "cmd_t": "command_topic",
    "cmd_tpl": "command_template",
    "cmps": "components",
    "cod_form": "code_format",
    "curr_hum_t": "current_humidity_topic",
    "curr_hum_tpl": "current_humidity_template",
    "curr_temp_t": "current_temperature_topic",
    "curr_temp_tpl": "current_temperature_template",
    "dev": "device",
    "dev_cla": "device_class",
    "en": "enabled_by_default",
    "ent_cat": "entity_category",
    "exp_aft": "expire_after",
    "migr_discvry": "migrate_discovery",
    "mode_cmd_t": "mode_command_topic",
    "mode_stat_t": "mode_state_topic",
    "mode_stat_tpl": "mode_state_template",
    "o": "origin",
    "off_dly": "off_delay",
    "on_cmd_type": "on_command_type",
    "p": "platform",
    "pl": "payload",
    "pl_avail": "payload_available",
    "pl_lock": "payload_lock",
    "pl_not_avail": "payload_not_available",
    "pl_off": "payload_off",
    "pl_on": "payload_on",
    "pl_open": "payload_open",
    "pl_unlk": "payload_unlock",
    "pos_clsd": "position_closed",
    "pos_open": "position_open",
    "pos_t": "position_topic",
    "pos_tpl": "position_template",
    "stat_clsd": "state_closed",
    "stat_closing": "state_closing",
    "stat_jam": "state_jammed",
    "stat_locked": "state_locked",
    "stat_locking": "state_locking",
    "stat_off": "state_off",
    "stat_on": "state_on",
    "stat_open": "state_open",
    "stat_opening": "state_opening",
    "stat_stopped": "state_stopped",
    "stat_t": "state_topic",
    "stat_unlocked": "state_unlocked",
    "stat_unlocking": "state_unlocking",
    "stat_val_tpl": "state_value_template",
    "stype": "subtype",
    "sup_clrm": "supported_color_modes",
    "t": "topic",
    "temp_cmd_t": "temperature_command_topic",
    "temp_cmd_tpl": "temperature_command_template",
    "temp_lo_cmd_t": "temperature_low_command_topic",
    "temp_lo_cmd_tpl": "temperature_low_command_template",
    "temp_lo_stat_t": "temperature_low_state_topic",
    "temp_lo_stat_tpl": "temperature_low_state_template",
    "temp_stat_t": "temperature_state_topic",
    "temp_stat_tpl": "temperature_state_template",
    "temp_unit": "temperature_unit",
    "uniq_id": "unique_id",
    "unit_of_meas": "unit_of_measurement",
    "val_tpl": "value_template",
}
"""Every short key that homectl reads; the others may stay as they are, for nobody looks at them."""

LONG_DEVICE: dict[str, str] = {
    "cns": "connections",
    "ids": "identifiers",
    "mdl": "model",
    "mf": "manufacturer",
    "sa": "suggested_area",
}


MOST_SIGNS = 8
"""How many availability topics of one component are listened to."""


def spelled_out(body: Any) -> dict[str, Any]:
    """A discovery payload (or one component of it) with long keys and whole topics. MessageError if it is no object."""
    if not isinstance(body, dict):
        raise MessageError(f"discovery: expected a JSON object, got {type(body).__name__}")
    found = _long(body, LONG)
    base = found.pop("~", None)
    if isinstance(found.get("device"), dict):
        found["device"] = _long(found["device"], LONG_DEVICE)
    if isinstance(found.get("availability"), list):
        found["availability"] = [
            _long(one, LONG) for one in found["availability"][:MOST_SIGNS] if isinstance(one, dict)
        ]
    return _based(found, base) if isinstance(base, str) else found


def _long(body: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    """With long keys; where both forms are given, the long one speaks."""
    return {names[key]: value for key, value in body.items() if key in names} | {
        key: value for key, value in body.items() if key not in names
    }


def _based(found: dict[str, Any], base: str) -> dict[str, Any]:
    """Replace `~` at the start or end of every topic."""
    for key, value in found.items():
        if key.endswith("topic") and isinstance(value, str):
            found[key] = _whole(value, base)
    listed = found.get("availability")
    for one in listed if isinstance(listed, list) else ():
        if isinstance(one.get("topic"), str):
            one["topic"] = _whole(one["topic"], base)
    return found


def _whole(topic: str, base: str) -> str:
    if topic.startswith("~"):
        topic = base + topic[1:]
    return topic[:-1] + base if topic.endswith("~") else topic
