import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { createBudget, createMemoryBudgetLedger } from '../http/budget';
import { UnauthorizedError } from '../http/errors';
import { type Sandbox, startSandbox } from '../sandbox';
import { type ContentUpsert, createUniqueClient, type UniqueAuth, type UniqueClient } from './client';
import { failureOf } from './test-service';

const MODES = ['external', 'cluster_local'] as const;
const SOURCE = { kind: 'ATLASSIAN_CONFLUENCE_CLOUD', name: 'https://acme.atlassian.net' } as const;

/** The tenant file's way of reaching the platform, its secrets put in. */
function authOf(sandbox: Sandbox): UniqueAuth {
  const { unique } = sandbox.tenantConfig();
  const section = unique as Readonly<Record<string, string>> & { serviceExtraHeaders?: Record<string, string> };
  if (section['serviceAuthMode'] === 'cluster_local') {
    return { mode: 'cluster_local', extraHeaders: section.serviceExtraHeaders ?? {} };
  }
  const reveal = (key: string) => {
    const value = section[key] ?? '';
    return value.startsWith('os.environ/') ? (sandbox.environment[value.slice('os.environ/'.length)] ?? '') : value;
  };
  return {
    mode: 'external',
    oauthTokenUrl: section['zitadelOauthTokenUrl'] ?? '',
    projectId: () => reveal('zitadelProjectId'),
    clientId: section['zitadelClientId'] ?? '',
    clientSecret: () => reveal('zitadelClientSecret'),
  };
}

async function withPlatform(
  serviceAuthMode: (typeof MODES)[number],
  work: (client: UniqueClient, sandbox: Sandbox) => Promise<void>,
  changeAuth: (auth: UniqueAuth) => UniqueAuth = (auth) => auth,
): Promise<void> {
  const sandbox = await startSandbox({ flavor: 'cloud', serviceAuthMode });
  const client = createUniqueClient({
    auth: changeAuth(authOf(sandbox)),
    ingestionServiceBaseUrl: `${sandbox.uniqueUrl}/ingestion`,
    scopeManagementServiceBaseUrl: `${sandbox.uniqueUrl}/scope-management`,
    batchSize: 20,
    budget: createBudget({ requestsPerMinute: 1e6, ledger: createMemoryBudgetLedger(), target: 'unique' }),
    source: SOURCE,
    storeInternally: true,
  });
  try {
    await work(client, sandbox);
  } finally {
    client.close();
    await sandbox.close();
  }
}

/** What a sync does before anything else: may use the root, and has a scope for a space. */
async function openSpace(client: UniqueClient, sandbox: Sandbox, spaceKey = 'ENG') {
  const root = sandbox.unique.rootScopeId;
  await client.grantAccess(root, await client.currentUserId(), ['MANAGE', 'READ', 'WRITE']);
  const path = sandbox.unique.scopePath(root);
  const [space] = await client.createScopes([`${path}/${spaceKey}`]);
  if (space === undefined) throw new Error('no scope');
  return { root, space };
}

const page = (n: number, scopeId: string, overrides: Partial<ContentUpsert> = {}): ContentUpsert => ({
  key: `acme/1_ENG/${n}`,
  title: `Page ${n}`,
  mimeType: 'text/html',
  url: `https://acme.atlassian.net/wiki/spaces/ENG/pages/${n}`,
  byteSize: 0,
  metadata: { spaceKey: 'ENG', spaceName: 'Engineering', confluenceLabels: ['a'] },
  scopeId,
  ...overrides,
});

/** Registers, uploads and finalizes. */
async function ingest(client: UniqueClient, items: readonly { readonly item: ContentUpsert; readonly body: Buffer }[]) {
  const sized = items.map(({ item, body }) => ({ ...item, byteSize: body.length }));
  const registered = await client.upsertContents(sized);
  const finalizing: ContentUpsert[] = [];
  for (const [n, result] of registered.entries()) {
    const [item, body] = [sized[n], items[n]?.body];
    if (!result.ok || item === undefined || body === undefined) continue;
    const stream = n % 2 === 0 ? body : Readable.from([body]);
    await client.upload({ writeUrl: result.writeUrl, mimeType: item.mimeType, byteSize: body.length, body: stream });
    finalizing.push({ ...item, fileUrl: result.readUrl });
  }
  return client.upsertContents(finalizing);
}

