/** The mode of the home: which it is, what that means, until when, and buttons to set another. */

import { ask, speak } from "./asking.js";
import { button, element, mark, say } from "./elements.js";
import { capital } from "./words.js";

const MODES = ["none", "guest", "party", "away", "vacation", "cleaning"];

/** `{ update(home) }` for the section under `root`. */
export function modeSection(root) {
  const state = element("p", { "data-field": "mode" });
  const answer = element("p", { "data-field": "mode-answer", hidden: "" });
  const until = element("input", { type: "datetime-local", "aria-label": "Until when a mode lasts" });
  const set = async (mode) => {
    const end = mode !== "none" && until.value ? { until: until.value } : {};
    const said = await ask("/api/mode", { mode, by: "the page", ...end });
    if (!said) until.value = "";
    say(answer, said);
    if (said) speak(said);
  };
  const buttons = MODES.map((mode) =>
    button(mode === "none" ? "No mode" : capital(mode), mode === "none" ? "No mode: end it" : `Set ${mode} mode`, () => set(mode),
      { "data-mode": mode }));
  root.append(
    element("div", { class: "pair", role: "group", "aria-label": "Mode of the home" }, ...buttons),
    element("label", { class: "until" }, element("span", { class: "quiet" }, "until"), until), state, answer);
  return {
    update({ mode }) {
      say(state, mode.text ? capital(mode.text) : "");
      for (const each of buttons) mark(each, "aria-pressed", each.dataset.mode === mode.mode);
    },
  };
}
