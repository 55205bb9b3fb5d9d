import type { HeldReason } from '../store/removals-api';
import type { SpaceRunKey, Store } from '../store/store';

const REASONS_SHOWN = 5;
const FIRST_RUN = 'the first sync of a space removes nothing; the next one looks at it';
const CUT = 'the listing was cut by `processing.maxItemsToScan`';

/** Why contents of a space stay that the run did not list; the most frequent reasons first. */
export async function whyHeld(store: Store, key: SpaceRunKey, held: number): Promise<readonly HeldReason[]> {
  const reasons = await store.removals.heldReasons(key, REASONS_SHOWN);
  if (reasons.length > 0) return reasons;
  const { truncated = false } = (await store.runs.get(key)) ?? {};
  return [{ why: truncated ? CUT : FIRST_RUN, items: held }];
}
