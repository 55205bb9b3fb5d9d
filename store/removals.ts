import type { Connection } from './connection';
import { createBlockedGroups } from './blocked-groups';
import { createDryRemovals } from './dry-removals';
import { emptyVersions } from './empty-versions';
import { createGuardTogether } from './guard-together';
import { removalCandidates } from './removal-candidates';
import { createRemovalGuard } from './removal-guard';
import { createRemovalPlan } from './removal-plan';
import { createRemovalWrites } from './removal-writes';
import type { Removals } from './removals-api';

/** @see {@link Removals} */
export function createRemovals(connection: Connection): Removals {
  return {
    candidates: (key) => removalCandidates(connection, key),
    emptyVersions: (tenant, spaceKey, itemKeys) => emptyVersions(connection, tenant, spaceKey, itemKeys),
    ...createRemovalPlan(connection),
    ...createRemovalGuard(connection),
    ...createGuardTogether(connection),
    ...createRemovalWrites(connection),
    ...createBlockedGroups(connection),
    ...createDryRemovals(connection),
  };
}
