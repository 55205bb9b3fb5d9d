import type { RunKey, Store } from '../store/store';

const SPACES_AT_A_TIME = 100;

/** A cancelled run closes none of the spaces that it was in; what it had done there by then is reported all the same. */
export async function recordCancelledSpaces(store: Store, key: RunKey): Promise<void> {
  const reported = new Set((await store.runs.spaceReports(key)).map(({ spaceKey }) => spaceKey));
  for (let after: string | undefined = ''; after !== undefined;) {
    const spaces = await store.manifest.spaces(key, after, SPACES_AT_A_TIME);
    for (const { spaceKey, spaceId } of spaces) {
      if (reported.has(spaceKey)) continue;
      const space = { ...key, spaceKey };
      const totals = { ...(await store.plan.totals(space)), ...(await store.removals.totals(space)) };
      await store.runs.recordSpace(space, { spaceKey, spaceId, outcome: 'cancelled', totals });
    }
    after = spaces.length < SPACES_AT_A_TIME ? undefined : spaces.at(-1)?.spaceKey;
  }
}
