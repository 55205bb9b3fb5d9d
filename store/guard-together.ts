import type { Transaction } from 'kysely';
import type { Blocked } from '../rules/report';
import type { Connection } from './connection';
import { type CountsBySpace, countAll, countLasting, sum } from './removal-counts';
import { keepBlockedSet, planned, unapprovedKeys } from './removal-guard';
import type { JudgeTogether, Removals } from './removals-api';
import type { Schema } from './schema';
import type { RunKey } from './store';

type TogetherPart = Pick<Removals, 'holdTogether' | 'judgeDryTogether' | 'holdDry'>;

interface HeldSet {
  readonly spaceKey: string;
  readonly itemKeys: readonly string[];
  readonly blocked: Blocked;
}

/** The guard of the tenant: what all spaces of a run would remove, before the first of them does. */
export function createGuardTogether({ db, dialect }: Connection): TogetherPart {
  return {
    holdTogether: (key, judge, at) =>
      db.transaction().execute(async (open) => {
        const { tenant, run } = key;
        const ofRun = open.selectFrom('runs').select('run').where('tenant', '=', tenant).where('run', '=', run);
        await dialect.lock(ofRun).executeTakeFirst();
        for (const { spaceKey, itemKeys, blocked } of await judgeTogether(open, key, judge, at)) {
          await keepBlockedSet(open, dialect, { tenant, run, spaceKey }, blocked, itemKeys, at);
          await hold(open, key, spaceKey);
        }
      }),

    judgeDryTogether: (key, judge, at) =>
      db.transaction().execute(async (open) => {
        const sets = await judgeTogether(open, key, judge, at);
        for (const { spaceKey, itemKeys, blocked } of sets) {
          await keepBlockedSet(open, dialect, { tenant: key.tenant, spaceKey }, blocked, itemKeys, at);
        }
        return new Map(sets.map(({ spaceKey, blocked }) => [spaceKey, blocked]));
      }),

    holdDry: (key, spaceKeys) =>
      db.transaction().execute(async (open) => {
        for (const spaceKey of spaceKeys) await hold(open, key, spaceKey);
      }),
  };
}

async function judgeTogether(
  open: Transaction<Schema>,
  key: RunKey,
  judge: JudgeTogether,
  at: number,
): Promise<readonly HeldSet[]> {
  const all = await countAll(open, key, at);
  const counts = [all, await countLasting(open, key, at)].map(countsTogether);
  const sets: HeldSet[] = [];
  for (const spaceKey of all.released.keys()) {
    const itemKeys = await unapprovedKeys(open, { ...key, spaceKey });
    const set = { spaceKey, itemKeys, stored: all.stored.get(spaceKey) ?? 0 };
    const blocked = counts.map((one) => judge(one, set)).find((one) => one !== undefined);
    if (blocked !== undefined) sets.push({ spaceKey, itemKeys, blocked });
  }
  return sets;
}

function countsTogether({ isLasting, stored, done, released }: CountsBySpace): Parameters<JudgeTogether>[0] {
  const emptied = (more: ReadonlyMap<string, number>): number =>
    [...stored].filter(([space, had]) => had > 0 && (done.get(space) ?? 0) + (more.get(space) ?? 0) >= had).length;
  const before = emptied(new Map());
  return {
    tenant: { isLasting, done: sum(done), planned: sum(released), stored: sum(stored) },
    emptiedSpaces: { isLasting, done: before, planned: emptied(released) - before, stored: stored.size },
  };
}

async function hold(open: Transaction<Schema>, key: RunKey, spaceKey: string): Promise<void> {
  await planned(open, { ...key, spaceKey })
    .set({ is_released: 0 })
    .where('to_space', 'is', null)
    .where('is_approved', '=', 0)
    .execute();
}
