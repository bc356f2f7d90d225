/** The logbook as a list: what, to what, by whom, when, and why; the newest first, with more on request. */

import { button, element, keep, say, show } from "./elements.js";
import { recall } from "./recalling.js";

const AT_ONCE = 40;
const ENDS = { confirmed: "good", asked: "warn", superseded: "", failed: "bad", expired: "bad", refused: "bad" };

/** `{ root, update(home), fresh() }` where `fresh` asks for the newest rows. */
export function logbookSection() {
  const area = element("select", { "aria-label": "Whose logbook" }, element("option", { value: "" }, "The whole home"));
  const list = element("ol", { class: "logbook" });
  const answer = element("p", { class: "answer", role: "status", hidden: "" });
  const none = element("p", { class: "quiet", hidden: "" }, "Nothing was changed yet.");
  const more = button("Show earlier", "Show earlier entries of the logbook", () => ask(earlier), { "data-action": "more", hidden: "" });
  const root = element("section", { class: "card past-card", "aria-labelledby": "logbook-title" },
    element("header", {}, element("h2", { id: "logbook-title" }, "Logbook"), area), list, none, answer, more);
  let rows = [];
  let earlier = null;

  async function ask(until = null) {
    const before = area.value;
    const { told, why = "" } = await recall("/api/logbook", { until, area: area.value, limit: AT_ONCE });
    if (area.value !== before) return;
    say(answer, why);
    if (!told) return;
    rows = until === null ? told.rows : [...rows, ...told.rows];
    earlier = told.earlier;
    const counts = new Map();
    for (const row of rows) {
      const key = `${row.at} ${row.kind} ${row.what} ${row.to}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
      row.key = `${key} ${counts.get(key)}`;
    }
    keep(list, rows, ({ key }) => key, entry);
    show(none, rows.length === 0);
    show(more, earlier !== null);
  }

  area.addEventListener("change", () => ask());
  return {
    root,
    update(home) {
      const options = home.areas.map(({ id, name }) => ({ value: id, name }));
      if (area.options.length !== options.length + 1) {
        area.replaceChildren(area.options[0], ...options.map(({ value, name }) => element("option", { value }, name)));
      }
    },
    fresh: () => ask(),
  };
}

function entry() {
  const what = element("strong", { "data-field": "what" });
  const to = element("span", { "data-field": "to" });
  const by = element("span", { class: "quiet", "data-field": "by" });
  const became = element("span", { class: "tag", "data-field": "became", hidden: "" });
  const why = element("p", { class: "quiet why", "data-field": "why", hidden: "" });
  const when = element("time", { class: "quiet", "data-field": "when" });
  const root = element("li", {}, element("p", { class: "said" }, what, " ", to, ", ", by, " ", became), when, why);
  return {
    root,
    update(row) {
      root.dataset.kind = row.kind;
      say(what, row.what);
      say(to, row.to);
      say(by, row.by);
      say(why, row.why && `Because ${row.why}`);
      when.dateTime = new Date(row.at * 1000).toISOString();
      say(when, row.local_time);
      const state = row.became.split(":")[0];
      became.className = `tag ${ENDS[state] ?? "bad"}`;
      say(became, state === "confirmed" ? "" : row.became);
    },
  };
}
