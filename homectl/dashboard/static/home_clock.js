/** What time it is in the home that is shown. */

import { age } from "./words.js";

const DAY = 86_400;

let now = 0;

/** The home says that it is so late, in UTC seconds. */
export function tell(at) {
  now = at;
}

/** How long ago a time of the home was, in words. */
export const ago = (at) => age(Math.max(0, now - at));

/** A time in UTC seconds as the clocks of a zone show it, to the minute, as in 2025-01-07T18:00. */
export const localOf = (at, zone) => new Date((at + aheadOfUtc(at, zone)) * 1000).toISOString().slice(0, 16);

/**
 * When the clocks of a zone show a local time such as 2025-01-07T18:00, in UTC seconds. A time that they show twice is
 * the first of the two; one that they leap over is as much later as they leap.
 */
export function utcOf(local, zone) {
  const shown = Date.parse(`${local}Z`) / 1000;
  const [before, after] = [-DAY, DAY].map((by) => aheadOfUtc(shown + by, zone));
  return [before, after].map((ahead) => shown - ahead).find((at) => at + aheadOfUtc(at, zone) === shown) ?? shown - before;
}

/** Seconds by which the clocks of a zone are ahead of UTC at a time. */
function aheadOfUtc(at, zone) {
  const said = new Date(at * 1000).toLocaleString("sv-SE", { timeZone: zone });
  return Date.parse(`${said.replace(" ", "T")}Z`) / 1000 - Math.floor(at);
}
