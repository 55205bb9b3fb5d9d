import fc from 'fast-check';
import { type Store, SupersededError } from '../store';
import { type MakeDatabase, withDatabase } from './database.contract';
import { discover, failure, page, spaceRun, TENANT } from './rows.contract';

/** The ledger as plainly as it can be said: what the tables must agree with after any sequence of calls. */
interface ModelRow {
  state: 'registering' | 'finalized' | 'empty';
  attempt: string;
  isNew: boolean;
  hasContent: boolean;
  fingerprint?: string;
  doubtSince?: number;
  hasFailure: boolean;
}

const ITEMS = ['1', '2', '3'] as const;
const SPACES = ['ENG', 'OPS'] as const;
const NOBODY = '';

class Model {
  readonly rows = new Map<string, ModelRow>();
  readonly doubtBefore = new Map<string, number>();
  owner = new Map<string, string>();
  attempt = new Map<string, string>();

  actionOf(key: string, fingerprint: string, doubtBefore: number): 'new' | 'updated' | 'unchanged' {
    const row = this.rows.get(key);
    const isDue = row?.doubtSince !== undefined && row.doubtSince < doubtBefore;
    if (row && row.state !== 'registering' && row.fingerprint === fingerprint && !row.hasFailure && !isDue)
      return 'unchanged';
    return row === undefined || !row.hasContent || row.isNew ? 'new' : 'updated';
  }

  announce(key: string, attempt: string, isNew: boolean, at: number): void {
    const row = this.rows.get(key);
    const stillNew = row?.state === 'registering' && row.isNew;
    const next: ModelRow = {
      hasContent: false,
      hasFailure: false,
      ...row,
      state: 'registering',
      attempt,
      isNew: isNew || stillNew,
    };
    if (this.isAnnouncedByOther(row, attempt)) next.doubtSince = at;
    this.rows.set(key, next);
  }

  finish(
    key: string,
    run: string,
    attempt: string,
    state: 'finalized' | 'empty',
    fingerprint: string,
    at: number,
  ): void {
    const row = this.rows.get(key);
    const next: ModelRow = { hasContent: false, isNew: false, ...row, state, attempt, fingerprint, hasFailure: false };
    if (state === 'finalized') Object.assign(next, { hasContent: true, isNew: false });
    if (this.isAnnouncedByOther(row, attempt)) next.doubtSince = at;
    else if (next.doubtSince !== undefined && next.doubtSince < (this.doubtBefore.get(run) ?? 0))
      delete next.doubtSince;
    this.rows.set(key, next);
  }

  fail(key: string, attempt: string, inDoubt: boolean, at: number): void {
    const row = this.rows.get(key);
    if (row === undefined) return;
    row.hasFailure = true;
    if (row.state !== 'registering' || row.attempt !== attempt) return;
    if (inDoubt) row.doubtSince = at;
    else row.attempt = NOBODY;
  }

  private isAnnouncedByOther(row: ModelRow | undefined, attempt: string): boolean {
    return row?.state === 'registering' && row.attempt !== NOBODY && row.attempt !== attempt;
  }
}

const step = fc.record({
  what: fc.constantFrom('announce', 'finalize', 'fail', 'skip', 'compare', 'take over', 'new run'),
  space: fc.constantFrom(...SPACES),
  items: fc.uniqueArray(fc.constantFrom(...ITEMS), { minLength: 1 }),
  fingerprint: fc.constantFrom('a', 'b'),
  flag: fc.boolean(),
  isOldAttempt: fc.boolean(),
  waited: fc.integer({ min: 0, max: 3 }),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

export function describeModel(make: MakeDatabase): void {
  describe('plan and ledger', () => {
    const at = withDatabase(make);
    let sequence = 0;

    test('agree with a plain model of them after any sequence of calls', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), (steps) =>
          play(at.store, `tenant-${sequence++}`, steps),
        ),
        { numRuns: 40 },
      );
    });
  });
}

