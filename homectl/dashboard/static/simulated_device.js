/** One simulated device: a person's hand on it, its sensors set from outside, and its faults. */

import { button, element, keep, mark, say, show } from "./elements.js";
import { dial } from "./panel_weather.js";
import { faultName, quantity, valueOf } from "./words.js";

/** What can be set exactly, and what is one or the other, in the order shown. */
const LIMITS = {
  temperature: ["°C", { min: -20, max: 45, step: 0.1 }], humidity: ["%", { min: 0, max: 100, step: 1 }],
  illuminance: ["lx", { min: 0, max: 2000, step: 1 }], co2: ["ppm", { min: 400, max: 5000, step: 10 }],
  power: ["W", { min: 0, max: 3000, step: 1 }], position: ["", { min: 0, max: 1, step: 0.01 }],
  battery: ["%", { min: 0, max: 100, step: 1 }],
};
const EITHER = {
  motion: ["Still", "Motion"], contact: ["Closed", "Open"], smoke: ["Clear", "Alarm"], carbon_monoxide: ["Clear", "Alarm"],
  switch: ["Off", "On"],
};

/** `{ root, update({ device, simulator }) }`; `tell(control, values)` asks the simulator. */
export function simulatedDevice({ device }, tell) {
  const name = element("h3", {});
  const faults = element("span", { class: "tag bad", "data-field": "faults", hidden: "" });
  const hands = device.targets.map((target) => HANDS[target.kind](device, tell));
  const senses = element("div", { class: "senses" });
  const troubles = troubleRow(device, tell);
  return {
    root: element("article", { class: "simulated-device", "data-simulated": device.id },
      element("header", {}, name, faults), ...hands.map(({ root }) => root), senses, troubles.root),
    update({ device: now, simulator }) {
      const { faults: wrong = {}, overridden = {} } = simulator;
      say(name, now.name);
      say(faults, (wrong[now.id] ?? []).map(faultName).join(", "));
      for (const hand of hands) hand.update(now);
      const given = overridden[now.id] ?? {};
      const seen = [...Object.keys(EITHER), ...Object.keys(LIMITS)].map((name) => valueOf(now, name)).filter(Boolean);
      keep(senses, seen.map((value) => ({ value, given: given[value.quantity] })), ({ value }) => value.quantity,
        (item) => senseRow(now, item.value.quantity, tell));
      troubles.update(simulator, wrong[now.id] ?? []);
    },
  };
}

const HANDS = {
  light: (device, tell) => ({
    root: element("div", { class: "controls" }, button("Wall switch", `Press wall switch of ${device.name}`,
      () => tell("press", { device: device.id }), { "data-action": "press" })),
    update() {},
  }),
  setpoint(device, tell) {
    const knob = dial("Knob", "°C", { min: 5, max: 30, step: 0.5 },
      (celsius) => tell("turn", { device: device.id, celsius }), `Knob of ${device.name}`);
    return { root: knob.root, update: (now) => knob.update(valueOf(now, "setpoint")?.value ?? null) };
  },
  lock(device, tell) {
    const by = (control, what) => {
      const turn = (label, locked) => button(label, `${what} of ${device.name}: ${label.toLowerCase()}`,
        () => tell(control, { device: device.id, locked }));
      return element("div", { class: "dial" }, element("span", { class: "quiet" }, what),
        element("div", { class: "pair", role: "group", "aria-label": `${what} of ${device.name}` }, turn("Lock", true), turn("Unlock", false)));
    };
    return { root: element("div", { class: "senses" }, by("bolt", "Thumb-turn"), by("keypad", "Keypad")), update() {} };
  },
};

/** What a sensor is made to say, until it is given back. */
function senseRow(device, name, tell) {
  const what = quantity(name);
  const set = (value) => tell("sense", { device: device.id, quantity: name, value });
  const back = button("Give back", `Give back: let ${device.name} measure ${what} itself`, () => set(null), { class: "quiet", "data-action": "give-back" });
  const made = name in EITHER ? either(device, what, EITHER[name], set) : exact(device, name, what, set);
  const root = element("div", { class: "sense", "data-sense": name }, made.root, back);
  return {
    root,
    update({ value, given }) {
      made.update(given ?? value.value);
      mark(root, "data-given", given !== undefined);
      show(back, given !== undefined);
    },
  };
}

function either(device, what, words, set) {
  const buttons = words.map((word, value) => button(word, `${what} of ${device.name}: ${word}`, () => set(value)));
  return {
    root: element("div", { class: "dial" }, element("span", { class: "quiet" }, what),
      element("div", { class: "pair", role: "group", "aria-label": `${what} of ${device.name}` }, ...buttons)),
    update(now) {
      buttons.forEach((each, value) => mark(each, "aria-pressed", value === now));
    },
  };
}

function exact(device, name, what, set) {
  const [unit, limits] = LIMITS[name];
  return dial(what, unit, limits, set, `${what} of ${device.name}`);
}

function troubleRow(device, tell) {
  const kinds = element("select", { "aria-label": `What goes wrong with ${device.name}` });
  const mend = button("Mend", `Mend ${device.name}`, () => tell("mend", { device: device.id }), { "data-action": "mend", class: "quiet" });
  const root = element("div", { class: "controls troubles" }, kinds,
    button("Break", `Break ${device.name}`, () => tell("fault", { device: device.id, kind: kinds.value }), { "data-action": "fault" }), mend);
  return {
    root,
    update({ possible = {} }, wrong) {
      const able = Object.keys(possible).filter((kind) => possible[kind].some((one) => one === "*" || one === device.id));
      keep(kinds, able, (kind) => kind, (kind) => ({ root: element("option", { value: kind }, faultName(kind)), update() {} }));
      show(root, able.length > 0);
      show(mend, wrong.length > 0);
    },
  };
}
