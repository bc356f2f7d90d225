/** Asks the home for something. Nothing is shown as done here: what becomes of a wish comes with the stream. */

const WAITING_MS = 8000;

/** Post a wish: "" when it was taken, else why not, in one sentence. */
export async function ask(path, body = {}) {
  try {
    const answer = await fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Homectl": "1" },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(WAITING_MS),
    });
    return answer.ok ? "" : `Refused: ${(await answer.json()).finding}`;
  } catch {
    return "Not asked: homectl does not answer.";
  }
}

export const askTarget = (target, body, verb = "") => {
  const [device, kind] = target.split("/").map(encodeURIComponent);
  return ask(`/api/targets/${device}/${kind}${verb && `/${verb}`}`, body);
};

export const simulate = (control, values) => ask(`/api/simulator/${control}`, values);

/** Let a screen reader say something once. */
export function speak(text) {
  document.getElementById("spoken").textContent = text;
}
