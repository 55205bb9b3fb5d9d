import pLimit from 'p-limit';
import { createConfluenceClient } from '../../confluence/client';
import { connect, type ConfluenceOptions } from '../../confluence/connect';
import { findPages } from '../../confluence/find-pages';
import { createBudget, createMemoryBudgetLedger } from '../../http/budget';
import type { Sandbox, SandboxOptions } from '../../sandbox';
import { Site } from '../../sandbox/site/site';
import { startSandbox } from '../../sandbox/start-sandbox';
import { IMAGE_BUDGET_BYTES, inlineImages, type ImageLimits, type ImageSources } from './inline-images';
import { createPageLookup } from './page-lookup';

const LIMITS: ImageLimits = {
  allowedMimeTypes: ['image/png', 'image/jpeg', 'application/pdf'],
  maxFileSizeBytes: 50_000,
  budgetBytes: IMAGE_BUDGET_BYTES,
};
const RED = Buffer.from('the bytes of a red picture');
const BLUE = Buffer.from('the bytes of a blue one');
const never = new AbortController().signal;

const macro = (fileName: string, page = '', attributes = '') =>
  `<ac:image${attributes}><ri:attachment ri:filename="${fileName}">${page}</ri:attachment></ac:image>`;
const onPage = (title: string, spaceKey?: string) =>
  `<ri:page${spaceKey === undefined ? '' : ` ri:space-key="${spaceKey}"`} ri:content-title="${title}" />`;
const img = (fileName: string, bytes: Buffer, mimeType = 'image/png') =>
  `<img alt="${fileName}" src="data:${mimeType};base64,${bytes.toString('base64')}" />`;

/** A page "Home" in ENG with red.png and blue.png, a page "Art" in DESIGN with logo.png, on a sandbox. */
interface Setting {
  readonly sandbox: Sandbox;
  readonly homeId: string;
  readonly artId: string;
  readonly sources: ImageSources;
  /** Inlines `body` as if it were the page's, with the attachments that it has now. */
  inline(
    body: string,
    limits?: Partial<ImageLimits>,
    signal?: AbortSignal,
  ): Promise<{ readonly text: string } & Inlined>;
}
type Inlined = Omit<Awaited<ReturnType<typeof inlineImages>>, 'body'>;

async function withSite<T>(flavor: SandboxOptions['flavor'], test: (setting: Setting) => Promise<T>): Promise<T> {
  const site = new Site();
  site.addSpace({ key: 'ENG' });
  site.addSpace({ key: 'DESIGN' });
  const home = site.addPage({ spaceKey: 'ENG', title: 'Home' });
  const art = site.addPage({ spaceKey: 'DESIGN', title: 'Art "&" \\Craft' });
  site.addAttachment(home.id, { title: 'red.png', mediaType: 'image/png', bytes: RED });
  site.addAttachment(home.id, { title: 'blue.png', mediaType: 'image/png; charset=x', bytes: BLUE });
  site.addAttachment(art.id, { title: 'logo.png', mediaType: 'image/png', bytes: RED });
  const sandbox = await startSandbox({ flavor, site });
  const options = optionsFor(sandbox);
  const { api, http } = connect(options);
  const client = createConfluenceClient(options);
  const calls = {
    ...client,
    findPages: (references: Parameters<typeof findPages>[2], signal?: AbortSignal) =>
      findPages(api, flavor, references, signal),
  };
  const sources = { ...calls, transfers: pLimit(8), lookup: createPageLookup(calls) };
  try {
    return await test({
      sandbox,
      homeId: home.id,
      artId: art.id,
      sources,
      async inline(body, limits = {}, signal = never) {
        const { rows: attachments } = await client.listAttachments({ pageId: home.id, pageType: 'page' });
        const page = { pageId: home.id, spaceKey: 'ENG', body, attachments };
        const result = await inlineImages(page, sources, { ...LIMITS, ...limits }, signal);
        return { ...result, text: result.body.toString('utf8') };
      },
    });
  } finally {
    client.close();
    http.close();
    await sandbox.close();
  }
}

