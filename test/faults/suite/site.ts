import { Site } from '../../../sandbox';
import type { Dice } from './random';

/** More than are synced side by side, so that some are judged before others are listed. */
export const SPACES = ['ALPHA', 'BETA', 'GAMMA', 'DELTA', 'EPSILON', 'ZETA'] as const;
export const SINGLE = 'ai-ingest';
export const ALL = 'ai-ingest-all';
/** One space has a page with more files than a listing shows. */
const FILES_OF_THE_FULL_PAGE = 28;
/** Above it a file streams instead of being held in memory. */
export const LARGE_BYTES = 1_300_000;

/** A small site with trees, labels and files, as the dice fall. */
export function randomSite(dice: Dice, pagesPerSpace: number): Site {
  const site = new Site();
  // Ahead of the platform or behind it: nobody may rely on two products telling the same time.
  site.clock.shift(dice.pick([-600_000, 0, 600_000]));
  for (const [index, key] of SPACES.entries()) {
    site.addSpace({ key, name: `Space ${key}` });
    const ids: string[] = [];
    for (let number = 1; number <= pagesPerSpace; number++) {
      const parentId = ids.length > 0 && dice.chance(0.5) ? dice.pick(ids) : undefined;
      const page = site.addPage({
        spaceKey: key,
        title: `${key} page ${number}`,
        body: randomBody(dice),
        labels: randomLabels(dice),
        type: dice.chance(0.1) && parentId === undefined ? 'blogpost' : 'page',
        ...(parentId === undefined ? {} : { parentId }),
      });
      if (page.type === 'page') ids.push(page.id);
      const files = index === 0 && number === 1 ? FILES_OF_THE_FULL_PAGE : dice.chance(0.3) ? dice.between(1, 2) : 0;
      for (let file = 0; file < files; file++) addFile(site, page.id, dice);
    }
  }
  return site;
}

export function randomLabels(dice: Dice): readonly string[] {
  const label = dice.weighted({ single: 55, all: 10, none: 30, other: 5 });
  return { single: [SINGLE], all: [ALL], none: [], other: ['minutes', SINGLE] }[label];
}

export function randomBody(dice: Dice): string {
  return `<p>${dice.seed()} ${'knowledge '.repeat(dice.between(1, 60))}</p>`;
}

export function addFile(site: Site, pageId: string, dice: Dice): void {
  const [ending, mediaType] = dice.pick([
    ['pdf', 'application/pdf'],
    ['txt', 'text/plain'],
    ['png', 'image/png'],
    ['zip', 'application/zip'],
  ] as const);
  site.addAttachment(pageId, { title: `file ${dice.seed()}.${ending}`, mediaType, bytes: randomBytes(dice) });
}

export function randomBytes(dice: Dice): { readonly size: number; readonly seed: number } {
  const size = dice.chance(0.05) ? LARGE_BYTES : dice.chance(0.05) ? 0 : dice.between(1, 20_000);
  return { size, seed: dice.seed() };
}
