/** The ladder: how much is let to homectl per area and kind, what that rests on, and a person's say in it. */

import { ask, every, look, speak } from "./asking.js";
import { button, choice, element, keep, mark, say, show } from "./elements.js";
import { capital, counted } from "./words.js";

const EVERY_MS = 30_000;
const LEVELS = ["off", "observe", "suggest", "auto"];
const KIND = { light: "lights", setpoint: "heating", lock: "lock" };
const BY = "the page";

/** `{ update(home), shown(), hidden() }` for the section under `root`; it looks again by itself while it is shown. */
export function ladderSection(root) {
  const said = element("p", { class: "quiet", role: "status", "data-field": "ladder", hidden: "" });
  const rows = element("ul", { class: "rungs" });
  root.append(element("h2", { id: "ladder-title" }, "How much is let to homectl"),
    element("p", { class: "quiet" }, "It may go to auto once people have followed enough of what it proposed in the last fourteen days."), said, rows);
  let names = new Map();
  const looking = every(EVERY_MS, async () => {
    const { known, why } = await look("/api/ladder");
    say(said, why ?? "");
    if (!known) return;
    const rungs = known.map((rung) => ({ ...rung, name: names.get(rung.area) ?? rung.area }));
    keep(rows, rungs, ({ area, kind }) => `${area} ${kind}`, (rung) => rungRow(rung, looking.now));
  });
  return {
    update: (home) => (names = new Map(home.areas.map(({ id, name }) => [id, name]))),
    shown: () => looking.start(),
    hidden: () => looking.stop(),
  };
}

function rungRow(rung, changed) {
  const what = `${rung.name}, ${KIND[rung.kind] ?? rung.kind}`;
  const level = element("strong", { "data-field": "level" });
  const evidence = element("p", { "data-field": "agreement" });
  const meter = element("meter", { min: 0, max: 1, "aria-label": `Proposals followed: ${what}` });
  const gate = element("p", { class: "quiet", "data-field": "gate" });
  const since = element("p", { class: "quiet", "data-field": "since", hidden: "" });
  const answer = element("p", { class: "answer", "data-field": "answer", hidden: "" });
  const levels = choice(`Level of ${what}`, LEVELS.map((one) => [one, one]));
  const letIt = async (force) => {
    const said = await ask(`/api/autonomy/${rung.area}/${rung.kind}`, { level: levels.value, by: BY, force });
    say(answer, said);
    show(anyway, said !== "" && levels.value === "auto");
    speak(said || `${what}: ${levels.value}`);
    if (!said) await changed();
  };
  const anyway = button("Let it anyway", `Let it anyway: ${what}`, () => letIt(true), { hidden: "", "data-action": "force" });
  const set = button("Set", `Set the level of ${what}`, () => letIt(false), { "data-action": "let" });
  let before = "";
  return {
    root: element("li", { "data-rung": `${rung.area} ${rung.kind}` }, element("p", {}, element("span", { class: "strong" }, what), " ", level),
      element("div", { class: "evidence" }, meter, evidence), gate, since, element("div", { class: "pair" }, levels, set, anyway), answer),
    update(now) {
      say(level, now.level);
      mark(level, "class", `tag ${now.level === "auto" ? "good" : ""}`);
      meter.value = now.answered ? now.followed / now.answered : 0;
      say(evidence, agreement(now));
      say(gate, now.level === "auto" ? "" : now.short ? `For auto: ${now.short}.` : `For auto: enough (${now.proposals_needed} answered, ${Math.round(100 * now.share_needed)} % followed are needed).`);
      say(since, now.said ? `${capital(now.said)}.` : "");
      if (before !== now.level) levels.value = now.level;
      before = now.level;
    },
  };
}

function agreement({ followed, answered, unanswered, foreseen, changes }) {
  if (answered + unanswered === 0) {
    const themselves = changes === 1 ? "made one change" : `made ${changes || "no"} changes`;
    return `Nothing was proposed; people ${themselves} themselves.`;
  }
  const said = answered ? `${followed} of ${counted(answered, "proposal")} followed` : "Nothing proposed was answered";
  const alone = unanswered ? `, ${unanswered} unanswered` : "";
  const made = changes ? `${foreseen} of ${counted(changes, "change")} that people made ${changes === 1 ? "was" : "were"} foreseen` : "people changed nothing themselves";
  return `${said}${alone}; ${made}.`;
}
