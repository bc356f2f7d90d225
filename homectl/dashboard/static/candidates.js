/** What nights came to: models made from this home's days, held against the one in charge. */

import { element, keep, say, show } from "./past_elements.js";
import { capital } from "./words.js";

const TOKENS = { promoted: "good", shadowed: "warn", rejected: "", dropped: "bad", "rolled back": "bad", drifted: "bad", skipped: "", scored: "" };
const HEADS = ["Task", "In charge", "Candidate", "Change", "Same answer", "Days"];

/** `{ root, update(record) }`. */
export function candidateSection() {
  const list = element("ol", { class: "logbook" });
  const none = element("p", { class: "quiet", hidden: "" }, "No night has taught anything yet.");
  const root = element("section", { class: "card past-card candidates", "aria-labelledby": "candidates-title" },
    element("header", {}, element("h2", { id: "candidates-title" }, "Nights and their candidates")), none, list);
  return {
    root,
    update({ candidates }) {
      show(none, candidates.length === 0);
      keep(list, candidates, ({ at, verdict, model }) => `${at} ${verdict} ${model}`, candidate);
    },
  };
}

function candidate({ figures }) {
  const name = element("strong", {});
  const verdict = element("span", { class: "tag" });
  const when = element("time", { class: "quiet" });
  const said = element("p", { class: "why" });
  const days = element("p", { class: "quiet why" });
  const root = element("li", {}, element("p", { class: "said" }, name, " ", verdict), when, said, days);
  if (figures.length) root.append(figureTable(figures));
  return {
    root,
    update(one) {
      say(name, one.model === null ? "This night" : `Own model ${one.model}`);
      verdict.className = `tag ${TOKENS[one.verdict] ?? ""}`;
      say(verdict, one.verdict);
      say(when, one.local_time);
      say(said, `${capital(one.said)}.`);
      say(days, one.model !== null && one.days.length > 1 ? `Learned from ${one.days[0]} to ${one.days.at(-1)}` : "");
    },
  };
}

/** Log losses: lower is better. */
function figureTable(figures) {
  const rows = figures.map((one) => element("tr", {},
    element("th", { scope: "row" }, capital(one.task.replaceAll("_", " "))),
    ...[one.champion.toFixed(3), one.challenger.toFixed(3), change(one), one.agreement === null ? "–" : `${(100 * one.agreement).toFixed(1)} %`,
      String(one.days)].map((text) => element("td", {}, text))));
  return element("details", { class: "twin" }, element("summary", {}, "Figures"),
    element("p", { class: "quiet" }, "Log loss on the days judged, lower is better; the change with its 90 % interval."),
    element("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Figures of this candidate" },
      element("table", {}, element("thead", {}, element("tr", {}, ...HEADS.map((text) => element("th", { scope: "col" }, text)))),
        element("tbody", {}, ...rows))));
}

function change({ change: by, low, high }) {
  const percent = (share) => `${share > 0 ? "+" : share < 0 ? "−" : ""}${Math.abs(100 * share).toFixed(1)}`;
  return `${percent(by)} % (${percent(low)} to ${percent(high)})`;
}
