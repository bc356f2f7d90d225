/** Keeping homectl's hands off one target: for how long it is held, and how to end or begin that. */

import { button, choice, element, say, show } from "./elements.js";
import { holding } from "./words.js";

const MINUTES = 60;
const UNTIL = [["hour", "for 1 h"], ["schedule", "until its schedule turns"], ["empty", "until the room is empty"],
  ["resumed", "until I resume"]];
const BY = "the page";

/** `{ root, update(target) }` of a device; `wish(body, verb)` asks the home. */
export function holdControls(device, wish) {
  const text = element("span", { "data-field": "hold", hidden: "" });
  const resume = button("Resume", `Resume ${device.name}`, () => wish({}, "resume"), { "data-action": "resume" });
  const until = choice(`How long to hold ${device.name}`, UNTIL);
  const begin = button("Hold", `Hold ${device.name}`, () => wish(wanted(until.value), "hold"), { "data-action": "hold", class: "quiet" });
  const free = element("span", { class: "pair" }, begin, until);
  return {
    root: element("p", { class: "hold" }, text, resume, free),
    update({ hold }) {
      say(text, hold ? `On hold: homectl leaves it alone ${holding(hold)}` : "");
      show(resume, hold !== null);
      show(free, hold === null);
    },
  };
}

const wanted = (kind) => (kind === "hour" ? { minutes: MINUTES, by: BY } : { kind, by: BY });
