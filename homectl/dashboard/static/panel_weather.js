/** The weather over a simulated home: how warm it is outdoors, and how cloudy. */

import { button, element, say, show } from "./elements.js";

/** `{ update(home) }` for the panel under `root`; `tell(control, values)` asks the simulator. */
export function weatherPanel(root, tell) {
  const state = element("p", { class: "strong", "data-field": "weather" });
  const outdoors = dial("Outdoors", "°C", { min: -20, max: 40, step: 0.5 }, (value) => tell("weather", { outdoors: value }));
  const cloud = dial("Clouds", "%", { min: 0, max: 100, step: 5 }, (value) => tell("weather", { cloud: value / 100 }));
  const back = button("Its own weather again", "Its own weather again", () => tell("weather", { outdoors: null, cloud: null }),
    { "data-action": "own-weather", class: "quiet" });
  root.append(state, outdoors.root, cloud.root, back);
  return {
    update({ simulator: { weather, given } }) {
      say(state, weather?.outdoors == null ? "Not known yet" : words(weather));
      outdoors.update(weather?.outdoors ?? null);
      cloud.update(weather?.cloud == null ? null : weather.cloud * 100);
      show(back, given ? Object.values(given).some((value) => value !== null) : false);
    },
  };
}

function words({ outdoors, cloud }) {
  const sky = cloud === null || cloud === undefined ? ", too dark to see clouds" : cloud < 0.25 ? ", clear" : cloud < 0.7 ? ", some clouds" : ", overcast";
  return `${outdoors.toFixed(1)} °C outdoors${sky}`;
}

/** A range and a number that say the same; `set(value)` once a hand lets go. `{ root, update(value) }`. */
export function dial(name, unit, limits, set, spoken = name) {
  const range = element("input", { type: "range", ...limits, "aria-label": spoken });
  const exact = element("input", { type: "number", step: "any", "aria-label": `${spoken}, exactly` });
  let wanted = null;
  const follow = (from, to) => from.addEventListener("input", () => {
    wanted = from.value;
    to.value = from.value;
  });
  const done = async (from) => {
    const sent = wanted = from.value;
    if (Number.isFinite(from.valueAsNumber)) await set(from.valueAsNumber);
    if (wanted === sent) wanted = null;
  };
  follow(range, exact);
  follow(exact, range);
  for (const input of [range, exact]) input.addEventListener("change", () => done(input));
  return {
    root: element("div", { class: "dial" }, element("span", { class: "quiet" }, name), range, exact, element("span", { class: "quiet" }, unit)),
    update(value) {
      if (wanted !== null || value === null || document.activeElement === exact) return;
      const text = String(Math.round(value * 10) / 10);
      if (exact.value !== text) exact.value = text;
      if (range.value !== text) range.value = value;
    },
  };
}
