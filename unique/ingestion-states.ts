import { z } from 'zod';
import type { GraphqlEndpoint } from './graphql';

const STATISTICS_INGESTION = `query StatisticsIngestion($ownerId: String!) {
  statisticsIngestion(where: { ownerId: { equals: $ownerId }, ownerType: { equals: SCOPE } }) { counts }
}`;

const statistics = z.object({ statisticsIngestion: z.object({ counts: z.unknown() }).nullish() });
const counted = z.coerce.number().int().nonnegative();

/**
 * How many contents of a scope are in which ingestion state; states without contents may lack. `undefined` when the
 * answer cannot be read: the shape of `counts` is nowhere written down, so a map and a list of states are both taken.
 */
export async function readIngestionStates(
  graphql: GraphqlEndpoint,
  scopeId: string,
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, number> | undefined> {
  const variables = { ownerId: scopeId };
  const call = { operation: 'StatisticsIngestion', document: STATISTICS_INGESTION, variables, signal };
  return parseCounts((await graphql.call(call, statistics)).statisticsIngestion?.counts);
}

/** @see {@link readIngestionStates} */
export function parseCounts(counts: unknown): ReadonlyMap<string, number> | undefined {
  if (typeof counts !== 'object' || counts === null) return undefined;
  const pairs = Array.isArray(counts) ? counts.map(pairOf) : Object.entries(counts);
  const states = new Map<string, number>();
  for (const [state, value] of pairs) {
    const contents = counted.safeParse(value);
    if (typeof state !== 'string' || value === null || !contents.success) return undefined;
    states.set(state, contents.data);
  }
  return states;
}

/** `{ ingestionState: "FINISHED", count: 3 }`, or with other names: the one text and the one number. */
function pairOf(row: unknown): readonly [unknown, unknown] {
  const values = typeof row === 'object' && row !== null ? Object.values(row) : [];
  return [values.find((value) => typeof value === 'string'), values.find((value) => typeof value === 'number')];
}
