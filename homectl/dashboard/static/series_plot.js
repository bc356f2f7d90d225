/** One signal over time, with what was decided about it as marks along the time axis. */

import { element } from "./elements.js";
import { clockOf, statesOf, stands, stepsOf, valueText } from "./measures.js";
import { counted } from "./words.js";
import { axis, colour, plotIn, stepped, timeAxis } from "./plot.js";

const HEIGHT = 300;
const NEAR = 7;

/** What each ruling is called, the colour of its mark, and its shape. */
export const RULINGS = {
  approved: { name: "done", token: "good", shape: "up" },
  suggested: { name: "suggested", token: "warn", shape: "diamond" },
  observed: { name: "only watched", token: "quiet", shape: "ring" },
  refused: { name: "refused by the guard", token: "bad", shape: "cross" },
};

/** `{ root, draw(series, decisions) }`; `onSpan(since, until)` is told what a hand has marked, `onRead(text)` where it points. */
export function seriesPlot({ onSpan, onRead }) {
  const root = element("div", { class: "plot", role: "img" });
  const plot = plotIn(root, HEIGHT);
  let series = null;
  let decisions = [];

  function options() {
    const states = statesOf(series.quantity);
    const paths = stands(series.quantity) ? stepped : undefined;
    const quiet = { stroke: "transparent", width: 0, points: { show: false }, paths };
    return {
      cursor: { y: false, drag: { x: true, y: false, setScale: false }, points: { size: 8 } },
      select: { show: true },
      scales: { x: { range: () => [series.since, series.until] }, y: { range: (u, low, high) => rangeOf(series, low, high) } },
      axes: [timeAxis(), axis({ size: states ? 74 : 62, ...valuesOf(series, states) })],
      bands: [{ series: [1, 2], fill: () => colour("accent", 22) }],
      series: [{}, quiet, quiet, {
        stroke: () => colour("accent"), width: 2, paths, points: stands(series.quantity) ? { show: false } : { size: 4, fill: () => colour("accent") },
        ...(states && { fill: () => colour("accent", 14) }),
      }],
      hooks: {
        draw: [(u) => marks(u, decisions)],
        setCursor: [(u) => onRead(readAt(u, series, decisions))],
        setSelect: [(u) => {
          if (u.select.width < 6) return;
          const [since, until] = [u.select.left, u.select.left + u.select.width].map((px) => u.posToVal(px, "x"));
          u.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
          onSpan(since, until);
        }],
      },
    };
  }

  return {
    root,
    draw(now, made) {
      series = now;
      decisions = made;
      root.setAttribute("aria-label", summary(series));
      plot.draw(`${series.device} ${series.quantity}`, options(), columns(series), series.timezone);
    },
  };
}

/** In one sentence what a plot shows. */
export function summary(series) {
  const known = series.last.filter((value) => value !== null);
  const time = clockOf(series);
  const span = `from ${time(series.since)} to ${time(series.until)}`;
  if (!known.length) {
    const before = series.before === null ? "" : ` It was ${valueText(series.quantity, series.before)} before.`;
    return `Nothing was heard ${span}.${before}`;
  }
  const say = (value) => valueText(series.quantity, value);
  const last = say(known.at(-1));
  const of = series.readings > series.times.length ? `${series.readings} readings in ${counted(series.times.length, "point")}`
    : counted(series.readings, "reading");
  if (statesOf(series.quantity)) return `${last} last, ${span}; ${of}.`;
  const low = Math.min(...series.low.filter((value) => value !== null));
  const high = Math.max(...series.high.filter((value) => value !== null));
  return `${say(low)} to ${say(high)}, ${last} last, ${span}; ${of}.`;
}

