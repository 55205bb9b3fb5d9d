import { connect } from 'node:net';
import { type Visit, send, withSandbox } from '../sandbox-fixture';

const BATCH = `mutation Batch($a: ContentCreateInput!, $b: ContentCreateInput!, $c: ContentCreateInput!, $scopeId: String, $fileUrl: String) {
  a: contentUpsert(input: $a, scopeId: $scopeId, fileUrl: $fileUrl) { id key writeUrl readUrl }
  b: contentUpsert(input: $b, scopeId: $scopeId, fileUrl: $fileUrl) { id key writeUrl readUrl }
  c: contentUpsert(input: $c, scopeId: $scopeId, fileUrl: $fileUrl) { id key writeUrl readUrl }
}`;
const ONE = `mutation One($input: ContentCreateInput!, $scopeId: String, $fileUrl: String) {
  contentUpsert(input: $input, scopeId: $scopeId, fileUrl: $fileUrl) { id writeUrl readUrl ingestionState byteSize }
}`;

const input = (key: string) => ({ key, title: key, mimeType: 'text/html', ownerType: 'SCOPE', url: 'u', byteSize: 3 });
const batch = (scopeId: string) => ({ scopeId, a: input('t/a'), b: input('t/b'), c: input('t/c') });

/** Starts a platform whose root scope may be written. */
async function withRoot(test: (visit: Visit, scopeId: string) => Promise<void>): Promise<void> {
  await withSandbox({ flavor: 'cloud' }, async (visit) => {
    const { unique } = visit.sandbox;
    unique.grant(unique.rootScopeId, 'READ', 'WRITE');
    await test(visit, unique.rootScopeId);
  });
}

const BLOB = { 'x-ms-blob-type': 'BlockBlob' };
const put = (url: string, body: string, headers: Record<string, string> = BLOB) =>
  send(url, { method: 'PUT', headers, body });

it('carries aliased fields out one by one and names the ones that fail', async () => {
  await withRoot(async ({ graphql, sandbox }, scopeId) => {
    sandbox.faults.add({ route: 'unique.upsert', kind: 'graphql-error', message: 'no', keys: /b$/, code: 'FORBIDDEN' });
    const { status, json } = await graphql(BATCH, batch(scopeId));

    expect(status).toBe(200);
    expect(json.data).toMatchObject({ a: { key: 't/a' }, b: null, c: { key: 't/c' } });
    expect(json.errors).toEqual([
      expect.objectContaining({ message: 'no', path: ['b'], extensions: { code: 'FORBIDDEN' } }),
    ]);
    expect(sandbox.unique.contents().map(({ key }) => key)).toEqual(['t/a', 't/c']);
  });
});

it('answers data null for one failed field when told to, though the others were carried out', async () => {
  await withRoot(async ({ graphql, sandbox }, scopeId) => {
    sandbox.switches.nullDataOnError = true;
    sandbox.faults.add({ route: 'unique.upsert', kind: 'graphql-error', message: 'no', keys: 't/c' });
    const { json } = await graphql(BATCH, batch(scopeId));

    expect([json.data, json.errors[0].path]).toEqual([null, ['c']]);
    expect(sandbox.unique.contents()).toHaveLength(2);
  });
});

it('refuses batches above the limit, text that is no GraphQL, and what does not fit the schema, before it does anything', async () => {
  await withRoot(async ({ graphql, sandbox }, scopeId) => {
    sandbox.switches.refuseBatchesAbove = 2;
    const code = async (query: string, variables: object) => {
      const { status, json } = await graphql(query, variables);
      return [status, json.data, json.errors[0].extensions.code];
    };

    expect(await code(BATCH, batch(scopeId))).toEqual([400, undefined, 'GRAPHQL_VALIDATION_FAILED']);
    expect(await code('mutation {', {})).toEqual([400, undefined, 'GRAPHQL_PARSE_FAILED']);
    expect(await code('{ nobody }', {})).toEqual([400, undefined, 'GRAPHQL_VALIDATION_FAILED']);
    expect(await code(ONE, { input: { key: 1 } })).toEqual([400, undefined, 'BAD_USER_INPUT']);
    expect(sandbox.unique.contents()).toEqual([]);
  });
});

it('keeps the id of a key, makes a registration unfinished again, and its time fresh', async () => {
  await withRoot(async ({ graphql, sandbox }, scopeId) => {
    const { unique } = sandbox;
    const register = async () => (await graphql(ONE, { input: input('t/a'), scopeId })).json.data.contentUpsert;
    const { id, writeUrl, readUrl } = await register();
    await put(writeUrl, 'one');
    await graphql(ONE, { input: input('t/a'), scopeId, fileUrl: readUrl });
    const finished = unique.contentByKey('t/a');
    expect(finished).toMatchObject({ ingestionState: 'FINISHED', bytes: Buffer.from('one') });
    unique.clock.shift(1000);

    expect((await register()).id).toBe(id);
    const again = unique.contentByKey('t/a');
    expect(again).toMatchObject({ ingestionState: 'QUEUED', bytes: Buffer.from('one') });
    expect(again?.updatedAt).toBeGreaterThanOrEqual((finished?.updatedAt ?? 0) + 1000);
    expect(unique.upserts('t/a')).toEqual({ register: 2, finalize: 1 });
  });
});

