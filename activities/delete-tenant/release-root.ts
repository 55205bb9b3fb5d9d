import { NO_ITEMS } from '../../rules/report';
import type { TenantContext } from '../context';
import type { RunInput } from '../contract';
import { inStep } from '../errors';
import { changeRoot } from '../root-scope';
import { ownSpaces } from './own-spaces';

/**
 * The last step of a removal: the root scope loses the tenant's mark, and the store forgets the tenant. Only when every
 * space went, and another look finds none; until then the mark makes the next tick go on.
 *
 * Safe to run twice.
 */
export async function releaseRoot(
  context: TenantContext,
  { tenant, run }: RunInput,
  signal: AbortSignal,
): Promise<{ readonly released: boolean }> {
  const { config, store, unique } = context;
  const { scopeId } = config.ingestion;
  const reports = await store.runs.spaceReports({ tenant, run });
  if (reports.some(({ outcome }) => outcome !== 'succeeded')) return { released: false };
  const children = await inStep('scope', () => unique.childScopes(scopeId, signal));
  const late = (await ownSpaces(context, children)).filter(({ places }) => places.some((place) => place.scopeId));
  for (const { spaceKey, places } of late) {
    const message = 'it came back while the tenant was removed; the next removal of the tenant takes it';
    const spaceId = places[0]?.spaceId ?? '';
    const totals = { ...NO_ITEMS, failed: 1 };
    await store.runs.recordSpace({ tenant, run, spaceKey }, { spaceKey, spaceId, outcome: 'partial', totals, message });
  }
  if (late.length > 0) return { released: false };
  await inStep('root', () =>
    changeRoot(context, signal, async () => void (await unique.setExternalId(scopeId, null, signal))),
  );
  await store.tenants.forget(tenant);
  return { released: true };
}
