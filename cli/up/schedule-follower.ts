import type { Client } from '@temporalio/client';
import { applySchedules } from '../../client';
import { loadTenants } from '../../config/load';
import type { Environment } from '../../config/environment';
import { stoppedTenants, tenantSchedule } from '../tenant-schedules';

const LOOK_EVERY_MS = 30_000;

/**
 * Makes Temporal's Schedules agree with the tenant files, now and whenever the files say something else.
 *
 * @param say is told in one sentence what changed, or that it could not be done; the next look tries again
 * @returns what ends it
 */
export async function followSchedules(
  client: Client,
  environment: Environment,
  say: (sentence: string) => void,
): Promise<() => void> {
  let applied = '';
  const apply = async (): Promise<void> => {
    const loaded = await loadTenants({ pattern: environment.tenantConfigPattern });
    const wanted = { tenants: loaded.tenants.map(tenantSchedule), untouched: stoppedTenants(loaded) };
    const asText = JSON.stringify(wanted);
    if (asText === applied) return;
    for (const { tenant, change } of await applySchedules(client, wanted.tenants, wanted)) {
      if (change !== 'unchanged') say(`Schedule of ${tenant}: ${change}`);
    }
    applied = asText;
  };
  await apply();
  const timer = setInterval(() => {
    apply().catch((error: unknown) => {
      say(
        `The Schedules could not be brought up to date, trying again: ${error instanceof Error ? error.message : ''}`,
      );
    });
  }, LOOK_EVERY_MS);
  return () => clearInterval(timer);
}
