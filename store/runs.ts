import type { Selectable } from 'kysely';
import type { SpaceReport, TenantReport } from '../rules/report';
import type { Connection } from './connection';
import { writeFailures } from './failure-rows';
import { dropRun, purgeRuns } from './purge';
import { dropResults, dropWorkingData } from './run-data';
import { readProgress } from './run-progress';
import type { RunTable } from './schema';
import type { RunKey, RunRow, Runs } from './store';

/** @see {@link Runs} */
export function createRuns(connection: Connection): Runs {
  const { db, dialect } = connection;
  return {
    async begin({ tenant, run, workflowId, startedAt, isPlan = false, place }) {
      await db
        .insertInto('runs')
        .values({
          tenant,
          run,
          workflow_id: workflowId,
          started_at: startedAt,
          is_plan: isPlan ? 1 : 0,
          place: place ?? null,
          ended_at: null,
          outcome: null,
          report: null,
        })
        .onConflict((conflict) => conflict.columns(['tenant', 'run']).doNothing())
        .execute();
      return toRunRow(await find({ tenant, run }).executeTakeFirstOrThrow());
    },

    async get(key) {
      const row = await find(key).executeTakeFirst();
      return row && toRunRow(row);
    },

    async addRequests(key, requests, limits) {
      const { confluence, unique } = limits;
      await update(key)
        .set((eb) => ({
          confluence: eb('confluence', '+', requests.confluence),
          unique: eb('unique', '+', requests.unique),
          downloads: eb('downloads', '+', requests.downloads),
          uploads: eb('uploads', '+', requests.uploads),
          confluence_waits: eb('confluence_waits', '+', confluence.waits),
          confluence_waited_ms: eb('confluence_waited_ms', '+', confluence.waitedMs),
          confluence_rate_limited: eb('confluence_rate_limited', '+', confluence.rateLimited),
          confluence_server_errors: eb('confluence_server_errors', '+', confluence.serverErrors),
          unique_waits: eb('unique_waits', '+', unique.waits),
          unique_waited_ms: eb('unique_waited_ms', '+', unique.waitedMs),
          unique_rate_limited: eb('unique_rate_limited', '+', unique.rateLimited),
          unique_server_errors: eb('unique_server_errors', '+', unique.serverErrors),
        }))
        .execute();
    },

    async setTruncated(key) {
      await update(key).set({ truncated: 1 }).execute();
    },

    async end(key, report, endedAt) {
      // First the report: a crash while the rest is dropped leaves a closed run, whose rest the next purge drops.
      await update(key)
        .set({ report: JSON.stringify(report), outcome: report.outcome, ended_at: endedAt })
        .where('ended_at', 'is', null)
        .execute();
      await dropWorkingData(connection, key);
    },

    async restart(key) {
      const row = await find(key).executeTakeFirst();
      if (row?.ended_at == null) return;
      // Last the reopening: a crash in between leaves a closed run, which is restarted once more.
      await dropWorkingData(connection, key);
      await dropResults(connection, key);
      await update(key).set({ ended_at: null, outcome: null }).execute();
    },

    async list(tenant, limit) {
      const rows = await db
        .selectFrom('runs')
        .selectAll()
        .where('tenant', '=', tenant)
        .where('is_plan', '=', 0)
        .orderBy('started_at', 'desc')
        .limit(limit)
        .execute();
      return rows.map(toRunRow);
    },

    progress: (key) => readProgress(connection, key),

    async recordFailures(key, failures, at) {
      if (failures.length === 0) return;
      await db.transaction().execute((open) => writeFailures(open, dialect, key, failures, at));
    },

    async failures({ tenant, run }, limit) {
      const rows = await db
        .selectFrom('failures')
        .selectAll()
        .where('tenant', '=', tenant)
        .where('run', '=', run)
        .orderBy('at')
        .orderBy('space_key')
        .orderBy('item_key')
        .limit(limit)
        .execute();
      return rows.map((row) => ({
        spaceKey: row.space_key,
        itemKey: row.item_key,
        step: row.step,
        ...(row.http_status === null ? {} : { httpStatus: row.http_status }),
        message: row.message,
      }));
    },

    async recordSpace({ tenant, run, spaceKey }, report) {
      const json = JSON.stringify(report);
      await db
        .insertInto('space_reports')
        .values({ tenant, run, space_key: spaceKey, report: json })
        .onConflict((conflict) => conflict.columns(['tenant', 'run', 'space_key']).doUpdateSet({ report: json }))
        .execute();
    },

    async spaceReports({ tenant, run }) {
      const rows = await db
        .selectFrom('space_reports')
        .select('report')
        .where('tenant', '=', tenant)
        .where('run', '=', run)
        .orderBy('space_key')
        .execute();
      // Written by this file only, from the same type.
      return rows.map((row) => JSON.parse(row.report) as SpaceReport);
    },

    drop: (key) => dropRun(connection, key),

    purge: (before) => purgeRuns(connection, before),
  };

  function find({ tenant, run }: RunKey) {
    return db.selectFrom('runs').selectAll().where('tenant', '=', tenant).where('run', '=', run);
  }

  function update({ tenant, run }: RunKey) {
    return db.updateTable('runs').where('tenant', '=', tenant).where('run', '=', run);
  }
}

function toRunRow(row: Selectable<RunTable>): RunRow {
  const { confluence, unique, downloads, uploads } = row;
  return {
    tenant: row.tenant,
    run: row.run,
    workflowId: row.workflow_id,
    startedAt: row.started_at,
    ...(row.ended_at === null ? {} : { endedAt: row.ended_at }),
    ...(row.outcome === null ? {} : { outcome: row.outcome }),
    requests: { confluence, unique, downloads, uploads },
    limits: {
      confluence: {
        waits: row.confluence_waits,
        waitedMs: row.confluence_waited_ms,
        rateLimited: row.confluence_rate_limited,
        serverErrors: row.confluence_server_errors,
      },
      unique: {
        waits: row.unique_waits,
        waitedMs: row.unique_waited_ms,
        rateLimited: row.unique_rate_limited,
        serverErrors: row.unique_server_errors,
      },
    },
    truncated: row.truncated === 1,
    ...(row.place === null ? {} : { place: row.place }),
    ...(row.report === null ? {} : { report: JSON.parse(row.report) as TenantReport }),
  };
}
