/** What goes over MQTT between homectl and its devices, the newest first. */

import { every, look } from "./asking.js";
import { choice, element, keep, say, show } from "./elements.js";
import { counted } from "./words.js";

const EVERY_MS = 1000;
const KEPT = 300;
const SHOWN = 100;
const CLOCKWORK = /^sim\/[^/]+\/(clock|settled|ack)$/; // three at every step of a simulated home's time
const DIRECTIONS = [["", "both directions"], ["in", "from devices"], ["out", "from homectl"]];

/** `{ update(), shown(), hidden() }` for the panel under `root`. Asks nothing while it is closed. */
export function trafficPanel(root) {
  const filter = element("input", { type: "search", placeholder: "topic or payload", "aria-label": "Show only messages with" });
  const direction = choice("Direction", DIRECTIONS);
  const retained = element("input", { type: "checkbox" });
  const still = element("input", { type: "checkbox" });
  const quiet = element("input", { type: "checkbox", checked: "" });
  const said = element("p", { class: "quiet", role: "status", "data-field": "traffic" });
  const rows = element("ol", { class: "messages", tabindex: "0", "aria-label": "Messages" });
  const details = element("details", {}, element("summary", {}, "Show what is sent"),
    element("div", { class: "controls" }, filter, direction, element("label", { class: "tick" }, retained, "retained only"),
      element("label", { class: "tick" }, quiet, "without the clock"), element("label", { class: "tick" }, still, "hold still")), said, rows);
  root.append(details);
  let messages = [];
  let newest = null;
  let dropped = 0;
  let run = 0;

  const listening = every(EVERY_MS, async () => {
    if (still.checked) return;
    const why = await read();
    if (why) say(said, why);
    else draw();
  });

  /** Take what came since the newest message, which is told again: where it is another, another run of homectl counts anew. */
  async function read() {
    const { known, why } = await look(newest ? `/api/traffic?since=${newest.id - 1}` : "/api/traffic");
    if (why) return why;
    const [first, ...others] = known.messages;
    if (!newest || known.dropped > 0) {
      dropped += Math.max(0, known.dropped - 1);
      take(known.messages);
    } else if (JSON.stringify(first) === JSON.stringify(newest)) {
      take(others);
    } else {
      [run, dropped, messages, newest] = [run + 1, 0, [], null];
      return read();
    }
    return "";
  }

  function take(came) {
    newest = came.at(-1) ?? newest;
    const kept = came.filter(({ topic }) => !quiet.checked || !CLOCKWORK.test(topic));
    messages = [...kept.toReversed(), ...messages].slice(0, KEPT);
  }

  function draw() {
    const wanted = filter.value.toLowerCase();
    const fitting = messages.filter((one) =>
      (!direction.value || one.direction === direction.value) && (!retained.checked || one.retained) &&
      `${one.topic} ${one.payload}`.toLowerCase().includes(wanted));
    keep(rows, fitting.slice(0, SHOWN), ({ id }) => `${run} ${id}`, messageRow);
    const left = dropped ? `, ${dropped} went by unseen` : "";
    say(said, `${fitting.length} of the last ${counted(messages.length, "message")}${left}`);
  }

  for (const input of [filter, direction, retained]) input.addEventListener("input", draw);
  details.addEventListener("toggle", () => (details.open ? listening.start() : listening.stop()));
  return {
    update() {},
    shown: () => details.open && listening.start(),
    hidden: () => listening.stop(),
  };
}

function messageRow({ direction, topic, payload, retained, bytes }) {
  const kept = element("span", { class: "tag" }, "retained");
  show(kept, retained);
  return {
    root: element("li", { "data-direction": direction },
      element("span", { class: "way" }, direction === "in" ? "from device" : "from homectl"), element("code", { class: "topic" }, topic), kept,
      element("span", { class: "quiet" }, `${bytes} B`), element("code", { class: "payload" }, payload)),
    update() {},
  };
}
