import { itemKeyOf } from '../rules/content-key';
import { spaceExternalId } from '../rules/external-id';
import type { RunKey, SpaceOfRun, SpaceRunKey } from '../store/store';
import type { TenantContext } from './context';
import { KeysChangedError, KeysInDoubtError } from './errors';
import { waitForFormerOwner } from './former-owner';
import { type FormerKeys, type UnsettledSpace, unsettledSpaces } from './space-keys';

/** Note in the store: the keys that a person let everything move to, by `sync --rekey`. */
const REKEYED_TO = 'rekeyed-to';
const CONTENTS_A_PAGE = 100;
const SPACES_A_PAGE = 1_000;

/**
 * Stops before anything is written when contents of the run's spaces stand under keys that the configuration does not make
 * any more (W-17): ingested again, each of them would be there twice. `rekey` is a person's consent to that; it is kept
 * for as long as the configuration stays as it is, so that whatever dies, any later run goes on with the change.
 *
 * Spaces that have nothing under former keys are settled on the way, all with one look at the root's folders.
 *
 * @throws {KeysChangedError}
 */
export async function checkKeys(
  context: TenantContext,
  key: RunKey,
  rekey: boolean,
  signal: AbortSignal,
): Promise<void> {
  const { spaces } = context.store;
  if (rekey) await spaces.setNote(key.tenant, REKEYED_TO, formatOf(context));
  for (const { space, current, former } of await refuseChangedKeys(context, key, signal)) {
    if (former.length === 0) await spaces.setKeys(key.tenant, space.spaceKey, space.spaceId, current);
  }
}

/**
 * The same, without writing anything anywhere.
 *
 * @throws {KeysChangedError}
 */
export async function refuseChangedKeys(
  context: TenantContext,
  key: RunKey,
  signal: AbortSignal,
): Promise<readonly UnsettledSpace[]> {
  const { manifest } = context.store;
  const spaces: SpaceOfRun[] = [];
  for (let page = await manifest.spaces(key, '', SPACES_A_PAGE); page.length > 0;) {
    spaces.push(...page);
    page = await manifest.spaces(key, page[page.length - 1]?.spaceKey ?? '', SPACES_A_PAGE);
  }
  const unsettled = await unsettledSpaces(context, spaces, signal);
  await requireConsent(context, unsettled);
  return unsettled;
}

/**
 * Settles under which keys a space's contents stand. Where some stand under former ones, the ledger, which speaks of
 * those, is forgotten, and each copy is noted: it leaves when its item is finalized under the new key.
 *
 * Safe to run twice: until it is settled, former keys are found again by the folder's mark and by the store.
 *
 * @throws {KeysChangedError} @throws {KeysInDoubtError} @throws {FormerOwnerError}
 */
export async function settleKeys(
  context: TenantContext,
  key: SpaceRunKey,
  space: SpaceOfRun,
  now: number,
  signal: AbortSignal,
): Promise<void> {
  const { config, store, unique } = context;
  const [unsettled] = await unsettledSpaces(context, [space], signal);
  if (unsettled === undefined) return;
  await requireConsent(context, [unsettled]);
  const { current, former, scope } = unsettled;
  if (former.length === 0) return store.spaces.setKeys(key.tenant, key.spaceKey, space.spaceId, current);
  const known = await store.spaces.get(key.tenant, key.spaceKey);
  await waitForFormerOwner(context, key, now);
  const doubtMs = config.verify.doubtMinutes * 60_000;
  const { inDoubtSince } = await store.formerCopies.begin(
    key,
    { former: former.map(({ partialKey }) => partialKey), current },
    now - doubtMs,
  );
  if (inDoubtSince !== undefined) throw new KeysInDoubtError(space.spaceKey, inDoubtSince + doubtMs - now + 1_000);
  const scopeId = scope?.id ?? known?.scopeId;
  if (scopeId === undefined) {
    await store.formerCopies.settle(key, { ...space, partialKey: current });
    return;
  }
  for (const { partialKey } of former) await noteCopies(context, key, partialKey, scopeId, signal);
  const mark = spaceExternalId({ tenant: config.tenant, spaceId: space.spaceId, spaceKey: space.spaceKey });
  if (scope !== undefined && scope.externalId !== mark) await unique.setExternalId(scope.id, mark, signal);
  await store.formerCopies.settle(key, { ...space, partialKey: current, scopeId });
}

/** Only what lies in the space's own scope: without a tenant's name in them, keys may be another instance's. */
async function noteCopies(
  { store, unique }: TenantContext,
  key: SpaceRunKey,
  partial: string,
  scopeId: string,
  signal: AbortSignal,
): Promise<void> {
  for (let skip = 0; ; skip += CONTENTS_A_PAGE) {
    const { nodes } = await unique.contentsByKeyPrefix({
      prefix: `${partial}/`,
      scopeId,
      skip,
      take: CONTENTS_A_PAGE,
      signal,
    });
    const copies = nodes.flatMap(({ id, key: stored, ownerId }) => {
      const itemKey = itemKeyOf(partial, stored);
      if (itemKey === undefined || ownerId !== scopeId) return [];
      return [{ itemKey, partialKey: partial, contentId: id }];
    });
    await store.formerCopies.add(key, copies);
    if (nodes.length < CONTENTS_A_PAGE) return;
  }
}

async function requireConsent(context: TenantContext, unsettled: readonly UnsettledSpace[]): Promise<void> {
  const changed = unsettled.flatMap(({ space, current, former }) => {
    const [first] = former.filter((keys): keys is FormerKeys & { changed: 'tenant' | 'format' } => isConfigured(keys));
    return first === undefined ? [] : [{ spaceKey: space.spaceKey, current, ...first }];
  });
  const [first] = changed;
  if (first === undefined) return;
  const { store, config } = context;
  if ((await store.spaces.note(config.tenant, REKEYED_TO)) === formatOf(context)) return;
  throw new KeysChangedError(config.tenant, first, changed.length);
}

const isConfigured = ({ changed }: FormerKeys): boolean => changed !== 'space';
const formatOf = ({ config }: TenantContext): string => (config.ingestion.useV1KeyFormat ? 'v1' : 'v2');