/** Columns for uPlot: a state stands from the beginning to the end, what is measured breaks off where it grew old. */
function columns(series) {
  const rows = series.times.map((at, place) => [at, series.high[place], series.low[place], series.last[place]]);
  if (stands(series.quantity)) return turned(standing(rows, series));
  const apart = Math.max(series.fresh_for, (3 * (series.until - series.since)) / Math.max(1, series.times.length));
  const broken = rows.flatMap((row, place) => {
    const next = rows[place + 1];
    return next && next[0] - row[0] > apart ? [row, [(row[0] + next[0]) / 2, null, null, null]] : [row];
  });
  return turned(broken);
}

function standing(rows, { since, until, before }) {
  const first = before === null ? [] : [[since, before, before, before]];
  const last = rows.at(-1) ?? first[0];
  const end = last ? [[until, last[3], last[3], last[3]]] : [];
  return [...first, ...rows, ...end];
}

const turned = (rows) => [0, 1, 2, 3].map((column) => rows.map((row) => row[column]));

function rangeOf(series, low, high) {
  if (statesOf(series.quantity)) return [-0.25, Math.max(1, ...series.high.filter((value) => value !== null)) + 0.15];
  if (low === null) return [0, 1];
  const least = series.quantity === "temperature" || series.quantity === "setpoint" ? 0.5 : 0.02;
  const room = Math.max((high - low) * 0.12, least);
  return [low - room * 1.6, high + room];
}

function valuesOf(series, states) {
  const text = (u, splits) => splits.map((value) => (value === null ? "" : valueText(series.quantity, value)));
  if (!states) return { values: text, incrs: stepsOf(series.quantity) };
  return { splits: (u) => states.map((_, place) => place).filter((place) => place <= u.scales.y.max), values: text };
}

function readAt(u, series, decisions) {
  const place = u.cursor.idx;
  if (place === null || place === undefined || u.cursor.left < 0) return "";
  const [at, high, low, last] = u.data.map((column) => column[place]);
  if (last === null || last === undefined) return "";
  const say = (value) => valueText(series.quantity, value);
  const spread = high !== low && high !== null ? ` (${say(low)} to ${say(high)})` : "";
  const near = decisions.find((one) => Math.abs(u.valToPos(one.at, "x") - u.cursor.left) <= NEAR);
  return `${clockOf(series)(at)}: ${say(last)}${spread}${near ? ` · ${near.local_time} ${near.said}` : ""}`;
}

/** One small shape for each decision, just above the time axis. */
function marks(u, decisions) {
  const { ctx, bbox } = u;
  const size = 4.5 * devicePixelRatio;
  const y = bbox.top + bbox.height - 2 * size;
  ctx.save();
  ctx.lineWidth = 1.6 * devicePixelRatio;
  for (const { at, ruling } of decisions) {
    const x = u.valToPos(at, "x", true);
    const known = RULINGS[ruling];
    if (!known || x < bbox.left || x > bbox.left + bbox.width) continue;
    ctx.strokeStyle = colour(known.token);
    ctx.fillStyle = colour(known.token);
    SHAPES[known.shape](ctx, x, y, size);
  }
  ctx.restore();
}

const SHAPES = {
  up: (ctx, x, y, size) => outline(ctx, [[x, y - size], [x + size, y + size], [x - size, y + size]], true),
  diamond: (ctx, x, y, size) => outline(ctx, [[x, y - size], [x + size, y], [x, y + size], [x - size, y]], false),
  cross(ctx, x, y, size) {
    ctx.beginPath();
    ctx.moveTo(x - size, y - size);
    ctx.lineTo(x + size, y + size);
    ctx.moveTo(x + size, y - size);
    ctx.lineTo(x - size, y + size);
    ctx.stroke();
  },
  ring(ctx, x, y, size) {
    ctx.beginPath();
    ctx.arc(x, y, size * 0.8, 0, 2 * Math.PI);
    ctx.stroke();
  },
};

function outline(ctx, points, filled) {
  ctx.beginPath();
  points.forEach(([x, y], place) => (place ? ctx.lineTo(x, y) : ctx.moveTo(x, y)));
  ctx.closePath();
  if (filled) ctx.fill();
  else ctx.stroke();
}
