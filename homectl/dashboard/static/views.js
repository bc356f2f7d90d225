/** Every view of the page, in the order of its navigation; each is a hash such as #/why. */

import { historyView } from "./view_history.js";
import { homeView } from "./view_home.js";
import { modelView } from "./view_model.js";
import { simulatorView } from "./view_simulator.js";
import { whyView } from "./view_why.js";

/**
 * `view(root)` fills an empty section and gives `{ update(home), shown(), hidden() }`: `update` only while it is shown,
 * `shown` and `hidden` when it comes and goes. `simulated`: only where the home is a simulated one; `past`: only where
 * what has been is remembered.
 */
export const VIEWS = [
  { name: "home", title: "Home", view: homeView },
  { name: "why", title: "Why", view: whyView },
  { name: "history", title: "History", view: historyView, past: true },
  { name: "model", title: "Model", view: modelView, past: true },
  { name: "simulator", title: "Simulator", view: simulatorView, simulated: true },
];
