import { z } from 'zod';
import type { GraphqlEndpoint } from './graphql';

const STATISTICS_INGESTION = `query StatisticsIngestion($ownerId: String!) {
  statisticsIngestion(where: { ownerId: { equals: $ownerId }, ownerType: { equals: SCOPE } }) { counts }
}`;

const statistics = z.object({ statisticsIngestion: z.object({ counts: z.record(z.string(), z.number()) }) });

/** How many contents of a scope are in which ingestion state; states without contents may lack. */
export async function readIngestionStates(
  graphql: GraphqlEndpoint,
  scopeId: string,
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, number>> {
  const variables = { ownerId: scopeId };
  const call = { operation: 'StatisticsIngestion', document: STATISTICS_INGESTION, variables, signal };
  return new Map(Object.entries((await graphql.call(call, statistics)).statisticsIngestion.counts));
}
