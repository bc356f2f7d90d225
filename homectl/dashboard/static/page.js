/** The page: listens to the home, shows one view of it, and says so when it no longer hears it. */

import { element, keep, mark, say, show } from "./elements.js";
import { navigation } from "./navigation.js";
import { ribbon } from "./ribbon.js";

const SILENCE_MS = 15_000;

const at = (id) => document.getElementById(id);
const views = navigation({ links: at("views"), main: at("main"), skip: at("skip") });
const loud = ribbon(at("ribbon"));
let stream = null;
let heard = performance.now();
let newest = null;
let due = 0;

/** The newest home is drawn with the next frame; those in between are never drawn. */
function draw(home) {
  newest = home;
  due ||= requestAnimationFrame(() => {
    due = 0;
    render(newest);
  });
}

function render(home) {
  say(at("name"), home.name);
  say(at("about"), `Decided by ${home.policy === "rules" ? "rules" : `the ${home.policy}`}`);
  say(at("time"), home.local_time);
  loud.update(home);
  show(at("unlinked"), !home.connected);
  show(at("alarms"), home.alarms.length > 0);
  keep(at("alarms"), home.alarms, (alarm) => alarm, alarmRow);
  views.update(home);
}

function alarmRow(alarm) {
  return { root: element("p", { class: "notice" }, alarm), update() {} };
}

function hear(event) {
  heard = performance.now();
  stale("");
  draw(JSON.parse(event.data));
}

function stale(why) {
  const since = newest ? ` What you see is from ${newest.local_time}.` : "";
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
