import type { HeldReason } from '../store/removals-api';
import type { SpaceRunKey, Store } from '../store/store';

const REASONS_SHOWN = 5;
const FIRST_RUN = 'the first sync of a space removes nothing; the next one looks at it';
const IN_DOUBT =
  'a request of an attempt that died may still reach it: the first sync after `verify.doubtMinutes` removes it once more';
const CUT = 'the listing was cut by `processing.maxItemsToScan`';

/** Why contents of a space stay that the run did not list; the most frequent reasons first. */
export async function whyHeld(store: Store, key: SpaceRunKey, held: number): Promise<readonly HeldReason[]> {
  const reasons = await store.removals.heldReasons(key, REASONS_SHOWN);
  if (reasons.length > 0) return reasons;
  const { truncated = false, startedAt = 0 } = (await store.runs.get(key)) ?? {};
  const { knownSince = startedAt } = (await store.spaces.get(key.tenant, key.spaceKey)) ?? {};
  const isFirst = knownSince >= startedAt;
  return [{ why: truncated ? CUT : isFirst ? FIRST_RUN : IN_DOUBT, items: held }];
}
