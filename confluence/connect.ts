import type { Budget } from '../http/budget';
import { createHttpClient, type HttpClient } from '../http/client';
import type { Proxy } from '../http/proxy';
import type { ConfluenceApi } from './api';
import type { InstanceType } from './attachment-row';
import { createCloudApi } from './cloud';
import { type ConfluenceAuth, createCredential, type Credential } from './credential';
import { createDataCenterApi } from './data-center';
import { interpretFor } from './failures';
import { cloudTokenEndpoint, dataCenterTokenEndpoint } from './oauth';

/** What a client is made of. */
export interface ConfluenceOptions {
  readonly instanceType: InstanceType;
  /** Address that people use; for Data Center also the one we use. No slash at its end. */
  readonly baseUrl: string;
  /** Cloud: the gateway, `https://api.atlassian.com`. Not used for Data Center. */
  readonly apiUrl: string;
  /** Cloud only. */
  readonly cloudId?: string;
  readonly auth: ConfluenceAuth;
  readonly budget: Budget;
  /** For all that the client sends: API, tokens, and Cloud's media host. */
  readonly proxy?: Proxy | undefined;
  /** Names of the labels that bring in a page alone, or with all that is below it. */
  readonly labels: { readonly single: string; readonly all: string };
  /** Whether attachments are asked for. */
  readonly attachments: boolean;
}

/** A site within reach. */
export interface Connection {
  readonly http: HttpClient;
  readonly api: ConfluenceApi;
  readonly credential: Credential;
}

/** Puts the product's API on a client with the tenant's credential. Sends nothing yet. */
export function connect(options: ConfluenceOptions): Connection {
  const { instanceType, baseUrl, apiUrl, cloudId, auth, budget, proxy } = options;
  const isCloud = instanceType === 'cloud';
  if (isCloud && cloudId === undefined) throw new TypeError('Confluence Cloud needs a cloudId.');
  const target = isCloud ? `${apiUrl}/ex/confluence/${cloudId}` : baseUrl;
  const endpoint = isCloud ? cloudTokenEndpoint(apiUrl) : dataCenterTokenEndpoint(baseUrl);
  const credential = createCredential(auth, endpoint, () => http);
  const authorization = 'tokens' in credential ? credential.tokens : credential.headers;
  const http: HttpClient = createHttpClient({
    baseUrl: target,
    budget,
    authorization,
    interpret: interpretFor(instanceType),
    proxy,
  });
  const { pathname, protocol } = new URL(target);
  const api: ConfluenceApi = isCloud
    ? createCloudApi(http, { cloudId: cloudId ?? '', isPlainHttp: protocol === 'http:' })
    : createDataCenterApi(http, pathname.replace(/\/$/, ''));
  return { http, api, credential };
}
