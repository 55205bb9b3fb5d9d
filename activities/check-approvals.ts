import { EVERY_SPACE } from '../rules/guard';
import type { CheckApprovalsInput, CheckApprovalsResult } from './contract';
import type { TenantContext } from './context';
import { openForRound } from './open-run';

/**
 * Looks whether the fingerprints name sets that were blocked in the last seven days, each in the space it is given for.
 * A request with a wrong one does nothing at all: a person meant something else.
 *
 * Safe to run twice.
 */
export async function checkApprovals(
  { store }: TenantContext,
  { tenant, run, round, approvals }: CheckApprovalsInput,
  now: number,
): Promise<CheckApprovalsResult> {
  await openForRound(store, { tenant, run }, round);
  for (const [spaceKey, fingerprint] of Object.entries(approvals)) {
    if (spaceKey === EVERY_SPACE) {
      const { spaces } = await store.removals.blockedGroup(tenant, fingerprint, now);
      if (spaces === 0) return refusal(fingerprint, 'all spaces', UNKNOWN);
      continue;
    }
    const set = await store.removals.blockedSet(tenant, fingerprint, now);
    if (set?.spaceKey === spaceKey) continue;
    return refusal(fingerprint, `space ${spaceKey}`, set === undefined ? UNKNOWN : `belongs to space ${set.spaceKey}`);
  }
  return {};
}

const UNKNOWN = 'names no removals that were blocked in the last seven days';

function refusal(fingerprint: string, where: string, what: string): CheckApprovalsResult {
  return {
    refused: `The fingerprint ${fingerprint.slice(0, 40)} given for ${where} ${what}. Nothing was synced; look at the latest report for the fingerprint.`,
  };
}
