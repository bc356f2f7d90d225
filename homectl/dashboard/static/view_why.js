/** Why the home does what it does: the last decisions by area, and the ladder of what is let to homectl. */

import { askTarget, look, pathOf, speak } from "./asking.js";
import { earlierDecisions } from "./earlier.js";
import { button, element, keep, mark, say, show } from "./elements.js";
import { ago } from "./home_clock.js";
import { ladderSection } from "./ladder.js";
import { suggestionRow } from "./targets.js";
import { capital, percent, withoutName } from "./words.js";

const RULING = {
  approved: ["done", "good"], refused: ["refused by the guard", "bad"], suggested: ["suggested", "warn"],
  observed: ["only watching", ""], nothing: ["left alone", ""],
};

/** The view under `root`. */
export function whyView(root) {
  const title = element("h2", { class: "title" }, "Why the home does what it does");
  const areas = element("div", { class: "areas" });
  const ladder = element("section", { class: "card ladder", "aria-labelledby": "ladder-title" });
  root.append(title, areas, ladder);
  const rungs = ladderSection(ladder);
  return {
    update(home) {
      const decided = home.areas.filter(({ devices }) => devices.some(({ targets }) => targets.length > 0));
      keep(areas, decided.map((area) => ({ area, home })), ({ area }) => area.id, areaCard);
      rungs.update(home);
    },
    shown: () => rungs.shown(),
    hidden: () => rungs.hidden(),
  };
}

function areaCard({ area }) {
  const title = element("h2", { id: `why-${area.id}` });
  const decisions = element("div", { class: "devices" });
  const root = element("section", { class: "area", "aria-labelledby": title.id }, title, decisions);
  return {
    root,
    update({ area: now, home }) {
      say(title, now.name);
      const all = now.devices.flatMap((device) => device.targets.map((target) => ({ device, target, home })));
      mark(root, "data-wide", Math.min(4, all.length));
      keep(decisions, all, ({ target }) => target.target, decisionCard);
    },
  };
}

function decisionCard({ device, target }) {
  const name = element("h3", {});
  const ruling = element("span", { class: "tag", "data-field": "ruling" });
  const sentence = element("p", { "data-field": "sentence" });
  const sure = surenessRow(device);
  const answer = element("p", { class: "answer", "data-field": "answer", hidden: "" });
  const wish = async (body, verb) => {
    const said = await askTarget(target.target, body, verb);
    say(answer, said);
    if (said) speak(`${device.name}: ${said}`);
  };
  const suggestion = suggestionRow(device, wish);
  const more = element("p", { class: "more", "data-field": "explanation", hidden: "" });
  const weigh = button("What weighed", `What weighed in the decision about ${device.name}`, async () => {
    const { known, why } = await look(`${pathOf(target.target)}/explain`);
    say(more, why ?? known.explanation);
    speak(more.textContent);
  }, { class: "quiet", "data-action": "explain" });
  const earlier = earlierDecisions(device, target);
  const root = element("article", { class: "card decision", "data-why": target.target },
    element("header", {}, name, ruling), sentence, sure.root, suggestion.root, answer, weigh, more, earlier);
  return {
    root,
    update({ device: seen, target: now, home }) {
      const [word, tone] = RULING[now.verdict?.ruling] ?? ["not decided yet", ""];
      say(name, seen.name);
      say(ruling, now.verdict ? `${word}, ${ago(now.verdict.at)}` : word);
      mark(ruling, "class", `tag ${tone}`);
      say(sentence, withoutName(now.decision, seen) || "Nothing has been decided about it yet.");
      sure.update(now.verdict);
      suggestion.update(now);
      show(earlier, home.remembers);
    },
  };
}

/** How sure it was, and of what it would have been otherwise. */
function surenessRow(device) {
  const meter = element("meter", { min: 0, max: 1, "aria-label": `How sure about ${device.name}` });
  const words = element("span", { "data-field": "sureness" });
  const root = element("p", { class: "chance" }, meter, words);
  return {
    root,
    update(verdict) {
      const known = verdict !== null && verdict !== undefined && verdict.confidence !== null && verdict.setting !== "";
      show(root, known);
      if (!known) return;
      meter.value = verdict.confidence;
      say(words, `${capital(verdict.setting)}: ${percent(verdict.confidence)} sure. The other choice: ${verdict.other}, ${percent(1 - verdict.confidence)}.`);
    },
  };
}