it('works on a finalized content for as long as told, and fails one without bytes or by request', async () => {
  await withRoot(async ({ graphql, sandbox }, scopeId) => {
    const { unique, switches } = sandbox;
    switches.ingestionMs = 5000;
    unique.ingestionFailures.set('t/c', 'FAILED_PARSING');
    for (const key of ['t/a', 't/b', 't/c']) {
      const variables = { input: input(key), scopeId };
      const { writeUrl, readUrl } = (await graphql(ONE, variables)).json.data.contentUpsert;
      if (key !== 't/b') await put(writeUrl, 'abc');
      await graphql(ONE, { ...variables, fileUrl: readUrl });
    }
    const states = () => unique.contents().map(({ ingestionState }) => ingestionState);

    expect(states()).toEqual(['INGESTION_EMBEDDING', 'INGESTION_EMBEDDING', 'INGESTION_EMBEDDING']);
    unique.clock.shift(5000);
    expect(states()).toEqual(['FINISHED', 'FAILED_GETTING_FILE', 'FAILED_PARSING']);
    const query = `query StatisticsIngestion($ownerId: String!) {
      statisticsIngestion(where: { ownerId: { equals: $ownerId }, ownerType: { equals: SCOPE } }) { counts }
    }`;
    expect((await graphql(query, { ownerId: scopeId })).json.data.statisticsIngestion.counts).toEqual({
      FINISHED: 1,
      FAILED_GETTING_FILE: 1,
      FAILED_PARSING: 1,
    });
  });
});

describe('an upload', () => {
  const registered = async ({ graphql }: Visit, scopeId: string) =>
    (await graphql(ONE, { input: input('t/a'), scopeId })).json.data.contentUpsert;

  it('needs the blob type and an unexpired, untouched signature', async () => {
    await withRoot(async (visit, scopeId) => {
      const { writeUrl, readUrl } = await registered(visit, scopeId);

      expect((await put(writeUrl, 'x', {})).status).toBe(400);
      expect((await put(writeUrl.replace('key=', 'key=AA'), 'x')).status).toBe(403);
      expect((await put(writeUrl.replace(/key=.*/, new URL(readUrl).search.slice(1)), 'x')).status).toBe(403);
      visit.sandbox.unique.clock.shift(900_001);
      expect((await put(writeUrl, 'x')).status).toBe(403);
    });
  });

  it('needs its length announced', async () => {
    await withRoot(async (visit, scopeId) => {
      const { writeUrl } = await registered(visit, scopeId);
      const chunked = new ReadableStream({
        start(controller) {
          controller.enqueue(Buffer.from('abc'));
          controller.close();
        },
      });
      const reply = await send(writeUrl, {
        method: 'PUT',
        headers: BLOB,
        body: chunked,
        duplex: 'half',
      });

      expect([reply.status, reply.text]).toEqual([411, expect.stringContaining('MissingContentLengthHeader')]);
    });
  });

  it('that breaks off leaves nothing', async () => {
    await withRoot(async (visit, scopeId) => {
      const { id, writeUrl } = await registered(visit, scopeId);
      const { hostname, port, pathname, search } = new URL(writeUrl);
      const socket = connect(Number(port), hostname);
      const head = `PUT ${pathname}${search} HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\nx-ms-blob-type: BlockBlob\r\n\r\nabc`;
      await new Promise<void>((resolve) => socket.write(head, () => resolve()));
      await new Promise((resolve) => setTimeout(resolve, 50));
      socket.destroy();
      await new Promise((resolve) => setTimeout(resolve, 50));

      expect(visit.sandbox.unique.store.file(id)).toBeUndefined();
      expect(visit.sandbox.requests.entries.at(-1)).toMatchObject({ route: 'unique.upload', status: 0 });
    });
  });

  it('goes to an internal host inside the cluster, and to the ingestion service by its key', async () => {
    await withSandbox({ flavor: 'data-center', keepBytes: false }, async (visit) => {
      const { unique, uniqueUrl } = visit.sandbox;
      unique.grant(unique.rootScopeId, 'WRITE');
      const { writeUrl } = await registered(visit, unique.rootScopeId);
      const { hostname, searchParams } = new URL(writeUrl);
      expect(hostname).toBe('blob-storage.unique.svc.cluster.local');
      const key = encodeURIComponent(searchParams.get('key') ?? '');

      expect((await put(`${uniqueUrl}/ingestion/scoped/upload?key=${key}`, 'abc')).status).toBe(201);
      const [content] = unique.contents();
      expect(unique.store.file(content?.id ?? '')).toEqual({
        byteSize: 3,
        sha256: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
        bytes: undefined,
      });
    });
  });
});
