/** What takes a higher role than that of whoever is signed in: told, and not asked. The home refuses it all the same. */

import { speak } from "./asking.js";
import { element, show } from "./elements.js";

const ROLES = ["viewer", "guest", "resident", "owner"];
const HANDS = ["time", "room", "people", "weather", "world"].map((name) => `[data-panel="${name}"]`).join(", ");
const SETTERS = 'button, input[type="range"], input[type="number"]';

/** Of each role: the sentence about it, and the controls that take it. */
const TAKES = {
  guest: {
    said: "Lamps, warmth and holds take at least a guest.",
    controls: `[data-kind]:not([data-kind="lock"]) :is(.controls :is(${SETTERS}), [data-action="retry"], .hold button)`,
  },
  resident: {
    said: "Doors, modes, suggestions and the simulated home take at least a resident.",
    controls: `[data-kind="lock"] :is(.controls button, [data-action="retry"], .hold button), .suggestion button, .mode button,
      :is(${HANDS}) :is(${SETTERS}), [data-lamp], [data-walker]`,
  },
  owner: { said: "What homectl may do by itself is up to the owner.", controls: ".rungs button" },
};

/** `{ of(role) }` for what is and will be under `main`, told under `root`; `of()` where nobody is limited. */
export function limits(root, main) {
  let above = [];

  function stop(event) {
    const role = above.find((one) => event.target.closest(TAKES[one].controls));
    if (!role) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (event.type === "click") speak(TAKES[role].said);
  }

  function apply() {
    for (const role of above) {
      for (const control of main.querySelectorAll(`:is(${TAKES[role].controls}):not([aria-disabled])`)) {
        control.setAttribute("aria-disabled", "true");
        control.setAttribute("aria-describedby", `takes-${role}`);
        control.title = TAKES[role].said;
      }
    }
  }

  const watching = new MutationObserver(apply);
  for (const kind of ["click", "input", "change"]) main.addEventListener(kind, stop, true);
  return {
    of(role = "owner") {
      above = ROLES.slice(ROLES.indexOf(role) + 1);
      root.replaceChildren(`You are signed in as a ${role}. `,
        ...above.flatMap((one) => [element("span", { id: `takes-${one}` }, TAKES[one].said), " "]));
      show(root, above.length > 0);
      watching.disconnect();
      if (above.length === 0) return;
      apply();
      watching.observe(main, { childList: true, subtree: true });
    },
  };
}
