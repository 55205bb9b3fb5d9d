import { writeActions } from './compare';
import type { Connection } from './connection';
import { hasWork } from './has-work';
import { countMissing, countOtherCandidates, missingKeys } from './missing';
import { readChanges, readWorkload } from './plan-changes';
import { createPlanMarks } from './plan-marks';
import { countActions, readTotals } from './plan-totals';
import { moveToRetry } from './retry-items';
import { cutRound } from './slice-cuts';
import { readSlice } from './slice-rows';
import { emptiedSpaces } from './emptied-spaces';
import { spacesOnlyInLedger } from './spaces-only-in-ledger';
import type { Plan, PlanCounts, SpaceRunKey } from './store';

/** @see {@link Plan} */
export function createPlan(connection: Connection): Plan {
  return {
    ...createPlanMarks(connection),

    async compare(key, options) {
      await writeActions(connection, key, options);
      return counts(key);
    },

    missing: (key, limit) => missingKeys(connection, key, limit),

    cutSlices: (key, bounds) => cutRound(connection, key, 0, bounds),

    async cutRetrySlices(key, retry, bounds) {
      await moveToRetry(connection, key, retry);
      return cutRound(connection, key, retry, bounds);
    },

    spacesOnlyInLedger: (key) => spacesOnlyInLedger(connection, key),
    emptiedSpaces: (key) => emptiedSpaces(connection, key),

    async countHeld(key) {
      return (await countMissing(connection, key)) + (await countOtherCandidates(connection, key));
    },

    slice: (key, kind, slice) => readSlice(connection, key, kind, slice),

    counts,

    workload: (key) => readWorkload(connection, key),

    changes: (key) => readChanges(connection, key),

    totals: (key) => readTotals(connection, key),

    hasWork: (key, options) => hasWork(connection, key, options),
  };

  async function counts(key: SpaceRunKey): Promise<PlanCounts> {
    return { ...(await countActions(connection, key)), missing: await countMissing(connection, key) };
  }
}
