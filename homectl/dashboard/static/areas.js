/** Areas, the devices in them, and what each of them says. */

import { element, keep, mark, say, show } from "./elements.js";
import { targetCard } from "./targets.js";
import { age, quantity } from "./words.js";

const LOW_BATTERY = 20;
const SHOWN_ABOVE = new Set(["battery", "light_on", "light_level", "setpoint", "lock"]);

/** `{ root, update({ area, simulated }) }`. */
export function areaCard({ area }) {
  const title = element("h2", { id: `area-${area.id}` });
  const devices = element("div", { class: "devices" });
  const empty = element("p", { class: "quiet" }, "No devices here.");
  const root = element("section", { class: "area", "data-area": area.id, "aria-labelledby": title.id }, title, devices, empty);
  return {
    root,
    update({ area: now, simulated }) {
      say(title, now.name);
      show(empty, now.devices.length === 0);
      const ordered = now.devices.toSorted((one, other) => (other.targets.length > 0) - (one.targets.length > 0));
      keep(devices, ordered.map((device) => ({ device, simulated })), ({ device }) => device.id, deviceCard);
    },
  };
}

function deviceCard({ device }) {
  const name = element("h3", {});
  const gone = element("span", { class: "tag bad", "data-field": "availability", hidden: "" });
  const battery = element("span", { class: "tag", "data-field": "battery", hidden: "" });
  const targets = element("div", {});
  const values = element("ul", { class: "values" });
  const root = element("article", { class: "device", "data-device": device.id },
    element("header", {}, name, gone, battery), values, targets);
  return {
    root,
    update({ device: now, simulated }) {
      const above = now.targets.length > 0 ? SHOWN_ABOVE : new Set(["battery"]);
      say(name, now.name);
      say(gone, now.available ? "" : "unreachable");
      say(battery, now.battery !== null && now.battery < LOW_BATTERY ? `battery low, ${Math.round(now.battery)} %` : "");
      keep(targets, now.targets.map((target) => ({ target, device: now, simulated })), ({ target }) => target.target, targetCard);
      keep(values, now.values.filter((value) => !above.has(value.quantity)), (value) => value.quantity, valueRow);
      show(values, values.children.length > 0);
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
