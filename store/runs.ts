import { type Kysely, type Selectable, sql } from 'kysely';
import type { Failure, SpaceReport, TenantReport } from '../rules/report';
import type { Database } from './schema';
import type { RunKey, RunRow, Runs } from './store';

const MAX_MESSAGE = 500;
/** What a run keeps only as long as it is open. */
const WORKING_TABLES = ['manifest', 'candidates', 'discoveries', 'slices'] as const;

/** Runs, their failures and the results of their spaces. */
export function createRuns(db: Kysely<Database>): Runs {
  const find = async ({ tenant, run }: RunKey): Promise<RunRow | undefined> => {
    const row = await db.selectFrom('runs').where((is) => is.and({ tenant, run })).selectAll().executeTakeFirst();
    return row && toRunRow(row);
  };

  return {
    async begin({ tenant, run, workflowId, startedAt }) {
      await db
        .insertInto('runs')
        .values({ tenant, run, workflow_id: workflowId, started_at: startedAt, ended_at: null, outcome: null, report: null })
        .onConflict((at) => at.columns(['tenant', 'run']).doNothing())
        .execute();
      const row = await find({ tenant, run });
      if (row === undefined) throw new Error(`Run ${run} of tenant ${tenant} was not stored.`);
      return row;
    },
    get: find,
    async addRequests({ tenant, run }, { confluence, unique, downloads, uploads }) {
      await db
        .updateTable('runs')
        .set({
          confluence: sql`confluence + ${confluence}`,
          unique_calls: sql`unique_calls + ${unique}`,
          downloads: sql`downloads + ${downloads}`,
          uploads: sql`uploads + ${uploads}`,
        })
        .where((is) => is.and({ tenant, run }))
        .execute();
    },
    async setTruncated({ tenant, run }) {
      await db.updateTable('runs').set({ truncated: 1 }).where((is) => is.and({ tenant, run })).execute();
    },
    async end({ tenant, run }, report, endedAt) {
      await db
        .updateTable('runs')
        .set({ outcome: report.outcome, report: JSON.stringify(report), ended_at: endedAt })
        .where((is) => is.and({ tenant, run }))
        .execute();
      await forget(db, { tenant, run });
    },
    async restart({ tenant, run }) {
      await forget(db, { tenant, run });
      await db.deleteFrom('space_reports').where((is) => is.and({ tenant, run })).execute();
      await db.deleteFrom('failures').where((is) => is.and({ tenant, run })).execute();
      await db.updateTable('runs').set({ ended_at: null, outcome: null }).where((is) => is.and({ tenant, run })).execute();
    },
    async list(tenant, limit) {
      const rows = await db
        .selectFrom('runs')
        .where('tenant', '=', tenant)
        .selectAll()
        .orderBy('started_at', 'desc')
        .limit(limit)
        .execute();
      return rows.map(toRunRow);
    },
    async progress({ tenant, run }) {
      const { rows } = await sql<{ action: string | null; outcome: string | null; n: number | string }>`
        select action, outcome, count(*) as n from manifest
        where tenant = ${tenant} and run = ${run} and kind <> 'root' group by action, outcome`.execute(db);
      const sum = (which: (row: (typeof rows)[number]) => boolean) =>
        rows.filter(which).reduce((total, row) => total + Number(row.n), 0);
      return {
        discovered: sum(() => true),
        done: sum((row) => row.outcome === 'done'),
        failed: sum((row) => row.outcome === 'failed'),
        toDo: sum((row) => row.outcome === null && (row.action === 'new' || row.action === 'updated')),
      };
    },
    async recordFailures(key, failures, at) {
      if (failures.length > 0) await db.transaction().execute((tx) => writeFailures(tx, key, failures, at));
    },
    async failures({ tenant, run }, limit) {
      const rows = await db
        .selectFrom('failures')
        .where((is) => is.and({ tenant, run }))
        .selectAll()
        .orderBy('space_key')
        .orderBy('item_key')
        .limit(limit)
        .execute();
      return rows.map((row) => ({
        spaceKey: row.space_key,
        itemKey: row.item_key,
        step: row.step as Failure['step'], // written by writeFailures alone
        ...(row.http_status === null ? {} : { httpStatus: row.http_status }),
        message: row.message,
      }));
    },
    async recordSpace({ tenant, run, spaceKey }, report) {
      const text = JSON.stringify(report);
      await db
        .insertInto('space_reports')
        .values({ tenant, run, space_key: spaceKey, report: text })
        .onConflict((at) => at.columns(['tenant', 'run', 'space_key']).doUpdateSet({ report: text }))
        .execute();
    },
    async spaceReports({ tenant, run }) {
      const rows = await db
        .selectFrom('space_reports')
        .where((is) => is.and({ tenant, run }))
        .select('report')
        .orderBy('space_key')
        .execute();
      return rows.map((row) => JSON.parse(row.report) as SpaceReport); // written by recordSpace alone
    },
    async purge(before) {
      const old = await db
        .selectFrom('runs')
        .where((is) => is.or([is('ended_at', '<', before), is.and([is('ended_at', 'is', null), is('started_at', '<', before)])]))
        .select(['tenant', 'run'])
        .execute();
      for (const { tenant, run } of old) {
        await forget(db, { tenant, run });
        for (const table of ['space_reports', 'failures', 'runs'] as const) {
          await db.deleteFrom(table).where('tenant', '=', tenant).where('run', '=', run).execute();
        }
      }
    },
  };
}

async function forget(db: Kysely<Database>, { tenant, run }: RunKey): Promise<void> {
  for (const table of WORKING_TABLES) {
    await db.deleteFrom(table).where('tenant', '=', tenant).where('run', '=', run).execute();
  }
}

/** One row an item and run: a later failure of the same item replaces the earlier. */
export async function writeFailures(db: Kysely<Database>, { tenant, run }: RunKey, failures: readonly Failure[], at: number): Promise<void> {
  for (const { spaceKey, itemKey, step, httpStatus, message } of failures) {
    const failure = { step, http_status: httpStatus ?? null, message: message.slice(0, MAX_MESSAGE), at };
    await db
      .insertInto('failures')
      .values({ tenant, run, space_key: spaceKey, item_key: itemKey, ...failure })
      .onConflict((on) => on.columns(['tenant', 'run', 'space_key', 'item_key']).doUpdateSet(failure))
      .execute();
  }
}

function toRunRow(row: Selectable<Database['runs']>): RunRow {
  return {
    tenant: row.tenant,
    run: row.run,
    workflowId: row.workflow_id,
    startedAt: Number(row.started_at),
    ...(row.ended_at === null ? {} : { endedAt: Number(row.ended_at) }),
    ...(row.outcome === null ? {} : { outcome: row.outcome as TenantReport['outcome'] }), // written by `end` alone
    requests: {
      confluence: Number(row.confluence),
      unique: Number(row.unique_calls),
      downloads: Number(row.downloads),
      uploads: Number(row.uploads),
    },
    truncated: row.truncated === 1,
    ...(row.report === null ? {} : { report: JSON.parse(row.report) as TenantReport }),
  };
}
