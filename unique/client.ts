import type { Budget } from '../http/budget';
import { createHttpClient, type SendBefore } from '../http/client';
import type { Proxy } from '../http/proxy';
import type { ContentUpsert, SourceKind, StoredContent, UpsertResult } from './content';
import { type ContentPage, Contents } from './contents';
import { createCredential, type UniqueAuth } from './credential';
import { CurrentUser } from './current-user';
import { type FileDiff, type FileDiffRequest, requestFileDiff } from './file-diff';
import { GraphqlEndpoint } from './graphql';
import { interpretUnique } from './graphql-refusal';
import { readIngestionStates } from './ingestion-states';
import type { AccessType, Scope, ScopeDeletion } from './scope';
import { Scopes } from './scopes';
import { type UploadRequest, Uploads } from './upload';
import { UpsertBatches } from './upsert-batches';
import { Upserts } from './upserts';

export type { ContentUpsert, SourceKind, StoredContent, UpsertResult } from './content';
export type { ContentPage } from './contents';
export type { UniqueAuth } from './credential';
export type { DiffFile, FileDiff, FileDiffRequest } from './file-diff';
export type { AccessType, Scope, ScopeDeletion } from './scope';
export type { UploadRequest } from './upload';

/**
 * The Unique platform, as far as a sync needs it. Every method makes one attempt and throws the classes of
 * `http/errors` or `unique/errors`; an aborted signal's reason is thrown as it is.
 *
 * Lists longer than the platform takes at once are sent in parts, one after the other. When a later part fails, what
 * the earlier ones did stays done and is not told: all of it is safe to run twice. Callers that must look at something
 * before each request (a lease, a cancellation) call with no more than one part.
 *
 * The platform publishes no reference of this API: operations, type names and sizes of parts are those that its own
 * public connectors use (github.com/Unique-AG/connectors, read in August 2026).
 */
export interface UniqueClient {
  /** Id of the service user that we are; asked once. */
  currentUserId(signal?: AbortSignal): Promise<string>;
  /**
   * Registers contents (without `fileUrl`) or finalizes them (with it), several a request. One result per content, in
   * order; a content that failed does so with its own typed error, of any class: the platform may say of a single one,
   * too, that it is busy.
   *
   * @throws {RateLimitedError} @throws {UnavailableError} @throws {UnauthorizedError} when a request as a whole came to
   *   nothing for a reason that does not lie in its contents
   */
  upsertContents(
    contents: readonly ContentUpsert[],
    signal?: AbortSignal,
    sendBefore?: SendBefore,
  ): Promise<readonly UpsertResult[]>;
  /**
   * Sends the bytes of a registered content; exactly `byteSize` of them, or none that the storage would keep.
   *
   * @throws {BodyLengthError} @throws {UploadRefusedError} @throws {WriteUrlError}
   */
  upload(request: UploadRequest): Promise<void>;
  /** What differs between a space and the platform; one streamed request. @throws {BodyLengthError} when `files` changed on the way */
  fileDiff(request: FileDiffRequest): Promise<FileDiff>;
  /** One page of the contents whose key begins with `prefix`. */
  contentsByKeyPrefix(request: {
    readonly prefix: string;
    /** Only those that belong to this scope. */
    readonly scopeId?: string | undefined;
    readonly skip: number;
    readonly take: number;
    readonly signal?: AbortSignal | undefined;
  }): Promise<ContentPage>;
  /** How many contents have a key that begins with `prefix`. */
  countByKeyPrefix(prefix: string, signal?: AbortSignal): Promise<number>;
  /** Those of the keys that the platform has; 100 keys a request. */
  contentsByKeys(keys: readonly string[], signal?: AbortSignal): Promise<readonly StoredContent[]>;
  /** Deletes contents, 20 a request. @returns ids that were really deleted: the platform leaves out those it could not */
  deleteContents(ids: readonly string[], signal?: AbortSignal, sendBefore?: SendBefore): Promise<readonly string[]>;
  /** How many contents of a scope are in which ingestion state; `undefined` when the answer cannot be read. */
  ingestionStates(scopeId: string, signal?: AbortSignal): Promise<ReadonlyMap<string, number> | undefined>;
  /** `undefined` when there is none, or the service user may not read it. */
  scope(id: string, signal?: AbortSignal): Promise<Scope | undefined>;
  /** Those of the marks that a scope carries; 100 a request. */
  scopesByExternalId(externalIds: readonly string[], signal?: AbortSignal): Promise<readonly Scope[]>;
  /** Scopes directly below another. */
  childScopes(parentId: string, signal?: AbortSignal): Promise<readonly Scope[]>;
  /** Adds to what a user may do with a scope; neither its subscopes nor its contents are touched. */
  grantAccess(scopeId: string, userId: string, access: readonly AccessType[], signal?: AbortSignal): Promise<void>;
  /**
   * Creates the scopes of paths like `/Knowledge/ENG`, access inherited; those that exist stay. 100 a request.
   *
   * @returns one scope per path, in order
   * @throws {ResponseShapeError} when the platform's answer has a gap or another order
   */
  createScopes(paths: readonly string[], signal?: AbortSignal): Promise<readonly Scope[]>;
  /** Marks a scope, or clears its mark with `null`. @returns the scope as it is afterwards */
  setExternalId(scopeId: string, externalId: string | null, signal?: AbortSignal): Promise<Scope>;
  /** Moves scopes with all they hold below another. @throws {UniqueRejectedError} when one of them did not move */
  moveScopes(scopeIds: readonly string[], targetScopeId: string, signal?: AbortSignal): Promise<void>;
  /** Deletes a scope, with `recursive` all below it, too. @returns what stayed: success is an empty list */
  deleteScope(scopeId: string, recursive: boolean, signal?: AbortSignal): Promise<ScopeDeletion>;
  /**
   * Proves that the platform accepts us: by a new token when the old one runs out, and by who we are once.
   *
   * @returns when the token expires, milliseconds since the epoch; absent inside the cluster, where there is none
   */
  checkAccess(signal?: AbortSignal): Promise<{ readonly tokenExpiresAt?: number }>;
  /** Closes the connections. */
  close(): void;
}

