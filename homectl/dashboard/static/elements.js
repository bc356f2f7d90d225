/** Plain DOM, kept in place: nothing is rebuilt that did not change, so focus and sliders stay put. */

const SVG = "http://www.w3.org/2000/svg";

/** A new element; children are elements or text, never markup. */
export function element(name, attributes = {}, ...children) {
  return fill(document.createElement(name), attributes, children);
}

/** The same for a drawing. */
export function drawn(name, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, name), attributes, children);
}

function fill(made, attributes, children) {
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

/** A button that does something; `spoken` is its accessible name where the label alone does not say enough. */
export function button(label, spoken, action, attributes = {}) {
  const made = element("button", { type: "button", "aria-label": spoken, ...attributes }, label);
  made.addEventListener("click", action);
  return made;
}

/** A choice of `[value, text]`, named for whoever does not see it. */
export function choice(spoken, options, attributes = {}) {
  return element("select", { "aria-label": spoken, ...attributes },
    ...options.map(([value, text]) => element("option", { value }, text)));
}

/** Set a text, and hide the element when there is none. */
export function say(node, text) {
  if (node.textContent !== text) node.textContent = text;
  show(node, text !== "");
}

export function show(node, visible) {
  if (node.hidden === visible) node.hidden = !visible;
}

export function mark(node, name, value) {
  if (node.getAttribute(name) !== String(value)) node.setAttribute(name, value);
}

const cardsOf = new WeakMap();

/**
 * One card for each item under a parent, in order. `make(item)` gives `{ root, update(item) }`;
 * a card lives as long as its key is among the items.
 */
export function keep(parent, items, keyOf, make) {
  const old = cardsOf.get(parent) ?? new Map();
  const cards = new Map(items.map((item) => [keyOf(item), old.get(keyOf(item)) ?? make(item)]));
  for (const [key, card] of old) if (!cards.has(key)) card.root.remove();
  items.forEach((item, place) => {
    const card = cards.get(keyOf(item));
    card.update(item);
    if (parent.children[place] !== card.root) parent.insertBefore(card.root, parent.children[place] ?? null);
  });
  cardsOf.set(parent, cards);
}
