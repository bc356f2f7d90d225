/** What was decided of one target before, the newest first; asked for only when somebody looks. */

import { look } from "./asking.js";
import { element, keep, say } from "./elements.js";

const MOST = 12;

/** An element for a target of a device. */
export function earlierDecisions(device, target) {
  const said = element("p", { class: "quiet", role: "status", hidden: "" });
  const rows = element("ol", { class: "earlier" });
  const details = element("details", {},
    element("summary", { "aria-label": `Earlier decisions about ${device.name}` }, "Earlier"), said, rows);
  details.addEventListener("toggle", async () => {
    if (!details.open) return;
    const { known, why } = await look(`/api/history/decisions?idle=true&limit=${MOST}&target=${encodeURIComponent(target.target)}`);
    say(said, why ?? (known.decisions.length ? "" : "Nothing has been decided in the last day."));
    keep(rows, known?.decisions ?? [], ({ at }) => at, decisionRow);
  });
  return details;
}

function decisionRow({ local_time: when, said }) {
  return { root: element("li", {}, element("span", { class: "quiet" }, when), " ", said), update() {} };
}
