import type { Sandbox, SandboxOptions } from './sandbox';
import { startSandbox } from './start-sandbox';

/** For tests: what came back, body read. */
export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests look into answers of every shape
  readonly json: any;
}

/** For tests: a running sandbox and a client that is logged in at both products. */
export interface Visit {
  readonly sandbox: Sandbox;
  /** GET at Confluence: below `/ex/confluence/{cloudId}/wiki` on Cloud, below the context path on Data Center. */
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Reply>;
  /** All rows of a search, by following `next` (Cloud) or by counting rows (Data Center). */
  searchAll(cql: string, query?: string): Promise<readonly Row[]>;
  /** A GraphQL request to the ingestion service. */
  graphql(query: string, variables?: object): Promise<Reply>;
  /** A JSON request to Unique, with its credential. */
  post(path: string, body: unknown): Promise<Reply>;
}

/** For tests: the part of a search row that they look at. */
export interface Row {
  readonly id: string;
  readonly type: string;
  readonly title: string;
}

interface SearchPage {
  readonly results: readonly Row[];
  readonly _links: { readonly next?: string };
}

/** For tests: starts a sandbox, logs in, and closes it whatever happens. */
export async function withSandbox<T>(options: SandboxOptions, test: (visit: Visit) => Promise<T>): Promise<T> {
  const sandbox = await startSandbox(options);
  try {
    return await test(await logIn(sandbox));
  } finally {
    await sandbox.close();
  }
}

/** For tests: `fetch` with the body read. */
export async function send(url: string, init: RequestInit = {}): Promise<Reply> {
  const response = await fetch(url, { redirect: 'manual', ...init });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    text,
    get json() {
      return JSON.parse(text) as unknown;
    },
  };
}

/** For tests: `path` with `query` encoded. */
export function searchPath(cql: string, query = ''): string {
  return `/rest/api/content/search?cql=${encodeURIComponent(cql)}${query}`;
}

async function logIn(sandbox: Sandbox): Promise<Visit> {
  const base = confluenceBase(sandbox);
  const confluence = { authorization: await confluenceAuthorization(sandbox) };
  const unique = await uniqueHeaders(sandbox);
  const get = (path: string, headers = {}) => send(`${base}${path}`, { headers: { ...confluence, ...headers } });
  const post = (path: string, body: unknown) =>
    send(`${sandbox.uniqueUrl}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...unique },
      body: JSON.stringify(body),
    });
  return {
    sandbox,
    get,
    post,
    graphql: (query, variables = {}) => post('/ingestion/graphql', { query, variables }),
    searchAll: async (cql, query = '') => {
      const rows: Row[] = [];
      let next: string | undefined = searchPath(cql, query);
      for (let page = 0; next !== undefined && page < 1000; page += 1) {
        const { results, _links } = (await get(next)).json as SearchPage;
        rows.push(...results);
        next = _links.next;
        if (next !== undefined && sandbox.flavor === 'data-center') {
          next = searchPath(cql, `${query}&start=${rows.length}`);
        }
      }
      return rows;
    },
  };
}

function confluenceBase(sandbox: Sandbox): string {
  if (sandbox.flavor === 'data-center') return sandbox.confluenceUrl;
  const { cloudId } = sandbox.tenantConfig()['confluence'] as { readonly cloudId: string };
  return `${sandbox.apiUrl}/ex/confluence/${cloudId}/wiki`;
}

async function confluenceAuthorization({ flavor, apiUrl, environment }: Sandbox): Promise<string> {
  if (flavor === 'data-center') return `Bearer ${environment['CONFLUENCE_PAT']}`;
  const reply = await send(`${apiUrl}/oauth/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      grant_type: 'client_credentials',
      client_id: 'sandbox-client',
      client_secret: environment['CONFLUENCE_CLIENT_SECRET'],
    }),
  });
  return `Bearer ${tokenOf(reply)}`;
}

async function uniqueHeaders(sandbox: Sandbox): Promise<Record<string, string>> {
  const { environment, uniqueUrl } = sandbox;
  const config = sandbox.tenantConfig()['unique'] as {
    readonly serviceExtraHeaders?: Record<string, string>;
    readonly zitadelClientId?: string;
  };
  if (config.serviceExtraHeaders) return { 'x-service-id': 'confluence-connector', ...config.serviceExtraHeaders };
  const client = Buffer.from(`${config.zitadelClientId}:${environment['ZITADEL_CLIENT_SECRET']}`).toString('base64');
  const reply = await send(`${uniqueUrl}/oauth/v2/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${client}`, 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      scope: `openid urn:zitadel:iam:org:project:id:${environment['ZITADEL_PROJECT_ID']}:aud`,
    }).toString(),
  });
  return { authorization: `Bearer ${tokenOf(reply)}` };
}

function tokenOf({ json }: Reply): string {
  return (json as { readonly access_token: string }).access_token;
}
