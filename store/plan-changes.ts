import { sql } from 'kysely';
import { LARGE_FILE_BYTES } from '../rules/estimate';
import type { PlannedChange } from '../rules/report';
import type { Connection } from './connection';
import { findRunSpace } from './run-spaces';
import type { RunKey, SpaceRunKey, SpaceWorkload } from './store';

interface WorkloadColumns {
  readonly space_key: string;
  readonly pages: number;
  readonly small_files: number;
  readonly large_files: number;
  readonly bytes: number;
  readonly has_scope: number;
}

/** What a run's plan has to ingest, by space. */
export async function readWorkload({ db }: Connection, { tenant, run }: RunKey): Promise<readonly SpaceWorkload[]> {
  const isLarge = sql`m.size is null or m.size >= ${sql.lit(LARGE_FILE_BYTES)}`;
  const { rows } = await sql<WorkloadColumns>`
    select r.space_key,
      sum(case when m.kind = 'page' then 1 else 0 end) as pages,
      sum(case when m.kind = 'attachment' and not (${isLarge}) then 1 else 0 end) as small_files,
      sum(case when m.kind = 'attachment' and (${isLarge}) then 1 else 0 end) as large_files,
      sum(coalesce(m.size, 0)) as bytes,
      (select count(*) from spaces s where s.tenant = r.tenant and s.space_key = r.space_key and s.space_id = r.space_id
        and s.scope_id is not null) as has_scope
    from run_spaces r join manifest m on m.space_no = r.space_no
    where r.tenant = ${tenant} and r.run = ${run} and m.action is not null
    group by r.tenant, r.space_key, r.space_id order by r.space_key`.execute(db);
  return rows.map((row) => ({
    spaceKey: row.space_key,
    pages: Number(row.pages),
    smallFiles: Number(row.small_files),
    largeFiles: Number(row.large_files),
    bytes: Number(row.bytes),
    needsScope: Number(row.has_scope) === 0,
  }));
}

/** Why a space's items are to be ingested. */
export async function readChanges({ db }: Connection, key: SpaceRunKey): Promise<readonly PlannedChange[]> {
  const space = await findRunSpace(db, key);
  if (space === undefined) return [];
  const { rows } = await sql<PlannedChange>`
    select m.action, case
        when l.item_key is null then 'not in Unique yet'
        when l.state in ('registering', 'removing') or l.doubt_since is not null then 'an earlier sync left it unfinished'
        when l.failure_step is not null then 'it failed before'
        when l.version is not null and l.version <> m.version then 'edited'
        when l.fingerprint is not null and l.fingerprint <> m.fingerprint then 'its title, labels, address or configuration changed'
        else 'Unique lacks it, or has an older one' end as why,
      count(*) as items
    from manifest m left join ledger l
      on l.tenant = ${key.tenant} and l.space_key = ${key.spaceKey} and l.item_key = m.item_key
    where m.space_no = ${space.space_no} and m.action is not null
    group by 1, 2 order by 3 desc, 1, 2`.execute(db);
  return rows.map(({ action, why, items }) => ({ action, why, items: Number(items) }));
}
