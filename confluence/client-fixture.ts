import { createBudget, createMemoryBudgetLedger } from '../http/budget';
import { type ConfluenceClient, type ConfluenceOptions, createConfluenceClient } from './client';

/** Cloud's gateway path of the tests' site. */
export const GATEWAY = '/ex/confluence/cloud-1';

/** A client of a Cloud site behind the gateway at `url`. */
export function cloudClient(url: string, options: Partial<ConfluenceOptions> = {}): ConfluenceClient {
  const auth = { mode: 'oauth_2lo', clientId: 'client', clientSecret: () => 'secret' } as const;
  return client({ instanceType: 'cloud', baseUrl: url, apiUrl: url, cloudId: 'cloud-1', auth, ...options });
}

/** A client of a Data Center at `url`, with the context path `/confluence`. */
export function dataCenterClient(url: string, options: Partial<ConfluenceOptions> = {}): ConfluenceClient {
  const auth = { mode: 'pat', token: () => 'pat-1' } as const;
  return client({
    instanceType: 'data-center',
    baseUrl: `${url}/confluence`,
    apiUrl: `${url}/confluence`,
    auth,
    ...options,
  });
}

function client(
  options: Omit<ConfluenceOptions, 'budget' | 'labels' | 'attachments'> & Partial<ConfluenceOptions>,
): ConfluenceClient {
  const budget = createBudget({ requestsPerMinute: 600_000, ledger: createMemoryBudgetLedger(), target: 'site' });
  return createConfluenceClient({ budget, labels: { single: 'one', all: 'tree' }, attachments: true, ...options });
}

/** A row of a v1 search, as both products send it. */
export function searchRow(id: string, overrides: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    id,
    type: 'page',
    status: 'current',
    title: `Page ${id}`,
    space: { id: 98306, key: 'ENG', name: 'Engineering', type: 'global', status: 'current' },
    version: { number: 3, when: '2026-02-17T09:08:30.734Z', minorEdit: false },
    metadata: {
      labels: { results: [{ prefix: 'global', name: 'one', id: '1', label: 'one' }], start: 0, limit: 200, size: 1 },
    },
    children: { attachment: { results: [], start: 0, limit: 25, size: 0, _links: {} } },
    _links: { webui: `/spaces/ENG/pages/${id}/Page`, self: 'https://site.example/x' },
    ...overrides,
  };
}

/** An attachment as v1 shows it. */
export function v1Attachment(id: string, overrides: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    id,
    type: 'attachment',
    title: `${id}.pdf`,
    metadata: { mediaType: 'application/pdf' },
    extensions: { mediaType: 'application/pdf', fileSize: 14_638 },
    version: { number: 2, when: '2026-02-17T10:08:30.000+01:00' },
    _links: { download: `/download/attachments/7/${id}.pdf?version=2&modificationDate=1&api=v2` },
    ...overrides,
  };
}

/** A page of a v1 listing. */
export function listing(results: readonly unknown[], next?: unknown): Record<string, unknown> {
  return {
    results,
    limit: 25,
    size: results.length,
    _links: { base: 'https://site.example/wiki', ...(next !== undefined && { next }) },
  };
}
