import { createHash } from 'node:crypto';
import { searchPath, send, withSandbox } from '../sandbox-fixture';

const WITH_FILES =
  '&expand=children.attachment,children.attachment.version,children.attachment.extensions,children.attachment.metadata';

describe('Cloud', () => {
  it('redirects a download to another origin, which wants no Authorization and gives the exact bytes', async () => {
    await withSandbox({ flavor: 'cloud' }, async ({ get, sandbox }) => {
      const page = sandbox.site.byTitle('Database failover');
      const file = sandbox.site.attachmentOfFile(page.id, 'topology.png');
      const redirect = await get(`/rest/api/content/${page.id}/child/attachment/${file?.id}/download`);
      const location = redirect.headers.get('location') ?? '';

      expect(redirect.status).toBe(302);
      expect(new URL(location).origin).toBe(sandbox.mediaUrl);
      expect((await send(location, { headers: { authorization: 'Bearer x' } })).status).toBe(400);
      const bytes = Buffer.from(await (await fetch(location)).arrayBuffer());
      expect(bytes.equals(file?.bytes as Buffer)).toBe(true);
    });
  });

  it('refuses a media URL that has expired or was tampered with', async () => {
    await withSandbox({ flavor: 'cloud' }, async ({ get, sandbox }) => {
      const page = sandbox.site.byTitle('Database failover');
      const [file] = sandbox.site.attachmentsOf(page.id);
      const download = `/rest/api/content/${page.id}/child/attachment/${file?.id}/download`;
      const location = (await get(download)).headers.get('location') ?? '';

      expect((await send(location.replace('token=', 'token=A'))).status).toBe(403);
      sandbox.site.clock.shift(600_001);
      expect((await send(location)).status).toBe(403);
    });
  });

  it('hides downloads of files that are gone, archived, or of another page', async () => {
    await withSandbox({ flavor: 'cloud' }, async ({ get, sandbox }) => {
      const page = sandbox.site.byTitle('Database failover');
      const [first, second] = sandbox.site.attachmentsOf(page.id);
      const status = async (pageId: string, id = '', query = '') =>
        (await get(`/rest/api/content/${pageId}/child/attachment/${id}/download${query}`)).status;

      expect(await status('1', first?.id)).toBe(404);
      expect(await status(page.id, first?.id, '?version=9')).toBe(400);
      sandbox.site.removeAttachment(first?.id ?? '');
      expect(await status(page.id, first?.id)).toBe(404);
      sandbox.site.archive(page.id);
      expect(await status(page.id, second?.id)).toBe(404);
      expect(await status(page.id, second?.id, '?status=archived')).toBe(302);
    });
  });

  it('gives the version of a file that was current when the redirect was made', async () => {
    await withSandbox({ flavor: 'cloud' }, async ({ get, sandbox }) => {
      const page = sandbox.site.byTitle('Log archive');
      const [file] = sandbox.site.attachmentsOf(page.id);
      const download = `/rest/api/content/${page.id}/child/attachment/${file?.id}/download`;
      const before = (await get(download)).headers.get('location') ?? '';
      sandbox.site.replaceAttachment(file?.id ?? '', { bytes: Buffer.from('new') });

      expect((await send(before)).text).toContain('2026-06-01');
      expect((await send((await get(download)).headers.get('location') ?? '')).text).toBe('new');
    });
  });

  it('inlines 25 attachments and lists all by v2, on the path of the right type alone', async () => {
    await withSandbox({ flavor: 'cloud' }, async ({ get, sandbox }) => {
      const page = sandbox.site.byTitle('Log archive');
      const post = sandbox.site.byTitle('Summer party 🎉');
      const [row] = (await get(searchPath(`id = ${page.id}`, WITH_FILES))).json.results;
      const inline = row.children.attachment;
      expect([inline.results.length, inline.size, inline.limit]).toEqual([25, 25, 25]);
      expect(inline._links.next).toBe(`/rest/api/content/${page.id}/child/attachment?limit=25&start=25`);
      expect(inline.results[0]).toMatchObject({
        title: 'log-01.txt',
        extensions: { mediaType: 'text/plain', fileSize: 27 },
        version: { number: 1, when: expect.stringMatching(/Z$/) },
        _links: { download: `/rest/api/content/${page.id}/child/attachment/${inline.results[0].id}/download` },
      });

      const first = await get(`/api/v2/pages/${page.id}/attachments?limit=20`);
      const next: string = first.json._links.next;
      expect(next).toMatch(/^\/wiki\/api\/v2\/pages\/\d+\/attachments\?limit=20&cursor=/);
      expect(first.headers.get('link')).toContain(`<${next}>; rel="next"`);
      const second = await get(next.replace('/wiki', ''));
      expect(second.json.results.map(({ title }: { title: string }) => title)).toEqual(
        Array.from({ length: 10 }, (_, index) => `log-${index + 21}.txt`),
      );
      expect(second.json._links).not.toHaveProperty('next');

      expect((await get(`/api/v2/pages/${post.id}/attachments`)).status).toBe(404);
      expect((await get(`/api/v2/blogposts/${page.id}/attachments`)).status).toBe(404);
      const ofPost = (await get(`/api/v2/blogposts/${post.id}/attachments`)).json.results;
      expect(ofPost[0]).toMatchObject({ blogPostId: post.id, title: 'party.png', version: { number: 1 } });
      expect((await get(`/api/v2/attachments/${ofPost[0].id}`)).json.fileId).toBe(ofPost[0].fileId);
    });
  });

  it('refuses a v2 cursor that it did not make, and a limit beyond 250', async () => {
    await withSandbox({ flavor: 'cloud' }, async ({ get, sandbox }) => {
      const path = `/api/v2/pages/${sandbox.site.byTitle('Log archive').id}/attachments`;

      expect((await get(`${path}?cursor=x`)).json.errors[0]).toMatchObject({ code: 'INVALID_REQUEST_PARAMETER' });
      expect((await get(`${path}?limit=251`)).status).toBe(400);
    });
  });

  it('leads to the old path, which no token opens, when told to', async () => {
    await withSandbox({ flavor: 'cloud' }, async ({ get, sandbox }) => {
      sandbox.switches.downloadLink = 'legacy';
      const page = sandbox.site.byTitle('Log archive');
      const [row] = (await get(searchPath(`id = ${page.id}`, WITH_FILES))).json.results;
      const { download } = row.children.attachment.results[0]._links;

      expect(download).toMatch(
        /^\/download\/attachments\/\d+\/log-01\.txt\?version=1&modificationDate=\d+&cacheVersion=1/,
      );
      expect((await get(download)).status).toBe(500);
      expect((await send(`${sandbox.confluenceUrl}/wiki${download}`)).status).toBe(401);
    });
  });
});

