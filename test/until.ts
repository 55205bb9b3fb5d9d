import { setTimeout as sleep } from 'node:timers/promises';

const WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 20;

/** Waits until it is so. What cannot be asked yet (a workflow that has not begun, say) is not so yet. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + WITHIN_MS;
  for (;;) {
    let trouble: unknown;
    try {
      if (await holds()) return;
    } catch (error) {
      trouble = error;
    }
    if (Date.now() > deadline) throw new Error(`Waited ${WITHIN_MS / 1000} s in vain.`, { cause: trouble });
    await sleep(LOOK_EVERY_MS);
  }
}
