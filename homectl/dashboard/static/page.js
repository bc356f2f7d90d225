/** The page: listens to the home, shows it, and says so when it no longer hears it. */

import { areaCard } from "./areas.js";
import { element, keep, mark, say, show } from "./elements.js";
import { modeSection } from "./mode.js";
import { simulatorBanner } from "./simulator.js";

const SILENCE_MS = 15_000;

const at = (id) => document.getElementById(id);
const banner = simulatorBanner(at("simulated"));
const mode = modeSection(at("mode"));
let stream = null;
let heard = performance.now();
let localTime = "";

function render(home) {
  localTime = home.local_time;
  document.title = `${home.name} · homectl`;
  say(at("name"), home.name);
  say(at("about"), `${home.simulated ? "Simulated home" : "Home"}, decided by ${home.policy}`);
  say(at("time"), home.local_time);
  show(at("unlinked"), !home.connected);
  banner.update(home);
  mode.update(home);
  const areas = home.areas.map((area) => ({ area, simulated: home.simulated }));
  keep(at("areas"), areas, ({ area }) => area.id, areaCard);
  show(at("alarms"), home.alarms.length > 0);
  keep(at("alarms"), home.alarms, (alarm) => alarm, alarmRow);
  show(at("pending"), home.pending.length > 0);
  keep(at("pending-list"), home.pending, (name) => name, pendingRow);
}

function alarmRow(alarm) {
  return { root: element("p", { class: "notice" }, alarm), update() {} };
}

function pendingRow(name) {
  return { root: element("li", {}, name), update() {} };
}

function hear(event) {
  heard = performance.now();
  stale("");
  render(JSON.parse(event.data));
}

function stale(why) {
  const since = localTime && ` What you see is from ${localTime}.`;
  say(at("stale"), why && `${why}${since} Trying again…`);
  mark(document.body, "data-stale", why !== "");
}

function listen() {
  stream?.close();
  heard = performance.now();
  stream = new EventSource("/api/events");
  stream.onmessage = hear;
  stream.onerror = () => stale("The connection to homectl is lost.");
}

function watch() {
  if (performance.now() - heard < SILENCE_MS) return;
  stale(`Nothing heard from homectl for ${SILENCE_MS / 1000} seconds.`);
  listen();
}

listen();
setInterval(watch, 1000);
