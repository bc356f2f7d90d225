/** The simulated world as a whole: what goes wrong in it and on the wire, scenarios, a new beginning, a recording. */

import { button, choice, element, keep, mark, say, show } from "./elements.js";
import { faultName } from "./words.js";

const WIRE = [["stall", "hangs"], ["drop", "loses what is sent"], ["reset", "ends every connection"], ["latency", "is late"],
  ["slices", "sends in slices"], ["none", "works again"]];

/** `{ update(home) }` for the panel under `root`; `tell(control, values)` asks the simulator. */
export function worldPanel(root, tell) {
  const rows = [homeFaults(tell), wireFaults(tell), scenarios(tell), beginning(tell), recording(tell)];
  root.append(...rows.map((row) => row.root));
  return { update: ({ simulator }) => rows.forEach((row) => row.update(simulator)) };
}

const row = (name, ...parts) => element("div", { class: "setting", role: "group", "aria-label": name },
  element("span", { class: "quiet" }, name), element("div", { class: "controls" }, ...parts));

function homeFaults(tell) {
  const kinds = element("select", { "aria-label": "What goes wrong with the home" });
  const wrong = element("span", { class: "tag bad", "data-field": "home-faults", hidden: "" });
  const root = row("The home", kinds,
    button("Break", "Break the home", () => tell("fault", { kind: kinds.value }), { "data-action": "fault-home" }),
    button("Mend", "Mend the home", () => tell("mend"), { "data-action": "mend-home", class: "quiet" }), wrong);
  return {
    root,
    update({ possible = {}, faults = {} }) {
      const able = Object.keys(possible).filter((kind) => possible[kind].includes(""));
      show(root, able.length > 0);
      keep(kinds, able, (kind) => kind, option);
      say(wrong, (faults[""] ?? []).map(faultName).join(", "));
    },
  };
}

function wireFaults(tell) {
  const kinds = choice("What goes wrong with the broker", WIRE);
  const seconds = element("input", { type: "number", min: 1, max: 600, value: 10, "aria-label": "For how many seconds" });
  const wrong = element("span", { class: "tag bad", "data-field": "broker-fault", hidden: "" });
  return {
    root: row("The broker", kinds, seconds, element("span", { class: "quiet" }, "s"),
      button("Break", "Break the broker", () => tell("broker", { fault: kinds.value, seconds: seconds.valueAsNumber }), { "data-action": "fault-broker" }), wrong),
    update({ broker }) {
      say(wrong, broker && broker !== "none" ? new Map(WIRE).get(broker) ?? broker : "");
    },
  };
}

function scenarios(tell) {
  const names = element("select", { "aria-label": "Scenario" });
  const root = row("Scenario", names,
    button("Begin", "Begin the scenario", () => tell("scenario", { name: names.value }), { "data-action": "scenario" }));
  return {
    root,
    update({ scenarios: known = [] }) {
      show(root, known.length > 0);
      keep(names, known, (name) => name, option);
    },
  };
}

function beginning(tell) {
  const seed = element("input", { type: "number", min: 0, step: 1, "aria-label": "Seed" });
  seed.addEventListener("input", () => mark(seed, "data-touched", true));
  const reset = () => tell("reset", Number.isInteger(seed.valueAsNumber) ? { seed: seed.valueAsNumber } : {});
  return {
    root: row("Seed", seed, button("Reset", "Reset: begin anew with this seed", reset, { "data-action": "reset" })),
    update({ seed: now }) {
      if (now !== undefined && !seed.dataset.touched) seed.value = now;
    },
  };
}

function recording(tell) {
  const begin = button("Record", "Record what devices say", () => tell("record", { on: true }), { "data-action": "record" });
  const end = button("Stop", "Stop recording", () => tell("record", { on: false }), { "data-action": "stop-recording" });
  const state = element("span", { class: "quiet", role: "status", "data-field": "recording" });
  return {
    root: row("Recording", begin, end, state),
    update({ recording: now, recorded: last }) {
      show(begin, !now);
      show(end, Boolean(now));
      say(state, now ? `Recording to ${now}` : last ? `Recorded to ${last}; homectl replay reads it` : "");
    },
  };
}

function option(name) {
  const root = element("option", { value: name }, faultName(name));
  return { root, update() {} };
}
