import type { RunInput } from './contract';
import type { RunRow, Store } from '../store/store';
import { OtherStoreError } from './errors';

/**
 * A run is begun in one store, and only a worker with that store may go on with it: in any other, everything would look
 * as if nothing had been ingested yet.
 *
 * @throws {OtherStoreError} retryable: a worker with the run's store takes the step
 */
export async function requireRunsStore(
  { runs, identity }: Pick<Store, 'runs' | 'identity'>,
  { tenant, run }: RunInput,
): Promise<RunRow> {
  const row = await runs.get({ tenant, run });
  if (row === undefined) throw new OtherStoreError(tenant, run, identity);
  return row;
}
