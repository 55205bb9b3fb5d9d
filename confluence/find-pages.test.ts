import { createBudget, createMemoryBudgetLedger } from '../http/budget';
import { rejection, sendJson, withServer } from '../http/server-fixture';
import { listing, searchRow, v1Attachment } from './client-fixture';
import { connect } from './connect';
import { findPages, type PageReference } from './find-pages';
import { pagesQuery } from './find-pages-query';

const eng = (title: string): PageReference => ({ spaceKey: 'ENG', title });
const inline = (...ids: readonly string[]) => ({ attachment: listing(ids.map((id) => v1Attachment(id))) });

/** Looks pages up on a Data Center that answers each query with what `answer` says: rows, or a status. */
async function lookUp(
  references: readonly PageReference[],
  answer: (cql: string, start: number) => number | Record<string, unknown>,
) {
  const queries: string[] = [];
  return withServer(
    (request, response) => {
      const { searchParams } = new URL(request.url ?? '', 'http://site');
      const cql = searchParams.get('cql') ?? '';
      queries.push(cql);
      const answered = answer(cql, Number(searchParams.get('start')));
      if (typeof answered === 'number') sendJson(response, { statusCode: answered, message: 'no' }, answered);
      else sendJson(response, answered);
    },
    async ({ url }) => {
      const { api, http } = connect({
        instanceType: 'data-center',
        baseUrl: url,
        apiUrl: url,
        auth: { mode: 'pat', token: () => 'pat-1' },
        budget: createBudget({ requestsPerMinute: 600_000, ledger: createMemoryBudgetLedger(), target: 'site' }),
        labels: { single: 'one', all: 'tree' },
        attachments: true,
      });
      try {
        return { pages: await findPages(api, 'data-center', references), queries };
      } finally {
        http.close();
      }
    },
  );
}

test('B-063 asks for one page by space, title and type', () => {
  expect(pagesQuery([eng('T')])).toBe('space = "ENG" AND title = "T" AND type = page');
});

test('W-36 asks for many pages in one query', () => {
  const either = '((space = "ENG" AND title = "T") OR (space = "~me" AND title = "U"))';
  expect(pagesQuery([eng('T'), { spaceKey: '~me', title: 'U' }])).toBe(`${either} AND type = page`);
});

test('W-52 a title cannot continue the query', () => {
  expect(pagesQuery([eng('a\\" OR type=page')])).toContain('title = "a\\\\\\" OR type=page"');
});

test('gives pages with their attachments', async () => {
  const { pages } = await lookUp([eng('Page 7')], () => listing([searchRow('7', { children: inline('att1') })]));
  expect(pages).toEqual([
    expect.objectContaining({ id: '7', title: 'Page 7', spaceKey: 'ENG', hasMoreAttachments: false }),
  ]);
  expect(pages[0]?.attachments).toEqual([expect.objectContaining({ id: 'att1', version: 2 })]);
});

test('a row without attachments, or with a full list, may have more', async () => {
  const full = inline(...Array.from({ length: 25 }, (_, index) => `att${index}`));
  const rows = [searchRow('7', { children: {} }), searchRow('8', { children: full })];
  const { pages } = await lookUp([eng('x')], () => listing(rows));
  expect(pages.map(({ hasMoreAttachments }) => hasMoreAttachments)).toEqual([true, true]);
});

test('W-13 a row that cannot be read is left out', async () => {
  const rows = [searchRow('7', { title: 5 }), { x: 1 }, null, searchRow('8')];
  expect((await lookUp([eng('x')], () => listing(rows))).pages.map(({ id }) => id)).toEqual(['8']);
});

test('reads on where a server sends few rows', async () => {
  const { pages } = await lookUp([eng('x'), eng('y')], (_, start) =>
    listing([searchRow(String(7 + start))], start === 0 ? '/rest/api/content/search?start=1' : undefined),
  );
  expect(pages.map(({ id }) => id)).toEqual(['7', '8']);
});

test('queries stay short, also with the longest titles', async () => {
  const titles = Array.from({ length: 45 }, (_, index) => eng(`${index}`.padEnd(255, '頁')));
  const { queries } = await lookUp([...titles, ...titles.map((_, index) => eng(`${index}`))], () => listing([]));
  expect(Math.max(...queries.map((cql) => encodeURIComponent(cql).length))).toBeLessThan(4_100);
  expect(queries).toHaveLength(45 + 2);
});

test('a title that the server refuses spoils no other', async () => {
  const { pages, queries } = await lookUp([eng('bad'), eng('good')], (cql) =>
    cql.includes('bad') ? 400 : listing([searchRow('7')]),
  );
  expect(pages.map(({ id }) => id)).toEqual(['7']);
  expect(queries).toHaveLength(3);
});

test('a server that is down is no page that is missing', async () => {
  expect(await rejection(lookUp([eng('x')], () => 502))).toMatchObject({ name: 'UnavailableError' });
});
