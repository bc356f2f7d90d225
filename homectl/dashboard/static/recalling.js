/** Asks the home for what it remembers. */

import { patience } from "./asking.js";

const WAITING_MS = 10_000;

/** `{ told }` as the API has it, or `{ why }`: why there is none, in one sentence. Empty values are not asked for. */
export async function recall(path, about = {}, signal = null) {
  const asked = Object.entries(about).filter(([, value]) => value !== null && value !== undefined && value !== "");
  const waiting = patience(WAITING_MS);
  try {
    const answer = await fetch(`${path}?${new URLSearchParams(asked)}`,
      { signal: signal ? AbortSignal.any([signal, waiting]) : waiting });
    const body = await answer.json();
    return answer.ok ? { told: body } : { why: `Not answered: ${body.finding ?? "homectl refuses"}` };
  } catch {
    return signal?.aborted ? {} : { why: "Not answered: homectl cannot be reached." };
  }
}
