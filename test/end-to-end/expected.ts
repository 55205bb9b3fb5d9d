import type { Attachment, Content, Sandbox, Site } from '../../sandbox';
import { bytesOf, sizeOf } from '../../sandbox/site/attachment-bytes';

/** What must stand in Unique, worked out from the site alone and without any code of the product. */
export interface ExpectedItem {
  readonly key: string;
  readonly title: string;
  readonly mimeType: string;
  readonly bytes: Buffer;
}

const LABELS = { single: 'ai-ingest', all: 'ai-ingest-all' };
const MIME_TYPES = [
  'application/pdf',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  'application/vnd.openxmlformats-officedocument.presentationml.presentation',
  'text/plain',
  'text/csv',
  'text/html',
  'image/png',
  'image/jpeg',
];

/** Pages with a label, pages below an all-label, and their attachments: visible, current, not empty, of a known type. */
export function expectedItems({ site, tenant }: Pick<Sandbox, 'site' | 'tenant'>): Map<string, ExpectedItem> {
  const items = new Map<string, ExpectedItem>();
  for (const content of site.contents()) {
    if (!isWanted(site, content)) continue;
    const space = site.space(content.spaceKey);
    const key = `${tenant}/${space.id}_${space.key}/${content.id}`;
    const body = typeof content.body === 'string' ? content.body : content.body();
    if (body !== '')
      items.set(key, { key, title: content.title, mimeType: 'text/html', bytes: Buffer.from(body, 'utf8') });
    for (const file of site.attachmentsOf(content.id).filter(isWantedFile)) {
      const bytes = bytesOf(file.bytes);
      items.set(`${key}::${file.id}`, {
        key: `${key}::${file.id}`,
        title: file.title,
        mimeType: file.mediaType,
        bytes,
      });
    }
  }
  return items;
}

export function isWanted(site: Site, content: Content): boolean {
  if (content.type !== 'page' && content.type !== 'blogpost') return false;
  const space = site.space(content.spaceKey);
  if (
    space.type === 'personal' ||
    space.status !== 'current' ||
    content.status !== 'current' ||
    !site.isVisible(content)
  )
    return false;
  const carries = (one: Content, label: string) => one.labels.includes(label);
  const own = carries(content, LABELS.single) || carries(content, LABELS.all);
  return own || site.ancestors(content).some((above) => carries(above, LABELS.all));
}

export function isWantedFile({ status, mediaType, bytes }: Attachment): boolean {
  return status === 'current' && MIME_TYPES.includes(mediaType) && sizeOf(bytes) > 0;
}

/** What stands in Unique, finished, in the same form. */
export function storedItems({ unique }: Pick<Sandbox, 'unique'>): Map<string, ExpectedItem> {
  const finished = unique.contents().filter(({ ingestionState }) => ingestionState === 'FINISHED');
  return new Map(
    finished.map(({ key, title, mimeType, bytes }) => [key, { key, title, mimeType, bytes: bytes ?? Buffer.alloc(0) }]),
  );
}

/** Everything that is wanted stands in Unique, byte by byte, and nothing else does. */
export function expectWhole(sandbox: Pick<Sandbox, 'site' | 'tenant' | 'unique'>): void {
  const [expected, stored] = [expectedItems(sandbox), storedItems(sandbox)];
  expect([...stored.keys()].sort()).toEqual([...expected.keys()].sort());
  expect(sandbox.unique.contents()).toHaveLength(expected.size);
  for (const [key, { bytes, ...described }] of expected) {
    expect(stored.get(key)).toMatchObject(described);
    // Jest compares buffers number by number: minutes for some megabytes.
    expect({ key, isSame: stored.get(key)?.bytes.equals(bytes) }).toEqual({ key, isSame: true });
  }
}
