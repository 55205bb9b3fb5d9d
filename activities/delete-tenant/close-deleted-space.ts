import { NO_ITEMS, spaceOutcome } from '../../rules/report';
import type { SpaceRunKey } from '../../store/store';
import type { Scope } from '../../unique/client';
import type { TenantContext } from '../context';
import type { CloseDeletedSpaceInput } from '../contract';
import { inStep } from '../errors';
import { hold, WHY_REMOVED } from './delete-contents';
import { ownPrefixes } from './own-spaces';
import { stillOwnScopes } from './still-own-scopes';

/**
 * Ends the removal of a space: an empty scope goes; one in which somebody else put contents or scopes stays with them and
 * only loses its mark; one whose contents are not all gone stays as it is, for the next removal.
 *
 * Safe to run twice: a scope that is gone, or has lost its mark, is not ours any more.
 */
export async function closeDeletedSpace(
  context: TenantContext,
  input: CloseDeletedSpaceInput,
  now: number,
  signal: AbortSignal,
): Promise<void> {
  const { store, config } = context;
  const { tenant, run, spaceKey, places } = input;
  const key: SpaceRunKey = { tenant, run, spaceKey };
  await hold(context, key, now);
  const left = input.left > 0 ? input.left : await countLeft(context, input, signal);
  const notes = [];
  let failed = left;
  if (left === 0) {
    await store.tenants.settleRemoved(key, WHY_REMOVED, now);
    for (const scope of await inStep('scope', () => stillOwnScopes(context, places, signal))) {
      const { note, isFailure } = await inStep('scope', () => removeScope(context, scope, signal));
      if (isFailure) {
        failed++;
        await store.runs.recordFailures(key, [{ spaceKey, itemKey: '', step: 'scope', message: note ?? '' }], now);
      }
      if (note !== undefined) notes.push(note);
    }
  } else {
    notes.push(
      `${left} contents were not removed, so its scope stays; the next removal of the tenant goes on with them`,
    );
  }
  const totals = { ...NO_ITEMS, deleted: await store.tenants.countRemoved(key), failed };
  const spaceId = places[0]?.spaceId ?? '';
  await store.runs.recordSpace(key, {
    spaceKey,
    spaceId,
    outcome: spaceOutcome(totals, false),
    totals,
    ...(notes.length === 0 ? {} : { message: notes.join('; ') }),
  });
  await store.leases.releaseSpace(key);

  /** Contents that came while the others went; keys of the older format are only ours inside our scopes. */
  async function countLeft({ unique }: TenantContext, space: CloseDeletedSpaceInput, of: AbortSignal): Promise<number> {
    let count = 0;
    for (const { text } of ownPrefixes(config, space).filter(({ isV1 }) => !isV1)) {
      count += await inStep('remove', () => unique.countByKeyPrefix(text, of));
    }
    return count;
  }
}

async function removeScope(
  { unique }: TenantContext,
  scope: Scope,
  signal: AbortSignal,
): Promise<{ readonly note?: string; readonly isFailure: boolean }> {
  const states = await unique.ingestionStates(scope.id, signal);
  if (states === undefined) {
    // What cannot be read may be somebody's.
    return { note: `what its scope ${scope.id} holds cannot be read, so it stays`, isFailure: true };
  }
  const contents = [...states.values()].reduce((sum, count) => sum + count, 0);
  const scopes = (await unique.childScopes(scope.id, signal)).length;
  if (contents + scopes > 0) {
    await unique.setExternalId(scope.id, null, signal);
    const holds = `${contents} contents and ${scopes} scopes of somebody else`;
    return { note: `its scope ${scope.id} stays without our mark: it holds ${holds}`, isFailure: false };
  }
  const { failed } = await unique.deleteScope(scope.id, false, signal);
  const [first] = failed;
  if (first === undefined) return { isFailure: false };
  const note = `Unique did not remove the scope ${first.id}: ${first.reason}. The next removal of the tenant tries it once more`;
  return { note, isFailure: true };
}
