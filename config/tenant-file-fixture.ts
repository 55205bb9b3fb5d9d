import { stringify } from 'yaml';

/** Sections of a tenant file as plain objects, laid over a complete one; `undefined` takes a key away. */
export type FileChanges = Readonly<Record<string, unknown>>;

/** Variables behind the secrets of `cloudFile()` and `dataCenterFile()`. */
export const FIXTURE_ENVIRONMENT: NodeJS.ProcessEnv = {
  CONFLUENCE_CLIENT_SECRET: 'client-secret-value',
  CONFLUENCE_PAT: 'pat-value',
  ZITADEL_PROJECT_ID: 'project-value',
  ZITADEL_CLIENT_SECRET: 'zitadel-secret-value',
};

/** For tests: the text of a Cloud tenant's file with nothing but the required keys. */
export function cloudFile(changes: FileChanges = {}): string {
  return stringify(merge(CLOUD, changes), { aliasDuplicateObjects: false });
}

/** For tests: the same for Data Center, in the cluster of Unique. */
export function dataCenterFile(changes: FileChanges = {}): string {
  return stringify(merge(DATA_CENTER, changes), { aliasDuplicateObjects: false });
}

const LABELS = { ingestSingleLabel: 'ai-ingest', ingestAllLabel: 'ai-ingest-all' };
const SERVICES = {
  ingestionServiceBaseUrl: 'https://unique.example.com/ingestion',
  scopeManagementServiceBaseUrl: 'https://unique.example.com/scope-management',
};

const CLOUD: FileChanges = {
  confluence: {
    instanceType: 'cloud',
    baseUrl: 'https://acme.atlassian.net',
    cloudId: '11223344-a1b2-4c3d-8e4f-556677889900',
    auth: { mode: 'oauth_2lo', clientId: 'client', clientSecret: 'os.environ/CONFLUENCE_CLIENT_SECRET' },
    apiRateLimitPerMinute: 600,
    ...LABELS,
  },
  unique: {
    serviceAuthMode: 'external',
    zitadelOauthTokenUrl: 'https://id.example.com/oauth/v2/token',
    zitadelProjectId: 'os.environ/ZITADEL_PROJECT_ID',
    zitadelClientId: 'sync',
    zitadelClientSecret: 'os.environ/ZITADEL_CLIENT_SECRET',
    ...SERVICES,
  },
  ingestion: { scopeId: 'scope_1' },
};

const DATA_CENTER: FileChanges = {
  confluence: {
    instanceType: 'data-center',
    baseUrl: 'https://intranet.example.com/confluence',
    auth: { mode: 'pat', token: 'os.environ/CONFLUENCE_PAT' },
    apiRateLimitPerMinute: 600,
    ...LABELS,
  },
  unique: {
    serviceAuthMode: 'cluster_local',
    serviceExtraHeaders: { 'x-company-id': '1', 'x-user-id': '2' },
    ...SERVICES,
  },
  ingestion: { scopeId: 'scope_1' },
};

function merge(base: FileChanges, changes: FileChanges): FileChanges {
  const merged: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(changes)) {
    const old = merged[key];
    merged[key] = isSection(old) && isSection(value) ? merge(old, value) : value;
  }
  return Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== undefined));
}

function isSection(value: unknown): value is FileChanges {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
