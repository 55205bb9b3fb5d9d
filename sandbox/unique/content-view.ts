import type { ServiceCall } from './service-call';
import { type StoredContent, FINISHED } from './stored-content';
import { readUrl, writeUrl } from './write-url';

/** A content as GraphQL shows it; URLs are signed only when they are asked for. */
export interface Content {
  readonly id: string;
  readonly [field: string]: unknown;
}

/** Shows a stored content. */
export function viewContent(content: StoredContent, call: ServiceCall): Content {
  const { id, scopeId, sourceKind, sourceName, createdAt, updatedAt, ingestionState } = content;
  return {
    ...content,
    ownerType: 'SCOPE',
    ownerId: scopeId,
    writeUrl: () => writeUrl(id, call),
    readUrl: () => readUrl(id, call),
    createdAt: new Date(createdAt).toISOString(),
    updatedAt: new Date(updatedAt).toISOString(),
    internallyStoredAt: ingestionState === FINISHED ? new Date(updatedAt).toISOString() : null,
    fileAccess: [],
    source: { kind: sourceKind, name: sourceName },
  };
}
