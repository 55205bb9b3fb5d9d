import { Agent } from 'node:http';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import axios, { type AxiosInstance } from 'axios';
import pLimit from 'p-limit';
import { parse } from 'yaml';

// The same calls as a sync makes, in bulk, with axios and nothing else: no ledger, no retries, no durability. What a
// sync costs above this is the price of its promises.

const CONCURRENCY = 8;
const BATCH = 20;
const BODIES = 50;
const UPSERT_FIELDS = 'id writeUrl readUrl';

interface Item {
  readonly key: string;
  readonly pageId: string;
  readonly attachment?: {
    readonly title: string;
    readonly mediaType: string;
    readonly size: number;
    readonly download: string;
  };
}

interface TenantFile {
  readonly confluence: { readonly baseUrl: string };
  readonly unique: { readonly ingestionServiceBaseUrl: string; readonly serviceExtraHeaders: Record<string, string> };
  readonly ingestion: { readonly scopeId: string };
}

interface Row {
  readonly id: string;
  readonly children?: { readonly attachment?: { readonly results: readonly AttachmentOfRow[] } };
  readonly body?: { readonly storage: { readonly value: string } };
}

interface AttachmentOfRow {
  readonly id: string;
  readonly title: string;
  readonly extensions: { readonly mediaType: string; readonly fileSize: number };
  readonly _links: { readonly download: string };
}

export async function bareLoop(directory: string): Promise<number> {
  const file = parse(readFileSync(join(directory, 'bench-tenant-config.yaml'), 'utf8')) as TenantFile;
  const token = readFileSync(join(directory, tokenFile(directory)), 'utf8').trim();
  const httpAgent = new Agent({ keepAlive: true });
  const confluence = axios.create({
    baseURL: file.confluence.baseUrl,
    httpAgent,
    headers: { authorization: `Bearer ${token}` },
  });
  const headers = { 'x-service-id': 'confluence-connector', ...file.unique.serviceExtraHeaders };
  const unique = axios.create({ baseURL: file.unique.ingestionServiceBaseUrl, httpAgent, headers });
  const items = await discover(confluence);
  const limit = pLimit(CONCURRENCY);
  const pages = items.filter(({ attachment }) => attachment === undefined);
  const files = items.filter(({ attachment }) => attachment !== undefined);
  for (let at = 0; at < pages.length; at += BODIES) {
    const part = pages.slice(at, at + BODIES);
    const cql = `id in (${part.map(({ pageId }) => pageId).join(',')})`;
    const { data } = await confluence.get<{ results: Row[] }>('/rest/api/content/search', {
      params: { cql, expand: 'body.storage,version,space,metadata.labels', limit: BODIES },
    });
    const bodies = new Map(data.results.map((row) => [row.id, Buffer.from(row.body?.storage.value ?? '')]));
    for (let from = 0; from < part.length; from += BATCH) {
      const batch = part
        .slice(from, from + BATCH)
        .map((item) => ({ item, mimeType: 'text/html', bytes: bodies.get(item.pageId) ?? Buffer.alloc(0) }));
      await ingest(unique, limit, batch, file.ingestion.scopeId);
    }
  }
  for (let from = 0; from < files.length; from += BATCH) {
    const batch = await Promise.all(
      files.slice(from, from + BATCH).map((item) =>
        limit(async () => {
          const { data } = await confluence.get<ArrayBuffer>(item.attachment?.download ?? '', {
            responseType: 'arraybuffer',
          });
          return { item, mimeType: item.attachment?.mediaType ?? '', bytes: Buffer.from(data) };
        }),
      ),
    );
    await ingest(unique, limit, batch, file.ingestion.scopeId);
  }
  httpAgent.destroy();
  return items.length;
}

