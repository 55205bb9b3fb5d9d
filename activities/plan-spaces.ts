import { Context } from '@temporalio/activity';
import { HttpError, RateLimitedError, UnauthorizedError, UnavailableError } from '../http/errors';
import { NO_ITEMS, type SpaceReport, spaceOutcome, type Totals } from '../rules/report';
import type { RunKey, SpaceOfRun, SpaceRunKey } from '../store/store';
import { compareSpace } from './compare-space';
import type { PlanSpacesInput, PlanSpacesResult } from './contract';
import type { TenantContext } from './context';
import { discoverSpace } from './discover-space';
import { inStep, SyncError } from './errors';
import { blockedAlone, judgeSpace } from './judge-space';
import { refuseChangedKeys } from './settle-keys';
import { LOST_SPACES_AT_A_TIME } from './spaces-with-work';
import { whyHeld } from './why-held';

/** As a sync does. */
const SPACES_IN_PARALLEL = 4;
/** A server that fails once answers the next attempt; one that still fails then leaves its space out. */
const ATTEMPTS_FOR_A_SPACE = 3;

/**
 * Does for the next spaces what a sync would do, up to the point where it would write: trees walked, items compared,
 * removals looked up, judged and guarded. With the last ones come the spaces that are gone.
 *
 * Safe to run twice: a space with a result is left out.
 */
export async function planSpaces(
  context: TenantContext,
  { tenant, run, after, limit }: PlanSpacesInput,
  now: () => number,
  signal: AbortSignal,
): Promise<PlanSpacesResult> {
  const { store } = context;
  const key = { tenant, run };
  if (after === '') await inStep('plan', () => refuseChangedKeys(context, key, signal));
  const spaces = await store.manifest.spaces(key, after, limit);
  await planEach(context, key, spaces, (space) => planSpace(context, { ...key, ...space }, space, now, signal));
  const last = spaces.at(-1)?.spaceKey;
  if (spaces.length === limit && last !== undefined) return { next: last };
  const lost = await store.plan.spacesOnlyInLedger(key);
  await planEach(context, key, lost.slice(0, LOST_SPACES_AT_A_TIME), ({ spaceKey }) =>
    planRemovals(context, { ...key, spaceKey }, NO_ITEMS, now, signal),
  );
  return {};
}

async function planEach<T extends { readonly spaceKey: string }>(
  { store }: TenantContext,
  key: RunKey,
  spaces: readonly T[],
  plan: (space: T) => Promise<Omit<SpaceReport, 'spaceKey' | 'spaceId'>>,
): Promise<void> {
  const done = new Set((await store.runs.spaceReports(key)).map(({ spaceKey }) => spaceKey));
  const left = spaces.filter(({ spaceKey }) => !done.has(spaceKey));
  for (let from = 0; from < left.length; from += SPACES_IN_PARALLEL) {
    const some = left.slice(from, from + SPACES_IN_PARALLEL);
    const planned = await Promise.allSettled(some.map((space) => planAndRecord(space)));
    for (const one of planned) if (one.status === 'rejected') throw one.reason;
  }

  async function planAndRecord(space: T): Promise<void> {
    const { spaceKey } = space;
    const spaceId = (await store.manifest.space({ ...key, spaceKey }))?.spaceId;
    const known = spaceId ?? (await store.spaces.get(key.tenant, spaceKey))?.spaceId ?? '';
    const report = await plan(space).catch((error: unknown) => failedSpace(error));
    await store.runs.recordSpace({ ...key, spaceKey }, { spaceKey, spaceId: known, ...report });
  }
}

async function planSpace(
  context: TenantContext,
  key: SpaceRunKey,
  space: SpaceOfRun,
  now: () => number,
  signal: AbortSignal,
): Promise<Omit<SpaceReport, 'spaceKey' | 'spaceId'>> {
  const { config, store } = context;
  const options = {
    force: false,
    comparedBefore: now() - config.verify.compareHours * 3_600_000,
    doubtBefore: now() - config.verify.doubtMinutes * 60_000,
  };
  if (!(await store.plan.hasWork(key, options))) {
    const { discovered } = await store.plan.totals(key);
    return { outcome: 'succeeded', totals: { ...NO_ITEMS, discovered, unchanged: discovered } };
  }
  await discoverSpace(context, { ...key, round: 1 }, signal);
  await compareSpace(context, key, space, { force: false, dryRun: true }, now(), signal);
  const { discovered, failed } = await store.plan.totals(key);
  const { new: added, updated, unchanged } = await store.plan.counts(key);
  const totals = { ...NO_ITEMS, discovered, new: added, updated, unchanged, failed };
  const changes = await store.plan.changes(key);
  return { ...(await planRemovals(context, key, totals, now, signal)), ...(changes.length === 0 ? {} : { changes }) };
}

async function planRemovals(
  context: TenantContext,
  key: SpaceRunKey,
  totals: Totals,
  now: () => number,
  signal: AbortSignal,
): Promise<Omit<SpaceReport, 'spaceKey' | 'spaceId'>> {
  const { store } = context;
  const { removals } = store;
  await judgeSpace(context, key, now, signal, (judged) => removals.addToDryPlan(key, judged));
  const judge: Parameters<typeof removals.judgeDryPlan>[1] = (counts, itemKeys) =>
    blockedAlone(context, key.spaceKey, counts, itemKeys);
  const blocked = await removals.judgeDryPlan(key, judge, now());
  const going = await removals.plannedTotals(key);
  const held = (await store.plan.countHeld(key)) - going.deleted - going.moved;
  const all: Totals = { ...totals, ...going, held };
  return {
    outcome: spaceOutcome(all, blocked !== undefined),
    totals: all,
    ...(blocked === undefined ? {} : { blocked }),
    ...(held === 0 ? {} : { held: await whyHeld(store, key, held) }),
  };
}

/** One space that cannot be looked at leaves the plan of the others whole. @throws what is no matter of one space */
function failedSpace(error: unknown): Omit<SpaceReport, 'spaceKey' | 'spaceId'> {
  const cause = error instanceof SyncError ? error.cause : error;
  const isSystemic = cause instanceof RateLimitedError || cause instanceof UnauthorizedError;
  const mayPass = cause instanceof UnavailableError && Context.current().info.attempt < ATTEMPTS_FOR_A_SPACE;
  if (isSystemic || mayPass || !(cause instanceof HttpError)) throw error;
  return { outcome: 'failed', totals: NO_ITEMS, message: cause.message };
}
