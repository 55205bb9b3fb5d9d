import type { TenantSchedule } from '../client';
import type { LoadedTenants } from '../config/load';
import type { TenantConfig } from '../config/tenant';
import { tenantOfFile } from '../config/tenant-paths';

/** What a tenant's Schedule must look like. */
export function tenantSchedule({ tenant, status, processing, schedule }: TenantConfig): TenantSchedule {
  const { timezone, enabled } = schedule;
  return { tenant, status, cron: processing.scanIntervalCron, timezone, enabled };
}

/** Tenants whose file is there but has problems: it must not look as if the file were gone. */
export function stoppedTenants({ problems }: Pick<LoadedTenants, 'problems'>): readonly string[] {
  return [...new Set(problems.flatMap(({ file }) => tenantOfFile(file) ?? []))];
}
