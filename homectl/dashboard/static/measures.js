/** What is measured or reported, as a plot and a table say it. */

const MEASURED = {
  temperature: ["°C", 1], humidity: ["%", 0], illuminance: ["lx", 0], co2: ["ppm", 0], power: ["W", 0], battery: ["%", 0],
};
const SHARES = ["light_level", "position"];
const STATES = {
  motion: ["still", "motion"], contact: ["closed", "open"], switch: ["off", "on"], light_on: ["off", "on"],
  heating: ["idle", "heating"], available: ["gone", "there"], smoke: ["clear", "alarm"], carbon_monoxide: ["clear", "alarm"],
  lock: ["unlocked", "locked", "not fully", "jammed", "locking", "unlocking"], action: ["", "pressed"],
};

/** The words of a state by its number; undefined for what is measured. */
export const statesOf = (quantity) => STATES[quantity];

/** Whether a value stands until the next one says something else. */
export const stands = (quantity) => quantity in STATES || quantity === "setpoint" || SHARES.includes(quantity);

/** How far apart the lines of a plot may be, so that every one of them has a text of its own. */
export function stepsOf(quantity) {
  if (SHARES.includes(quantity)) return [0.01, 0.02, 0.05, 0.1, 0.2, 0.5];
  const least = quantity === "setpoint" || (MEASURED[quantity] ?? ["", 1])[1] > 0 ? 0.1 : 1;
  return [0, 1, 2, 3, 4, 5].flatMap((power) => [1, 2, 5].map((digit) => digit * least * 10 ** power));
}

/** A value with its unit. */
export function valueText(quantity, value) {
  if (value === null || value === undefined) return "unknown";
  if (STATES[quantity]) return STATES[quantity][Math.round(value)] ?? String(value);
  if (SHARES.includes(quantity)) return `${Math.round(value * 100)} %`;
  if (quantity === "setpoint") return `${value.toFixed(1)} °C`;
  const [unit, digits] = MEASURED[quantity] ?? ["", 1];
  return `${value.toFixed(digits)} ${unit}`.trim();
}

/** Says the times of a series, such as Thu 15 Jan, 18:42; with the year where it did not begin in the year it is `now`. */
export function clockOf({ since, now, timezone: timeZone }) {
  const yearOf = (at) => new Intl.DateTimeFormat("en-GB", { year: "numeric", timeZone }).format(at * 1000);
  const year = yearOf(since) === yearOf(now) ? undefined : "numeric";
  const spoken = new Intl.DateTimeFormat("en-GB", {
    weekday: "short", day: "numeric", month: "short", year, hour: "2-digit", minute: "2-digit", timeZone,
  });
  return (at) => spoken.format(at * 1000);
}
