/** Areas, the devices in them, and what each of them says. */

import { element, keep, mark, say, show } from "./elements.js";
import { targetCard } from "./targets.js";
import { freshness, lowBattery, quantity } from "./words.js";

const BATTERY = ["battery"];
const SHOWN_ABOVE = {
  light: ["light_on", "light_level"], setpoint: ["setpoint", "temperature", "heating"], lock: ["lock"],
};

/** `{ root, update(area) }`: what can be set side by side, what only senses in one stack beside it. */
export function areaCard(area) {
  const title = element("h2", { id: `area-${area.id}` });
  const sensors = element("div", { class: "sensors" });
  const settable = element("div", { class: "settable" });
  const devices = element("div", { class: "devices" }, settable, sensors);
  const empty = element("p", { class: "quiet" }, "No devices here.");
  const root = element("section", { class: "area", "data-area": area.id, "aria-labelledby": title.id }, title, devices, empty);
  return {
    root,
    update(now) {
      say(title, now.name);
      show(empty, now.devices.length === 0);
      const [set, only] = [true, false].map((able) => now.devices.filter(({ targets }) => targets.length > 0 === able));
      keep(settable, set, ({ id }) => id, deviceCard);
      keep(sensors, only, ({ id }) => id, deviceCard);
      show(sensors, only.length > 0);
      mark(root, "data-wide", Math.min(4, set.length + (only.length > 0)));
    },
  };
}

function deviceCard(device) {
  const name = element("h3", {});
  const gone = element("span", { class: "tag bad", "data-field": "availability", hidden: "" });
  const battery = element("span", { class: "tag warn", "data-field": "battery", hidden: "" });
  const doubted = element("span", { class: "tag bad", hidden: "" }, "not believed");
  const doubt = element("p", { class: "doubt", "data-field": "doubt", hidden: "" });
  const targets = element("div", { class: "targets" });
  const values = element("ul", { class: "values" });
  const silent = element("p", { class: "quiet" }, "Not heard yet.");
  const root = element("article", { class: "card device", "data-device": device.id },
    element("header", {}, name, gone, battery, doubted), doubt, targets, values, silent);
  return {
    root,
    update(now) {
      const above = now.targets.reduce((all, { kind }) => [...all, ...SHOWN_ABOVE[kind]], BATTERY);
      const beside = now.values.filter((value) => !above.includes(value.quantity));
      say(name, now.name);
      say(gone, now.available ? "" : "unreachable");
      say(battery, lowBattery(now));
      show(doubted, now.doubt !== "");
      say(doubt, now.doubt && `It ${now.doubt}.`);
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
      say(when, freshness(now));
      mark(root, "data-fresh", now.fresh);
    },
  };
}
