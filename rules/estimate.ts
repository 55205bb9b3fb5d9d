import type { Requests } from './report';

/** Files up to this size are held in memory and registered in batches; larger ones are streamed, one by one. */
export const LARGE_FILE_BYTES = 1024 * 1024;

/** What a sync that starts now would need; a rehearsed guess, no promise. */
export interface Estimate {
  /** All that count for Confluence's rate limit: calls, and downloads. */
  readonly confluenceRequests: number;
  /** Those that count for Unique's rate limit: GraphQL and file diffs; uploads come on top. */
  readonly uniqueRequests: number;
  readonly seconds: number;
}

/** What there is to ingest in a space. */
export interface Workload {
  readonly pages: number;
  /** Attachments below {@link LARGE_FILE_BYTES}. */
  readonly smallFiles: number;
  /** The others, and those of unknown size. */
  readonly largeFiles: number;
  /** Of the attachments, as listed. */
  readonly bytes: number;
  /** Its scope in Unique is not known yet. */
  readonly needsScope: boolean;
}

/** Limits that a sync keeps to. */
export interface Limits {
  readonly confluencePerMinute: number;
  readonly uniquePerMinute: number;
  /** Contents a request to Unique. */
  readonly batchSize: number;
}

const BODIES_A_REQUEST = 50;
const REMOVALS_A_REQUEST = 20;
/** Found by its mark, created, marked. */
const REQUESTS_A_SCOPE = 3;
/** What one worker ingests where no limit holds it back, Confluence and Unique being quick. */
const ITEMS_A_SECOND = 100;
const BYTES_A_SECOND = 10 * 1024 * 1024;
/** Temporal's part of a sync. */
const LEAST_SECONDS = 1;

/**
 * Estimates a sync from its dry run: it will list, compare and look up just what the dry run did, so those requests are
 * known; what it ingests and removes on top follows from counts and the sizes of batches.
 *
 * @param dryRun requests that the dry run made
 * @param removals contents that would leave, moves included
 */
export function estimateSync(
  dryRun: Pick<Requests, 'confluence' | 'unique'>,
  spaces: readonly Workload[],
  removals: number,
  { confluencePerMinute, uniquePerMinute, batchSize }: Limits,
): Estimate {
  const sum = (of: (space: Workload) => number) => spaces.reduce((total, space) => total + of(space), 0);
  const files = sum(({ smallFiles, largeFiles }) => smallFiles + largeFiles);
  const bodies = sum(({ pages }) => Math.ceil(pages / BODIES_A_REQUEST));
  // Registered and finalized; pages and files are in batches of their own.
  const upserts = sum(
    ({ pages, smallFiles, largeFiles }) =>
      2 * (Math.ceil(pages / batchSize) + Math.ceil(smallFiles / batchSize) + largeFiles),
  );
  const scopes = REQUESTS_A_SCOPE * sum(({ needsScope }) => (needsScope ? 1 : 0));
  // How the platform got on with them is asked once a scope.
  const verification = spaces.length;
  // Their ids are asked for, then they are removed.
  const removing = 2 * Math.ceil(removals / REMOVALS_A_REQUEST);
  const confluenceRequests = dryRun.confluence + bodies + files;
  const uniqueRequests = dryRun.unique + scopes + upserts + verification + removing;
  const items = files + sum(({ pages }) => pages);
  const seconds = Math.max(
    (confluenceRequests * 60) / confluencePerMinute,
    (uniqueRequests * 60) / uniquePerMinute,
    items / ITEMS_A_SECOND,
    sum(({ bytes }) => bytes) / BYTES_A_SECOND,
  );
  return { confluenceRequests, uniqueRequests, seconds: Math.ceil(LEAST_SECONDS + seconds) };
}
