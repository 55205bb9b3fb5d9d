import { inlinesImages } from './schema-ingestion';
import type { TenantFile } from './schema';
import type { ConfluenceConfig, IngestionConfig, TenantConfig, UniqueConfig } from './tenant';

const BYTES_PER_MB = 1_048_576;

/** The tenant that a checked file describes, in our own words instead of the file's. */
export function toTenantConfig(tenant: string, file: string, checked: TenantFile): TenantConfig {
  const { scanIntervalCron, concurrency, maxItemsToScan } = checked.processing;
  return {
    tenant,
    file,
    status: checked.status,
    confluence: toConfluence(checked.confluence),
    unique: toUnique(checked.unique),
    processing: {
      concurrency,
      scanIntervalCron: scanIntervalCron.expression,
      ...(maxItemsToScan === undefined ? {} : { maxItemsToScan }),
    },
    ingestion: toIngestion(checked.ingestion),
    deletion: checked.deletion,
    verify: checked.verify,
    schedule: checked.schedule,
  };
}

function toConfluence(section: TenantFile['confluence']): ConfluenceConfig {
  const { instanceType, baseUrl, apiRateLimitPerMinute, ingestSingleLabel, ingestAllLabel } = section;
  const shared = { instanceType, baseUrl, apiRateLimitPerMinute, ingestSingleLabel, ingestAllLabel };
  const auth = toConfluenceAuth(section.auth);
  if (section.instanceType === 'data-center') return { ...shared, apiUrl: baseUrl, auth };
  return { ...shared, cloudId: section.cloudId, apiUrl: section.apiUrl, auth };
}

function toConfluenceAuth(auth: TenantFile['confluence']['auth']): ConfluenceConfig['auth'] {
  switch (auth.mode) {
    case 'oauth_2lo':
      return { mode: auth.mode, clientId: auth.clientId, clientSecret: auth.clientSecret.secret };
    case 'pat':
      return { mode: auth.mode, token: auth.token.secret };
    case 'basic':
      return { mode: auth.mode, username: auth.username.secret, password: auth.password.secret };
  }
}

function toUnique(section: TenantFile['unique']): UniqueConfig {
  const { ingestionServiceBaseUrl, scopeManagementServiceBaseUrl, apiRateLimitPerMinute, batchSize } = section;
  return {
    auth: toUniqueAuth(section),
    ingestionServiceBaseUrl,
    scopeManagementServiceBaseUrl,
    apiRateLimitPerMinute,
    batchSize,
  };
}

function toUniqueAuth(section: TenantFile['unique']): UniqueConfig['auth'] {
  if (section.serviceAuthMode === 'cluster_local') {
    return { mode: section.serviceAuthMode, extraHeaders: section.serviceExtraHeaders };
  }
  return {
    mode: section.serviceAuthMode,
    zitadelOauthTokenUrl: section.zitadelOauthTokenUrl,
    zitadelProjectId: section.zitadelProjectId.secret,
    zitadelClientId: section.zitadelClientId,
    zitadelClientSecret: section.zitadelClientSecret.secret,
  };
}

function toIngestion(section: TenantFile['ingestion']): IngestionConfig {
  const { attachments, pageIngestionConfig } = section;
  return {
    scopeId: section.scopeId,
    storeInternally: section.storeInternally === 'enabled',
    useV1KeyFormat: section.useV1KeyFormat === 'enabled',
    attachments: {
      enabled: attachments.mode === 'enabled',
      imageOcr: attachments.imageOcr === 'enabled',
      allowedMimeTypes: attachments.allowedMimeTypes,
      maxFileSizeBytes: attachments.maxFileSizeMb * BYTES_PER_MB,
    },
    ...(pageIngestionConfig == null ? {} : { pageIngestionConfig }),
    imageInlining: attachments.mode === 'enabled' && inlinesImages(pageIngestionConfig ?? undefined),
  };
}
