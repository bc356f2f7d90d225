/** The people of a simulated home: where they are, and where they are sent. */

import { button, element, keep, say } from "./elements.js";
import { personName } from "./words.js";

const AWAY = { id: "away", name: "Away" };

/** `{ update(home) }` for the panel under `root`; `tell(control, values)` asks the simulator. */
export function peoplePanel(root, tell) {
  const list = element("ul", { class: "people" });
  const nobody = element("p", { class: "quiet" }, "Not known yet.");
  root.append(list, nobody);
  return {
    update(home) {
      const areas = [...home.areas, AWAY];
      const persons = Object.entries(home.simulator.people ?? {}).map(([person, place]) => ({ person, place, areas }));
      nobody.hidden = persons.length > 0;
      keep(list, persons, ({ person }) => person, (item) => personRow(item, tell));
    },
  };
}

function personRow({ person }, tell) {
  const name = personName(person);
  const where = element("span", { "data-field": "where" });
  const places = element("select", { "aria-label": `Where ${name} is to go` });
  const move = button("Move", `Move ${name}`, () => tell("move", { person, area: places.value }), { "data-action": "move" });
  return {
    root: element("li", { "data-person": person }, where, element("span", { class: "pair" }, places, move)),
    update({ place, areas }) {
      const area = areas.find(({ id }) => id === place)?.name ?? place;
      say(where, place === AWAY.id ? `${name} is away` : `${name}: ${area}`);
      keep(places, areas, ({ id }) => id, option);
    },
  };
}

function option(area) {
  const root = element("option", { value: area.id });
  return { root, update: (now) => say(root, now.name) };
}
