import { Readable } from 'node:stream';
import fc from 'fast-check';
import type { HttpClient } from '../http/client';
import { HttpError } from '../http/errors';
import type { ConfluenceApi } from './api';
import { searchRow, v1Attachment } from './client-fixture';
import { createCloudApi } from './cloud';
import { parseContents } from './content-row';
import { createDataCenterApi } from './data-center';
import { findPages } from './find-pages';
import { readHiddenLabels } from './label-reader';
import { readListingPage } from './listing-page';
import { lookUpPages } from './look-up';
import { readPageBodies } from './page-reader';
import { resolveNext, StrayNextLinkError } from './next-link';
import { ListingLoopError, walkListing } from './walk';

/** Whatever Confluence answers comes to a result or to one of our errors, within a bounded number of requests. */

const SEARCH = '/wiki/rest/api/content/search';
const MOST_REQUESTS = 2_000;

const link = fc.oneof(
  fc.jsonValue(),
  fc.webUrl(),
  fc.constantFrom(
    '',
    '/',
    '?',
    `${SEARCH}?cursor=a`,
    `/rest/api/content/search?cursor=b`,
    `/wiki/api/v2/pages/7/attachments?cursor=c`,
  ),
  fc.string().map((cursor) => `/rest/api/content/search?next=true&cursor=${encodeURIComponent(cursor)}`),
);
const mutated = (make: (id: string, fields: Record<string, unknown>) => unknown, keys: readonly string[]) =>
  fc
    .tuple(fc.integer({ min: 1, max: 9 }), fc.dictionary(fc.constantFrom(...keys), fc.jsonValue(), { maxKeys: 2 }))
    .map(([id, fields]) => make(String(id), fields));
const row = fc.oneof(
  { weight: 1, arbitrary: fc.jsonValue() },
  { weight: 4, arbitrary: mutated(searchRow, Object.keys(searchRow('7'))) },
  {
    weight: 2,
    arbitrary: mutated((id, fields) => v1Attachment(`att${id}`, fields), Object.keys(v1Attachment('att7'))),
  },
);
const envelope = fc.record(
  {
    results: fc.oneof(fc.array(row, { maxLength: 6 }), fc.jsonValue()),
    _links: fc.record({ next: link }, { requiredKeys: [] }),
    start: fc.jsonValue(),
    limit: fc.jsonValue(),
    size: fc.jsonValue(),
  },
  { requiredKeys: ['results'] },
);
const answers = fc.array(fc.oneof({ weight: 5, arbitrary: envelope }, { weight: 1, arbitrary: fc.jsonValue() }), {
  minLength: 1,
  maxLength: 8,
});

/** Answers in turn, the last one for ever; so a listing whose last answer has a `next` has no end. */
function clientOf(script: readonly unknown[]): { readonly http: HttpClient; readonly requests: () => number } {
  let requests = 0;
  const request = async ({ path = '/', responseType }: { path?: string; responseType: string }) => {
    if (++requests > MOST_REQUESTS) throw new Error('endless');
    const value = script[Math.min(requests, script.length) - 1];
    const body =
      responseType === 'stream' ? Readable.from([]) : responseType === 'redirect' ? JSON.stringify(value) : value;
    return { body, headers: {}, status: 200, exchange: { method: 'GET', path, status: 200 } };
  };
  return { http: { request, close: () => undefined } as unknown as HttpClient, requests: () => requests };
}

async function comesToSomething(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof HttpError || error instanceof ListingLoopError)) throw error;
  }
}

const CALLS: Readonly<Record<string, (api: ConfluenceApi) => Promise<unknown>>> = {
  'a listing': async (api) => {
    const fetchPage = async (cursor: string | undefined) => {
      const page = await readListingPage(api, { cql: 'x', cursor, signal: undefined }, { attachments: true });
      const labels = await readHiddenLabels(api, page.rows, undefined);
      const { rows } = parseContents(page.rows, { product: 'cloud', attachments: true, labels });
      return { rows, ...(page.next !== undefined && { next: page.next }) };
    };
    for await (const page of walkListing(fetchPage, { maxEmptyPages: 20 })) void page;
  },
  'a list of attachments': async (api) => {
    const fetchPage = (cursor: string | undefined) => api.listAttachments({ pageId: '7', pageType: 'page', cursor });
    for await (const page of walkListing(fetchPage, { maxEmptyPages: 20 })) void page;
  },
  bodies: (api) => readPageBodies(api, ['1', '2', '3', '7'], undefined),
  'a look-up': (api) => lookUpPages(api, ['1', '2', 'x', '7'], undefined),
  'pages by title': (api) => findPages(api, 'cloud', [{ spaceKey: 'ENG', title: 'Page 1' }]),
  'a download': (api) => api.openAttachment({ pageId: '7', attachmentId: 'att1', downloadPath: '/download/x' }),
  'the name of the instance': (api) => api.instanceId(),
};

describe.each(Object.entries(CALLS))('W-13 any answer to %s', (_name, call) => {
  test.each([
    ['Cloud', (http: HttpClient) => createCloudApi(http, { cloudId: 'c', isPlainHttp: false })],
    ['Data Center', (http: HttpClient) => createDataCenterApi(http, '/confluence')],
  ])('of %s comes to a result or a typed error', async (_product, apiOf) => {
    await fc.assert(
      fc.asyncProperty(answers, async (script) => {
        const { http } = clientOf(script);
        await comesToSomething(() => call(apiOf(http)));
      }),
      { numRuns: 200 },
    );
  });
});

test('B-025 any next link leads on in the same listing, is its end, or an error', () => {
  fc.assert(
    fc.property(link, (next) => {
      try {
        const resolved = resolveNext(next, SEARCH);
        return resolved === undefined ? next === undefined || next === null : resolved.startsWith(`${SEARCH}?`);
      } catch (error) {
        return error instanceof StrayNextLinkError;
      }
    }),
    { numRuns: 2_000 },
  );
});
