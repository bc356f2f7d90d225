/** History: readings and decisions over time, and the logbook below. */

import { button, choose, element, keep, say, show } from "./past_elements.js";
import { logbookSection } from "./logbook.js";
import { clockOf, valueText } from "./measures.js";
import { recall } from "./recalling.js";
import { RULINGS, seriesPlot, summary } from "./series_plot.js";
import { capital, quantity as nameOf } from "./words.js";

const HOUR = 3600;
const SPANS = { "6 h": 6 * HOUR, Day: 24 * HOUR, Week: 7 * 24 * HOUR, Month: 30 * 24 * HOUR, Year: 365 * 24 * HOUR };
const POINTS = 900;
const ROWS = 24;
const SHORTEST = 60;
const AGAIN_MS = 30_000;
const KIND_OF = { light_on: "light", light_level: "light", setpoint: "setpoint", temperature: "setpoint", heating: "setpoint", lock: "lock" };

/** The view under `root`. */
export function historyView(root) {
  const device = element("select", { "data-field": "device" });
  const quantity = element("select", { "data-field": "quantity" });
  const readout = element("p", { class: "readout quiet", "data-field": "readout" });
  const said = element("p", { "data-field": "summary" }, "Looking back…");
  const answer = element("p", { class: "answer", role: "status", hidden: "" });
  const plot = seriesPlot({ onSpan: (since, until) => look(since, until), onRead: point });
  const table = valueTable();
  const decided = decisionList();
  const spans = Object.entries(SPANS).map(([name, length]) =>
    button(name, `Show the last ${name.toLowerCase()}`, () => lately(length), { "data-span": name }));
  const log = logbookSection();
  const meaning = legend();
  let home = null;
  let length = SPANS.Day;
  let span = null; // null: up to now
  let asking = null;
  let timer = 0;

  root.append(
    element("h2", { class: "title" }, "History"),
    element("section", { class: "card past-card", "aria-label": "Readings and decisions over time" },
      element("div", { class: "choosing" },
        element("label", {}, "Device", device), element("label", {}, "What", quantity),
        element("div", { class: "pair", role: "group", "aria-label": "How much time" }, ...spans)),
      readout, plot.root, meaning,
      element("div", { class: "pair moving", role: "group", "aria-label": "Move in time" },
        button("← Earlier", "Earlier", () => move(-0.5)), button("Later →", "Later", () => move(0.5)),
        button("Closer", "Look closer", () => zoom(0.5)), button("Wider", "Look wider", () => zoom(2)),
        element("span", { class: "quiet hint" }, "or mark a part of the plot")),
      said, answer, table.root, decided.root),
    log.root);
  device.addEventListener("change", () => {
    choose(quantity, quantities(), wanted());
    ask();
  });
  quantity.addEventListener("change", () => ask());
  table.root.addEventListener("toggle", () => table.root.open && tabulate());

  const devices = () => home.areas.flatMap((area) => area.devices.filter(({ values }) => values.length > 0)
    .map((one) => ({ value: one.id, text: one.name, group: area.name })));
  const chosen = () => home.areas.flatMap((area) => area.devices).find(({ id }) => id === device.value);
  const quantities = () => (chosen()?.values ?? []).map((one) => ({ value: one.quantity, text: nameOf(one.quantity) }));
  const wanted = () => {
    const told = quantities().map(({ value }) => value);
    return told.includes(quantity.value) ? quantity.value : told.find((one) => one !== "battery") ?? "";
  };
  const target = () => chosen()?.targets.find(({ kind }) => kind === KIND_OF[quantity.value])?.target;
  const shownSpan = () => span ?? { since: home.at - length, until: home.at };

  function point(text) {
    readout.textContent = text || "Point at the plot to read it.";
  }

  function lately(seconds) {
    length = seconds;
    span = null;
    ask();
  }

  function look(since, until) {
    length = Math.max(SHORTEST, until - since);
    const end = Math.min(home.at, (since + until + length) / 2);
    span = { since: Math.max(0, end - length), until: end };
    ask();
  }

  function move(by) {
    const { since, until } = shownSpan();
    const step = Math.min(by * (until - since), home.at - until);
    look(since + step, until + step);
  }

  function zoom(by) {
    const { since, until } = shownSpan();
    const most = Math.min(SPANS.Year, (until - since) * by);
    const middle = (since + until) / 2;
    look(middle - most / 2, middle + most / 2);
  }

  async function ask() {
    if (!home || !device.value || !quantity.value) return;
    asking?.abort();
    const mine = asking = new AbortController();
    for (const each of spans) each.setAttribute("aria-pressed", span === null && SPANS[each.dataset.span] === length);
    const about = shownSpan();
    const [readings, decisions] = await Promise.all([
      recall("/api/history/readings", { device: device.value, quantity: quantity.value, ...about, points: POINTS }, mine.signal),
      target() ? recall("/api/history/decisions", { target: target(), ...about, limit: 500 }, mine.signal) : { told: { decisions: [], earlier: null } },
    ]);
    if (mine !== asking) return;
    say(answer, readings.why ?? decisions.why ?? "");
    if (!readings.told) return;
    const made = decisions.told ?? { decisions: [], earlier: null };
    const series = { ...readings.told, now: home.at };
    plot.draw(series, made.decisions);
    say(said, summary(series));
    decided.update(made, Boolean(target()));
    show(meaning, made.decisions.length > 0);
    if (table.root.open) tabulate();
  }

  async function tabulate() {
    const about = { device: device.value, quantity: quantity.value, ...shownSpan(), points: ROWS };
    const { told, why = "" } = await recall("/api/history/readings", about);
    if (told) table.update({ ...told, now: home.at });
    else say(answer, why);
  }

  point("");
  return {
    update(now) {
      const first = home === null;
      home = now;
      choose(device, devices(), first ? likely(now) : device.value);
      choose(quantity, quantities(), wanted());
      log.update(now);
    },
    shown() {
      ask();
      log.fresh();
      timer = setInterval(() => span === null && ask(), AGAIN_MS);
    },
    hidden() {
      clearInterval(timer);
      asking?.abort();
    },
  };
}

