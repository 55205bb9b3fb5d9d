import type { DiscoverPagesInput } from './contract';
import type { TenantContext } from './context';
import { inStep } from './errors';
import { walkIntoManifest } from './listing';
import { openForRound } from './open-run';

/**
 * The search for both labels, of the whole site or of the spaces asked for, into the manifest.
 *
 * Safe to run twice: the manifest's key decides, and a listing goes on from its cursor.
 */
export async function discoverPages(
  context: TenantContext,
  { tenant, run, round, request }: DiscoverPagesInput,
  signal: AbortSignal,
): Promise<{ readonly items: number }> {
  const key = { tenant, run };
  const { store, confluence } = context;
  await openForRound(store, key, round);
  const searches = request.spaces ?? [undefined];
  for (const spaceKey of searches) {
    await inStep('discover', () =>
      walkIntoManifest(context, key, `labels/${round}/${spaceKey ?? ''}`, (cursor) =>
        confluence.searchLabelled({
          signal,
          ...(spaceKey === undefined ? {} : { spaceKey }),
          ...(cursor === undefined ? {} : { cursor }),
        }),
      ),
    );
  }
  await store.formerCopies.joinRun(key, request.spaces);
  return { items: await store.manifest.count(key) };
}
