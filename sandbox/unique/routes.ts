import type { AccessTokens } from '../access-tokens';
import type { Addresses } from '../confluence/context';
import type { Credentials } from '../credentials';
import type { ServiceAuthMode } from '../sandbox';
import { json } from '../server/answers';
import type { Handler, Route } from '../server/exchange';
import { refuseStrangers, zitadelTokenEndpoint } from './authentication';
import {
  contentDelete,
  contentDeleteByContentIds,
  contentUpdate,
  contentUpsert,
  paginatedContent,
  statisticsIngestion,
} from './content-resolvers';
import { fileDiff } from './file-diff';
import { GraphqlDocuments } from './graphql-documents';
import { graphqlRoute } from './graphql-service';
import type { UniquePlatform } from './platform';
import { ingestionSchema, scopeManagementSchema } from './schema';
import {
  bulkMove,
  createScopeAccesses,
  deleteFolder,
  generateScopesBasedOnPaths,
  paginatedScope,
  updateScope,
} from './scope-resolvers';
import type { ServiceCall } from './service-call';
import { read, upload } from './uploads';

/** Inside a cluster the storage has a name that means nothing outside: the path of the ingestion service is used instead. */
const INTERNAL_STORAGE = 'http://blob-storage.unique.svc.cluster.local';

const INGESTION_OPERATIONS = {
  contentUpsert,
  paginatedContent,
  contentDeleteByContentIds,
  contentDelete,
  contentUpdate,
  statisticsIngestion,
  paginatedScope,
  generateScopesBasedOnPaths,
  updateScope,
  createScopeAccesses,
  deleteFolder,
  bulkMove,
};

const ROUTE_NAMES = {
  contentUpsert: 'unique.upsert',
  paginatedContent: 'unique.contents',
  contentDeleteByContentIds: 'unique.deleteContents',
  contentDelete: 'unique.deleteContent',
  contentUpdate: 'unique.updateContent',
  statisticsIngestion: 'unique.statistics',
  paginatedScope: 'unique.scopes',
  generateScopesBasedOnPaths: 'unique.generateScopes',
  updateScope: 'unique.updateScope',
  createScopeAccesses: 'unique.grant',
  deleteFolder: 'unique.deleteFolder',
  bulkMove: 'unique.bulkMove',
  me: 'unique.me',
  __typename: 'unique.probe',
};

/** How the emulated platform is reached. */
export interface UniqueAccess {
  readonly mode: ServiceAuthMode;
  readonly credentials: Credentials;
  readonly addresses: Addresses;
  readonly tokens: AccessTokens;
}

/** Everything that the emulated platform serves: two services under their path prefixes, storage, and its identity provider. */
export function uniqueRoutes(platform: UniquePlatform, access: UniqueAccess): readonly Route[] {
  const refuse = refuseStrangers(access.mode, access.tokens, access.credentials);
  const shared = { refuse, routeNames: ROUTE_NAMES, call: () => serviceCall(platform, access) };
  const diff: Handler = (request) => refuse(request) ?? fileDiff(platform, request);
  return [
    {
      method: 'POST',
      path: '/oauth/v2/token',
      name: 'unique.token',
      handler: zitadelTokenEndpoint(access.tokens, access.credentials),
    },
    graphqlRoute({
      ...shared,
      path: '/ingestion/graphql',
      documents: new GraphqlDocuments(ingestionSchema),
      operations: INGESTION_OPERATIONS,
    }),
    graphqlRoute({
      ...shared,
      path: '/scope-management/graphql',
      documents: new GraphqlDocuments(scopeManagementSchema),
      operations: { me: () => ({ user: { id: platform.userId } }) },
    }),
    { method: 'POST', path: '/ingestion/v2/content/file-diff', name: 'unique.fileDiff', handler: diff },
    {
      method: 'PUT',
      path: '/ingestion/scoped/upload',
      name: 'unique.upload',
      handler: (request) => upload(platform, request),
    },
    {
      method: 'GET',
      path: '/ingestion/scoped/read',
      name: 'unique.read',
      handler: (request) => read(platform, request),
    },
  ];
}

/** Paths that the platform does not know. */
export const uniqueFallback: Handler = ({ method, path }) =>
  json(404, { message: `Cannot ${method} ${path}`, error: 'Not Found', statusCode: 404 });

function serviceCall(platform: UniquePlatform, { mode, addresses }: UniqueAccess): ServiceCall {
  const origin = addresses.unique;
  return { platform, origin, storageOrigin: mode === 'external' ? `${origin}/ingestion` : INTERNAL_STORAGE };
}
