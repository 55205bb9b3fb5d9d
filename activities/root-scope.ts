import { ForbiddenScopeError, RequestRefusedError } from '../http/errors';
import { rootExternalId } from '../rules/external-id';
import type { AccessType, Scope, UniqueClient } from '../unique/client';
import type { TenantContext } from './context';
import { CLAIMED_BEFORE } from './former-owner';
import { RootOwnedByOtherError, RootScopeMissingError } from './errors';
import { formerRoots, leaveFormerRoot } from './root-migration';

const ROOT_ACCESS = ['MANAGE', 'READ', 'WRITE'] as const;
/** Note in the store: path of the root scope, e.g. `/Knowledge/Confluence`. */
export const ROOT_PATH = 'root-path';
/** Note in the store: the mark that makes the root scope the tenant's; the removal of the tenant knows it by that. */
export const ROOT_MARK = 'root-mark';

/**
 * Makes sure that the root scope can be used: readable by the service user, owned by this Confluence instance, its
 * path known. Grants are given only where reading or claiming fails, so a normal sync changes no access (W-66).
 *
 * @throws {RootScopeMissingError} @throws {RootOwnedByOtherError} @throws {FormerRootOfOtherTenantError}
 */
export async function ownRootScope(
  { config, confluence, unique, store }: TenantContext,
  now: number,
  signal: AbortSignal,
): Promise<void> {
  const { tenant } = config;
  const { scopeId } = config.ingestion;
  const access = new Access(unique, signal);
  const root = await access.read(scopeId, ROOT_ACCESS);
  if (root === undefined) throw new RootScopeMissingError(scopeId, scopeId);
  const ours = rootExternalId(config.confluence.instanceType, await confluence.instanceId(signal));
  if (root.externalId !== undefined && root.externalId !== ours)
    throw new RootOwnedByOtherError(scopeId, root.externalId, ours);
  const path = await pathOf(root, access, scopeId);
  const unclaimed = root.externalId === undefined;
  const formers = unclaimed ? await formerRoots(unique, root, ours, signal) : [];
  const isFirstMeeting = (await store.spaces.note(tenant, ROOT_PATH)) === undefined;
  if (isFirstMeeting && (!unclaimed || formers.length > 0))
    await store.spaces.setNote(tenant, CLAIMED_BEFORE, String(now));
  // Before the claim: one that died in between would take its own mark for somebody else's.
  await store.spaces.setNote(tenant, ROOT_PATH, path);
  await store.spaces.setNote(tenant, ROOT_MARK, ours);
  if (!unclaimed) return;
  await access.for(scopeId, ROOT_ACCESS, async () => {
    for (const former of formers) await leaveFormerRoot(config, unique, former, root, signal);
    await claim(unique, scopeId, ours, signal);
  });
}

/** The root scope; access is asked for where it lacks. `undefined` when it does not exist or stays out of sight. */
export function readRoot(
  { config, unique }: Pick<TenantContext, 'config' | 'unique'>,
  signal: AbortSignal,
): Promise<Scope | undefined> {
  return new Access(unique, signal).read(config.ingestion.scopeId, ROOT_ACCESS);
}

/** Changes the root scope; access is asked for where it lacks. */
export function changeRoot(
  { config, unique }: Pick<TenantContext, 'config' | 'unique'>,
  signal: AbortSignal,
  work: () => Promise<void>,
): Promise<void> {
  return new Access(unique, signal).for(config.ingestion.scopeId, ROOT_ACCESS, work);
}

async function claim(unique: UniqueClient, scopeId: string, ours: string, signal: AbortSignal): Promise<void> {
  const claimed = await unique.setExternalId(scopeId, ours, signal);
  if (claimed.externalId !== ours) throw new RootOwnedByOtherError(scopeId, claimed.externalId ?? 'nobody', ours);
}

/** Names from the top to the root: scopes are created by path. */
async function pathOf(root: Scope, access: Access, scopeId: string): Promise<string> {
  const names = [root.name];
  for (let parentId = root.parentId; parentId !== undefined;) {
    const parent: Scope | undefined = await access.read(parentId, ['READ']);
    if (parent === undefined) throw new RootScopeMissingError(parentId, scopeId);
    names.unshift(parent.name);
    parentId = parent.parentId;
  }
  return `/${names.join('/')}`;
}

/** Asks for access once where it lacks, and only there. */
class Access {
  private user: Promise<string> | undefined;

  constructor(
    private readonly unique: UniqueClient,
    private readonly signal: AbortSignal,
  ) {}

  /** The scope, or `undefined` when it is not there or cannot be opened to us. */
  async read(scopeId: string, access: readonly AccessType[]): Promise<Scope | undefined> {
    const scope = await this.unique.scope(scopeId, this.signal);
    if (scope !== undefined) return scope;
    try {
      await this.grant(scopeId, access);
    } catch (error) {
      if (error instanceof RequestRefusedError) return undefined; // nothing there that access could be given to
      throw error;
    }
    return this.unique.scope(scopeId, this.signal);
  }

  /** Does the work; once more after a grant, if it was forbidden: a scope that can be read need not be ours to change. */
  async for(scopeId: string, access: readonly AccessType[], work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof ForbiddenScopeError)) throw error;
      await this.grant(scopeId, access);
      await work();
    }
  }

  private async grant(scopeId: string, access: readonly AccessType[]): Promise<void> {
    this.user ??= this.unique.currentUserId(this.signal);
    await this.unique.grantAccess(scopeId, await this.user, access, this.signal);
  }
}