async function discover(confluence: AxiosInstance): Promise<Item[]> {
  const items = new Map<string, Item>();
  const expand =
    'metadata.labels,version,space,children.attachment,children.attachment.version,children.attachment.extensions';
  const walk = async (cql: string): Promise<string[]> => {
    const ids: string[] = [];
    for (let start = 0; ;) {
      const { data } = await confluence.get<{ results: Row[]; _links: { next?: string } }>('/rest/api/content/search', {
        params: { cql, expand, start, limit: 200 },
      });
      for (const row of data.results) {
        ids.push(row.id);
        items.set(row.id, { key: row.id, pageId: row.id });
        for (const one of row.children?.attachment?.results ?? []) {
          const key = `${row.id}::${one.id}`;
          items.set(key, {
            key,
            pageId: row.id,
            attachment: {
              title: one.title,
              mediaType: one.extensions.mediaType,
              size: one.extensions.fileSize,
              download: one._links.download,
            },
          });
        }
      }
      start += data.results.length;
      if (data._links.next === undefined || data.results.length === 0) return ids;
    }
  };
  await walk('(label = "ai-ingest" or label = "ai-ingest-all") and type != attachment');
  const roots = await walk('label = "ai-ingest-all" and type != attachment');
  if (roots.length > 0) await walk(`ancestor in (${roots.join(',')}) and type != attachment`);
  return [...items.values()];
}

interface Ready {
  readonly item: Item;
  readonly mimeType: string;
  readonly bytes: Buffer;
}

async function ingest(
  unique: AxiosInstance,
  limit: ReturnType<typeof pLimit>,
  batch: readonly Ready[],
  scopeId: string,
): Promise<void> {
  const registered = await upsert(unique, batch, scopeId);
  await Promise.all(
    batch.map(({ mimeType, bytes }, at) =>
      limit(async () => {
        const key = new URL(registered[at]?.writeUrl ?? '').searchParams.get('key') ?? '';
        const headers = { 'content-type': mimeType, 'x-ms-blob-type': 'BlockBlob', 'content-length': bytes.length };
        await unique.put(`/scoped/upload?key=${encodeURIComponent(key)}`, bytes, { headers });
      }),
    ),
  );
  await upsert(
    unique,
    batch,
    scopeId,
    registered.map(({ readUrl }) => readUrl),
  );
}

async function upsert(
  unique: AxiosInstance,
  batch: readonly Ready[],
  scopeId: string,
  fileUrls?: readonly string[],
): Promise<{ writeUrl: string; readUrl: string }[]> {
  const variables: Record<string, unknown> = { scopeId };
  const fields = batch.map(({ item, mimeType, bytes }, at) => {
    variables[`i${at}`] = {
      key: `bare/${item.key}`,
      title: item.key,
      mimeType,
      ownerType: 'SCOPE',
      url: 'http://bare/',
      byteSize: bytes.length,
      metadata: {},
    };
    variables[`f${at}`] = fileUrls?.[at] ?? null;
    return `c${at}: contentUpsert(input: $i${at}, fileUrl: $f${at}, scopeId: $scopeId, sourceOwnerType: "COMPANY", sourceKind: "ATLASSIAN_CONFLUENCE_ONPREM", sourceName: "bare", baseUrl: "bare", storeInternally: true) { ${UPSERT_FIELDS} }`;
  });
  const types = batch.map((_, at) => `$i${at}: ContentCreateInput!, $f${at}: String`).join(', ');
  const query = `mutation ContentUpsert($scopeId: String, ${types}) { ${fields.join('\n')} }`;
  const { data } = await unique.post<{ data: Record<string, { writeUrl: string; readUrl: string }>; errors?: unknown }>(
    '/graphql',
    { query, variables },
  );
  if (data.errors !== undefined) throw new Error(JSON.stringify(data.errors).slice(0, 300));
  return batch.map((_, at) => data.data[`c${at}`] ?? { writeUrl: '', readUrl: '' });
}

/** The sandbox's tenant file names its secrets as `file:/path`. */
function tokenFile(directory: string): string {
  const text = readFileSync(join(directory, 'bench-tenant-config.yaml'), 'utf8');
  const path = /token: ['"]?file:([^'"\n]+)/.exec(text)?.[1] ?? '';
  return path.replace(`${directory}/`, '');
}
