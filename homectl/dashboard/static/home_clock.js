/** What time it is in the home that is shown. */

import { age } from "./words.js";

let now = 0;

/** The home says that it is so late, in UTC seconds. */
export function tell(at) {
  now = at;
}

/** How long ago a time of the home was, in words. */
export const ago = (at) => age(Math.max(0, now - at));
