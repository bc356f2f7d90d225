/** Areas, the devices in them, and what each of them says. */

import { element, keep, mark, say, show } from "./elements.js";
import { targetCard } from "./targets.js";
import { age, lowBattery, quantity } from "./words.js";

const SHOWN_ABOVE = new Set(["battery", "light_on", "light_level", "setpoint", "lock", "heating"]);
const BATTERY = new Set(["battery"]);

/** `{ root, update(area) }`. */
export function areaCard(area) {
  const title = element("h2", { id: `area-${area.id}` });
  const devices = element("div", { class: "devices" });
  const empty = element("p", { class: "quiet" }, "No devices here.");
  const root = element("section", { class: "area", "data-area": area.id, "aria-labelledby": title.id }, title, devices, empty);
  return {
    root,
    update(now) {
      say(title, now.name);
      show(empty, now.devices.length === 0);
      const ordered = now.devices.toSorted((one, other) => (other.targets.length > 0) - (one.targets.length > 0));
      keep(devices, ordered, ({ id }) => id, deviceCard);
    },
  };
}

function deviceCard(device) {
  const name = element("h3", {});
  const gone = element("span", { class: "tag bad", "data-field": "availability", hidden: "" });
  const battery = element("span", { class: "tag warn", "data-field": "battery", hidden: "" });
  const targets = element("div", { class: "targets" });
  const values = element("ul", { class: "values" });
  const silent = element("p", { class: "quiet" }, "Not heard yet.");
  const root = element("article", { class: "card device", "data-device": device.id },
    element("header", {}, name, gone, battery), targets, values, silent);
  return {
    root,
    update(now) {
      const above = now.targets.length > 0 ? SHOWN_ABOVE : BATTERY;
      const beside = now.values.filter((value) => !above.has(value.quantity));
      say(name, now.name);
      say(gone, now.available ? "" : "unreachable");
      say(battery, lowBattery(now));
      keep(targets, now.targets.map((target) => ({ target, device: now })), ({ target }) => target.target, targetCard);
      keep(values, beside, (value) => value.quantity, valueRow);
      show(targets, now.targets.length > 0);
      show(values, beside.length > 0);
      show(silent, now.targets.length + beside.length === 0);
    },
  };
}

function valueRow(value) {
  const text = element("span", { class: "value", "data-field": "value" });
  const when = element("span", { class: "quiet", "data-field": "age" });
  const root = element("li", { "data-quantity": value.quantity },
    element("span", { class: "quiet" }, quantity(value.quantity)), text, when);
  return {
    root,
    update(now) {
      say(text, now.text);
      say(when, age(now.age) + (now.fresh ? "" : ", not fresh"));
      mark(root, "data-fresh", now.fresh);
    },
  };
}
