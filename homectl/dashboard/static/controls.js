/** What a person sets of a target: a lamp and its brightness, a temperature, a bolt. */

import { button, element, mark, say, show } from "./elements.js";
import { stepUp } from "./unlocking.js";
import { valueOf } from "./words.js";

const SETTLE_MS = 500;
const STEP = 0.5;

/** The controls of a kind: `(device, wish, answer)` gives `{ root, update(target, device) }`. */
export const controlsOf = (kind) => ({ light: lightControls, setpoint: setpointControls, lock: lockControls })[kind];

function lightControls(device, wish) {
  const on = button("On", `Turn on ${device.name}`, () => wish({ on: true }), { "data-action": "on" });
  const off = button("Off", `Turn off ${device.name}`, () => wish({ on: false }), { "data-action": "off" });
  const slider = element("input", { type: "range", min: 1, max: 100, "aria-label": `Brightness of ${device.name}` });
  const shown = element("output", {});
  const level = element("label", { class: "level", hidden: "" }, slider, shown);
  let wanted = null;
  const later = settling(async () => {
    const sent = wanted;
    if (sent === null) return;
    await wish({ on: true, level: sent / 100 });
    if (wanted === sent) wanted = null;
  });
  const follow = () => {
    wanted = slider.valueAsNumber;
    shown.value = `${wanted} %`;
  };
  slider.addEventListener("input", follow);
  slider.addEventListener("change", () => {
    follow();
    later();
  });
  return {
    root: element("div", { class: "controls" },
      element("div", { class: "pair", role: "group", "aria-label": device.name }, on, off), level),
    update(now, seen) {
      const reported = valueOf(seen, "light_level");
      mark(on, "aria-pressed", now.reported.startsWith("on"));
      mark(off, "aria-pressed", now.reported === "off");
      show(level, reported !== undefined && reported.value !== null);
      if (wanted !== null || now.state === "asked" || !reported) return;
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
    if (celsius === null) return;
    await wish({ celsius });
    if (wanted === celsius) wanted = null;
  });
  const move = (step) => () => {
    if (reported === null) return answer("Not asked: the thermostat has not said what it is set to.");
    wanted = Math.round(((wanted ?? reported) + step) / STEP) * STEP;
    say(going, `Going to ask for ${wanted.toFixed(1)} °C`);
    return later();
  };
  return {
    root: element("div", { class: "controls" },
      element("div", { class: "pair", role: "group", "aria-label": device.name },
        button("−", `Lower ${device.name} by 0.5 °C`, move(-STEP), { "data-action": "lower" }),
        button("+", `Raise ${device.name} by 0.5 °C`, move(STEP), { "data-action": "raise" })),
      going),
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
    root: element("div", { class: "controls" }, element("div", { class: "pair" }, lock, begin), form.root),
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
