/** Which view is shown: the one that the address names, made when it is first asked for. */

import { element, show } from "./elements.js";
import { VIEWS } from "./views.js";

/** `{ update(home), close() }`; `links` gets the navigation, `main` the views, `skip` leads past the navigation. */
export function navigation({ links, main, skip }) {
  const made = new Map();
  let shown = null;
  let home = null;

  const items = VIEWS.map((entry) => {
    const link = element("a", { href: `#/${entry.name}` }, entry.title);
    link.hidden = true;
    links.append(link);
    return { entry, link };
  });

  const open = ({ simulated, past }) => home !== null && (!simulated || home.simulated) && (!past || home.remembers);
  const named = () => VIEWS.find(({ name }) => location.hash === `#/${name}`);

  function make(entry) {
    const root = element("section", { class: `view ${entry.name}`, "data-view": entry.name, "aria-label": entry.title });
    main.append(root);
    return { entry, root, ...entry.view(root) };
  }

  function turn(entry) {
    if (shown?.entry === entry) return;
    if (shown) {
      show(shown.root, false);
      shown.hidden();
    }
    if (!made.has(entry)) made.set(entry, make(entry));
    shown = made.get(entry);
    show(shown.root, true);
    for (const { entry: one, link } of items) {
      if (one === entry) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
    shown.update(home);
    shown.shown();
  }

  function follow() {
    if (home === null) return;
    const entry = named();
    turn(entry && open(entry) ? entry : VIEWS[0]);
    document.title = `${shown.entry.title} · ${home.name}`;
  }

  addEventListener("hashchange", () => {
    follow();
    scrollTo(0, 0);
    main.focus({ preventScroll: true });
  });
  skip.addEventListener("click", (event) => {
    event.preventDefault();
    main.focus();
  });

  return {
    /** Nobody is there to see it: nothing of a home is left. */
    close() {
      shown?.hidden();
      home = shown = null;
      made.clear();
      main.replaceChildren();
      for (const { link } of items) show(link, false);
    },
    update(now) {
      const before = shown;
      home = now;
      for (const { entry, link } of items) show(link, open(entry));
      follow();
      if (shown === before) shown.update(home);
    },
  };
}
