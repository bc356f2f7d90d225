/** The second step of an unlock: who asks, and their PIN. It is forgotten as soon as it is sent. */

import { ask } from "./asking.js";
import { button, element, show } from "./elements.js";

/** `{ root, begin(), end() }` for the lock of a device; `answer` is told why it was not asked, or nothing once that is over. */
export function stepUp(device, answer) {
  const person = element("input", { autocomplete: "off", maxlength: 64, required: "" });
  const pin = element("input", { type: "password", inputmode: "numeric", autocomplete: "off", maxlength: 12, required: "" });
  const confirm = element("button", { "data-action": "confirm-unlock", "aria-label": `Confirm: unlock ${device.name}` }, "Confirm");
  const cancel = button("Cancel", `Cancel: do not unlock ${device.name}`, end, { "data-action": "cancel-unlock", class: "quiet" });
  const root = element("form", { class: "step-up", hidden: "", "aria-label": `Unlock ${device.name}` },
    element("label", {}, "Name", person), element("label", {}, "PIN", pin), confirm, cancel);

  function begin() {
    answer("");
    show(root, true);
    (person.value ? pin : person).focus();
  }

  function end() {
    pin.value = "";
    if (!root.hidden) answer("");
    show(root, false);
  }

  root.addEventListener("submit", async (event) => {
    event.preventDefault();
    const body = { person: person.value, pin: pin.value };
    pin.value = "";
    confirm.disabled = true;
    const said = await ask(`/api/targets/${encodeURIComponent(device.id)}/unlock`, body);
    confirm.disabled = false;
    answer(said);
    if (said) pin.focus();
    else end();
  });
  return { root, begin, end };
}
