/** The floor plan of a simulated home: a drawing, and on it a native button for every room, lamp, door and person. */

import { button, drawn, element, keep, mark, say, show } from "./elements.js";
import { initials, personName } from "./words.js";

const AWAY = "away";
const STRIP = 1.1;
const GAP = 0.5;
const MARGIN = 0.3;
const FLAT = 2;

/** `{ update(home) }` for the panel under `root`. `tell(control, values)` asks the simulator, `choose(area)` shows a room. */
export function planPanel(root, tell, choose) {
  const walls = drawn("svg", { "aria-hidden": "true", preserveAspectRatio: "none" });
  const layer = (name) => element("div", { class: name });
  const layers = { rooms: layer("rooms"), doors: layer("doors"), lamps: layer("lamps"), walkers: layer("walkers") };
  const plan = element("div", { class: "floor", role: "group", "aria-label": "Floor plan" }, walls, ...Object.values(layers));
  const hint = element("p", { class: "quiet", "data-field": "plan-hint" });
  const unknown = element("p", { class: "quiet" }, "This simulation has not told its plan.");
  root.append(plan, hint, unknown);
  let carried = null;
  let home = null;
  let drawnFor = "";

  function enter(area) {
    if (carried !== null) {
      tell("move", { person: carried, area });
      carried = null;
    } else if (area !== AWAY) {
      choose(area);
    }
    draw();
  }

  function carry(person) {
    carried = carried === person ? null : person;
    draw();
  }

  plan.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && carried !== null) carry(carried);
  });

  function draw() {
    const { plan: known } = home.simulator;
    show(plan, known !== undefined);
    show(unknown, known === undefined);
    if (!known) return;
    const { places, bounds } = laidOut(known.areas);
    const told = JSON.stringify(known);
    if (told !== drawnFor) drawWalls(walls, plan, places, known.doors, bounds);
    drawnFor = told;
    say(hint, carried === null
      ? "Choose a room to see its devices, a lamp to press its wall switch, a person to move them."
      : `Where should ${personName(carried)} go? Choose a room, or Escape.`);
    const scene = { home, carried, bounds, places };
    for (const ground of walls.querySelectorAll(".ground")) ground.style.setProperty("--lit", litIn(home, ground.dataset.of));
    keep(layers.rooms, roomsOf(scene), ({ id }) => id, (item) => roomButton(item, enter));
    keep(layers.doors, doorsOf(scene), ({ id }) => id, (item) => doorButton(item, choose));
    keep(layers.lamps, lampsOf(scene), ({ id }) => id, (item) => lampButton(item, tell));
    keep(layers.walkers, walkersOf(scene), ({ id }) => id, (item) => walkerButton(item, carry));
  }

  return {
    update(now) {
      home = now;
      draw();
    },
  };
}

/** Every place of a plan, with a strip below for whoever is away, and the rectangle around all of them. */
function laidOut(areas) {
  const all = Object.values(areas);
  const [left, top] = [Math.min(...all.map(({ x }) => x)), Math.min(...all.map(({ y }) => y))];
  const [right, bottom] = [Math.max(...all.map(({ x, w }) => x + w)), Math.max(...all.map(({ y, h }) => y + h))];
  const places = { ...areas, [AWAY]: { x: left, y: bottom + GAP, w: right - left, h: STRIP } };
  const bounds = { x: left - MARGIN, y: top - MARGIN, w: right - left + 2 * MARGIN, h: bottom - top + GAP + STRIP + 2 * MARGIN };
  return { places, bounds };
}

function drawWalls(svg, plan, places, doors, { x, y, w, h }) {
  plan.style.aspectRatio = `${w} / ${h}`;
  mark(svg, "viewBox", `${x} ${y} ${w} ${h}`);
  const rooms = (kind) => Object.entries(places).map(([id, { x: left, y: top, w: wide, h: high }]) =>
    drawn("rect", { x: left, y: top, width: wide, height: high, class: `${kind} ${id === AWAY ? "outside" : "inside"}`, "data-of": id }));
  const gaps = doors.map(({ x: left, y: top, w: wide, h: high = 0.16 }) =>
    drawn("rect", { x: left, y: top, width: wide, height: high, class: "doorway" }));
  svg.replaceChildren(...rooms("ground"), ...rooms("wall"), ...gaps);
}

/** Where something is, in shares of the plan. */
function put(node, { x, y, w = 0, h = 0 }, bounds) {
  const place = {
    left: (x - bounds.x) / bounds.w, top: (y - bounds.y) / bounds.h, width: w / bounds.w, height: h / bounds.h,
  };
  for (const [name, share] of Object.entries(place)) {
    if (share || name === "left" || name === "top") node.style[name] = `${(100 * share).toFixed(2)}%`;
  }
}

/** The place of one of several things in a room: side by side, or in a flat room where there is room for them. */
function among({ x, y, w, h }, number, count, { from, to, row }) {
  const flat = h < FLAT;
  const [first, last] = flat ? [from, to] : [0, 1];
  return { x: x + w * (first + ((last - first) * (number + 1)) / (count + 1)), y: y + h * (flat ? 0.5 : row) };
}

