/** What is known, as a person reads it. */

const QUANTITY = {
  temperature: "Temperature", humidity: "Humidity", illuminance: "Brightness", co2: "CO₂", power: "Power",
  motion: "Motion", contact: "Contact", action: "Button", switch: "Switch", position: "Position", battery: "Battery",
  light_on: "Lamp", light_level: "Level", setpoint: "Wanted", heating: "Heating", lock: "Bolt", smoke: "Smoke",
  carbon_monoxide: "Carbon monoxide",
};

const CAUSE = {
  safety: "by homectl, for safety", person: "by a person", mode: "by the mode", schedule: "by the schedule",
  learned: "by homectl, learned", rules: "by homectl, by its rules",
};

const LOW_BATTERY = 20;
const OVER = ["confirmed", "superseded"];

export const quantity = (name) => QUANTITY[name] ?? name;

export const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);

/** What a device says of one quantity; undefined where it says nothing. */
export const valueOf = (device, name) => device.values.find((value) => value.quantity === name);

export const lowBattery = ({ battery }) =>
  (battery !== null && battery < LOW_BATTERY ? `battery low, ${Math.round(battery)} %` : "");

/** Seconds as a length of time: 40 s, 3 min, 1 h 45 min, 2 days. */
export function span(seconds) {
  if (seconds < 60) return `${Math.max(0, Math.round(seconds))} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours >= 48) return `${Math.floor(hours / 24)} days`;
  return minutes % 60 ? `${hours} h ${minutes % 60} min` : `${hours} h`;
}

/** So many of something: 1 lamp, 2 lamps. */
export const counted = (count, one, many = `${one}s`) => `${count} ${count === 1 ? one : many}`;

export const age = (seconds) => (seconds < 10 ? "just now" : `${span(seconds)} ago`);

/** A sentence about a device, where its name stands above it already. */
export const withoutName = (sentence, { name }) => {
  const start = `${name}: `;
  return capital(sentence.startsWith(start) ? sentence.slice(start.length) : sentence);
};

/** A chance in percent that is never said to be none or all. */
export function percent(chance) {
  if (chance > 0.99 && chance < 1.01) return "over 99\u00a0%";
  return chance < 0.01 ? "under 1\u00a0%" : `${Math.round(100 * chance)}\u00a0%`;
}

/** How old a value is, and whether that is too old to act on. */
export const freshness = ({ age: seconds, fresh }) => age(seconds) + (fresh ? "" : ", not fresh");

/** Until when a target is held, and who asked for it unless a hand did. */
export function holding({ kind, left, text, by, note }) {
  const until = kind === "minutes" && left !== null ? `for ${span(left)}` : text;
  const who = by && by !== "by hand" ? `, as ${by} asked` : "";
  return `${until}${who}${note ? `; ${note}` : ""}`;
}

/** What became of the last wish for a target; nothing once a hand has overruled a wish that was done with. */
export function outcome(target) {
  const overruled = target.changed_by === "by hand" && OVER.includes(target.state);
  if (!target.state || overruled) return "";
  const said = {
    asked: `Asked: ${target.asked}, waiting for the device…`,
    confirmed: `Confirmed: ${target.asked}`,
    failed: `Failed: ${target.detail || "no answer"} (asked: ${target.asked})`,
    expired: `Expired: ${target.detail || "not sent in time"} (asked: ${target.asked})`,
    superseded: `Replaced by a newer wish: ${target.asked}`,
  }[target.state] ?? `${target.state}: ${target.asked}`;
  const who = CAUSE[target.cause] ?? target.cause;
  return who ? `${said} · asked ${who}` : said;
}

/** A person of a simulated home: adult_1 is Adult 1. */
export const personName = (id) => capital(id.replaceAll("_", " "));

/** Their initials: Adult 1 is A1. */
export const initials = (id) => id.split(/[\s_]+/).map((word) => word.charAt(0).toUpperCase()).join("").slice(0, 2);

const FAULT = {
  nan: "says nothing known", cut: "cut off the mains", offline: "offline", fahrenheit: "wrong unit", offset: "15 °C too warm",
  drift: "drifting", flood: "flooding", spike: "spikes", clock: "clock 12 h ahead", jam: "jammed",
  carbon_monoxide: "carbon monoxide alarm", smoke: "smoke alarm",
};

/** What is wrong, in words. */
export const faultName = (kind) => FAULT[kind] ?? kind.replaceAll("_", " ").replaceAll("-", " ");
