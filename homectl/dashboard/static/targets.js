/** One controllable thing: what it reports, what was asked of it and what became of that, who changed it, and why. */

import { askTarget, speak } from "./asking.js";
import { controlsOf } from "./controls.js";
import { button, element, mark, say, show } from "./elements.js";
import { ago } from "./home_clock.js";
import { holdControls } from "./holding.js";
import { capital, freshness, outcome, valueOf, withoutName } from "./words.js";

const STATE = { light: "light_on", setpoint: "setpoint", lock: "lock" };
const BY = "the page";

/** `{ root, update({ target, device }) }` for one target of a device. */
export function targetCard({ target, device }) {
  const field = (name, tag = "p") => element(tag, { "data-field": name, hidden: "" });
  const fields = {
    reported: field("reported", "strong"), measured: field("measured", "span"), age: field("age", "span"),
    outcome: field("outcome", "span"), answer: field("answer"), by: field("changed-by"), decision: field("decision"),
  };
  const answer = (text) => {
    say(fields.answer, text);
    if (text) speak(`${device.name}: ${text}`);
  };
  const wish = async (body, verb) => answer(await askTarget(target.target, body, verb));
  const controls = controlsOf(target.kind)(device, wish, answer);
  const hold = holdControls(device, wish);
  const suggestion = suggestionRow(device, wish);
  let again = null;
  const retry = button("Retry", `Retry ${device.name}`, () => wish(again), { "data-action": "retry" });
  const level = element("span", { class: "tag", "data-field": "autonomy", hidden: "" });
  const root = element("div", { class: "target", "data-target": target.target, "data-kind": target.kind },
    element("p", { class: "state" }, fields.reported, level), element("p", { class: "facts" }, fields.measured, fields.age),
    suggestion.root, controls.root, element("p", { class: "outcome" }, fields.outcome, retry), fields.answer,
    fields.by, fields.decision, hold.root);

  let before = target.state;
  function update({ target: now, device: seen }) {
    const state = valueOf(seen, STATE[now.kind]);
    mark(root, "data-reported", now.reported);
    say(fields.reported, now.kind === "setpoint" && now.reported !== "unknown" ? `Set to ${now.reported}` : capital(now.reported));
    const old = state ? freshness(state) : "not heard yet";
    say(fields.measured, now.kind === "setpoint" ? measured(seen, old) : "");
    say(fields.age, old);
    say(level, now.autonomy);
    mark(level, "aria-label", `homectl may: ${now.autonomy}`);
    say(fields.outcome, outcome(now));
    mark(fields.outcome, "data-state", now.state ?? "");
    again = now.again;
    show(retry, again !== null);
    say(fields.by, changed(now));
    mark(fields.by, "data-by", now.changed_by);
    say(fields.decision, now.decision ? `${overtaken(now) ? "Before that" : "Why"}: ${withoutName(now.decision, seen)}` : "");
    suggestion.update(now);
    hold.update(now);
    controls.update(now, seen);
    if (now.state !== before && now.cause === "person") speak(`${seen.name}: ${outcome(now)}`);
    before = now.state;
  }
  return { root, update };
}

/** Who changed a target last, when, and why; empty where nobody knows. */
function changed({ changed_by: by, changed_at: since, changed_why: why }) {
  if (!by) return "";
  const when = since === null ? "" : `, ${ago(since)}`;
  return `Changed ${by === "by hand" ? by : `by ${by}`}${when}${why ? `: ${why}` : ""}`;
}

/** Whether somebody else has changed a target since it was last decided about. */
function overtaken({ changed_by: by, changed_at: since, verdict }) {
  return verdict !== null && since !== null && since > verdict.at && by !== "homectl";
}

/** What a thermostat measures and does; how old that is only where it is not as old as what is `said` beside it. */
function measured(device, said) {
  const [air, heating] = [valueOf(device, "temperature"), valueOf(device, "heating")];
  const old = air && freshness(air) !== said ? ` ${freshness(air)}` : "";
  return [air && `${air.text} measured${old}`, heating && heating.text].filter(Boolean).join(", ");
}

/** `{ root, update(target) }`: what homectl would do and leaves to a person. */
export function suggestionRow(device, wish) {
  const text = element("span", {});
  const root = element("p", { class: "suggestion pair", "data-field": "suggestion", hidden: "" }, text,
    button("Yes", `Yes, do what is suggested for ${device.name}`, () => wish({ by: BY }, "accept"), { "data-action": "accept" }),
    button("No", `No, leave ${device.name} as it is`, () => wish({ by: BY }, "reject"), { "data-action": "reject" }));
  return {
    root,
    update(now) {
      say(text, now.suggestion && `Suggested: ${now.suggestion}`);
      show(root, now.suggestion !== "");
    },
  };
}
