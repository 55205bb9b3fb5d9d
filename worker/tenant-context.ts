import { AsyncResource } from 'node:async_hooks';
import pLimit from 'p-limit';
import type { Logger } from 'pino';
import type { Limiter, TenantContext } from '../activities/context';
import { createImageMemory } from '../activities/inline-images/image-memory';
import { sourceKind } from '../activities/source';
import { fingerprint } from '../config/fingerprint';
import type { TenantConfig } from '../config/tenant';
import { type ConfluenceClient, createConfluenceClient } from '../confluence/client';
import { type BudgetLedger, createBudget } from '../http/budget';
import type { Proxy } from '../http/proxy';
import type { Store } from '../store/store';
import { createUniqueClient, type UniqueClient } from '../unique/client';

/** What the tenants of a worker share. */
export interface Shared {
  readonly store: Store;
  readonly log: Logger;
  /** Absent: everything is called directly. */
  readonly proxy: () => Proxy | undefined;
}

/** For pages with images, of all tenants: as much as the largest page needs. */
const IMAGE_MEMORY = createImageMemory(96 * 1024 * 1024);

/**
 * Builds what the activities of a tenant work with. Secrets are read when a request needs them.
 *
 * @throws {ConfigurationError} the proxy's variables are wrong
 */
export function createTenantContext(config: TenantConfig, { store, log, proxy }: Shared): TenantContext {
  return {
    config,
    place: placeOf(config),
    store,
    confluence: confluenceOf(config, store.budgets, proxy()),
    unique: uniqueOf(config, store.budgets, proxy()),
    transfers: createLimiter(config.processing.concurrency),
    imageMemory: IMAGE_MEMORY,
    log: log.child({ tenant: config.tenant }),
  };
}

function placeOf({ confluence, unique, ingestion }: TenantConfig): string {
  const { instanceType, baseUrl, cloudId, ingestSingleLabel, ingestAllLabel } = confluence;
  const { ingestionServiceBaseUrl, scopeManagementServiceBaseUrl } = unique;
  const { scopeId, useV1KeyFormat } = ingestion;
  return fingerprint([
    [instanceType, baseUrl, cloudId, ingestSingleLabel, ingestAllLabel],
    [ingestionServiceBaseUrl, scopeManagementServiceBaseUrl, scopeId, useV1KeyFormat],
  ]);
}

export function closeTenantContext({ confluence, unique }: TenantContext): void {
  confluence.close();
  unique.close();
}

function confluenceOf(
  { confluence, ingestion }: TenantConfig,
  ledger: BudgetLedger,
  proxy: Proxy | undefined,
): ConfluenceClient {
  const { instanceType, baseUrl, apiUrl, cloudId, auth } = confluence;
  return createConfluenceClient({
    instanceType,
    baseUrl,
    apiUrl,
    ...(cloudId === undefined ? {} : { cloudId }),
    auth: confluenceAuth(auth),
    // One budget a site, whoever shares it.
    budget: createBudget({
      requestsPerMinute: confluence.apiRateLimitPerMinute,
      ledger,
      target: `confluence ${cloudId ?? baseUrl}`,
    }),
    labels: { single: confluence.ingestSingleLabel, all: confluence.ingestAllLabel },
    attachments: ingestion.attachments.enabled,
    proxy,
  });
}

function confluenceAuth(
  auth: TenantConfig['confluence']['auth'],
): Parameters<typeof createConfluenceClient>[0]['auth'] {
  switch (auth.mode) {
    case 'oauth_2lo':
      return { mode: auth.mode, clientId: auth.clientId, clientSecret: () => auth.clientSecret.reveal() };
    case 'pat':
      return { mode: auth.mode, token: () => auth.token.reveal() };
    case 'basic':
      return { mode: auth.mode, username: () => auth.username.reveal(), password: () => auth.password.reveal() };
  }
}

function uniqueOf(
  { unique, confluence, ingestion }: TenantConfig,
  ledger: BudgetLedger,
  proxy: Proxy | undefined,
): UniqueClient {
  const { auth, ingestionServiceBaseUrl, scopeManagementServiceBaseUrl, batchSize } = unique;
  return createUniqueClient({
    auth:
      auth.mode === 'cluster_local'
        ? auth
        : {
            mode: auth.mode,
            oauthTokenUrl: auth.zitadelOauthTokenUrl,
            projectId: () => auth.zitadelProjectId.reveal(),
            clientId: auth.zitadelClientId,
            clientSecret: () => auth.zitadelClientSecret.reveal(),
          },
    ingestionServiceBaseUrl,
    scopeManagementServiceBaseUrl,
    batchSize,
    budget: createBudget({
      requestsPerMinute: unique.apiRateLimitPerMinute,
      ledger,
      target: `unique ${ingestionServiceBaseUrl}`,
    }),
    source: { kind: sourceKind(confluence.instanceType), name: confluence.baseUrl },
    storeInternally: ingestion.storeInternally,
    // Inside the cluster a proxy could not even resolve the platform's names.
    proxy: auth.mode === 'external' ? proxy : undefined,
  });
}

function createLimiter(places: number): Limiter {
  const limit = pLimit(places);
  // Bound to its caller, else a waiting request would be booked to whoever gave the place free.
  return (work) => limit(AsyncResource.bind(work));
}
