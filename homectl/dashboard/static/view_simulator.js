/** A simulated home from outside: its plan, its time, its people's hands, its weather, and what can go wrong. */

import { simulate, speak } from "./asking.js";
import { element, say } from "./elements.js";
import { modelPanel } from "./panel_model.js";
import { peoplePanel } from "./panel_people.js";
import { planPanel } from "./panel_plan.js";
import { roomPanel } from "./panel_room.js";
import { timePanel } from "./panel_time.js";
import { trafficPanel } from "./panel_traffic.js";
import { weatherPanel } from "./panel_weather.js";
import { worldPanel } from "./panel_world.js";

/** The view under `root`. */
export function simulatorView(root) {
  const answer = element("p", { class: "answer", role: "alert", "data-field": "simulator-answer", hidden: "" });
  const refusals = refusalsAfterwards();
  const tell = async (control, values = {}) => {
    say(answer, "");
    const before = refusals.last();
    const said = await simulate(control, values);
    if (said) say(answer, said);
    else if (refusals.last() === before) speak(`Asked the simulator: ${control}`);
    return said;
  };
  const hear = (refused) => {
    if (!refusals.isNew(refused)) return;
    speak("");
    say(answer, `The simulator refused${refused.control && ` ${refused.control}`}: ${refused.reason}`);
  };
  const panel = (name, title) => {
    const heading = element("h2", { id: `panel-${name}` }, title);
    return element("section", { class: `card panel ${name}`, "data-panel": name, "aria-labelledby": heading.id }, heading);
  };
  const places = {
    time: panel("time", "Time"), plan: panel("plan", "Plan"), room: panel("room", "Room"), people: panel("people", "People"),
    weather: panel("weather", "Weather"), world: panel("world", "World"), traffic: panel("traffic", "MQTT traffic"),
    model: panel("model", "Model"),
  };
  const column = (...parts) => element("div", { class: "column" }, ...parts);
  root.append(answer, column(places.plan, places.time, places.weather), column(places.room, places.people, places.world),
    places.traffic, places.model);
  const room = roomPanel(places.room, tell);
  const panels = [
    timePanel(places.time, tell), planPanel(places.plan, tell, room.choose), room, peoplePanel(places.people, tell),
    weatherPanel(places.weather, tell), worldPanel(places.world, tell), trafficPanel(places.traffic),
    modelPanel(places.model),
  ];
  return {
    update(home) {
      hear(home.simulator.refused);
      panels.forEach((one) => one.update(home));
    },
    shown: () => panels.forEach((one) => one.shown?.()),
    hidden() {
      refusals.forget();
      panels.forEach((one) => one.hidden?.());
    },
  };
}

/** Which refusals of the simulator came while somebody looked: what is first seen was there before. */
function refusalsAfterwards() {
  let last = null;
  return {
    last: () => last,
    isNew(refused) {
      const [before, now] = [last, refused?.id ?? 0];
      last = now;
      return before !== null && now !== before && now !== 0;
    },
    forget() {
      last = null;
    },
  };
}
