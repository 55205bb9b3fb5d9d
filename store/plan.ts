import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { ItemKind } from '../rules/item';
import { NO_ITEMS } from '../rules/report';
import { type Engine, jsonRows, textList } from './dialect';
import { toManifestRow } from './manifest';
import type { Database } from './schema';
import type { Plan, PlanCounts, SliceBounds, SliceRanges, SpaceRunKey } from './store';

/** The plan: which items of the manifest are ingested, and in which slice. Set-based: no row is read into memory. */
export function createPlan(db: Kysely<Database>, engine: Engine): Plan {
  const items = (key: SpaceRunKey, alias = 'm') => sql`
    ${sql.ref(`${alias}.tenant`)} = ${key.tenant} and ${sql.ref(`${alias}.run`)} = ${key.run}
    and ${sql.ref(`${alias}.space_key`)} = ${key.spaceKey} and ${sql.ref(`${alias}.kind`)} <> 'root'`;
  const sameItem = sql`l.tenant = m.tenant and l.space_key = m.space_key and l.item_key = m.item_key`;
  const isDue = (doubtBefore: number) => sql`(l.doubt_since is not null and l.doubt_since < ${doubtBefore})`;
  const isSettled = (doubtBefore: number) => sql`
    l.state in ('finalized', 'empty') and l.fingerprint = m.fingerprint and not ${isDue(doubtBefore)}`;
  /** Whose content may stand in Unique although the manifest lacks the item, or has it with an empty body. */
  const isMissing = (key: SpaceRunKey) => sql`
    l.tenant = ${key.tenant} and l.space_key = ${key.spaceKey} and (
      l.state = 'empty' and l.content_id is not null
      or l.state <> 'empty' and not exists (select 1 from manifest m where ${items(key)} and m.item_key = l.item_key))`;

  async function count(of: RawBuilder<unknown>): Promise<number> {
    const { rows } = await sql<{ n: number | string }>`select count(*) as n from ${of}`.execute(db);
    return Number(rows[0]?.n ?? 0);
  }

  async function counts(key: SpaceRunKey): Promise<PlanCounts> {
    const { rows } = await sql<{ action: string | null; n: number | string }>`
      select m.action, count(*) as n from manifest m where ${items(key)} group by m.action`.execute(db);
    const of = (action: string) => Number(rows.find((row) => row.action === action)?.n ?? 0);
    const missing = await count(sql`ledger l where ${isMissing(key)}`);
    return { new: of('new'), updated: of('updated'), unchanged: of('unchanged'), missing };
  }

  async function hasSlices(key: SpaceRunKey): Promise<boolean> {
    return (
      (await count(sql`(select 1 from manifest m where ${items(key)} and m.slice is not null limit 1) as cut`)) > 0
    );
  }

  async function ranges(key: SpaceRunKey, retry: number): Promise<SliceRanges> {
    const { rows } = await sql<{ kind: string; first: number; last: number }>`
      select m.kind, min(m.slice) as first, max(m.slice) as last from manifest m
      where ${items(key)} and m.slice is not null and m.retry = ${retry} group by m.kind`.execute(db);
    const of = (kind: ItemKind) => {
      const row = rows.find((one) => one.kind === kind);
      return row === undefined ? { from: 0, to: 0 } : { from: Number(row.first), to: Number(row.last) + 1 };
    };
    return { pages: of('page'), attachments: of('attachment') };
  }

  /** Numbers the items that `which` names in slices from `first`, bounded by count and bytes. */
  async function cut(
    key: SpaceRunKey,
    kind: ItemKind,
    which: RawBuilder<unknown>,
    first: number,
    itemsASlice: number,
    bytes: number,
    retry: number,
  ): Promise<void> {
    await sql`
      with numbered as (
        select m.item_key, row_number() over (order by m.item_key) - 1 as n,
          cast(sum(coalesce(m.size, 0)) over (order by m.item_key) as bigint) as bytes
        from manifest m where ${items(key)} and m.kind = ${kind} and ${which}),
      cut as (
        select item_key, dense_rank() over (order by n / ${sql.lit(itemsASlice)}, bytes / ${sql.lit(bytes)}) - 1 as slice from numbered)
      update manifest set slice = ${sql.lit(first)} + cut.slice, retry = ${sql.lit(retry)}, outcome = null, failure_status = null
      from cut
      where manifest.tenant = ${key.tenant} and manifest.run = ${key.run} and manifest.space_key = ${key.spaceKey}
        and manifest.item_key = cut.item_key`.execute(db);
  }

  async function cutBoth(
    key: SpaceRunKey,
    which: RawBuilder<unknown>,
    first: { page: number; attachment: number },
    bounds: SliceBounds,
    retry: number,
  ): Promise<void> {
    const { pages, attachments, attachmentBytes } = bounds;
    await cut(key, 'page', which, first.page, pages, attachmentBytes, retry);
    await cut(key, 'attachment', which, first.attachment, attachments, attachmentBytes, retry);
  }

  return {
    async compare(key, { force, doubtBefore }) {
      if (await hasSlices(key)) return counts(key);
      await sql`
        update manifest as m set
          is_new = coalesce((select case when l.content_id is null then 1 else 0 end from ledger l where ${sameItem}), 1),
          is_due = coalesce((select case when ${isDue(doubtBefore)} then 1 else 0 end from ledger l where ${sameItem}), 0),
          action = coalesce((select case
            when ${sql.lit(force ? 0 : 1)} = 1 and ${isSettled(doubtBefore)} then 'unchanged'
            when l.content_id is null then 'new' else 'updated' end from ledger l where ${sameItem}), 'new')
        where ${items(key)}`.execute(db);
      return counts(key);
    },
    async markNew(key, itemKeys) {
      if (await hasSlices(key)) return;
      await sql`update manifest as m set action = 'new', is_new = 1
        where ${items(key)} and m.item_key in ${textList(engine, itemKeys)}`.execute(db);
    },
    async markUpdated(key, itemKeys) {
      if (await hasSlices(key)) return;
      await sql`update manifest as m set action = 'updated', is_new = 0
        where ${items(key)} and m.item_key in ${textList(engine, itemKeys)}`.execute(db);
    },
    async adopt(key, contents, at) {
      if (await hasSlices(key)) return;
      const given = jsonRows(
        engine,
        { item_key: 'text', content_id: 'text' },
        contents.map(({ itemKey, contentId }) => ({ item_key: itemKey, content_id: contentId })),
      );
      await db.transaction().execute(async (tx) => {
        await sql`
          insert into ledger (tenant, space_key, item_key, state, content_id, fingerprint, version, run, attempt, is_new, attempts, updated_at)
          select m.tenant, m.space_key, m.item_key, 'finalized', given.content_id, m.fingerprint, m.version, m.run, '', 0, 0, ${sql.lit(at)}
          from (${given}) as given join manifest m on ${items(key)} and m.item_key = given.item_key
          where true
          on conflict (tenant, space_key, item_key) do nothing`.execute(tx);
        await sql`update manifest as m set action = 'unchanged', is_new = 0
          where ${items(key)} and m.item_key in ${textList(
            engine,
            contents.map(({ itemKey }) => itemKey),
          )}
            and exists (select 1 from ledger l where ${sameItem} and l.state = 'finalized' and l.attempt = '')`.execute(
          tx,
        );
      });
    },
    async notInManifest(key, itemKeys) {
      const { rows } = await sql<{ item_key: string }>`
        select given.item_key from (${jsonRows(
          engine,
          { item_key: 'text' },
          itemKeys.map((item_key) => ({ item_key })),
        )}) as given
        where not exists (select 1 from manifest m where ${items(key)} and m.item_key = given.item_key)`.execute(db);
      return rows.map((row) => row.item_key);
    },
    async keepCandidates(key, itemKeys) {
      const given = jsonRows(
        engine,
        { item_key: 'text' },
        itemKeys.map((item_key) => ({ item_key })),
      );
      await sql`
        insert into candidates (tenant, run, space_key, item_key)
        select ${key.tenant}, ${key.run}, ${key.spaceKey}, given.item_key from (${given}) as given
        where not exists (select 1 from manifest m where ${items(key)} and m.item_key = given.item_key)
        on conflict (tenant, run, space_key, item_key) do nothing`.execute(db);
    },
    countHeld: (key) =>
      count(sql`(
      select l.item_key from ledger l where ${isMissing(key)}
      union select c.item_key from candidates c where c.tenant = ${key.tenant} and c.run = ${key.run} and c.space_key = ${key.spaceKey}) as held`),
    async missing(key, limit) {
      const { rows } = await sql<{ item_key: string }>`
        select l.item_key from ledger l where ${isMissing(key)} order by l.item_key limit ${limit}`.execute(db);
      return rows.map((row) => row.item_key);
    },
    async cutSlices(key, bounds) {
      if (!(await hasSlices(key))) {
        await cutBoth(
          key,
          sql`m.action in ('new', 'updated') and m.outcome is null`,
          { page: 0, attachment: 0 },
          bounds,
          0,
        );
      }
      return ranges(key, 0);
    },
    async cutRetrySlices(key, retry, bounds) {
      const known = await ranges(key, retry);
      if (known.pages.to + known.attachments.to > 0) return known;
      const { rows } = await sql<{ kind: string; last: number }>`
        select m.kind, max(m.slice) as last from manifest m where ${items(key)} group by m.kind`.execute(db);
      const next = (kind: ItemKind) => Number(rows.find((row) => row.kind === kind)?.last ?? -1) + 1;
      const mayPass = sql`m.outcome = 'failed' and (m.failure_status is null or m.failure_status in (408, 409, 429) or m.failure_status >= 500)`;
      await cutBoth(key, mayPass, { page: next('page'), attachment: next('attachment') }, bounds, retry);
      return ranges(key, retry);
    },
    async slice(key, kind, slice) {
      const rows = await db
        .selectFrom('manifest')
        .where((is) => is.and({ tenant: key.tenant, run: key.run, space_key: key.spaceKey, kind, slice }))
        .where('outcome', 'is', null)
        .selectAll()
        .orderBy('item_key')
        .execute();
      return rows.map((row) => ({
        ...toManifestRow(row),
        action: row.action === 'updated' ? 'updated' : 'new',
        isNew: row.is_new === 1,
      }));
    },
    counts,
    async totals(key) {
      const { rows } = await sql<{ action: string | null; outcome: string | null; n: number | string }>`
        select m.action, m.outcome, count(*) as n from manifest m where ${items(key)} group by m.action, m.outcome`.execute(
        db,
      );
      const of = (action: string | undefined, outcome: string | undefined) =>
        rows
          .filter(
            (row) =>
              (action === undefined || row.action === action) && (outcome === undefined || row.outcome === outcome),
          )
          .reduce((sum, row) => sum + Number(row.n), 0);
      const failed = await count(sql`failures f where f.tenant = ${key.tenant} and f.run = ${key.run}
        and f.space_key = ${key.spaceKey} and f.item_key <> ''`);
      return {
        ...NO_ITEMS,
        discovered: of(undefined, undefined),
        new: of('new', 'done'),
        updated: of('updated', 'done'),
        unchanged: of('unchanged', undefined),
        skipped: of(undefined, 'skipped'),
        failed,
      };
    },
    async hasWork(key, { force, comparedBefore, doubtBefore }) {
      if (force) return true;
      const [space] = await db
        .selectFrom('spaces')
        .where((is) => is.and({ tenant: key.tenant, space_key: key.spaceKey }))
        .selectAll()
        .execute();
      if (space?.compared_at === null || space === undefined || Number(space.compared_at) < comparedBefore) return true;
      const toLookAt = await count(sql`(
        select 1 from manifest m where m.tenant = ${key.tenant} and m.run = ${key.run} and m.space_key = ${key.spaceKey} and (
          m.is_root = 1 or m.has_more = 1 or m.space_id <> ${space.space_id}
          or m.kind <> 'root' and not exists (select 1 from ledger l where ${sameItem} and ${isSettled(doubtBefore)}))
        limit 1) as work`);
      return toLookAt > 0 || (await count(sql`(select 1 from ledger l where ${isMissing(key)} limit 1) as gone`)) > 0;
    },
  };
}
