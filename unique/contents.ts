import { z } from 'zod';
import type { SendBefore } from '../http/client';
import { allPages } from './all-pages';
import type { StoredContent } from './content';
import type { GraphqlEndpoint } from './graphql';
import { inParts } from './in-parts';

const KEYS_A_PAGE = 100;
const DELETIONS_A_CALL = 20;

const PAGINATED_CONTENT = `query PaginatedContent($skip: Int!, $take: Int!, $where: ContentWhereInput) {
  paginatedContent(skip: $skip, take: $take, where: $where) { nodes { id key ownerId metadata byteSize ingestionState } totalCount }
}`;
const COUNT_CONTENT = `query PaginatedContent($skip: Int!, $take: Int!, $where: ContentWhereInput) {
  paginatedContent(skip: $skip, take: $take, where: $where) { totalCount }
}`;
const DELETE_CONTENTS = `mutation ContentDeleteByContentIds($contentIds: [String!]!) {
  contentDeleteByContentIds(contentIds: $contentIds) { id }
}`;

const contentNode = z
  .object({
    id: z.string(),
    key: z.string(),
    ownerId: z.string(),
    metadata: z.unknown(),
    // Sizes above 2³¹ do not fit GraphQL's Int and may arrive as text.
    byteSize: z.union([z.number(), z.string().regex(/^\d+$/).transform(Number)]).nullish(),
    ingestionState: z.string().nullish(),
  })
  .transform(({ id, key, ownerId, metadata, byteSize, ingestionState }): StoredContent => ({
    id,
    key,
    ownerId,
    metadata: typeof metadata === 'object' && metadata !== null ? (metadata as Record<string, unknown>) : {},
    ...(typeof byteSize === 'number' ? { byteSize } : {}),
    ...(ingestionState ? { ingestionState } : {}),
  }));
const paginatedContent = z.object({
  paginatedContent: z.object({ nodes: z.array(contentNode), totalCount: z.number() }),
});
const countedContent = z.object({ paginatedContent: z.object({ totalCount: z.number() }) });
const deletedContents = z.object({ contentDeleteByContentIds: z.array(z.object({ id: z.string() }).nullable()) });

/** One page of contents and how many there are in all. */
export interface ContentPage {
  readonly nodes: readonly StoredContent[];
  readonly totalCount: number;
}

/** Reads and deletes contents of the ingestion service. */
export class Contents {
  constructor(private readonly graphql: GraphqlEndpoint) {}

  async byKeyPrefix(
    prefix: string,
    scopeId: string | undefined,
    skip: number,
    take: number,
    signal: AbortSignal | undefined,
  ): Promise<ContentPage> {
    const owner = scopeId === undefined ? {} : { ownerId: { equals: scopeId }, ownerType: { equals: 'SCOPE' } };
    return this.page({ key: { startsWith: prefix }, ...owner }, skip, take, signal);
  }

  async countByKeyPrefix(prefix: string, signal: AbortSignal | undefined): Promise<number> {
    const variables = { skip: 0, take: 0, where: { key: { startsWith: prefix } } };
    const call = { operation: 'PaginatedContent', document: COUNT_CONTENT, variables, signal };
    return (await this.graphql.call(call, countedContent)).paginatedContent.totalCount;
  }

  async byKeys(keys: readonly string[], signal: AbortSignal | undefined): Promise<readonly StoredContent[]> {
    const found: StoredContent[] = [];
    for (const part of inParts(keys, KEYS_A_PAGE)) {
      const fetchPage = (skip: number) => this.page({ key: { in: part } }, skip, KEYS_A_PAGE, signal);
      found.push(...(await allPages(KEYS_A_PAGE, fetchPage, this.graphql.exchangeOf('PaginatedContent'))));
    }
    return found;
  }

  async delete(
    ids: readonly string[],
    signal: AbortSignal | undefined,
    sendBefore: SendBefore | undefined,
  ): Promise<readonly string[]> {
    const deleted: string[] = [];
    for (const contentIds of inParts(ids, DELETIONS_A_CALL)) {
      const call = {
        operation: 'ContentDeleteByContentIds',
        document: DELETE_CONTENTS,
        variables: { contentIds },
        signal,
        sendBefore,
      };
      const { contentDeleteByContentIds } = await this.graphql.call(call, deletedContents, true);
      const answered = new Set(contentDeleteByContentIds.map((content) => content?.id));
      deleted.push(...contentIds.filter((id) => answered.has(id)));
    }
    return deleted;
  }

  private async page(where: object, skip: number, take: number, signal: AbortSignal | undefined): Promise<ContentPage> {
    const call = {
      operation: 'PaginatedContent',
      document: PAGINATED_CONTENT,
      variables: { skip, take, where },
      signal,
    };
    return (await this.graphql.call(call, paginatedContent)).paginatedContent;
  }
}
