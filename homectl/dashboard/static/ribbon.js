/** Says loudly, above every view, that nothing here is real. */

import { say, show } from "./elements.js";

/** How the time of a simulated home runs. */
export function pace({ paused, speed }) {
  if (paused) return "Time is paused";
  return speed ? `Time runs at ${speed}×` : "Its time is not known yet";
}

/** `{ update(home) }` for the ribbon at `root`. */
export function ribbon(root) {
  return {
    update(home) {
      if (home.simulated) say(root, `Simulated home: nothing here is real. ${pace(home.simulator)}.`);
      show(root, home.simulated);
    },
  };
}
