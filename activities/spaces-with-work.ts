import { spaceOutcome, type Totals } from '../rules/report';
import type { SpacesWithWorkInput, SpacesWithWorkResult } from './contract';
import type { TenantContext } from './context';

/**
 * The next spaces that need a workflow of their own: roots to walk, changed pages, unfinished work, or a comparison
 * that is due. Of the others nothing changed: they are reported here, because a child workflow for each would cost
 * more than the whole sync.
 *
 * Safe to run twice: it reads, and records the same results again.
 */
export async function spacesWithWork(
  { config, store }: TenantContext,
  { tenant, run, after, limit, force }: SpacesWithWorkInput,
  now: number,
): Promise<SpacesWithWorkResult> {
  const spaces = await store.manifest.spaces({ tenant, run }, after, limit);
  const options = {
    force,
    comparedBefore: now - config.verify.compareHours * 3_600_000,
    doubtBefore: now - config.verify.doubtMinutes * 60_000,
  };
  const spaceKeys: string[] = [];
  for (const { spaceKey, spaceId } of spaces) {
    const key = { tenant, run, spaceKey };
    if (await store.plan.hasWork(key, options)) {
      spaceKeys.push(spaceKey);
      continue;
    }
    const counted = await store.plan.totals(key);
    const totals: Totals = { ...counted, unchanged: counted.discovered };
    await store.runs.recordSpace(key, { spaceKey, spaceId, outcome: spaceOutcome(totals, false), totals });
  }
  const last = spaces.at(-1)?.spaceKey;
  return spaces.length < limit || last === undefined ? { spaceKeys } : { spaceKeys, next: last };
}
