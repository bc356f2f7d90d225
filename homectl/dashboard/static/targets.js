/** One controllable thing: what it reports, what was asked of it and what became of that, who changed it, and why. */

import { askTarget, simulate, speak } from "./asking.js";
import { button, element, mark, say, show } from "./elements.js";
import { stepUp } from "./unlocking.js";
import { age, capital, holding, outcome } from "./words.js";

const SETTLE_MS = 500;
const STEP = 0.5;
const HOLD_MINUTES = 60;
const HOLD_UNTIL = { schedule: "its schedule turns", empty: "the room is empty", resumed: "I resume" };

const valueOf = (device, name) => device.values.find((value) => value.quantity === name);
const stateOf = { light: "light_on", setpoint: "setpoint", lock: "lock" };

/** `{ root, update({ target, device, simulated }) }` for one target of a device. */
export function targetCard({ target, device, simulated }) {
  const field = (name, tag = "p") => element(tag, { "data-field": name, hidden: "" });
  const fields = {
    reported: field("reported", "strong"), age: field("age", "span"), outcome: field("outcome"), answer: field("answer"),
    by: field("changed-by", "span"), hold: field("hold", "span"), decision: field("decision"),
  };
  const answer = (text) => {
    say(fields.answer, text);
    if (text) speak(`${device.name}: ${text}`);
  };
  const wish = async (body, verb) => answer(await askTarget(target.target, body, verb));
  const controls = CONTROLS[target.kind](device, wish, answer, simulated);
  const suggested = element("span", {});
  const suggestion = element("p", { class: "suggestion pair", "data-field": "suggestion", hidden: "" }, suggested,
    button("Yes", `Do what is suggested for ${device.name}`, () => wish({ by: "the page" }, "accept"), { "data-action": "accept" }),
    button("No", `Leave ${device.name} as it is`, () => wish({ by: "the page" }, "reject"), { "data-action": "reject" }));
  const resume = button("Resume", `Resume ${device.name}`, () => wish({}, "resume"), { "data-action": "resume" });
  const hold = button("Hold 1 h", `Hold 1 h ${device.name}`, () => wish({ minutes: HOLD_MINUTES, by: "the page" }, "hold"),
    { "data-action": "hold", class: "quiet" });
  const choice = element("select", { "aria-label": `Until when to hold ${device.name}` },
    ...Object.entries(HOLD_UNTIL).map(([kind, until]) => element("option", { value: kind }, until)));
  const holdUntil = button("Hold until", `Hold ${device.name} until then`,
    () => wish({ kind: choice.value, by: "the page" }, "hold"), { "data-action": "hold-until", class: "quiet" });
  const longer = element("span", { class: "pair" }, holdUntil, choice);
  const root = element("div", { class: "target", "data-target": target.target, "data-kind": target.kind },
    element("p", { class: "state" }, fields.reported, " ", fields.age), suggestion, controls.root,
    fields.outcome, fields.answer, element("p", { class: "hold" }, fields.by, fields.hold, resume, hold, longer), fields.decision);

  let before = target.state;
  function update({ target: now, device: seen }) {
    const state = valueOf(seen, stateOf[now.kind]);
    mark(root, "data-reported", now.reported);
    say(fields.reported, /\d °C/.test(now.reported) ? `Set to ${now.reported}` : capital(now.reported));
    say(fields.age, state ? age(state.age) + (state.fresh ? "" : ", not fresh") : "");
    say(fields.outcome, outcome(now));
    mark(fields.outcome, "data-state", now.state ?? "");
    say(fields.by, now.changed_by ? `Changed ${now.changed_by === "by hand" ? "" : "by "}${now.changed_by}` : "");
    mark(fields.by, "data-by", now.changed_by);
    say(suggested, now.suggestion && `Suggested: ${now.suggestion}`);
    show(suggestion, now.suggestion !== "");
    const held = now.hold !== null;
    say(fields.hold, held ? `On hold: homectl leaves it alone ${holding(now.hold)}` : "");
    show(resume, held);
    show(hold, !held);
    show(longer, !held);
    say(fields.decision, now.decision ? `Why: ${now.decision}` + (now.autonomy && ` (${now.autonomy})`) : "");
    controls.update(now, seen);
    if (now.state !== before && now.cause === "person") speak(`${seen.name}: ${outcome(now)}`);
    before = now.state;
  }
  return { root, update };
}

