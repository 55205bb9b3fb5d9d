import { ConfigurationError, UnknownTenantError } from '../../config/errors';
import { parseSpaceExternalId } from '../../rules/external-id';
import {
  type DeletionPreview,
  MAX_SPACES_IN_PREVIEW,
  type RootState,
  type SpacePreview,
} from '../../rules/deletion-preview';
import type { Deployment, TenantContext } from '../context';
import type { SpaceToDelete } from '../contract';
import { isOwnContent, isOwnMark, type OwnPrefix, ownPrefixes, ownSpaces } from './own-spaces';

const CONTENTS_A_PAGE = 100;

/**
 * What the removal of a tenant would find. Reads only: not even access to the root scope is asked for. Where the tenant's
 * file is gone nobody knows where Unique is, and the ledger says what it had there.
 *
 * @throws {UnknownTenantError} when neither a file nor the store knows the tenant
 */
export async function previewDeletion(
  deployment: Deployment,
  { tenant }: { readonly tenant: string },
  signal: AbortSignal,
): Promise<DeletionPreview> {
  try {
    return await preview(deployment.tenant(tenant), signal);
  } catch (error) {
    if (error instanceof ConfigurationError) return fromLedger(deployment, tenant, 'its tenant file has problems');
    if (!(error instanceof UnknownTenantError)) throw error;
    const known = await fromLedger(deployment, tenant, 'its tenant file is gone');
    if (known.spacesTotal === 0) throw error;
    return known;
  }
}

async function fromLedger({ store }: Deployment, tenant: string, why: string): Promise<DeletionPreview> {
  const contents = new Map<string, number>();
  for (const space of await store.tenants.spaces(tenant)) {
    contents.set(space.spaceKey, (contents.get(space.spaceKey) ?? 0) + space.contents);
  }
  const spaces = [...contents].map(([spaceKey, count]) => ({ ...NOTHING, spaceKey, contents: count }));
  const message = `${why}, so nobody knows where Unique is. Bring it back with \`status: deleted\` to remove what the ledger shows`;
  return { ...summary(tenant, { state: 'unknown' }, spaces), scopes: 0, otherScopes: 0, message };
}

const NOTHING = { contents: 0, foreignContents: 0, foreignScopes: 0 } as const;

async function preview(context: TenantContext, signal: AbortSignal): Promise<DeletionPreview> {
  const { config, unique } = context;
  const { tenant, ingestion } = config;
  const root = await unique.scope(ingestion.scopeId, signal);
  const mark = root?.externalId;
  if (root === undefined || mark === undefined) {
    return nothing(root === undefined ? 'not visible' : 'unmarked');
  }
  const children = await unique.childScopes(ingestion.scopeId, signal);
  if (!(await isOwnMark(context, mark, children))) return nothing('owned by another');
  const spaces: SpacePreview[] = [];
  for (const space of await ownSpaces(context, children)) spaces.push(await previewSpace(context, space, signal));
  const own = children.filter(({ externalId }) => parseSpaceExternalId(externalId)?.tenant === tenant).length;
  const staying = spaces.filter(({ foreignContents, foreignScopes }) => foreignContents + foreignScopes > 0).length;
  return {
    ...summary(tenant, { state: 'owned', scopeId: ingestion.scopeId }, spaces),
    scopes: own - staying,
    otherScopes: children.length - own,
  };

  function nothing(state: Exclude<RootState, 'owned' | 'unknown'>): DeletionPreview {
    const { scopeId } = ingestion;
    const message = {
      unmarked: `the root scope ${scopeId} carries no mark: nothing of the tenant is left`,
      'not visible': `the root scope ${scopeId} does not exist, or the service user may not see it; a removal asks for access first`,
      'owned by another': `the root scope ${scopeId} belongs to another Confluence instance`,
    }[state];
    return { ...summary(tenant, { state, scopeId }, []), scopes: 0, otherScopes: 0, message };
  }
}

function summary(tenant: string, root: DeletionPreview['root'], spaces: readonly SpacePreview[]) {
  const contents = spaces.reduce((sum, space) => sum + space.contents, 0);
  return { tenant, root, contents, spacesTotal: spaces.length, spaces: spaces.slice(0, MAX_SPACES_IN_PREVIEW) };
}

async function previewSpace(context: TenantContext, space: SpaceToDelete, signal: AbortSignal): Promise<SpacePreview> {
  const { unique } = context;
  const scopeIds = new Set(space.places.flatMap(({ scopeId }) => scopeId ?? []));
  let contents = 0;
  for (const prefix of ownPrefixes(context.config, space)) {
    contents += await countOwn(context, prefix, scopeIds, signal);
  }
  let stored = 0;
  let foreignScopes = 0;
  for (const scopeId of scopeIds) {
    for (const count of (await unique.ingestionStates(scopeId, signal))?.values() ?? []) stored += count;
    foreignScopes += (await unique.childScopes(scopeId, signal)).length;
  }
  return { spaceKey: space.spaceKey, contents, foreignContents: Math.max(0, stored - contents), foreignScopes };
}

async function countOwn(
  { unique }: TenantContext,
  prefix: OwnPrefix,
  scopeIds: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<number> {
  const total = await unique.countByKeyPrefix(prefix.text, signal);
  if (!prefix.isV1 || total === 0) return total;
  let own = 0;
  for (let skip = 0; skip < total;) {
    const { nodes } = await unique.contentsByKeyPrefix({ prefix: prefix.text, skip, take: CONTENTS_A_PAGE, signal });
    if (nodes.length === 0) break;
    own += nodes.filter((content) => isOwnContent(prefix, content, scopeIds)).length;
    skip += nodes.length;
  }
  return own;
}