/** Plays the steps on both, and looks after each whether they agree. One run at a time a space; old attempts go on. */
async function play(store: Store, tenant: string, steps: readonly Step[]): Promise<void> {
  const model = new Model();
  let names = 0;
  let now = 1_000;
  for (const space of SPACES) await newRun(space, 'a');

  async function newRun(space: string, fingerprint: string): Promise<void> {
    const before = model.owner.get(space);
    if (before !== undefined) await store.leases.releaseSpace(spaceRun(before, space, tenant));
    const run = `run-${names++}`;
    model.owner.set(space, run);
    await discover(
      store,
      spaceRun(run, space, tenant),
      ITEMS.map((id) => page(id, { spaceKey: space, fingerprint })),
    );
    await store.leases.holdSpace(spaceRun(run, space, tenant), now, 1_000_000);
    await takeOver(space);
  }
  async function takeOver(space: string): Promise<void> {
    const attempt = `attempt-${names++}`;
    model.attempt.set(space, attempt);
    const run = model.owner.get(space) ?? '';
    await store.leases.claimSlice({ ...spaceRun(run, space, tenant), slice: 'page/0', attempt }, now);
  }

  for (const { what, space, items, fingerprint, flag, isOldAttempt, waited } of steps) {
    now += waited;
    const run = model.owner.get(space) ?? '';
    const key = spaceRun(run, space, tenant);
    const attempt = isOldAttempt ? 'attempt-old' : (model.attempt.get(space) ?? '');
    const writer = { ...key, slice: 'page/0', attempt };
    const write = async (call: Promise<unknown>, apply: (itemKey: string) => void) => {
      if (isOldAttempt) return expect(call).rejects.toThrow(SupersededError);
      await call;
      for (const item of items) apply(`${space}/${item}`);
    };
    if (what === 'new run') await newRun(space, fingerprint);
    else if (what === 'take over') await takeOver(space);
    else if (what === 'announce') {
      const announced = items.map((itemKey) => ({ itemKey, isNew: flag }));
      await write(store.ledger.announce(writer, announced, now), (item) => model.announce(item, attempt, flag, now));
    } else if (what === 'finalize') {
      const done = items.map((itemKey) => ({ itemKey, contentId: 'c', fingerprint, version: 1 }));
      await write(store.ledger.recordFinalized(writer, done, now), (item) =>
        model.finish(item, run, attempt, 'finalized', fingerprint, now),
      );
    } else if (what === 'skip') {
      const skipped = items.map((itemKey) => ({ itemKey, empty: { fingerprint, version: 1 } }));
      await write(store.ledger.recordSkipped(writer, skipped, now), (item) =>
        model.finish(item, run, attempt, 'empty', fingerprint, now),
      );
    } else if (what === 'fail') {
      const failed = items.map((itemKey) => ({ ...failure(itemKey, { spaceKey: space }), inDoubt: flag }));
      await write(store.ledger.recordFailed(writer, failed, now), (item) => model.fail(item, attempt, flag, now));
    } else {
      const doubtBefore = flag ? now : now - 2;
      model.doubtBefore.set(run, doubtBefore);
      const counts = await store.plan.compare(key, { force: false, doubtBefore });
      const [listed] = await store.manifest.rows(key, ['1']);
      const actions = ITEMS.map((item) => model.actionOf(`${space}/${item}`, listed?.fingerprint ?? '', doubtBefore));
      const count = (action: string) => actions.filter((one) => one === action).length;
      expect(counts).toMatchObject({ new: count('new'), updated: count('updated'), unchanged: count('unchanged') });
    }
  }
  for (const space of SPACES) {
    const rows = [...model.rows].filter(([key]) => key.startsWith(`${space}/`)).map(([, row]) => row);
    const states = (state: ModelRow['state']) => rows.filter((row) => row.state === state).length;
    const counts = { finalized: states('finalized'), unfinished: states('registering'), empty: states('empty') };
    expect(await store.ledger.count(tenant, space)).toEqual(counts);
    const standing = rows.filter((row) => row.state !== 'empty' || row.hasContent || row.isNew).length;
    expect(await store.plan.missing(spaceRun('none', space, tenant), 10)).toHaveLength(standing);
  }
  expect(await store.ledger.count(TENANT)).toEqual({ finalized: 0, unfinished: 0, empty: 0 });
}
