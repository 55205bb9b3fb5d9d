import type { Connection } from './connection';
import type { LedgerState } from './schema';

/** Rows of a tenant, or of one of its spaces, by state. */
export async function countStates({ db }: Connection, tenant: string, spaceKey?: string) {
  const ofTenant = db
    .selectFrom('ledger')
    .select((eb) => ['state', eb.fn.countAll<number>().as('rows')])
    // All there are: named, because the index begins with the state.
    .where('state', 'in', ['registering', 'finalized', 'removing', 'empty'] satisfies LedgerState[])
    .where('tenant', '=', tenant)
    .groupBy('state');
  const counts = await (spaceKey === undefined ? ofTenant : ofTenant.where('space_key', '=', spaceKey)).execute();
  const of = (state: LedgerState) => counts.find((row) => row.state === state)?.rows ?? 0;
  return { finalized: of('finalized'), unfinished: of('registering') + of('removing'), empty: of('empty') };
}
