import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { SandboxPortInUseError } from './sandbox';
import { searchPath, send, withSandbox } from './sandbox-fixture';
import { startSandbox } from './start-sandbox';

const flavors = ['cloud', 'data-center'] as const;

describe.each(flavors)('a %s sandbox', (flavor) => {
  it('answers a label search of its believable site and shows the pages that carry the label', async () => {
    await withSandbox({ flavor }, async ({ get }) => {
      const { status, json } = await get(
        searchPath('label = "ai-ingest-all"', '&expand=metadata.labels,version,space'),
      );

      expect(status).toBe(200);
      expect(json.results.map(({ title }: { title: string }) => title)).toEqual(['Engineering handbook', 'Policies']);
      expect(json.results[0].metadata.labels.results[0].name).toBe('ai-ingest-all');
    });
  });

  it('takes a document from registration to a finished ingestion', async () => {
    await withSandbox({ flavor }, async ({ graphql, sandbox }) => {
      const { unique } = sandbox;
      unique.grant(unique.rootScopeId, 'MANAGE', 'READ', 'WRITE');
      const input = { key: 't/1_A/7', title: 'T', mimeType: 'text/html', ownerType: 'SCOPE', url: 'u', byteSize: 5 };
      const mutation = `mutation ContentUpsert($input: ContentCreateInput!, $scopeId: String, $fileUrl: String) {
        contentUpsert(input: $input, scopeId: $scopeId, fileUrl: $fileUrl) { id writeUrl readUrl }
      }`;
      const scopeId = unique.rootScopeId;
      const { contentUpsert } = (await graphql(mutation, { input, scopeId })).json.data;
      expect(unique.contentByKey('t/1_A/7')?.ingestionState).toBe('QUEUED');

      const key = new URL(contentUpsert.writeUrl).searchParams.get('key') ?? '';
      const uploaded = await send(`${sandbox.uniqueUrl}/ingestion/scoped/upload?key=${encodeURIComponent(key)}`, {
        method: 'PUT',
        headers: { 'content-type': 'text/html', 'x-ms-blob-type': 'BlockBlob' },
        body: 'hello',
      });
      expect(uploaded.status).toBe(201);
      await graphql(mutation, { input, scopeId, fileUrl: contentUpsert.readUrl });

      expect(unique.contentByKey('t/1_A/7')).toMatchObject({ ingestionState: 'FINISHED', bytes: Buffer.from('hello') });
      expect(unique.upserts('t/1_A/7')).toEqual({ register: 1, finalize: 1 });
    });
  });

  it('writes a tenant file that says the same as its configuration, secrets apart', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'sandbox-'));
    try {
      await withSandbox({ flavor, tenant: 'acme' }, async ({ sandbox }) => {
        const path = await sandbox.writeTenantFile(directory, { processing: { concurrency: 2 } });

        expect(path).toBe(join(directory, 'acme-tenant-config.yaml'));
        const written = parse(await readFile(path, 'utf8'));
        expect(written.confluence.baseUrl).toBe(sandbox.confluenceUrl);
        expect(written.processing).toEqual({ concurrency: 2, scanIntervalCron: '*/15 * * * *' });
        const reference: string = written.confluence.auth.token ?? written.confluence.auth.clientSecret;
        const file = reference.replace('file:', '');
        expect(Object.values(sandbox.environment)).toContain(await readFile(file, 'utf8'));
        expect((await stat(file)).mode & 0o077).toBe(0);
      });
    } finally {
      await rm(directory, { recursive: true });
    }
  });
});

it('refuses a port that is taken, and leaves no server behind', async () => {
  await withSandbox({ flavor: 'cloud' }, async ({ sandbox }) => {
    const port = Number(new URL(sandbox.mediaUrl).port);

    const refused = startSandbox({ flavor: 'cloud', port });

    await expect(refused).rejects.toThrow(SandboxPortInUseError);
    await expect(refused).rejects.toHaveProperty('port', port);
  });
});

it('ends although a client keeps its connection open', async () => {
  const sandbox = await startSandbox({ flavor: 'data-center' });
  await send(`${sandbox.confluenceUrl}/rest/applinks/1.0/manifest`, { headers: { connection: 'keep-alive' } });

  await sandbox.close();

  await expect(fetch(sandbox.uniqueUrl)).rejects.toThrow('fetch failed');
});
