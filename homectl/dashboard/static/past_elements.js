/** The elements of the page, and a choice among groups. */

import { element } from "./elements.js";

export * from "./elements.js";

/** Let a select offer `[{ value, text, group }]` and choose one; nothing is touched where it offers just that. */
export function choose(select, options, value) {
  const offered = JSON.stringify(options);
  if (select.dataset.offered !== offered) {
    select.dataset.offered = offered;
    const groups = new Map();
    for (const { value: one, text, group = "" } of options) {
      if (!groups.has(group)) groups.set(group, []);
      groups.get(group).push(element("option", { value: one }, text));
    }
    select.replaceChildren(...[...groups].flatMap(([label, offers]) =>
      (label ? [element("optgroup", { label }, ...offers)] : offers)));
  }
  if (value && select.value !== value) select.value = value;
}
