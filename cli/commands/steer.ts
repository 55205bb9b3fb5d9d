import { createSyncClient, type SyncClient, type TurnedTenant } from '../../client';
import { type CommandContext, withTemporal } from '../context';
import { exitCode, type ExitCode } from '../exit-code';
import { localTenants, requireKnown } from '../tenant-argument';

/**
 * Tells a tenant's sync and Schedule something. Temporal keeps it, so it works while no worker runs.
 *
 * @param text what a person reads about it
 * @throws {UnknownTenantError} when nothing was reached and no file has this name either
 */
export function steer(
  context: CommandContext,
  tenant: string,
  tell: (client: SyncClient) => Promise<TurnedTenant>,
  text: (told: TurnedTenant) => string,
): Promise<ExitCode> {
  const { environment, output } = context;
  return withTemporal(context, { ports: 'any' }, async (session) => {
    const told = await tell(createSyncClient(session)).catch(async (error: unknown) => {
      requireKnown(await localTenants(environment), tenant); // a mistyped name is the more useful reason
      throw error;
    });
    if (!told.sync && !told.schedule) requireKnown(await localTenants(environment), tenant);
    output.result(told, () => text(told));
    return exitCode.done;
  });
}
