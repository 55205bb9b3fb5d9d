import { NO_ITEMS, spaceOutcome, type Totals } from '../rules/report';
import type { RunKey, SpaceOfRun } from '../store/store';
import type { SpacesWithWorkInput, SpacesWithWorkResult } from './contract';
import type { TenantContext } from './context';
import { inStep, SpaceNotFoundError } from './errors';
import { checkKeys } from './settle-keys';
import { hasSettledKeys } from './space-keys';
import { prepareSpaceScopes } from './space-scope';

/** More wait for the next sync; their keys stand in Temporal's history. */
export const LOST_SPACES_AT_A_TIME = 100;

/**
 * The next spaces that need a workflow of their own: roots to walk, changed pages, unfinished work, or a comparison
 * that is due. Of the others nothing changed: they are reported here, because a child workflow for each would cost
 * more than the whole sync. Spaces that discovery did not find are reported with the last ones.
 *
 * Safe to run twice: it records the same results again, and finds the scopes that it made.
 */
export async function spacesWithWork(
  context: TenantContext,
  { tenant, run, after, limit, request }: SpacesWithWorkInput,
  now: number,
  signal: AbortSignal,
): Promise<SpacesWithWorkResult> {
  const { config, store } = context;
  const spaces = await store.manifest.spaces({ tenant, run }, after, limit);
  const options = {
    force: request.force === true && (request.pages ?? true),
    comparedBefore: now - config.verify.compareHours * 3_600_000,
    doubtBefore: now - config.verify.doubtMinutes * 60_000,
  };
  // All spaces before the first one writes anything.
  if (after === '') await inStep('plan', () => checkKeys(context, { tenant, run }, request.rekey === true, signal));
  const withWork: SpaceOfRun[] = [];
  for (const space of spaces) {
    const { spaceKey, spaceId } = space;
    const key = { tenant, run, spaceKey };
    if (!(await hasSettledKeys(context, space)) || (await store.plan.hasWork(key, options))) {
      withWork.push(space);
      continue;
    }
    const counted = await store.plan.totals(key);
    const totals: Totals = { ...counted, unchanged: counted.discovered };
    await store.runs.recordSpace(key, { spaceKey, spaceId, outcome: spaceOutcome(totals, false), totals });
  }
  await inStep('scope', () => prepareSpaceScopes(context, withWork, signal));
  const spaceKeys = withWork.map(({ spaceKey }) => spaceKey);
  const last = spaces.at(-1)?.spaceKey;
  if (spaces.length === limit && last !== undefined) return { spaceKeys, next: last };
  const lost = await lostSpaces(context, { tenant, run }, request.spaces);
  await refuseUnknownSpaces(context, { tenant, run }, request.spaces ?? [], lost, now);
  return { spaceKeys, lost };
}

/**
 * Spaces without a labelled page any more, of those that were searched: each page is looked up before anything happens
 * to it, since not being listed proves nothing. Until then what they have counts as held.
 */
async function lostSpaces(
  { store }: TenantContext,
  key: RunKey,
  asked: readonly string[] | undefined,
): Promise<readonly string[]> {
  const lost: string[] = [];
  // Their contents left in an earlier run, and Unique kept the scope.
  const emptied = (await store.plan.emptiedSpaces(key)).map((spaceKey) => ({ spaceKey, contents: 0 }));
  for (const { spaceKey, contents } of [...(await store.plan.spacesOnlyInLedger(key)), ...emptied]) {
    if (asked !== undefined && !asked.includes(spaceKey)) continue;
    const known = await store.spaces.get(key.tenant, spaceKey);
    const totals = { ...NO_ITEMS, held: contents };
    await store.runs.recordSpace(
      { ...key, spaceKey },
      { spaceKey, spaceId: known?.spaceId ?? '', outcome: 'succeeded', totals },
    );
    lost.push(spaceKey);
  }
  return lost.slice(0, LOST_SPACES_AT_A_TIME);
}

/** A space that was asked for by name must not end in silence. */
async function refuseUnknownSpaces(
  { store }: TenantContext,
  key: RunKey,
  asked: readonly string[],
  lost: readonly string[],
  now: number,
): Promise<void> {
  for (const spaceKey of asked) {
    if (lost.includes(spaceKey) || (await store.manifest.space({ ...key, spaceKey })) !== undefined) continue;
    const { message } = new SpaceNotFoundError(key.tenant, spaceKey);
    await store.runs.recordSpace(
      { ...key, spaceKey },
      { spaceKey, spaceId: '', outcome: 'failed', totals: NO_ITEMS, message },
    );
    await store.runs.recordFailures(key, [{ spaceKey, itemKey: '', step: 'discover', message }], now);
  }
}
