import { setTimeout as sleep } from 'node:timers/promises';
import { HttpError } from '../http/errors';
import { contentKey, partialKey } from '../rules/content-key';
import { ingestionOf } from '../rules/ingestion-state';
import type { RunKey } from '../store/store';
import type { TenantContext } from './context';

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 10_000;
/** So many scopes are looked at however little time there is. */
const LOOKS_AT_LEAST = 50;
const ITEMS_A_LOOK = 100;
/** Contents that are looked at one by one; of others the next run has its turn. */
const MOST_ITEMS = 2_000;

interface OpenSpace {
  readonly spaceKey: string;
  readonly scopeId?: string;
}

/**
 * Looks what the platform made of the contents that were finalized, in this run or before: once a scope, and item by
 * item only where a scope has failures or unfinished ones. What is not done by the deadline stays for the next run; what
 * failed is reported, and tried once more by the next run, one time a version.
 *
 * Never fails a run: a platform that does not answer leaves everything as it is. Safe to run twice.
 *
 * @param deadline milliseconds since the epoch; of the whole run, however many spaces it has
 */
export async function verifyContents(
  context: TenantContext,
  { tenant, run }: RunKey,
  deadline: number,
  now: () => number,
  signal: AbortSignal,
): Promise<void> {
  const { log } = context;
  try {
    const left = await lookAtScopes(context, tenant, deadline, now, signal);
    await lookAtItems(context, { tenant, run }, left, now, signal);
  } catch (error) {
    if (!(error instanceof HttpError)) throw error;
    log.warn(
      { run, error: error.message },
      'The platform did not say how its ingestion ended; the next run asks again',
    );
  }
}

/** @returns spaces whose scope has failures, or contents that are not finished yet */
async function lookAtScopes(
  { store, unique }: TenantContext,
  tenant: string,
  deadline: number,
  now: () => number,
  signal: AbortSignal,
): Promise<readonly OpenSpace[]> {
  const troubled: OpenSpace[] = [];
  let waiting: readonly OpenSpace[] = await store.verifications.spaces(tenant);
  let looks = 0;
  for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(2 * waitMs, LONGEST_WAIT_MS)) {
    const unfinished: OpenSpace[] = [];
    for (const space of waiting) {
      if (looks >= LOOKS_AT_LEAST && now() > deadline) return [...troubled, ...unfinished];
      looks++;
      const askedAt = now();
      const states = space.scopeId === undefined ? undefined : await statesOf(space.scopeId);
      if (states === undefined || states.has('failed')) troubled.push(space);
      else if (states.has('pending')) unfinished.push(space);
      else await store.verifications.confirmAll(tenant, space.spaceKey, askedAt);
    }
    waiting = unfinished;
    if (waiting.length === 0 || now() + waitMs > deadline) return [...troubled, ...waiting];
    await sleep(waitMs, undefined, { signal });
  }

  async function statesOf(scopeId: string): Promise<ReadonlySet<string> | undefined> {
    const counts = await unique.ingestionStates(scopeId, signal);
    return counts && new Set([...counts].filter(([, contents]) => contents > 0).map(([state]) => ingestionOf(state)));
  }
}

async function lookAtItems(
  context: TenantContext,
  { tenant, run }: RunKey,
  spaces: readonly OpenSpace[],
  now: () => number,
  signal: AbortSignal,
): Promise<void> {
  const { store } = context;
  let looked = 0;
  for (const { spaceKey } of spaces) {
    let failed = 0;
    for (let after = ''; looked < MOST_ITEMS;) {
      const items = await store.verifications.items(tenant, spaceKey, after, ITEMS_A_LOOK);
      const last = items.at(-1);
      if (last === undefined) break;
      failed += await settle(context, { tenant, run, spaceKey }, items, now, signal);
      looked += items.length;
      after = last.itemKey;
    }
    if (failed > 0) await tellInReport(context, { tenant, run }, spaceKey, failed);
  }
}

/** @returns how many failed */
async function settle(
  { config, store, unique }: TenantContext,
  key: RunKey & { readonly spaceKey: string },
  items: readonly { readonly itemKey: string; readonly spaceId: string }[],
  now: () => number,
  signal: AbortSignal,
): Promise<number> {
  const { tenant, spaceKey } = key;
  const askedAt = now();
  const keyOf = ({ itemKey, spaceId }: (typeof items)[number]): string =>
    contentKey(partialKey({ tenant: config.tenant, spaceId, spaceKey }, config.ingestion.useV1KeyFormat), itemKey);
  const contents = await unique.contentsByKeys(items.map(keyOf), signal);
  const states = new Map(contents.map((content) => [content.key, content.ingestionState]));
  const finished = items.filter((item) => ingestionOf(states.get(keyOf(item))) === 'finished');
  const failed = items.flatMap((item) => {
    const state = states.get(keyOf(item));
    return state !== undefined && ingestionOf(state) === 'failed'
      ? [{ itemKey: item.itemKey, message: `Unique could not ingest the content: its state is ${state}.` }]
      : [];
  });
  await store.verifications.confirm(
    tenant,
    spaceKey,
    finished.map(({ itemKey }) => itemKey),
    askedAt,
  );
  await store.verifications.recordFailed(key, failed, askedAt, now());
  return failed.length;
}

/** A content that nobody can find is no success, though everything was sent. */
async function tellInReport({ store }: TenantContext, key: RunKey, spaceKey: string, failed: number): Promise<void> {
  const report = (await store.runs.spaceReports(key)).find((space) => space.spaceKey === spaceKey);
  if (report === undefined) return;
  const isWorse = report.outcome === 'succeeded' || report.outcome === 'blocked' || report.outcome === 'skipped';
  const message = report.message ?? `Unique could not ingest ${failed} of its contents`;
  await store.runs.recordSpace(
    { ...key, spaceKey },
    { ...report, message, ...(isWorse ? { outcome: 'partial' as const } : {}) },
  );
}
