/** One room of a simulated home: what a person's hand does there, what its sensors are made to say, what is broken. */

import { element, keep, say, show } from "./elements.js";
import { simulatedDevice } from "./simulated_device.js";

/** `{ update(home), choose(area) }` for the panel under `root`; `tell(control, values)` asks the simulator. */
export function roomPanel(root, tell) {
  const rooms = element("select", { "aria-label": "Which room" });
  const devices = element("div", { class: "simulated-devices" });
  const empty = element("p", { class: "quiet" }, "No devices here.");
  root.append(rooms, devices, empty);
  let home = null;

  function draw() {
    keep(rooms, home.areas, ({ id }) => id, option);
    const area = home.areas.find(({ id }) => id === rooms.value) ?? home.areas[0];
    if (!area) return;
    show(empty, area.devices.length === 0);
    const items = area.devices.map((device) => ({ device, simulator: home.simulator }));
    keep(devices, items, ({ device }) => device.id, (item) => simulatedDevice(item, tell));
  }

  rooms.addEventListener("change", draw);
  return {
    update(now) {
      home = now;
      draw();
    },
    choose(area) {
      rooms.value = area;
      draw();
      rooms.focus();
    },
  };
}

function option(area) {
  const root = element("option", { value: area.id });
  return { root, update: (now) => say(root, now.name) };
}
