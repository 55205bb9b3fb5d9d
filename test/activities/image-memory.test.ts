import type { ImageMemory } from '../../activities/context';
import { createImageMemory } from '../../activities/inline-images/image-memory';
import { Site } from '../../sandbox';
import { withActivities } from './with-activities';

const SPACES = ['ENG', 'OPS'];
const PAGES = 5;
/** A page takes three times the bytes of its image: two of them are too much together, the large one is so alone. */
const MEMORY = 20_000;
const IMAGE = Buffer.alloc(5_000, 'image');
const LARGE = Buffer.alloc(15_000, 'large');

const INLINING = {
  ingestion: {
    pageIngestionConfig: { htmlConfig: { imageContentExtraction: { enabled: true, languageModel: 'some-model' } } },
  },
};

/** In each space pages with an image each, that of the third is large. */
function site(): Site {
  const site = new Site();
  for (const key of SPACES) {
    site.addSpace({ key });
    for (let number = 1; number <= PAGES; number++) {
      const body = '<ac:image><ri:attachment ri:filename="a.png"/></ac:image>';
      const { id } = site.addPage({ spaceKey: key, title: `${key} ${number}`, body, labels: ['ai-ingest'] });
      site.addAttachment(id, { title: 'a.png', mediaType: 'image/png', bytes: number === 3 ? LARGE : IMAGE });
    }
  }
  return site;
}

test('W-31 slices whose pages hold more images than the memory takes wait for each other, and all end', async () => {
  const memory = createImageMemory(MEMORY);
  let waits = 0;
  const counted: ImageMemory = {
    ...memory,
    take(bytes, signal) {
      waits++;
      return memory.take(bytes, signal);
    },
  };
  const options = { flavor: 'data-center', site: site(), overrides: INLINING, imageMemory: counted } as const;
  await withActivities(options, async ({ sandbox, run, main, steps, tenant }) => {
    const key = { tenant, run: 'r1' };
    await run(main.openTenant, { ...key, workflowId: `sync/${tenant}`, startedAt: new Date().toISOString() });
    await run(steps.discoverPages, { ...key, round: 1, request: {} });
    await run(steps.spacesWithWork, { ...key, after: '', limit: 10, request: {} });
    const ingested = SPACES.map(async (spaceKey) => {
      await run(steps.discoverSpace, { ...key, spaceKey, round: 1 });
      await run(steps.planSpace, { ...key, spaceKey, force: false });
      return run(steps.ingestPages, { ...key, spaceKey, slice: 0 });
    });
    const all = { finished: true, ingested: PAGES, failed: 0 };
    expect(await Promise.all(ingested)).toEqual([all, all]);
    expect(waits).toBeGreaterThan(SPACES.length * 2);
    expect(memory.tryTake(MEMORY)).toBe(true); // all of it came back
    for (const { title, bytes } of sandbox.unique.contents()) {
      const image = title.endsWith(' 3') ? LARGE : IMAGE;
      expect(bytes?.toString()).toContain(image.toString('base64'));
    }
    expect(sandbox.unique.contents()).toHaveLength(SPACES.length * PAGES);
  });
});