/** What a client is made for: one tenant. */
export interface UniqueOptions {
  readonly auth: UniqueAuth;
  /** Without a slash at its end; may have a path. */
  readonly ingestionServiceBaseUrl: string;
  /** Without a slash at its end; may have a path. */
  readonly scopeManagementServiceBaseUrl: string;
  /** Registrations and finalizations in one request; 1 switches batching off. Less when the platform shows that it takes less. */
  readonly batchSize: number;
  /** For GraphQL and the file diff; uploads and tokens do not pass it. */
  readonly budget: Budget;
  /** For services, tokens and uploads alike. */
  readonly proxy?: Proxy | undefined;
  readonly source: {
    readonly kind: SourceKind;
    /** Base URL of the Confluence instance. */
    readonly name: string;
  };
  /** Whether the platform keeps the bytes, beside what it makes of them. */
  readonly storeInternally: boolean;
}

/** Makes the client of one tenant; close it when it is of no further use. */
export function createUniqueClient(options: UniqueOptions): UniqueClient {
  const { auth, budget, ingestionServiceBaseUrl, proxy, scopeManagementServiceBaseUrl, source, storeInternally } =
    options;
  const credential = createCredential(auth, proxy);
  const toService = (baseUrl: string) =>
    createHttpClient({ baseUrl, budget, authorization: credential.authorization, interpret: interpretUnique, proxy });
  const ingestion = toService(ingestionServiceBaseUrl);
  const scopeManagement = toService(scopeManagementServiceBaseUrl);

  const graphql = new GraphqlEndpoint(ingestion, budget, credential.tokens);
  const user = new CurrentUser(new GraphqlEndpoint(scopeManagement, budget, credential.tokens));
  const upserts = new Upserts(graphql, { ...source, storeInternally });
  const batches = new UpsertBatches((batch, how) => upserts.send(batch, how), options.batchSize);
  const uploads = new Uploads(ingestion, auth.mode === 'cluster_local' ? ingestionServiceBaseUrl : undefined);
  const contents = new Contents(graphql);
  const scopes = new Scopes(graphql);

  return {
    currentUserId: (signal) => user.id(signal),
    upsertContents: (list, signal, sendBefore) => batches.upsert(list, { signal, sendBefore }),
    upload: (request) => uploads.send(request),
    fileDiff: (request) => requestFileDiff(ingestion, request),
    contentsByKeyPrefix: ({ prefix, scopeId, skip, take, signal }) =>
      contents.byKeyPrefix(prefix, scopeId, skip, take, signal),
    countByKeyPrefix: (prefix, signal) => contents.countByKeyPrefix(prefix, signal),
    contentsByKeys: (keys, signal) => contents.byKeys(keys, signal),
    deleteContents: (ids, signal, sendBefore) => contents.delete(ids, signal, sendBefore),
    ingestionStates: (scopeId, signal) => readIngestionStates(graphql, scopeId, signal),
    scope: (id, signal) => scopes.byId(id, signal),
    scopesByExternalId: (externalIds, signal) => scopes.byExternalIds(externalIds, signal),
    childScopes: (parentId, signal) => scopes.children(parentId, signal),
    grantAccess: (scopeId, userId, access, signal) => scopes.grant(scopeId, userId, access, signal),
    createScopes: (paths, signal) => scopes.create(paths, signal),
    setExternalId: (scopeId, externalId, signal) => scopes.setExternalId(scopeId, externalId, signal),
    moveScopes: (scopeIds, targetScopeId, signal) => scopes.move(scopeIds, targetScopeId, signal),
    deleteScope: (scopeId, recursive, signal) => scopes.delete(scopeId, recursive, signal),
    async checkAccess(signal) {
      await credential.tokens?.authorization(signal);
      await user.id(signal);
      const tokenExpiresAt = credential.tokens?.expiresAt();
      return tokenExpiresAt === undefined ? {} : { tokenExpiresAt };
    },
    close() {
      for (const one of [ingestion, scopeManagement, credential]) one.close();
    },
  };
}