const LAMPS = { from: 0.25, to: 0.65, row: 0.5 };
const WALKERS = { from: 0.6, to: 1, row: 0.8 };

function roomsOf({ home, carried, bounds, places }) {
  const named = new Map([...home.areas.map(({ id, name }) => [id, name]), [AWAY, "Away"]]);
  const warm = home.simulator.temperatures ?? {};
  return Object.entries(places).map(([id, place]) => ({
    id, place, bounds, carried, name: named.get(id) ?? id,
    warmth: warm[id] === undefined || warm[id] === null ? "" : `${warm[id].toFixed(1)} °C`,
    people: Object.entries(home.simulator.people ?? {}).filter(([, area]) => area === id).map(([person]) => personName(person)),
  }));
}

/** How bright the brightest lamp of a room is. */
function litIn({ areas, simulator }, id) {
  const devices = areas.find((area) => area.id === id)?.devices ?? [];
  return Math.max(0, ...devices.map((device) => {
    const lamp = simulator.lamps?.[device.id];
    return lamp?.on ? Math.max(0.3, lamp.level ?? 1) : 0;
  }));
}

function roomButton({ id }, enter) {
  const name = element("span", { class: "room-name" });
  const warmth = element("span", { class: "room-warmth" });
  const root = button("", "", () => enter(id), { class: "room", "data-room": id });
  root.append(name, warmth);
  return {
    root,
    update(room) {
      put(root, room.place, room.bounds);
      mark(root, "data-flat", room.place.h < FLAT);
      say(name, room.name);
      say(warmth, room.warmth);
      const there = room.people.length ? `${room.people.join(" and ")} here` : "nobody here";
      const said = [room.name, room.warmth, there].filter(Boolean).join(", ");
      mark(root, "aria-label", room.carried === null ? said : `${said}: move ${personName(room.carried)} there`);
    },
  };
}

function lampsOf({ home, bounds, places }) {
  return home.areas.flatMap((area) => {
    const lamps = area.devices.filter((device) => device.targets.some(({ kind }) => kind === "light"));
    if (!places[area.id]) return [];
    return lamps.map((device, number) => ({
      id: device.id, name: device.name, bounds, place: among(places[area.id], number, lamps.length, LAMPS),
      ...(home.simulator.lamps?.[device.id] ?? { on: device.targets[0].reported.startsWith("on"), level: 1 }),
    }));
  });
}

function lampButton({ id }, tell) {
  const root = button("", "", () => tell("press", { device: id }), { class: "lamp", "data-lamp": id });
  return {
    root,
    update({ name, place, bounds, on, level }) {
      put(root, place, bounds);
      root.style.setProperty("--level", on ? Math.max(0.25, level ?? 1) : 0);
      mark(root, "data-on", on);
      mark(root, "aria-label", `${name}, ${on ? "on" : "off"}: press its wall switch`);
    },
  };
}

function doorsOf({ home, bounds, places }) {
  const { plan, doors = {}, locks = {} } = home.simulator;
  const devices = new Map(home.areas.flatMap((area) => area.devices.map((device) => [device.id, { device, area }])));
  return plan.doors.filter(({ device }) => devices.has(device)).map(({ x, y, w, h = 0.16, device: id, between }) => {
    const { device, area } = devices.get(id);
    const bolts = area.devices.filter(({ targets }) => targets.some(({ kind }) => kind === "lock"));
    const open = doors[id] ?? device.values.some(({ quantity, value }) => quantity === "contact" && value === 1);
    const bolt = bolts.map((one) => locks[one.id] ?? one.targets.find(({ kind }) => kind === "lock").reported)[0] ?? "";
    return { id, name: device.name, open, bolt, bounds, area: places[area.id] ? area.id : between[0], place: { x: x + w / 2, y: y + h / 2 } };
  });
}

function doorButton({ id }, choose) {
  let area = "";
  const root = button("", "", () => choose(area), { class: "door", "data-door": id });
  return {
    root,
    update(door) {
      area = door.area;
      put(root, door.place, door.bounds);
      mark(root, "data-open", door.open);
      mark(root, "data-bolt", door.bolt);
      mark(root, "aria-label", `${door.name}, ${[door.open ? "open" : "closed", door.bolt].filter(Boolean).join(", ")}: show its room`);
    },
  };
}

function walkersOf({ home, carried, bounds, places }) {
  const people = Object.entries(home.simulator.people ?? {}).filter(([, area]) => places[area]);
  const named = new Map([...home.areas.map(({ id, name }) => [id, name]), [AWAY, "away"]]);
  return people.map(([id, area]) => {
    const there = people.filter(([, other]) => other === area).map(([person]) => person);
    return { id, where: named.get(area) ?? area, bounds, carried: carried === id, place: among(places[area], there.indexOf(id), there.length, WALKERS) };
  });
}

function walkerButton({ id }, carry) {
  const root = button(initials(id), "", () => carry(id), { class: "walker", "data-walker": id });
  return {
    root,
    update({ where, place, bounds, carried }) {
      put(root, place, bounds);
      mark(root, "aria-pressed", carried);
      mark(root, "data-where", where);
      mark(root, "aria-label", `${personName(id)} (${initials(id)}), ${where}: move`);
    },
  };
}
