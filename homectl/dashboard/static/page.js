/** The page: listens to the home, shows it, and says so when it no longer hears it. */

import { areaCard } from "./areas.js";
import { element, keep, mark, say, show } from "./elements.js";
import { modeSection } from "./mode.js";
import { session, signingIn } from "./signing_in.js";
import { simulatorBanner } from "./simulator.js";
import { homeStream } from "./stream.js";

const at = (id) => document.getElementById(id);
const banner = simulatorBanner(at("simulated"));
const mode = modeSection(at("mode"));
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

function stale(why) {
  const since = localTime && ` What you see is from ${localTime}.`;
  say(at("stale"), why && `${why}${since} Trying again…`);
  mark(document.body, "data-stale", why !== "");
}

function listen() {
  homeStream(render, stale, signIn);
}

function signIn() {
  stale("");
  say(at("about"), "Sign in to see this home.");
  at("areas").replaceChildren();
  signingIn(at("areas"), listen);
}

async function begin() {
  if (await session().catch(() => true)) listen();
  else signIn();
}

begin();
