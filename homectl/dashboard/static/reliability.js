/** Reliability: of all that people answered, how much proved right of what was said to be so likely. */

import { element, keep, say, show } from "./past_elements.js";
import { counted, percent } from "./words.js";

const SVG = "http://www.w3.org/2000/svg";
const TASKS = { light: "Light", setpoint: "Heating", lock: "Lock" };
/** Where the corners of each task's marks are; none for a circle. */
const CORNERS = { light: [], setpoint: [[-0.85, -0.85], [0.85, -0.85], [0.85, 0.85], [-0.85, 0.85]], lock: [[0, -1.2], [1.2, 0], [0, 1.2], [-1.2, 0]] };
const HOW = "How sure it said it was, and how often it was right. This counts everything that people answered, also what was not sure "
  + "enough to be carried out, so it may look worse than the accuracy. On the line both are the same; below it, it was too sure. "
  + "A larger dot stands for more answers.";
const SIDE = 260;
const LEFT = 40;
const BOTTOM = 34;
const TOP = 16;
const RIGHT = 22;

/** `{ root, update(record) }`. */
export function reliabilitySection() {
  const picture = svg("svg", { viewBox: `0 0 ${LEFT + SIDE + RIGHT} ${TOP + SIDE + BOTTOM}`, class: "reliability-plot", role: "img" });
  const none = element("p", { class: "quiet", hidden: "" }, "Too little was answered yet to tell.");
  const body = element("tbody", {});
  const head = element("tr", {}, ...["Task", "Said", "Happened", "How often"].map((text) => element("th", { scope: "col" }, text)));
  const table = element("details", { class: "twin" }, element("summary", {}, "Reliability as a table"),
    element("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Reliability as a table" },
      element("table", {}, element("thead", {}, head), body)));
  const legend = element("ul", { class: "legend" });
  const root = element("section", { class: "card past-card", "aria-labelledby": "reliability-title" },
    element("header", {}, element("h2", { id: "reliability-title" }, "Reliability")),
    element("p", { class: "quiet" }, HOW),
    none, picture, legend, table);
  return {
    root,
    update({ reliability }) {
      const dots = reliability.flatMap(({ task, bins }) => bins.map((bin) => ({ task, ...bin })));
      show(none, dots.length === 0);
      picture.toggleAttribute("hidden", dots.length === 0);
      show(table, dots.length > 0);
      show(legend, dots.length > 0);
      picture.setAttribute("aria-label", `Reliability: ${dots.map(sentence).join("; ")}`);
      picture.replaceChildren(...frame(), ...[...dots].sort((a, b) => b.count - a.count).map(dot));
      legend.replaceChildren(...reliability.map(({ task }) =>
        element("li", {}, element("span", { class: `swatch ${task}`, "aria-hidden": "true" }), TASKS[task])));
      keep(body, dots, ({ task, said }) => `${task} ${said}`, dotRow);
    },
  };
}

const share = (part) => `${Math.round(100 * part)} %`;
const sentence = ({ task, said, happened, count }) => `${TASKS[task]}, ${percent(said)} said, ${share(happened)} happened, ${counted(count, "time")}`;
const x = (said) => LEFT + SIDE * said;
const y = (happened) => TOP + SIDE * (1 - happened);

function svg(name, attributes = {}, ...children) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

function frame() {
  const shares = [0, 0.25, 0.5, 0.75, 1];
  return [
    ...shares.map((one) => svg("line", { class: "grid", x1: x(0), x2: x(1), y1: y(one), y2: y(one) })),
    ...shares.map((one) => svg("line", { class: "grid", x1: x(one), x2: x(one), y1: y(0), y2: y(1) })),
    svg("line", { class: "even", x1: x(0), y1: y(0), x2: x(1), y2: y(1) }),
    ...shares.map((one) => svg("text", { x: x(0) - 6, y: y(one) + 4, "text-anchor": "end" }, share(one))),
    ...shares.map((one) => svg("text", { x: x(one), y: y(0) + 16, "text-anchor": "middle" }, share(one))),
    svg("text", { class: "axis", x: x(0.5), y: y(0) + 31, "text-anchor": "middle" }, "said"),
    svg("text", { class: "axis", x: x(0) + 6, y: y(1) + 14 }, "happened"),
  ];
}

function dot(one) {
  const radius = 4 + 2.2 * Math.sqrt(Math.min(one.count, 60));
  const points = CORNERS[one.task].map(([right, down]) => `${(x(one.said) + right * radius).toFixed(1)},${(y(one.happened) + down * radius).toFixed(1)}`);
  const shape = points.length ? svg("polygon", { points: points.join(" ") })
    : svg("circle", { cx: x(one.said), cy: y(one.happened), r: radius.toFixed(1) });
  shape.setAttribute("class", `dot ${one.task}`);
  shape.append(svg("title", {}, sentence(one)));
  return shape;
}

function dotRow() {
  const cells = [element("th", { scope: "row" }), element("td", {}), element("td", {}), element("td", {})];
  return {
    root: element("tr", {}, ...cells),
    update({ task, said, happened, count }) {
      [TASKS[task], percent(said), share(happened), String(count)].forEach((text, place) => say(cells[place], text));
    },
  };
}
