/** Plots over time, drawn by uPlot in the colours of the page. */

import uPlot from "./vendor/uplot/uPlot.esm.js";

const STAMPS = [
  // at least so many seconds between two ticks, then what is shown at each, and below it where a year or a day begins
  [3600 * 24 * 365, "{YYYY}", null, null, null, null, null, null, 1],
  [3600 * 24 * 28, "{MMM}", "\n{YYYY}", null, null, null, null, null, 1],
  [3600 * 24, "{D} {MMM}", "\n{YYYY}", null, null, null, null, null, 1],
  [60, "{HH}:{mm}", "\n{D} {MMM} {YYYY}", null, "\n{D} {MMM}", null, null, null, 1],
  [1, "{HH}:{mm}:{ss}", "\n{D} {MMM} {YYYY}", null, "\n{D} {MMM}", null, null, null, 1],
];
const FONT = "12px system-ui, \"Segoe UI\", Roboto, \"Noto Sans\", \"DejaVu Sans\", sans-serif";

/** The page's colour by the name of its token, with an opacity in percent. */
export function colour(token, opacity = 100) {
  const value = getComputedStyle(document.documentElement).getPropertyValue(`--${token}`).trim();
  return opacity === 100 ? value : `color-mix(in srgb, ${value} ${opacity}%, transparent)`;
}

/** An axis in the page's quiet colour. */
export function axis(more = {}) {
  return {
    font: FONT, stroke: () => colour("quiet"), ticks: { show: false },
    grid: { stroke: () => colour("line"), width: 1 }, border: { show: false }, ...more,
  };
}

/** An axis of the home's own local time. */
export const timeAxis = (more = {}) => axis({ values: STAMPS, space: 64, size: 44, ...more });

/**
 * A plot in `root` as wide as it: `{ draw(key, options, data, zone) }`. `options` as uPlot takes them, without a size,
 * are looked at where `key` is another one than before; `zone` is the home's time zone.
 */
export function plotIn(root, height) {
  let made = null;
  let last = null;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const again = () => last && build();
  const sized = new ResizeObserver(() => {
    const width = Math.floor(root.clientWidth);
    if (made && width > 0 && width !== made.width) made.setSize({ width, height });
    else if (!made && width > 0 && last) build();
  });
  sized.observe(root);
  dark.addEventListener("change", again);

  function build() {
    const { options, zone, data } = last;
    made?.destroy();
    made = null;
    const width = Math.floor(root.clientWidth);
    if (width <= 0) return;
    const tzDate = (seconds) => uPlot.tzDate(new Date(seconds * 1000), zone);
    made = new uPlot({ width, height, tzDate, legend: { show: false }, padding: [12, 20, 0, 0], ...options }, data, root);
  }

  return {
    draw(key, options, data, zone = "UTC") {
      const same = made && last.key === key && last.zone === zone;
      last = { key, options, data, zone };
      if (same) made.setData(data);
      else build();
    },
  };
}

export const stepped = uPlot.paths.stepped({ align: 1 });
export const bars = (width, align = 0) => uPlot.paths.bars({ size: [width, 48], align, radius: 0.15 });