describe.each(MODES)('a client of the platform (%s)', (mode) => {
  it('registers, uploads and finalizes pages in batches, byte by byte', async () => {
    await withPlatform(mode, async (client, sandbox) => {
      const { space } = await openSpace(client, sandbox);
      const items = Array.from({ length: 25 }, (_, n) => ({
        item: page(n, space.id, { ingestionConfig: { uniqueIngestionMode: 'INGESTION' } }),
        body: Buffer.from(`<p>Grüße ${n}</p>`),
      }));
      const finalized = await ingest(client, items);
      expect(finalized.every(({ ok }) => ok)).toBe(true);
      for (const { item, body } of items) {
        expect(sandbox.unique.contentByKey(item.key)).toMatchObject({
          title: item.title,
          mimeType: 'text/html',
          url: item.url,
          scopeId: space.id,
          metadata: item.metadata,
          ingestionConfig: { uniqueIngestionMode: 'INGESTION' },
          sourceKind: SOURCE.kind,
          sourceName: SOURCE.name,
          byteSize: body.length,
          ingestionState: 'FINISHED',
          sha256: createHash('sha256').update(body).digest('hex'),
        });
      }
    });
  });

  it('keeps the id of a content that is upserted again', async () => {
    await withPlatform(mode, async (client, sandbox) => {
      const { space } = await openSpace(client, sandbox);
      const [first] = await client.upsertContents([page(1, space.id)]);
      const [again] = await client.upsertContents([page(1, space.id, { title: 'Renamed' })]);
      expect(first).toMatchObject({ ok: true });
      expect(again).toMatchObject({ ok: true, id: first?.ok === true ? first.id : '' });
      expect(sandbox.unique.contents()).toHaveLength(1);
    });
  });

  it('compares a space with what is stored', async () => {
    await withPlatform(mode, async (client, sandbox) => {
      const { space } = await openSpace(client, sandbox);
      await ingest(
        client,
        [1, 2, 3].map((n) => ({ item: page(n, space.id), body: Buffer.from('x') })),
      );
      const at = (time: string) => (key: string) => ({ key, url: `https://x/${key}`, updatedAt: time });
      const diff = await client.fileDiff({
        partialKey: 'acme/1_ENG',
        sourceKind: SOURCE.kind,
        sourceName: SOURCE.name,
        files: () => [
          at('2000-01-01T00:00:00.000Z')('1'),
          at('2999-01-01T00:00:00.000Z')('2'),
          at('2000-01-01T00:00:00.000Z')('4'),
        ],
      });
      expect(diff).toEqual({ newFiles: ['4'], updatedFiles: ['2'], movedFiles: [], deletedFiles: ['3'] });
    });
  });

  it('finds, counts and deletes contents', async () => {
    await withPlatform(mode, async (client, sandbox) => {
      const { space } = await openSpace(client, sandbox);
      await ingest(
        client,
        Array.from({ length: 45 }, (_, n) => ({ item: page(n, space.id), body: Buffer.from('x') })),
      );
      expect(await client.countByKeyPrefix('acme/1_ENG/')).toBe(45);
      const { nodes, totalCount } = await client.contentsByKeyPrefix({ prefix: 'acme/1_ENG/', skip: 0, take: 10 });
      expect([nodes.length, totalCount]).toEqual([10, 45]);
      expect(nodes[0]).toMatchObject({ ownerId: space.id, byteSize: 1, ingestionState: 'FINISHED' });
      expect(await client.ingestionStates(space.id)).toEqual(new Map([['FINISHED', 45]]));
      const found = await client.contentsByKeys(['acme/1_ENG/1', 'acme/1_ENG/44', 'acme/1_ENG/nobody']);
      expect(found.map(({ key }) => key).sort()).toEqual(['acme/1_ENG/1', 'acme/1_ENG/44']);
      const ids = found.map(({ id }) => id);
      expect(await client.deleteContents([...ids, 'cont_unknown'])).toEqual(ids);
      expect(sandbox.unique.contents()).toHaveLength(43);
    });
  });

  it('claims, creates, finds, moves and deletes scopes', async () => {
    await withPlatform(mode, async (client, sandbox) => {
      const { root, space } = await openSpace(client, sandbox);
      expect(space).toMatchObject({ name: 'ENG', parentId: root });
      expect((await client.setExternalId(space.id, 'confc:acme:1:ENG')).externalId).toBe('confc:acme:1:ENG');
      expect((await client.scopesByExternalId(['confc:acme:1:ENG', 'confc:none'])).map(({ id }) => id)).toEqual([
        space.id,
      ]);
      expect((await client.childScopes(root)).map(({ id }) => id)).toEqual([space.id]);
      const [other] = await client.createScopes([`${sandbox.unique.scopePath(root)}/OTHER`]);
      await client.moveScopes([space.id], other?.id ?? '');
      expect((await client.scope(space.id))?.parentId).toBe(other?.id);
      expect(await client.setExternalId(space.id, null)).not.toHaveProperty('externalId');
      expect(await client.deleteScope(other?.id ?? '', true)).toEqual({ failed: [] });
      expect(await client.scope(space.id)).toBeUndefined();
    });
  });

  it('learns the size of batches that the platform takes', async () => {
    await withPlatform(mode, async (client, sandbox) => {
      const { space } = await openSpace(client, sandbox);
      sandbox.switches.refuseBatchesAbove = 7;
      const results = await client.upsertContents(Array.from({ length: 40 }, (_, n) => page(n, space.id)));
      expect(results.every(({ ok }) => ok)).toBe(true);
      expect(sandbox.unique.contents()).toHaveLength(40);
    });
  });

  it('goes on with the other contents when the platform refuses one', async () => {
    await withPlatform(mode, async (client, sandbox) => {
      const { space } = await openSpace(client, sandbox);
      const results = await client.upsertContents([page(1, space.id), page(2, 'scope_nobody'), page(3, space.id)]);
      expect(results.map(({ ok }) => ok)).toEqual([true, false, true]);
      expect(results[1]).toMatchObject({ error: { name: 'UniqueRejectedError' } });
    });
  });

  it('does not finalize what was never uploaded', async () => {
    await withPlatform(mode, async (client, sandbox) => {
      const { space } = await openSpace(client, sandbox);
      const [registered] = await client.upsertContents([page(1, space.id)]);
      if (registered?.ok !== true) throw new Error('not registered');
      await client.upsertContents([page(1, space.id, { fileUrl: registered.readUrl })]);
      expect(sandbox.unique.contents()[0]?.ingestionState).toBe('FAILED_GETTING_FILE');
    });
  });

  it('is refused with a wrong credential', async () => {
    await withPlatform(
      mode,
      async (client) => expect(await failureOf(client.checkAccess())).toBeInstanceOf(UnauthorizedError),
      (auth) =>
        auth.mode === 'external'
          ? { ...auth, clientSecret: () => 'wrong' }
          : { ...auth, extraHeaders: { ...auth.extraHeaders, 'x-user-id': 'nobody' } },
    );
  });
});
