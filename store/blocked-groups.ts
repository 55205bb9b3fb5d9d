import { chunks } from './chunks';
import { sql } from 'kysely';
import type { Connection } from './connection';
import { SETS_ARE_KEPT_MS } from './removal-guard';
import type { Removals } from './removals-api';

type GroupPart = Pick<Removals, 'keepBlockedGroup' | 'blockedGroup' | 'approvedSet'>;

/** Blocked sets of several spaces that a person may release together. */
export function createBlockedGroups({ db, dialect }: Connection): GroupPart {
  return {
    async keepBlockedGroup(tenant, fingerprint, sets, at) {
      for (const chunk of chunks(sets)) {
        const given = dialect.rows(
          chunk.map((one) => ({ set_fingerprint: one })),
          { set_fingerprint: 'text' },
        );
        await sql`
          insert into blocked_groups (tenant, fingerprint, set_fingerprint, at)
          select ${tenant}, ${fingerprint}, set_fingerprint, cast(${at} as bigint) from ${given} as given where true
          on conflict (tenant, fingerprint, set_fingerprint) do update set at = excluded.at`.execute(db);
      }
    },

    async blockedGroup(tenant, fingerprint, now) {
      const { spaces } = await db
        .selectFrom('blocked_groups')
        .select((eb) => eb.fn.countAll<number>().as('spaces'))
        .where('tenant', '=', tenant)
        .where('fingerprint', '=', fingerprint)
        .where('at', '>=', now - SETS_ARE_KEPT_MS)
        .executeTakeFirstOrThrow();
      return { spaces: Number(spaces) };
    },

    async approvedSet(tenant, spaceKey, fingerprint, now) {
      const since = now - SETS_ARE_KEPT_MS;
      const { rows } = await sql<{ readonly item_key: string }>`
        select i.item_key from blocked_items i join blocked_sets s on s.tenant = i.tenant and s.fingerprint = i.fingerprint
        where i.tenant = ${tenant} and s.space_key = ${spaceKey} and s.at >= ${since}
          and (s.fingerprint = ${fingerprint} or exists (
            select 1 from blocked_groups g where g.tenant = s.tenant and g.set_fingerprint = s.fingerprint
              and g.fingerprint = ${fingerprint} and g.at >= ${since}))
        order by i.item_key`.execute(db);
      return rows.map((row) => row.item_key);
    },
  };
}
