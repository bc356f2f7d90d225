/** The time of a simulated home: pause, step, speed, and a jump to a local time. */

import { button, element, mark, say, show } from "./elements.js";
import { localOf, utcOf } from "./home_clock.js";
import { pace } from "./ribbon.js";

const SPEEDS = [1, 10, 60, 600, 3600];
const STEPS = [["1 min", 60], ["10 min", 600], ["1 h", 3600]];

/** `{ update(home) }` for the panel under `root`; `tell(control, values)` asks the simulator. */
export function timePanel(root, tell) {
  const state = element("p", { class: "strong", "data-field": "simulated-time" });
  const clock = element("p", { class: "quiet", "data-field": "home-time" });
  const pause = button("Pause", "Pause time", () => tell("pause"), { "data-action": "pause" });
  const resume = button("Resume", "Resume time", () => tell("resume"), { "data-action": "resume-time" });
  const speeds = SPEEDS.map((speed) =>
    button(`${speed}×`, `${speed}× speed`, () => tell("speed", { speed }), { "data-speed": speed }));
  const steps = STEPS.map(([label, seconds]) =>
    button(`+ ${label}`, `Step ${label}`, () => tell("step", { seconds }), { "data-step": seconds }));
  const until = element("input", { type: "datetime-local", required: "" });
  const jump = element("button", { "data-action": "jump" }, "Jump");
  const form = element("form", { class: "controls", "aria-label": "Jump in time" },
    element("label", {}, element("span", { class: "quiet" }, "Jump to"), until), jump);
  let zone = "UTC";
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    tell("jump", { to: utcOf(until.value, zone) });
  });
  root.append(
    element("div", { class: "clockwork" }, state, clock),
    element("div", { class: "controls" }, pause, resume, element("div", { class: "pair", role: "group", "aria-label": "Speed of time" }, ...speeds)),
    element("div", { class: "pair", role: "group", "aria-label": "Step in time" }, ...steps), form);
  return {
    update(home) {
      const { paused = false, speed } = home.simulator;
      zone = home.timezone;
      say(state, pace(home.simulator));
      say(clock, home.local_time);
      show(pause, !paused);
      show(resume, paused);
      for (const each of speeds) mark(each, "aria-pressed", Number(each.dataset.speed) === speed);
      if (!until.value) until.value = localOf(home.at, zone);
    },
  };
}
