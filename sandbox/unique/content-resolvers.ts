import type { Content } from './content-view';
import { viewContent } from './content-view';
import type { ContentInput } from './content-store';
import type { ContentWhere } from './content-selection';
import type { UniquePlatform } from './platform';
import { refusal } from './refusals';
import { FINISHED } from './stored-content';
import { fileIdOf } from './write-url';
import type { ServiceCall } from './service-call';

interface UpsertArguments {
  readonly input: {
    readonly key: string;
    readonly title: string;
    readonly mimeType: string;
    readonly ownerType: string;
    readonly url?: string | null;
    readonly byteSize?: number | null;
    readonly metadata?: unknown;
    readonly ingestionConfig?: unknown;
  };
  readonly fileUrl?: string | null;
  readonly scopeId?: string | null;
  readonly sourceOwnerType?: string | null;
  readonly sourceName?: string | null;
  readonly sourceKind?: string | null;
  readonly storeInternally?: boolean | null;
}

/** `contentUpsert`: registers without `fileUrl`, finalizes with it; the key decides which content it is. */
export function contentUpsert(values: UpsertArguments, call: ServiceCall): Content {
  const { platform } = call;
  const scopeId = values.scopeId ?? '';
  if (values.input.ownerType !== 'SCOPE') throw refusal('BAD_USER_INPUT', 'Only contents of scopes can be upserted.');
  if (values.input.key === '') throw refusal('BAD_USER_INPUT', 'The key must not be empty.');
  if (!platform.tree.get(scopeId)) throw refusal('NOT_FOUND', `Scope ${scopeId} was not found.`);
  requireWrite(platform, scopeId);
  const input = toInput(values, scopeId);
  const { fileUrl } = values;
  const content = fileUrl
    ? platform.store.finalize(input, fileIdOf(fileUrl, platform))
    : platform.store.register(input);
  return viewContent(content, call);
}

/** `paginatedContent`: what the user may read, oldest first. */
export function paginatedContent(
  { skip, take, where }: { readonly skip: number; readonly take: number; readonly where?: ContentWhere | null },
  call: ServiceCall,
): object {
  const { store, selection } = call.platform;
  const found = selection.select(where ?? {});
  const nodes = () =>
    found.slice(skip, skip + take).flatMap((id) => {
      const content = store.get(id);
      return content ? [viewContent(content, call)] : [];
    });
  return { totalCount: found.length, nodes };
}

/** `statisticsIngestion`: how many contents are in which state; states without contents are left out. */
export function statisticsIngestion({ where }: { readonly where?: ContentWhere | null }, call: ServiceCall): object {
  const counts: Record<string, number> = {};
  const { store, selection } = call.platform;
  for (const id of selection.select(where ?? {})) {
    const state = store.stateOf(id) ?? FINISHED;
    counts[state] = (counts[state] ?? 0) + 1;
  }
  return { counts };
}

/** `contentDeleteByContentIds`: those that were deleted; unknown and forbidden ones are left out. */
export function contentDeleteByContentIds(
  { contentIds }: { readonly contentIds: readonly string[] },
  { platform }: ServiceCall,
): object {
  return contentIds
    .filter((id) => {
      const content = platform.store.get(id);
      return content && mayWrite(platform, content.scopeId) && platform.store.remove(id, 'contentDeleteByContentIds');
    })
    .map((id) => ({ id }));
}

/** `contentDelete`. */
export function contentDelete({ id }: { readonly id: string }, { platform }: ServiceCall): boolean {
  const content = platform.store.get(id);
  if (!content) throw refusal('NOT_FOUND', `Content ${id} was not found.`);
  requireWrite(platform, content.scopeId);
  return platform.store.remove(id, 'contentDelete');
}

/** `contentUpdate`: another address, metadata, expiry, or, with `ownerId`, another scope. */
export function contentUpdate(
  values: {
    readonly contentId: string;
    readonly ownerId?: string | null;
    readonly input: {
      readonly url?: string | null;
      readonly title?: string | null;
      readonly metadata?: unknown;
      readonly expiresAt?: string | null;
    };
  },
  call: ServiceCall,
): Content {
  const { platform } = call;
  const { contentId, ownerId, input } = values;
  const content = platform.store.get(contentId);
  if (!content) throw refusal('NOT_FOUND', `Content ${contentId} was not found.`);
  requireWrite(platform, content.scopeId);
  if (ownerId) requireWrite(platform, ownerId);
  const changed = platform.store.update(contentId, {
    ...(input.url ? { url: input.url } : {}),
    ...(input.title ? { title: input.title } : {}),
    ...(input.metadata === undefined ? {} : { metadata: toRecord(input.metadata) ?? {} }),
    ...(input.expiresAt === undefined ? {} : { expiresAt: input.expiresAt ?? undefined }),
    ...(ownerId ? { scopeId: ownerId } : {}),
  });
  return viewContent(changed ?? content, call);
}

function toInput(values: UpsertArguments, scopeId: string): ContentInput {
  const { input, sourceKind, sourceName, sourceOwnerType, storeInternally } = values;
  return {
    key: input.key,
    title: input.title,
    url: input.url ?? '',
    mimeType: input.mimeType,
    byteSize: input.byteSize ?? 0,
    metadata: toRecord(input.metadata) ?? {},
    scopeId,
    ingestionConfig: toRecord(input.ingestionConfig),
    sourceKind: sourceKind ?? undefined,
    sourceName: sourceName ?? undefined,
    sourceOwnerType: sourceOwnerType ?? undefined,
    storeInternally: storeInternally ?? true,
  };
}

function mayWrite(platform: UniquePlatform, scopeId: string): boolean {
  return platform.tree.allows(scopeId, platform.userId, 'WRITE', 'MANAGE');
}

function requireWrite(platform: UniquePlatform, scopeId: string): void {
  if (!mayWrite(platform, scopeId)) throw refusal('FORBIDDEN', `User has no WRITE access to scope ${scopeId}.`);
}

function toRecord(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
}
