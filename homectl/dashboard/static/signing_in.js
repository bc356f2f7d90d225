/** Signing in: a token is traded for a session, and kept nowhere in the page. */

import { patience } from "./asking.js";
import { button, element, say } from "./elements.js";

const FRAGMENT = "#token=";

/** Trade a token for a session: "" when it was taken, else why not, in one sentence. */
async function tradeIn(token) {
  try {
    const answer = await fetch("/api/session", {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Homectl": "1" },
      body: JSON.stringify({ token }),
      signal: patience(),
    });
    if (answer.ok) return "";
    const { rule, finding } = await answer.json();
    return rule === "token" ? "This token lets nobody in." : `Not signed in: ${finding}`;
  } catch {
    return "Not signed in: homectl does not answer.";
  }
}

/** Whether the address brings a token. */
export const isBrought = () => window.location.hash.startsWith(FRAGMENT);

/** Trade the token that the address brings, and take it out of there: why not as `tradeIn` says it, "" without one. */
export async function tradeBrought() {
  if (!isBrought()) return "";
  const { hash, pathname, search } = window.location;
  window.history.replaceState(null, "", pathname + search);
  return tradeIn(plain(hash.slice(FRAGMENT.length)));
}

function plain(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Who is signed in as `{ name, role }`; null for nobody, undefined where that is not answered. */
export async function session() {
  try {
    const answer = await fetch("/api/session", { signal: patience() });
    if (answer.status === 401) return null;
    return answer.ok ? await answer.json() : undefined;
  } catch {
    return undefined;
  }
}

/** End the session: "" once nobody is signed in, else why somebody still is, in one sentence. */
export async function signOut() {
  try {
    const answer = await fetch("/api/session", {
      method: "DELETE", headers: { "X-Homectl": "1" }, signal: patience(),
    });
    return answer.ok || answer.status === 401 ? "" : `Not signed out: ${(await answer.json()).finding}`;
  } catch {
    return "Not signed out: homectl does not answer.";
  }
}

/** Show under `root` the form that asks for a token, and why the last one was not taken; `done()` once one is. */
export function signingIn(root, why, done) {
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
    else done();
  });
  root.append(form);
  say(finding, why);
  token.focus();
  return form;
}
