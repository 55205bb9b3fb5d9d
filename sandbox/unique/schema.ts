import { buildSchema } from 'graphql';

/**
 * What the ingestion service understands, as far as a Confluence sync needs it; type names are the platform's.
 *
 * A field of a batch that fails is `null` beside its error. `parrentScope` is the platform's spelling.
 */
export const ingestionSchema = buildSchema(/* GraphQL */ `
  scalar JSON
  scalar DateTime

  enum OwnerType {
    SCOPE
    COMPANY
    USER
    CHAT
  }
  enum AccessType {
    MANAGE
    READ
    WRITE
  }
  enum EntityType {
    USER
    GROUP
  }

  input StringFilter {
    equals: String
    in: [String!]
    startsWith: String
  }
  input OwnerTypeFilter {
    equals: OwnerType
    in: [OwnerType!]
  }
  input ContentWhereInput {
    id: StringFilter
    key: StringFilter
    ownerId: StringFilter
    ownerType: OwnerTypeFilter
  }
  input ScopeWhereInput {
    id: StringFilter
    parentId: StringFilter
    externalId: StringFilter
    name: StringFilter
  }

  input ContentCreateInput {
    key: String!
    title: String!
    mimeType: String!
    ownerType: OwnerType!
    url: String
    byteSize: Int
    metadata: JSON
    ingestionConfig: JSON
  }
  input ContentUpdateInput {
    url: String
    title: String
    metadata: JSON
    expiresAt: DateTime
  }
  input ScopeConnectInput {
    id: String!
  }
  input ParentScopeInput {
    connect: ScopeConnectInput
  }
  input ScopeUpdateInput {
    externalId: String
    name: String
    parrentScope: ParentScopeInput
  }
  input ScopeAccessChangeDto {
    accessType: AccessType!
    entityId: String!
    entityType: EntityType!
  }
  input BulkMoveInput {
    scopeIds: [String!]!
    targetScopeId: String!
  }

  type Source {
    kind: String
    name: String
  }
  type Content {
    id: String!
    key: String!
    title: String
    url: String
    byteSize: Int
    mimeType: String!
    ownerType: OwnerType!
    ownerId: String!
    writeUrl: String
    readUrl: String
    createdAt: DateTime!
    updatedAt: DateTime!
    internallyStoredAt: DateTime
    expiresAt: DateTime
    ingestionState: String
    metadata: JSON
    fileAccess: [String!]
    source: Source
  }
  type DeletedContent {
    id: String!
  }
  type PaginatedContent {
    nodes: [Content!]!
    totalCount: Int!
  }
  type Scope {
    id: String!
    name: String!
    parentId: String
    externalId: String
  }
  type PaginatedScope {
    nodes: [Scope!]!
    totalCount: Int!
  }
  type DeletedFolder {
    id: String!
    name: String!
    path: String!
  }
  type FailedFolder {
    id: String!
    name: String!
    failReason: String
    path: String!
  }
  type DeleteFolderResult {
    successFolders: [DeletedFolder!]!
    failedFolders: [FailedFolder!]!
  }
  type BulkMoveResult {
    scopeIds: [String!]!
    asyncMetadataRebuild: Boolean!
    jobId: String
    affectedFiles: Int!
    message: String
  }
  type IngestionStatistics {
    counts: JSON!
  }

  type Query {
    paginatedContent(skip: Int!, take: Int!, where: ContentWhereInput): PaginatedContent!
    paginatedScope(skip: Int!, take: Int!, where: ScopeWhereInput!): PaginatedScope!
    statisticsIngestion(where: ContentWhereInput): IngestionStatistics!
  }
  type Mutation {
    contentUpsert(
      input: ContentCreateInput!
      fileUrl: String
      chatId: String
      scopeId: String
      sourceOwnerType: String
      sourceName: String
      sourceKind: String
      storeInternally: Boolean
      baseUrl: String
    ): Content
    contentDeleteByContentIds(contentIds: [String!]!): [DeletedContent!]
    contentDelete(id: String!): Boolean
    contentUpdate(contentId: String!, ownerId: String, input: ContentUpdateInput!): Content
    generateScopesBasedOnPaths(paths: [String!]!, inheritAccess: Boolean): [Scope!]
    updateScope(id: String!, input: ScopeUpdateInput!): Scope
    createScopeAccesses(
      scopeAccesses: [ScopeAccessChangeDto!]!
      scopeId: String!
      applyToSubScopes: Boolean
      skipFileAccessPropagation: Boolean
    ): Boolean
    deleteFolder(scopeId: String!, recursive: Boolean!): DeleteFolderResult
    bulkMove(input: BulkMoveInput!): BulkMoveResult
  }
`);

/** What the scope management service is still asked: who one is. */
export const scopeManagementSchema = buildSchema(/* GraphQL */ `
  type User {
    id: String!
  }
  type Me {
    user: User!
  }
  type Query {
    me: Me!
  }
`);
