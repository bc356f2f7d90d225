/** Accuracy by day: of what was sure enough to be done, how much people let be or did themselves. */

import { element, keep, say, show } from "./past_elements.js";
import { axis, bars, colour, plotIn } from "./plot.js";
import { counted } from "./words.js";

const HEIGHT = 170;
const TASKS = { light: "Light", setpoint: "Heating", lock: "Lock" };
const HOW = "This counts only what was sure enough to be carried out. What homectl did is right if nobody took it back within "
  + "half an hour. What it only proposed is right if somebody made that change themselves; what nobody answered is left out. "
  + "Where a network is in charge, what rules decided beside it is left out, too.";

/** `{ root, update(record) }`. */
export function accuracySection() {
  const tasks = Object.keys(TASKS).map((task) => taskFigure(task));
  const none = element("p", { class: "quiet", hidden: "" }, "Nothing was done or proposed yet that people answered.");
  const legend = element("ul", { class: "legend" }, ...[["right", "right"], ["answered", "taken back or declined"]].map(([name, text]) =>
    element("li", {}, element("span", { class: `swatch ${name}`, "aria-hidden": "true" }), text)));
  const body = element("tbody", {});
  const head = element("tr", {}, ...["Day", "Task", "Right", "Foreseen"].map((text) => element("th", { scope: "col" }, text)));
  const table = element("details", { class: "twin" }, element("summary", {}, "Accuracy as a table"),
    element("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Accuracy by day as a table" },
      element("table", {}, element("thead", {}, head), body)));
  const root = element("section", { class: "card past-card accuracy", "aria-labelledby": "accuracy-title" },
    element("header", {}, element("h2", { id: "accuracy-title" }, "Accuracy by day")),
    element("p", { class: "quiet" }, HOW), legend, none,
    element("div", { class: "figures" }, ...tasks.map((one) => one.root)), table);
  return {
    root,
    update({ accuracy }) {
      const days = daysOf(accuracy);
      for (const one of tasks) one.update(accuracy, days);
      show(none, !accuracy.some(({ of }) => of > 0));
      show(table, accuracy.length > 0);
      keep(body, [...accuracy].reverse(), ({ day, task }) => `${day} ${task}`, dayRow);
    },
  };
}

function taskFigure(task) {
  const share = element("strong", {});
  const about = element("span", { class: "quiet" });
  const drawn = element("div", { class: "plot small", role: "img" });
  const root = element("figure", {}, element("figcaption", {}, element("h3", {}, TASKS[task]), share, about), drawn);
  const plot = plotIn(drawn, HEIGHT);
  return {
    root,
    update(accuracy, days) {
      const mine = new Map(accuracy.filter((one) => one.task === task).map((one) => [one.day, one]));
      const right = days.map((day) => mine.get(day)?.right ?? 0);
      const of = days.map((day) => mine.get(day)?.of ?? 0);
      const [all, good] = [of, right].map((counts) => counts.reduce((sum, count) => sum + count, 0));
      say(share, all ? `${Math.round((100 * good) / all)} %` : "–");
      say(about, all ? `${good} of ${all} right` : "nothing answered yet");
      show(drawn, all > 0);
      drawn.setAttribute("aria-label", `${TASKS[task]}, right of answered by day: `
        + days.map((day, place) => `${dayText(day)} ${right[place]} of ${of[place]}`).join(", "));
      if (all) plot.draw(Math.max(...of), options(Math.max(...of)), [days.map(noon), of, right]);
    },
  };
}

function options(most) {
  const bar = (fill) => ({ paths: bars(0.6), points: { show: false }, width: 0, fill });
  return {
    cursor: { show: false },
    scales: { x: { range: (u, low, high) => [low - 43_200, high + 43_200] }, y: { range: [0, most * 1.1] } },
    axes: [
      axis({ size: 26, space: 52, grid: { show: false }, incrs: [1, 2, 4, 7, 14, 28, 56].map((days) => days * 86_400),
        splits: (u, _, low, high, step) => wholeDays(u.data[0], step), values: (u, at) => at.map((one) => dayText(dayOf(one))) }),
      axis({ size: 34, space: 34, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500] }),
    ],
    series: [{}, bar(() => colour("quiet", 26)), bar(() => colour("accent"))],
  };
}

/** Every day from the first to the last that is told of. */
function daysOf(accuracy) {
  const told = accuracy.filter(({ of }) => of > 0).map(({ day }) => day);
  if (!told.length) return [];
  const days = [];
  for (let at = noon(told[0]); at <= noon(told.at(-1)); at += 86_400) days.push(dayOf(at));
  return days;
}

const noon = (day) => Date.parse(`${day}T12:00:00Z`) / 1000;
const dayOf = (at) => new Date(at * 1000).toISOString().slice(0, 10);
const dayText = (day) => new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone: "UTC" }).format(noon(day) * 1000);
const wholeDays = (times, step) => times.filter((at) => Math.round((at - times[0]) / 86_400) % Math.round(step / 86_400) === 0);

function dayRow() {
  const cells = [element("th", { scope: "row" }), element("td", {}), element("td", {}), element("td", {})];
  return {
    root: element("tr", {}, ...cells),
    update({ day, task, right, of, foreseen, changes }) {
      const texts = [day, TASKS[task], of ? `${right} of ${of}` : "–", `${foreseen} of ${counted(changes, "change")}`];
      texts.forEach((text, place) => say(cells[place], text));
    },
  };
}
