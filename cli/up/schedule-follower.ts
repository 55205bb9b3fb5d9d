import type { Client } from '@temporalio/client';
import { applySchedules } from '../../client';
import type { Environment } from '../../config/environment';
import { followTenants } from '../../config/follow';
import { type LoadedTenants, loadTenants } from '../../config/load';
import { stoppedTenants, tenantSchedule } from '../tenant-schedules';

/**
 * Makes Temporal's Schedules agree with the tenant files, now and whenever the files say something else.
 *
 * @param say is told in one sentence what changed, or that it could not be done; the next look tries again
 * @returns what ends it
 */
export async function followSchedules(
  client: Client,
  { tenantConfigPattern }: Environment,
  say: (sentence: string) => void,
): Promise<() => void> {
  let applied = '';
  const apply = async (loaded: LoadedTenants): Promise<void> => {
    const wanted = { tenants: loaded.tenants.map(tenantSchedule), untouched: stoppedTenants(loaded) };
    const asText = JSON.stringify(wanted);
    if (asText === applied) return;
    for (const { tenant, change } of await applySchedules(client, wanted.tenants, wanted)) {
      if (change !== 'unchanged') say(`Schedule of ${tenant}: ${change}`);
    }
    applied = asText;
  };
  const first = await loadTenants({ pattern: tenantConfigPattern });
  await apply(first);
  return followTenants(tenantConfigPattern, first, {
    changed: apply,
    failed: (error) => {
      const why = error instanceof Error ? error.message : '';
      say(`The Schedules could not be brought up to date, trying again: ${why}`);
    },
  });
}