function optionsFor(sandbox: Sandbox): ConfluenceOptions {
  const { cloudId, auth } = sandbox.tenantConfig()['confluence'] as {
    cloudId: string;
    auth: { clientId: string };
  };
  const { CONFLUENCE_PAT: pat = '', CONFLUENCE_CLIENT_SECRET: secret = '' } = sandbox.environment;
  const isCloud = sandbox.flavor === 'cloud';
  return {
    instanceType: sandbox.flavor,
    baseUrl: sandbox.confluenceUrl,
    apiUrl: sandbox.apiUrl,
    ...(isCloud && { cloudId }),
    auth: isCloud
      ? { mode: 'oauth_2lo', clientId: auth.clientId, clientSecret: () => secret }
      : { mode: 'pat', token: () => pat },
    budget: createBudget({ requestsPerMinute: 600_000, ledger: createMemoryBudgetLedger(), target: 'site' }),
    labels: { single: 'one', all: 'tree' },
    attachments: true,
  };
}

/** Searches since the last count. */
function countSearches({ requests }: Sandbox): number {
  const searches = requests.entries.filter(({ path }) => path.includes('/content/search'));
  requests.reset();
  return searches.length;
}

describe.each(['cloud', 'data-center'] as const)('%s', (flavor) => {
  test('B-062 B-068 own images take the place of their macros, all else stays byte for byte', () =>
    withSite(flavor, async ({ inline, homeId }) => {
      const red = macro('red.png', '', ' ac:width="200" ac:alt="R &amp; B"');
      const { text, inlined, isComplete } = await inline(
        `<p>é &nbsp;${red}${macro('blue.png')}\u2028</p><p />${macro('red.png')}`,
      );
      const wide = `<img alt="R &amp; B" width="200" src="data:image/png;base64,${RED.toString('base64')}" />`;
      expect(text).toBe(`<p>é &nbsp;${wide}${img('blue.png', BLUE)}\u2028</p><p />${img('red.png', RED)}`);
      expect(inlined).toEqual([
        { pageId: homeId, attachmentId: expect.stringMatching(/^att/), version: 1 },
        { pageId: homeId, attachmentId: expect.stringMatching(/^att/), version: 1 },
      ]);
      expect(isComplete).toBe(true);
    }));

  test('B-063 images of other pages are found by title, in a named space or the current one', () =>
    withSite(flavor, async ({ inline, sandbox, artId }) => {
      const { id } = sandbox.site.addPage({ spaceKey: 'ENG', title: 'Art' });
      sandbox.site.addAttachment(id, { title: 'logo.png', mediaType: 'image/png', bytes: BLUE });
      const named = macro('logo.png', onPage('Art &quot;&amp;&quot; \\Craft', 'DESIGN'));
      const current = macro('logo.png', onPage('Art'));
      const { text, inlined } = await inline(`${named}${current}${macro('red.png')}${macro('blue.png')}`);
      expect(text).toBe(img('logo.png', RED) + img('logo.png', BLUE) + img('red.png', RED) + img('blue.png', BLUE));
      expect(inlined.map(({ pageId }) => pageId).slice(0, 2)).toEqual([artId, id]);
    }));

  test('B-063 a page that names itself shows its own image, once', () =>
    withSite(flavor, async ({ inline }) => {
      const { text } = await inline(macro('red.png', onPage('Home')) + macro('blue.png'));
      expect(text).toBe(img('red.png', RED) + img('blue.png', BLUE));
    }));

  test('B-063 finds a file beyond the 25 that a search shows', () =>
    withSite(flavor, async ({ inline, sandbox, artId }) => {
      for (let index = 0; index < 30; index++) {
        sandbox.site.addAttachment(artId, { title: `${index}.png`, mediaType: 'image/png', bytes: BLUE });
      }
      sandbox.site.renamePage(artId, 'Art');
      const elsewhere = macro('29.png', onPage('Art', 'DESIGN'));
      const { text } = await inline(elsewhere + macro('red.png') + macro('blue.png'));
      expect(text).toBe(img('29.png', BLUE) + img('red.png', RED) + img('blue.png', BLUE));
    }));

  test('B-069 images without a macro follow as paragraphs, once each, through the same filters', () =>
    withSite(flavor, async ({ inline, sandbox, homeId }) => {
      sandbox.site.addAttachment(homeId, { title: 'x.gif', mediaType: 'image/gif', bytes: RED });
      sandbox.site.addAttachment(homeId, { title: 'x.pdf', mediaType: 'application/pdf', bytes: RED });
      sandbox.site.addAttachment(homeId, {
        title: 'big.png',
        mediaType: 'image/png',
        bytes: { size: 50_001, seed: 1 },
      });
      const { text } = await inline(`<p>text</p>${macro('red.png')}`);
      expect(text).toBe(`<p>text</p>${img('red.png', RED)}<p>${img('blue.png', BLUE)}</p>`);
      expect((await inline('')).text).toBe(`<p>${img('red.png', RED)}</p><p>${img('blue.png', BLUE)}</p>`);
    }));

  test('B-064 B-065 what cannot be inlined stays a macro', () =>
    withSite(flavor, async ({ inline, sandbox, homeId }) => {
      sandbox.site.addAttachment(homeId, { title: 'x.gif', mediaType: 'image/gif', bytes: RED });
      sandbox.site.addAttachment(homeId, { title: 'x.pdf', mediaType: 'application/pdf', bytes: RED });
      sandbox.site.addAttachment(homeId, {
        title: 'big.png',
        mediaType: 'image/png',
        bytes: { size: 50_001, seed: 1 },
      });
      const body = [
        '<ac:image><ri:url ri:value="https://x/red.png" /></ac:image>',
        '<ac:image ac:alt="none"></ac:image>',
        macro('missing.png'),
        macro('x.gif'),
        macro('x.pdf'),
        macro('big.png'),
        macro('red.png', '<ri:page ri:space-key="ENG" />'),
        macro('red.png', onPage('No such page')),
        macro('red.png', onPage('Home', 'NOSPACE')),
      ].join('<p>text</p>');
      const { text, isComplete } = await inline(body);
      expect(text).toBe(`${body}<p>${img('red.png', RED)}</p><p>${img('blue.png', BLUE)}</p>`);
      expect(isComplete).toBe(true);
    }));

  test('B-064 W-04 a download that fails leaves its macro, and the page is to be tried again', () =>
    withSite(flavor, async ({ inline, sandbox }) => {
      const body = macro('red.png') + macro('blue.png');
      const bytes = flavor === 'cloud' ? /\/download$|binary/ : /download\/attachments/;
      const fault = sandbox.faults.add({ kind: 'status', status: 500, route: bytes, times: 1 });
      const { text, inlined, isComplete } = await inline(body);
      expect(fault.hits).toBe(1);
      expect(inlined).toHaveLength(1);
      expect([macro('red.png') + img('blue.png', BLUE), img('red.png', RED) + macro('blue.png')]).toContain(text);
      expect(isComplete).toBe(false);
      expect(await inline(body)).toMatchObject({ text: img('red.png', RED) + img('blue.png', BLUE), isComplete: true });
    }));

  test('B-064 a cut image is none', () =>
    withSite(flavor, async ({ inline, sandbox }) => {
      const bytes = flavor === 'cloud' ? /binary/ : /download\/attachments/;
      sandbox.faults.add({ kind: 'cut-body', route: bytes });
      const body = macro('red.png') + macro('blue.png');
      expect(await inline(body)).toMatchObject({ text: body, inlined: [], isComplete: false });
    }));

  test('W-36 each page is looked up once a slice, many in one search', () =>
    withSite(flavor, async ({ inline, sandbox, sources }) => {
      const titles = Array.from({ length: 15 }, (_, index) => `Page ${index}`);
      for (const title of titles.slice(1)) {
        const { id } = sandbox.site.addPage({ spaceKey: 'ENG', title });
        sandbox.site.addAttachment(id, { title: 'red.png', mediaType: 'image/png', bytes: RED });
      }
      countSearches(sandbox);
      await sources.lookup.find(
        titles.map((title) => ({ spaceKey: 'ENG', title })),
        never,
      );
      const { text } = await inline(titles.map((title) => macro('red.png', onPage(title))).join(''));
      await inline(macro('red.png', onPage('page 3')) + macro('red.png', onPage('Page 0', 'eng')));
      expect(text.startsWith(macro('red.png', onPage('Page 0')) + img('red.png', RED))).toBe(true);
      expect(countSearches(sandbox)).toBe(1);
    }));

  test('a rate limit stops the slice, not only the page, and at once', () =>
    withSite(flavor, async ({ inline, sandbox }) => {
      const bytes = flavor === 'cloud' ? /\/download$/ : /download\/attachments/;
      sandbox.faults.add({ kind: 'status', status: 429, retryAfter: 60, route: bytes });
      const stopped = inline(macro('red.png'));
      await expect(stopped).rejects.toMatchObject({ name: 'SyncError', cause: { name: 'RateLimitedError' } });
    }));

  test('W-58 neither file names nor titles stand in an error', () =>
    withSite(flavor, async ({ inline, sandbox }) => {
      sandbox.faults.add({ kind: 'status', status: 401, route: /search|download/ });
      const error: unknown = await inline(macro('red.png', onPage('Art', 'DESIGN'))).catch((e: unknown) => e);
      expect(error).toMatchObject({ name: 'SyncError' });
      expect(JSON.stringify(error) + (error as Error).stack).not.toMatch(/red\.png|Art\b/);
    }));
});

