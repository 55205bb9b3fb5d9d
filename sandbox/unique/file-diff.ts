import { z } from 'zod';
import { json } from '../server/answers';
import type { Answer, Incoming } from '../server/exchange';
import type { UniquePlatform } from './platform';

const diffRequest = z.object({
  partialKey: z.string().min(1),
  sourceKind: z.string(),
  sourceName: z.string(),
  fileList: z.array(z.object({ key: z.string(), url: z.string(), updatedAt: z.string() })),
});

/**
 * `POST /v2/content/file-diff`: compares all items of a space with what is stored under `partialKey/`.
 *
 * An item is updated when its content was last written before the item's `updatedAt`; so one that is registered only
 * counts as up to date. Moves are recognized, by their URL, only where the switch says so.
 */
export async function fileDiff(platform: UniquePlatform, request: Incoming): Promise<Answer> {
  const parsed = diffRequest.safeParse(parseJson(await request.body()));
  if (!parsed.success) {
    const message = parsed.error.issues.map(({ path, message: reason }) => `${path.join('.')}: ${reason}`);
    return json(400, { statusCode: 400, message: message.slice(0, 10), error: 'Bad Request' });
  }
  const { partialKey, fileList } = parsed.data;
  const prefix = `${partialKey}/`;
  const [newFiles, updatedFiles]: [string[], string[]] = [[], []];
  const movedFiles: string[] = [];
  for (const { key, url, updatedAt } of fileList) {
    const stored = platform.store.updatedAtOfKey(prefix + key);
    if (stored === undefined) newFiles.push(key);
    else if (stored < Date.parse(updatedAt)) updatedFiles.push(key);
    if (!platform.switches.diffReportsMoved || stored === undefined) continue;
    if (platform.store.getByKey(prefix + key)?.url !== url) movedFiles.push(key);
  }
  const submitted = new Set(fileList.map(({ key }) => key));
  const deletedFiles = [...platform.store.keysWithPrefix(prefix)]
    .map((key) => key.slice(prefix.length))
    .filter((key) => !submitted.has(key));
  return json(201, { newFiles, updatedFiles, movedFiles, deletedFiles });
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}
