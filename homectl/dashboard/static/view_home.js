/** The home: its mode, and every area with its devices. */

import { areaCard } from "./areas.js";
import { element, keep, show } from "./elements.js";
import { modeSection } from "./mode.js";

/** The view under `root`. */
export function homeView(root) {
  const mode = element("section", { class: "mode", "aria-label": "Mode" });
  const areas = element("div", { class: "areas" });
  const list = element("ul", {});
  const pending = element("section", { class: "card pending", "aria-labelledby": "pending-title", hidden: "" },
    element("h2", { id: "pending-title" }, "Seen, but in no area"),
    element("p", { class: "quiet" }, "homectl never commands these. Give them an area in home.yaml."), list);
  root.append(mode, areas, pending);
  const modes = modeSection(mode);
  return {
    update(home) {
      modes.update(home);
      keep(areas, home.areas, ({ id }) => id, areaCard);
      show(pending, home.pending.length > 0);
      keep(list, home.pending, (name) => name, pendingRow);
    },
    shown() {},
    hidden() {},
  };
}

function pendingRow(name) {
  return { root: element("li", {}, name), update() {} };
}
