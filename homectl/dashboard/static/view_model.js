/** The model's record: how often people let its changes be, how sure it was of them, and what nights came to. */

import { accuracySection } from "./accuracy.js";
import { candidateSection } from "./candidates.js";
import { button, element, say, show } from "./past_elements.js";
import { recall } from "./recalling.js";
import { reliabilitySection } from "./reliability.js";
import { capital } from "./words.js";

const SPANS = [7, 28, 60];
const AGAIN_MS = 60_000;

/** The view under `root`. */
export function modelView(root) {
  const policy = element("p", { class: "strong", "data-field": "policy" }, "Looking back…");
  const trained = element("p", { class: "quiet", "data-field": "trained" });
  const answer = element("p", { class: "answer", role: "status", hidden: "" });
  const spans = SPANS.map((days) =>
    button(`${days} days`, `Look back ${days} days`, () => look(days), { "data-days": days }));
  const parts = [accuracySection(), reliabilitySection(), candidateSection()];
  const record = element("div", { class: "record", hidden: "" }, ...parts.map((part) => part.root));
  let days = 28;
  let timer = 0;
  root.append(
    element("h2", { class: "title" }, "The model's record"),
    element("section", { class: "card past-card deciding", "aria-label": "Who decides" },
      element("div", {}, policy, trained),
      element("div", { class: "pair", role: "group", "aria-label": "How far to look back" }, ...spans), answer),
    record);

  function look(back) {
    days = back;
    ask();
  }

  async function ask() {
    for (const each of spans) each.setAttribute("aria-pressed", Number(each.dataset.days) === days);
    const asked = days;
    const { told, why = "" } = await recall("/api/model", { days });
    if (asked !== days) return;
    say(answer, why);
    if (!told) {
      if (record.hidden) say(policy, "Not known");
      return;
    }
    say(policy, `Decided by ${told.policy === "rules" ? "rules" : `the ${told.policy}`}`);
    say(trained, `${capital(told.trained)}.`);
    show(record, true);
    for (const part of parts) part.update(told);
  }

  return {
    update() {},
    shown() {
      ask();
      timer = setInterval(ask, AGAIN_MS);
    },
    hidden: () => clearInterval(timer),
  };
}