const CONTROLS = { light: lightControls, setpoint: setpointControls, lock: lockControls };

function lightControls(device, wish, answer, simulated) {
  const on = button("On", `Turn on ${device.name}`, () => wish({ on: true }), { "data-action": "on" });
  const off = button("Off", `Turn off ${device.name}`, () => wish({ on: false }), { "data-action": "off" });
  const press = button("Wall switch", `Press wall switch of ${device.name}`,
    async () => answer(await simulate("press", { device: device.id })), { "data-action": "press", class: "quiet" });
  const slider = element("input", { type: "range", min: 1, max: 100, "aria-label": `Brightness of ${device.name}` });
  const shown = element("output", {});
  const level = element("label", { class: "level", hidden: "" }, "Brightness", slider, shown);
  let touched = false;
  const later = settling(async () => {
    await wish({ on: true, level: slider.valueAsNumber / 100 });
    touched = false;
  });
  slider.addEventListener("input", () => {
    touched = true;
    shown.value = `${slider.value} %`;
  });
  slider.addEventListener("change", later);
  show(press, simulated);
  const root = element("div", { class: "controls" },
    element("div", { class: "pair", role: "group", "aria-label": device.name }, on, off), press, level);
  return {
    root,
    update(now, seen) {
      const reported = valueOf(seen, "light_level");
      mark(on, "aria-pressed", now.reported.startsWith("on"));
      mark(off, "aria-pressed", now.reported === "off");
      show(level, reported !== undefined && reported.value !== null);
      if (touched || now.state === "asked" || !reported) return;
      slider.value = Math.round(reported.value * 100);
      shown.value = `${slider.value} %`;
    },
  };
}

function setpointControls(device, wish, answer) {
  const going = element("span", { class: "quiet", hidden: "" });
  let reported = null;
  let wanted = null;
  const later = settling(async () => {
    const celsius = wanted;
    await wish({ celsius });
    if (wanted === celsius) wanted = null;
  });
  const move = (step) => () => {
    if (reported === null) return answer("Not asked: the thermostat has not said what it is set to.");
    wanted = Math.round(((wanted ?? reported) + step) / STEP) * STEP;
    say(going, `Going to ask for ${wanted.toFixed(1)} °C`);
    return later();
  };
  const root = element("div", { class: "controls" },
    element("div", { class: "pair", role: "group", "aria-label": device.name },
      button("−", `Lower ${device.name} by 0.5 °C`, move(-STEP), { "data-action": "lower" }),
      button("+", `Raise ${device.name} by 0.5 °C`, move(STEP), { "data-action": "raise" })),
    going);
  return {
    root,
    update(now, seen) {
      reported = now.state === "asked" ? parseFloat(now.asked) : valueOf(seen, "setpoint")?.value ?? null;
      if (wanted === null) say(going, "");
    },
  };
}

function lockControls(device, wish, answer) {
  const lock = button("Lock", `Lock ${device.name}`, () => wish({ lock: true }), { "data-action": "lock" });
  const form = stepUp(device, answer);
  const begin = button("Unlock…", `Unlock ${device.name}`, form.begin, { "data-action": "unlock" });
  return {
    root: element("div", { class: "controls" }, lock, begin, form.root),
    update(now) {
      show(begin, now.unlocks);
      if (!now.unlocks) form.end();
    },
  };
}

/** Calls once a hand has rested, so that five presses are one wish. */
function settling(action) {
  let timer = 0;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(action, SETTLE_MS);
  };
}