/** What is looked at first: a thermometer, as everybody knows what to expect of it. */
function likely(home) {
  const all = home.areas.flatMap(({ devices }) => devices);
  const warm = all.find(({ values }) => values.some(({ quantity }) => quantity === "temperature"));
  return (warm ?? all.find(({ values }) => values.length > 0))?.id ?? "";
}

function legend() {
  const items = Object.values(RULINGS).map(({ name, token, shape }) =>
    element("li", {}, element("span", { class: `mark ${shape} ${token}`, "aria-hidden": "true" }), name));
  return element("ul", { class: "legend", "aria-label": "Marks of decisions" }, ...items);
}

/** What a plot shows, as numbers. */
function valueTable() {
  const body = element("tbody", {});
  const head = element("tr", {}, ...["Up to", "Lowest", "Highest", "Last"].map((text) => element("th", { scope: "col" }, text)));
  const root = element("details", { class: "twin" }, element("summary", {}, "As a table"),
    element("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Readings as a table" },
      element("table", {}, element("thead", {}, head), body)));
  return {
    root,
    update(series) {
      const time = clockOf(series);
      const rows = series.times.map((at, place) => ({ at, place }));
      const text = (values, place) => valueText(series.quantity, values[place]);
      body.replaceChildren(...rows.map(({ at, place }) => element("tr", {},
        element("th", { scope: "row" }, time(at)),
        ...[series.low, series.high, series.last].map((values) => element("td", {}, text(values, place))))));
    },
  };
}

/** The marks in words. */
function decisionList() {
  const title = element("summary", {});
  const list = element("ol", { class: "logbook" });
  const root = element("details", { class: "twin", hidden: "" }, title, list);
  return {
    root,
    update({ decisions, earlier }, any) {
      show(root, any);
      const count = earlier === null ? decisions.length : `the newest ${decisions.length}`;
      title.textContent = `Decisions in this time (${count})`;
      keep(list, decisions, ({ at, ruling, setting }) => `${at} ${ruling} ${setting}`, decisionRow);
    },
  };
}

function decisionRow() {
  const said = element("p", { class: "said" });
  const ruling = element("span", { class: "tag" });
  const when = element("time", { class: "quiet" });
  return {
    root: element("li", {}, element("p", {}, ruling), when, said),
    update(one) {
      const { name, token } = RULINGS[one.ruling] ?? { name: one.ruling, token: "" };
      ruling.className = `tag ${token}`;
      say(ruling, capital(name));
      say(when, one.local_time);
      say(said, one.said);
    },
  };
}
