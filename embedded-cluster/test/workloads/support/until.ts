// Waiting for what a real cluster brings about in its own time.

const STEP_MS = 20;

/** Resolves with the first answer that is not undefined; rejects when there is none in time. */
export async function until<T>(
  what: string,
  look: () => T | undefined | Promise<T | undefined>,
  deadlineMs = 15_000,
): Promise<T> {
  const endsAt = Date.now() + deadlineMs;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > endsAt) throw new Error(`${what}: not within ${deadlineMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, STEP_MS));
  }
}