describe('Data Center', () => {
  it('serves the download link to who is logged in, and a login page to others', async () => {
    await withSandbox({ flavor: 'data-center' }, async ({ get, sandbox }) => {
      const page = sandbox.site.byTitle('Büro Zürich 🏔️');
      const [row] = (await get(searchPath(`id = ${page.id}`, WITH_FILES))).json.results;
      const [photo] = row.children.attachment.results;
      const reply = await fetch(`${sandbox.confluenceUrl}${photo._links.download}`, {
        headers: { authorization: `Bearer ${sandbox.environment['CONFLUENCE_PAT']}` },
      });
      const bytes = Buffer.from(await reply.arrayBuffer());

      expect([reply.status, reply.headers.get('content-type'), bytes.length]).toEqual([
        200,
        'image/jpeg',
        photo.extensions.fileSize,
      ]);
      const anonymous = await fetch(`${sandbox.confluenceUrl}${photo._links.download}`);
      expect([anonymous.status, anonymous.headers.get('content-type')]).toEqual([200, 'text/html;charset=UTF-8']);
    });
  });

  it('lists attachments by start and limit and shows their parts only when they are expanded', async () => {
    await withSandbox({ flavor: 'data-center' }, async ({ get, sandbox }) => {
      const page = sandbox.site.byTitle('Log archive');
      const path = `/rest/api/content/${page.id}/child/attachment`;
      const bare = (await get(`${path}?limit=20`)).json;
      const rest = (await get(`${path}?limit=20&start=20&expand=version,extensions,metadata`)).json;

      expect([bare.size, rest.size]).toEqual([20, 10]);
      expect(bare._links.next).toBe(`${path}?limit=20&start=20`);
      expect(bare.results[0]).not.toHaveProperty('extensions');
      expect(bare.results[0]).not.toHaveProperty('version');
      expect(rest.results[9]).toMatchObject({ title: 'log-30.txt', metadata: { mediaType: 'text/plain' } });
      expect(rest.results[9].version.when).toMatch(/\+02:00$/);
    });
  });

  it('streams a large file whole', async () => {
    await withSandbox({ flavor: 'data-center' }, async ({ sandbox }) => {
      const page = sandbox.site.byTitle('Glossary');
      const bytes = { size: 5_000_000, seed: 4 };
      sandbox.site.addAttachment(page.id, { title: 'big & bold.bin', mediaType: 'application/octet-stream', bytes });
      const path = `/download/attachments/${page.id}/${encodeURIComponent('big & bold.bin')}`;
      const headers = { authorization: `Bearer ${sandbox.environment['CONFLUENCE_PAT']}` };
      const digest = async () => {
        const body = await (await fetch(sandbox.confluenceUrl + path, { headers })).arrayBuffer();
        return [body.byteLength, createHash('sha256').update(Buffer.from(body)).digest('hex')];
      };

      expect(await digest()).toEqual(await digest());
      expect((await digest())[0]).toBe(5_000_000);
    });
  });
});
