/** What the model is shown about one target, with ages, and what its heads answer: live. */

import { every, look, pathOf } from "./asking.js";
import { element, keep, mark, say, show } from "./elements.js";
import { age, capital, percent } from "./words.js";

const EVERY_MS = 2000;

/** `{ update(home), shown(), hidden() }` for the panel under `root`. Asks nothing while it is closed. */
export function modelPanel(root) {
  const targets = element("select", { "aria-label": "Target" });
  const filter = element("input", { type: "search", placeholder: "name of an input", "aria-label": "Show only inputs with" });
  const said = element("p", { class: "quiet", role: "status", "data-field": "model" });
  const guard = element("p", { "data-field": "guard", hidden: "" });
  const heads = element("div", { class: "heads" });
  const inputs = element("tbody", {});
  const table = element("div", { class: "inputs", tabindex: "0", role: "region", "aria-label": "Inputs of the model" },
    element("table", {}, element("thead", {}, element("tr", {}, ...["Input", "Value", "Age"].map((title) => element("th", { scope: "col" }, title)))), inputs));
  const details = element("details", {}, element("summary", {}, "Show what the model sees and says"),
    element("div", { class: "controls" }, targets, filter), said, heads, guard, table);
  root.append(details);
  let known = null;

  const asking = every(EVERY_MS, async () => {
    if (!targets.value) return;
    const answer = await look(`${pathOf(targets.value)}/inputs`);
    known = answer.known ?? null;
    say(said, answer.why ?? recordWords(known));
    draw();
  });

  function draw() {
    const wanted = filter.value.toLowerCase();
    const features = (known?.features ?? []).filter(({ name }) => name.toLowerCase().includes(wanted));
    show(table, known !== null);
    keep(heads, headsOf(known), ({ task }) => task, headRow);
    say(guard, known?.guard ? `Guard: ${known.guard}` : "");
    keep(inputs, features, ({ name }) => name, inputRow);
  }

  filter.addEventListener("input", draw);
  targets.addEventListener("change", asking.now);
  details.addEventListener("toggle", () => (details.open ? asking.start() : asking.stop()));
  return {
    update(home) {
      const all = home.areas.flatMap(({ devices }) => devices.flatMap((device) =>
        device.targets.map(({ target, kind }) => ({ target, text: `${device.name} (${kind})` }))));
      keep(targets, all, ({ target }) => target, option);
    },
    shown: () => details.open && asking.start(),
    hidden: () => asking.stop(),
  };
}

const recordWords = ({ note, policy, record }) =>
  [`Read by ${policy}.`, note, record ? `Its last decision: ${record}.` : "It has not decided about it yet."].filter(Boolean).join(" ");

/** The heads that know something; how likely a change is belongs to them. */
function headsOf(known) {
  if (!known) return [];
  const change = known.change === null ? [] : [{ task: "change", said: { "worth a change": known.change } }];
  return [...known.heads, ...change];
}

function headRow({ task }) {
  const answers = element("div", {});
  return {
    root: element("div", { class: "head", "data-task": task }, element("h3", {}, capital(task.replaceAll("_", " "))), answers),
    update({ said }) {
      const likeliest = Object.entries(said).toSorted(([, one], [, other]) => other - one).slice(0, 4);
      keep(answers, likeliest, ([label]) => label, answerRow);
    },
  };
}

function answerRow([label]) {
  const meter = element("meter", { min: 0, max: 1, "aria-label": label });
  const share = element("span", {});
  return {
    root: element("p", { class: "chance" }, element("span", { class: "quiet" }, label), meter, share),
    update([, chance]) {
      meter.value = chance;
      say(share, percent(chance));
    },
  };
}

function inputRow({ name }) {
  const value = element("td", {});
  const old = element("td", { class: "quiet" });
  const root = element("tr", {}, element("th", { scope: "row" }, name), value, old);
  return {
    root,
    update(feature) {
      const { value: now, unit, age: since, missing } = feature;
      const text = missing ? "not known" : `${Number(now.toPrecision(4))} ${unit ?? ""}`.trim();
      if (value.textContent !== text) value.textContent = text;
      const when = since === null ? "" : age(since);
      if (old.textContent !== when) old.textContent = when;
      mark(root, "data-missing", Boolean(missing));
    },
  };
}

function option({ target }) {
  const root = element("option", { value: target });
  return { root, update: ({ text }) => say(root, text) };
}
