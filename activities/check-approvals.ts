import { EVERY_SPACE } from '../rules/guard';
import type { CheckApprovalsInput, CheckApprovalsResult } from './contract';
import type { TenantContext } from './context';

/**
 * Looks whether the fingerprints name sets that were blocked in the last seven days, each in the space it is given for.
 * A request with a wrong one does nothing at all: a person meant something else.
 *
 * Safe to run twice.
 */
export async function checkApprovals(
  { store }: TenantContext,
  { tenant, run, approvals }: CheckApprovalsInput,
  now: number,
): Promise<CheckApprovalsResult> {
  // The run may have been closed before this request came: its report must be made anew, whatever is found here.
  const row = await store.runs.get({ tenant, run });
  if (row?.endedAt !== undefined) await store.runs.restart({ tenant, run });
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
