/** Signing in: a token is traded for a session, and kept nowhere in the page. */

import { WAITING_MS } from "./asking.js";
import { button, element, say } from "./elements.js";

const FRAGMENT = "#token=";

/** Trade a token for a session: "" when it was taken, else why not, in one sentence. */
async function tradeIn(token) {
  try {
    const answer = await fetch("/api/session", {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Homectl": "1" },
      body: JSON.stringify({ token }),
      signal: AbortSignal.timeout(WAITING_MS),
    });
    if (answer.ok) return "";
    const { rule, finding } = await answer.json();
    return rule === "token" ? "This token lets nobody in." : `Not signed in: ${finding}`;
  } catch {
    return "Not signed in: homectl does not answer.";
  }
}

/** Who is signed in as `{ name, role }`; null for nobody. Takes a token out of the address first, if one is there. */
export async function session() {
  const { hash, pathname, search } = window.location;
  if (hash.startsWith(FRAGMENT)) {
    window.history.replaceState(null, "", pathname + search);
    await tradeIn(decodeURIComponent(hash.slice(FRAGMENT.length)));
  }
  const answer = await fetch("/api/session", { signal: AbortSignal.timeout(WAITING_MS) });
  return answer.ok ? answer.json() : null;
}

/** End the session: "" once nobody is signed in, else why somebody still is, in one sentence. */
export async function signOut() {
  try {
    const answer = await fetch("/api/session", {
      method: "DELETE", headers: { "X-Homectl": "1" }, signal: AbortSignal.timeout(WAITING_MS),
    });
    return answer.ok || answer.status === 401 ? "" : `Not signed out: ${(await answer.json()).finding}`;
  } catch {
    return "Not signed out: homectl does not answer.";
  }
}

/** Show under `root` the form that asks for a token; `done()` once somebody is signed in. */
export function signingIn(root, done) {
  const token = element("input", { type: "password", id: "token", autocomplete: "current-password", required: "" });
  const finding = element("p", { class: "quiet", role: "alert", hidden: "" });
  const form = element(
    "form",
    { class: "card controls signing-in", "aria-labelledby": "signing-in-title" },
    element("h2", { id: "signing-in-title" }, "Sign in"),
    element("p", { class: "quiet" }, "homectl printed the owner’s token when it first ran; it makes more with homectl token add."),
    element("label", { for: "token" }, "Token"),
    token,
    button("Sign in", "Sign in", () => form.requestSubmit()),
    finding,
  );
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const given = token.value.trim();
    token.value = "";
    say(finding, await tradeIn(given));
    if (finding.textContent !== "") token.focus();
    else {
      form.remove();
      done();
    }
  });
  root.append(form);
  token.focus();
  return form;
}
