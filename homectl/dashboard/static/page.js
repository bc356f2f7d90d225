/** The page: lets people in, listens to the home, shows one view of it, and says so when it no longer hears it. */

import { element, keep, mark, say, show } from "./elements.js";
import { tell } from "./home_clock.js";
import { limits } from "./limits.js";
import { navigation } from "./navigation.js";
import { ribbon } from "./ribbon.js";
import { isBrought, session, signingIn, signOut, tradeBrought } from "./signing_in.js";
import { homeStream } from "./stream.js";

const AGAIN_MS = 1000;

const at = (id) => document.getElementById(id);
const views = navigation({ links: at("views"), main: at("main"), skip: at("skip") });
const loud = ribbon(at("ribbon"));
const limited = limits(at("limits"), at("main"));
let newest = null;
let due = 0;
let end = () => {};
let begun = 0;

/** The newest home is drawn with the next frame; those in between are never drawn. */
function draw(home) {
  newest = home;
  due ||= requestAnimationFrame(() => {
    due = 0;
    if (newest) render(newest);
  });
}

function render(home) {
  tell(home.at);
  say(at("name"), home.name);
  say(at("about"), `Decided by ${home.policy.replace(/^network/, "the network")}`);
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

function stale(why) {
  const since = newest ? ` What you see is from ${newest.local_time}.` : "";
  say(at("stale"), why && `${why}${since} Trying again…`);
  mark(document.body, "data-stale", why !== "");
}

/** Nothing of a home is left, nor of who looked at it. */
function clear() {
  end();
  newest = null;
  stale("");
  views.close();
  limited.of();
  for (const id of ["person", "entry"]) show(at(id), false);
}

function signIn(why = "") {
  begun += 1;
  clear();
  for (const id of ["ribbon", "unlinked", "alarms", "time"]) show(at(id), false);
  say(at("about"), "Sign in to see this home.");
  signingIn(at("main"), why, begin);
}

async function leave() {
  say(at("entry"), "");
  const why = await signOut();
  if (at("person").hidden) return;
  if (why) return say(at("entry"), why);
  signIn();
}

async function begin() {
  const mine = ++begun;
  const why = await tradeBrought();
  if (why && newest) return say(at("entry"), why);
  const who = await session();
  if (mine !== begun) return;
  if (who === null) return signIn(why);
  clear();
  say(at("entry"), why);
  end = homeStream(draw, stale, signIn);
  if (who) greet(who);
  else meet(mine);
}

/** Ask who is signed in until that is answered. Meanwhile nothing is limited here: the home refuses what it must. */
async function meet(mine) {
  let who;
  while (who === undefined) {
    await new Promise((soon) => setTimeout(soon, AGAIN_MS));
    who = await session();
    if (mine !== begun) return;
  }
  if (who === null) signIn();
  else greet(who);
}

function greet(who) {
  say(at("who"), [...new Set([who.name, who.role])].filter(Boolean).join(", "));
  show(at("person"), Boolean(who.name));
  limited.of(who.role);
}

at("leave").addEventListener("click", leave);
addEventListener("hashchange", () => (isBrought() ? begin() : say(at("entry"), "")));
begin();