test('W-31 what does not fit into the budget stays a macro, also where an image is shown twice', () =>
  withSite('cloud', async ({ inline }) => {
    const blueTwice = macro('blue.png') + macro('blue.png');
    const budgetBytes = RED.length + BLUE.length;
    const { text, isComplete } = await inline(blueTwice + macro('red.png'), { budgetBytes });
    expect(text).toBe(img('blue.png', BLUE) + img('blue.png', BLUE) + macro('red.png'));
    expect(isComplete).toBe(true);
    expect((await inline(macro('red.png') + blueTwice, { budgetBytes })).text).toBe(img('red.png', RED) + blueTwice);
  }));

test('B-070 W-31 no more than four images of a page are on their way', () =>
  withSite('cloud', async ({ inline, sandbox, homeId, sources }) => {
    for (let index = 0; index < 12; index++) {
      sandbox.site.addAttachment(homeId, { title: `${index}.png`, mediaType: 'image/png', bytes: RED });
    }
    let now = 0;
    let most = 0;
    const open = sources.openAttachment;
    Object.assign(sources, {
      async openAttachment(request: Parameters<typeof open>[0]) {
        most = Math.max(most, ++now);
        const opened = await open(request);
        opened.stream.once('close', () => now--);
        return opened;
      },
    });
    expect((await inline('')).inlined).toHaveLength(14);
    expect(most).toBe(4);
  }));

test('a caption outlives its macro', () =>
  withSite('cloud', async ({ inline }) => {
    const caption = '<ac:caption><p>Figure <strong>1</strong></p></ac:caption>';
    const body = `<ac:image><ri:attachment ri:filename="red.png" />${caption}</ac:image>${macro('blue.png')}`;
    expect((await inline(body)).text).toBe(img('red.png', RED) + caption + img('blue.png', BLUE));
  }));

test('B-072 an unexpected error gives the body as it is', () =>
  withSite('cloud', async ({ inline, sources }) => {
    Object.assign(sources, { openAttachment: () => Promise.reject(new TypeError('a bug')) });
    const body = `<p>é</p>${macro('red.png')}`;
    expect(await inline(body)).toMatchObject({ text: body, inlined: [], isComplete: false });
  }));

test('a cancellation is passed on', () =>
  withSite('cloud', async ({ inline, sandbox }) => {
    sandbox.faults.add({ kind: 'slow', ms: 10_000, route: /\/download$/ });
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 200);
    await expect(inline(macro('red.png'), {}, stop.signal)).rejects.toMatchObject({ name: 'AbortError' });
  }));
