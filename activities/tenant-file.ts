import { ConfigurationError, UnknownTenantError } from '../config/errors';
import { SyncError, TenantFileError } from './errors';

/**
 * Work of a run that has begun: a file that went bad on the way is no reason to end it.
 *
 * @throws {TenantFileError} instead of {@link ConfigurationError} and {@link UnknownTenantError}
 */
export async function patientWithFile<T>(tenant: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const cause = error instanceof SyncError ? error.cause : error;
    const isOfFile = cause instanceof ConfigurationError || cause instanceof UnknownTenantError;
    throw isOfFile ? new TenantFileError(tenant, cause) : error;
  }
}
