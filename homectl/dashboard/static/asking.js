/** Asks the home for something. Nothing is shown as done here: what becomes of a wish comes with the stream. */

/** So long somebody waits for an answer. */
export const WAITING_MS = 8000;

/** A signal that gives up after so many milliseconds. */
export function patience(milliseconds = WAITING_MS) {
  const waiting = new AbortController();
  setTimeout(() => waiting.abort(), milliseconds);
  return waiting.signal;
}

/** Post a wish: "" when it was taken, else why not, in one sentence. */
export async function ask(path, body = {}) {
  try {
    const answer = await fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Homectl": "1" },
      body: JSON.stringify(body),
      signal: patience(),
    });
    return answer.ok ? "" : `Refused: ${(await answer.json()).finding}`;
  } catch {
    return "Not asked: homectl does not answer.";
  }
}

/** Read what the home knows: `{ known }`, or `{ why }` where it does not say. */
export async function look(path) {
  try {
    const answer = await fetch(path, { signal: patience() });
    return answer.ok ? { known: await answer.json() } : { why: `Not shown: ${(await answer.json()).finding}` };
  } catch {
    return { why: "Not shown: homectl does not answer." };
  }
}

export const pathOf = (target) => `/api/targets/${target.split("/").map(encodeURIComponent).join("/")}`;

export const askTarget = (target, body, verb = "") => ask(`${pathOf(target)}${verb && `/${verb}`}`, body);

export const simulate = (control, values) => ask(`/api/simulator/${control}`, values);

/** Let a screen reader say something once. */
export function speak(text) {
  document.getElementById("spoken").textContent = text;
}

/** Something done now and every so often: `{ start(), stop(), now() }`. It never runs twice at a time. */
export function every(milliseconds, action) {
  let timer = 0;
  let running = false;
  async function now() {
    if (running) return;
    running = true;
    await action();
    running = false;
  }
  return {
    now,
    start() {
      clearInterval(timer);
      timer = setInterval(now, milliseconds);
      now();
    },
    stop: () => clearInterval(timer),
  };
}
