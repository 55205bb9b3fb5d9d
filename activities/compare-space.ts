import { partialKey } from '../rules/content-key';
import type { Force, SpaceOfRun, SpaceRunKey } from '../store/store';
import { compareWithPlatform } from './compare-with-platform';
import type { TenantContext } from './context';
import { inStep } from './errors';
import { waitForFormerOwner } from './former-owner';

/**
 * Writes what is to be done with each item of a space: by the ledger, and by the platform where the ledger is new,
 * something changed, or the daily comparison is due.
 *
 * @param dryRun writes the run's plan and nothing that outlives the run
 */
export async function compareSpace(
  context: TenantContext,
  key: SpaceRunKey,
  space: SpaceOfRun,
  { force, dryRun }: { readonly force: Force; readonly dryRun: boolean },
  now: number,
  signal: AbortSignal,
): Promise<void> {
  const { config, store } = context;
  const { tenant, spaceKey } = key;
  const before = await store.spaces.get(tenant, spaceKey);
  const { comparedAt, knownSince } = before?.spaceId === space.spaceId ? before : {};
  // A space with an item that never succeeds is not compared for good, but what was there before is looked through once.
  const isNewLedger = comparedAt === undefined && knownSince === undefined;
  if (isNewLedger && !dryRun) await inStep('plan', () => waitForFormerOwner(context, key, now));
  const doubtBefore = now - config.verify.doubtMinutes * 60_000;
  const planned = await store.plan.compare(key, { force, doubtBefore, dryRun });
  // In the run for its copies under former keys alone: there is nothing to ask for.
  const isListed =
    planned.new + planned.updated + planned.unchanged > 0 || (await store.manifest.roots(key)).length > 0;
  if (!isListed) return;
  const isDue = comparedAt === undefined || comparedAt < now - config.verify.compareHours * 3_600_000;
  if (!isDue && planned.new + planned.updated + planned.missing === 0) return;
  const partial = partialKey({ tenant, spaceId: space.spaceId, spaceKey }, config.ingestion.useV1KeyFormat);
  await inStep('plan', () => compareWithPlatform(context, key, partial, { isNewLedger, dryRun }, signal));
}
