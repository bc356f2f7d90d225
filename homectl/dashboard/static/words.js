/** What is known, as a person reads it. */

const QUANTITY = {
  temperature: "Temperature", humidity: "Humidity", illuminance: "Brightness", co2: "CO₂", power: "Power",
  motion: "Motion", contact: "Contact", action: "Button", switch: "Switch", position: "Position",
  light_on: "Lamp", light_level: "Level", setpoint: "Wanted", heating: "Heating", lock: "Bolt", smoke: "Smoke", carbon_monoxide: "Carbon monoxide",
};

const CAUSE = {
  safety: "by homectl, for safety", person: "by a person", mode: "by the mode", schedule: "by the schedule",
  learned: "by homectl, learned", rules: "by homectl, by its rules",
};

export const quantity = (name) => QUANTITY[name] ?? name;

export const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);

/** Seconds as a length of time: 40 s, 3 min, 1 h 45 min, 2 days. */
export function span(seconds) {
  if (seconds < 60) return `${Math.max(0, Math.round(seconds))} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours >= 48) return `${Math.floor(hours / 24)} days`;
  return minutes % 60 ? `${hours} h ${minutes % 60} min` : `${hours} h`;
}

export const age = (seconds) => (seconds < 10 ? "just now" : `${span(seconds)} ago`);

/** Until when a target is held, and who asked for it unless a hand did. */
export function holding({ kind, left, text, by, note }) {
  const until = kind === "minutes" && left !== null ? `for ${span(left)}` : text;
  const who = by && by !== "by hand" ? `, as ${by} asked` : "";
  return `${until}${who}${note ? `; ${note}` : ""}`;
}

/** What became of the last wish for a target; nothing once a hand has overruled a wish that was done with. */
export function outcome(target) {
  const overruled = target.changed_by === "by hand" && ["confirmed", "superseded"].includes(target.state);
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
