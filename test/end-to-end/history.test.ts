import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { generateSite } from '../../sandbox';
import { expectedItems, storedItems } from './expected';
import { temporalServer, withRig } from './harness';

let temporal: TestWorkflowEnvironment;
beforeAll(async () => {
  temporal = await temporalServer();
}, 60_000);
afterAll(() => temporal.teardown());

/** Every text in the histories of a sync, payloads decoded. */
async function historiesOf(
  ids: readonly string[],
): Promise<{ readonly id: string; readonly events: number; readonly text: string }[]> {
  return Promise.all(
    ids.map(async (id) => {
      const { events = [] } = await temporal.client.workflow.getHandle(id).fetchHistory();
      const text = JSON.stringify(events, (_key, value: unknown) =>
        value instanceof Uint8Array ? Buffer.from(value).toString('utf8') : value,
      );
      return { id, events: events?.length ?? 0, text };
    }),
  );
}

test('a sync of 2,000 items leaves short histories without bodies, titles, tokens or signed URLs', async () => {
  const site = generateSite({
    spaces: 2,
    pagesPerSpace: 850,
    attachmentEvery: 5,
    bodyBytes: 500,
    attachmentBytes: 2_000,
    seed: 3,
  });
  await withRig(temporal, { flavor: 'data-center', tenant: 'history', site }, async ({ sandbox, run }) => {
    const report = await run();
    expect(report).toMatchObject({ outcome: 'succeeded', totals: { new: expectedItems(sandbox).size } });
    expect(storedItems(sandbox).size).toBeGreaterThanOrEqual(2_000);
    const histories = await historiesOf([
      'sync/history',
      ...report.spaces.map(({ spaceKey }) => `sync/history/${spaceKey}`),
    ]);
    const secrets = Object.values(sandbox.environment);
    const [first] = expectedItems(sandbox).values();
    for (const { id, events, text } of histories) {
      expect([id, events < 150]).toEqual([id, true]);
      for (const secret of secrets.filter((value) => value.length > 12)) expect(text).not.toContain(secret);
      expect(text).not.toMatch(/scoped\/upload|[?&](key|token|sig)=/);
      expect(text).not.toContain(first?.title);
      expect(text).not.toContain('<p>');
    }
  });
}, 120_000);
