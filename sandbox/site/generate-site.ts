import { seededRandom } from '../random';
import type { Flavor } from '../switches';
import { Site } from './site';

/** Size and shape of a site for benchmarks. */
export interface GeneratedSiteOptions {
  readonly spaces: number;
  readonly pagesPerSpace: number;
  /** Every so many pages one has an attachment; `0` for none. */
  readonly attachmentEvery: number;
  /** Of each page; at least 100. */
  readonly bodyBytes: number;
  /** Of each attachment. */
  readonly attachmentBytes: number;
  readonly seed: number;
  /** `tree`: one all-label root a space with everything below it; `flat`: every page has the single label. @default 'flat' */
  readonly labels?: 'flat' | 'tree';
  /** @default 'data-center' */
  readonly flavor?: Flavor;
}

/** Pages below one parent in a tree. */
const FAN_OUT = 20;
const FIRST_EDIT = Date.UTC(2026, 0, 5, 8);
const MINUTE_MS = 60_000;
const WORDS =
  'sync space label page review budget plan release customer contract meeting notes invoice team goal'.split(' ');

/**
 * A site of any size whose bodies and files exist only while they are read: a million pages take less than 1 GiB.
 *
 * Spaces are `S0001`, `S0002`, …; the same options give the same site.
 */
export function generateSite(options: GeneratedSiteOptions): Site {
  const { spaces, pagesPerSpace, attachmentEvery, attachmentBytes, seed, labels = 'flat' } = options;
  const site = new Site();
  const isTree = labels === 'tree';
  let count = 0;
  for (let space = 1; space <= spaces; space += 1) {
    const spaceKey = `S${String(space).padStart(4, '0')}`;
    site.addSpace({
      key: spaceKey,
      name: `Space ${space}`,
      type: options.flavor === 'cloud' ? 'collaboration' : 'global',
    });
    const ids: string[] = [];
    for (let number = 0; number < pagesPerSpace; number += 1) {
      count += 1;
      const parentId = isTree && number > 0 ? ids[Math.floor((number - 1) / FAN_OUT)] : undefined;
      const page = site.addPage({
        spaceKey,
        title: `${spaceKey} page ${number + 1}`,
        body: generatedBody(seed + count, options.bodyBytes),
        labels: isTree ? (number === 0 ? ALL : NONE) : SINGLE,
        when: FIRST_EDIT + count * MINUTE_MS,
        ...(parentId === undefined ? {} : { parentId }),
      });
      ids.push(page.id);
      if (attachmentEvery > 0 && count % attachmentEvery === 0) {
        site.addAttachment(page.id, {
          title: `file-${count}.pdf`,
          mediaType: 'application/pdf',
          bytes: { size: attachmentBytes, seed: seed + count },
          when: FIRST_EDIT + count * MINUTE_MS,
        });
      }
    }
  }
  return site;
}

const SINGLE = ['ai-ingest'];
const ALL = ['ai-ingest-all'];
const NONE: readonly string[] = [];

function generatedBody(seed: number, bytes: number): () => string {
  return () => {
    const random = seededRandom(seed);
    const sentence = Array.from({ length: 12 }, () => WORDS[Math.floor(random() * WORDS.length)]).join(' ');
    const head = `<h1>Page ${seed}</h1><p>`;
    const room = Math.max(1, bytes - head.length - '</p>'.length);
    return `${head}${`${sentence}. `.repeat(Math.ceil(room / sentence.length)).slice(0, room)}</p>`;
  };
}
