/** The banner of a simulated home: says loudly that nothing here is real, and moves its time and its people. */

import { simulate, speak } from "./asking.js";
import { button, element, keep, mark, say, show } from "./elements.js";
import { capital } from "./words.js";

const SPEEDS = [1, 10, 60, 600, 3600];
const AWAY = "away";

/** `{ update(home) }` for the banner under `root`. */
export function simulatorBanner(root) {
  const state = element("p", { "data-field": "simulated-time" });
  const answer = element("p", { "data-field": "simulator-answer", hidden: "" });
  const tell = async (control, values = {}) => {
    const said = await simulate(control, values);
    say(answer, said);
    if (said) speak(said);
  };
  const pause = button("Pause", "Pause time", () => tell("pause"), { "data-action": "pause" });
  const resume = button("Resume", "Resume time", () => tell("resume"), { "data-action": "resume-time" });
  const speeds = SPEEDS.map((speed) =>
    button(`${speed}×`, `${speed}× speed`, () => tell("speed", { speed }), { "data-speed": speed }));
  const people = element("ul", { class: "people", "aria-label": "People" });
  root.append(
    element("div", {}, element("h2", {}, "Simulated home"), element("p", {}, "Nothing here is real."), state),
    element("div", { class: "pair", role: "group", "aria-label": "Speed of time" }, pause, resume, ...speeds),
    people, answer);
  return {
    update(home) {
      const { paused = false, speed, people: where = {} } = home.simulator;
      show(root, home.simulated);
      say(state, paused ? "Time is paused" : speed ? `Time runs at ${speed}×` : "Its time is not known yet");
      show(pause, !paused);
      show(resume, paused);
      for (const each of speeds) mark(each, "aria-pressed", Number(each.dataset.speed) === speed);
      const areas = [...home.areas, { id: AWAY, name: "Away" }];
      const persons = Object.entries(where).map(([person, place]) => ({ person, place, areas }));
      keep(people, persons, ({ person }) => person, (item) => personRow(item, tell));
    },
  };
}

function personRow({ person }, tell) {
  const name = capital(person.replaceAll("_", " "));
  const where = element("span", { "data-field": "where" });
  const choice = element("select", { "aria-label": `Where ${name} is to go` });
  const move = button("Move", `Move ${name}`, () => tell("move", { person, area: choice.value }), { "data-action": "move" });
  return {
    root: element("li", { "data-person": person }, where, choice, move),
    update({ place, areas }) {
      const area = areas.find(({ id }) => id === place)?.name ?? place;
      say(where, place === AWAY ? `${name} is away` : `${name}: ${area}`);
      keep(choice, areas, ({ id }) => id, option);
    },
  };
}

function option(area) {
  const root = element("option", { value: area.id });
  return { root, update: (now) => say(root, now.name) };
}
