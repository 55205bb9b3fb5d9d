import { NoWorkerAnswersError, type SyncClient } from '../client';
import { type Environment, processEnvironment } from '../config/environment';
import { ConfigurationError, UnknownTenantError } from '../config/errors';
import { findTenant, type LoadedTenants, loadTenants } from '../config/load';
import { nearest } from '../config/nearest';
import { TenantNotActiveError } from './errors';
import { configuredTemporal } from './temporal/configured';

/**
 * The tenant files of this machine; `undefined` where it has none and Temporal is configured: then the workers, which
 * run elsewhere, know the tenants.
 *
 * @throws {ConfigurationError} when there is none and no Temporal is configured
 */
export async function localTenants(environment: Environment): Promise<LoadedTenants | undefined> {
  try {
    return await loadTenants({ pattern: environment.tenantConfigPattern });
  } catch (error) {
    const isRemote = configuredTemporal(processEnvironment()) !== undefined;
    if (isRemote && error instanceof ConfigurationError) return undefined;
    throw error;
  }
}

/**
 * Refuses a tenant that cannot be synced, before anything is started.
 *
 * @throws {UnknownTenantError} names the nearest
 * @throws {TenantNotActiveError}
 * @throws {ConfigurationError} its file has problems
 */
export function requireActive(local: LoadedTenants, name: string): void {
  const { status, file } = findTenant(local, name);
  if (status !== 'active') throw new TenantNotActiveError(name, status, file);
}

/**
 * The same where only the workers know the tenants. While none answers, what is asked is left for them to judge.
 *
 * @throws {UnknownTenantError} @throws {TenantNotActiveError}
 */
export async function requireActiveElsewhere(client: SyncClient, name: string): Promise<void> {
  try {
    const { tenants } = await client.status();
    const found = tenants.find(({ tenant }) => tenant === name);
    if (found === undefined) throw unknownTenant(name, tenants);
    if (found.status !== 'active') throw new TenantNotActiveError(name, found.status, 'its tenant file');
  } catch (error) {
    if (!(error instanceof NoWorkerAnswersError)) throw error;
  }
}

/** Names the tenant that was probably meant. */
export function unknownTenant(name: string, tenants: readonly { readonly tenant: string }[]): UnknownTenantError {
  const known = tenants.map(({ tenant }) => tenant);
  return new UnknownTenantError(name, known, nearest(name, known));
}

/**
 * Refuses a name that nobody knows; a tenant whose file has problems is known.
 *
 * @throws {UnknownTenantError} names the nearest
 */
export function requireKnown(local: LoadedTenants | undefined, name: string): void {
  if (local === undefined) return;
  try {
    findTenant(local, name);
  } catch (error) {
    if (error instanceof UnknownTenantError) throw error;
  }
}
