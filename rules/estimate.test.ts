import { estimateSync, type Limits, type Workload } from './estimate';

const NOTHING: Workload = { pages: 0, smallFiles: 0, largeFiles: 0, bytes: 0, needsScope: false };
const LIMITS: Limits = { confluencePerMinute: 600, uniquePerMinute: 100, batchSize: 20 };
const DRY_RUN = { confluence: 4, unique: 3 };

test('a sync without changes needs what its dry run needed', () => {
  expect(estimateSync(DRY_RUN, [], 0, LIMITS)).toEqual({ confluenceRequests: 4, uniqueRequests: 3, seconds: 3 });
});

test('bodies come fifty, registrations twenty, removals twenty a request; large files one by one', () => {
  const space = { ...NOTHING, pages: 120, smallFiles: 21, largeFiles: 2, needsScope: true };
  const estimate = estimateSync({ confluence: 0, unique: 0 }, [space], 25, LIMITS);
  expect(estimate.confluenceRequests).toBe(3 + 23);
  expect(estimate.uniqueRequests).toBe(3 + 2 * (6 + 2 + 2) + 1 + 4);
});

test.each([
  ['the limit of Unique', { ...NOTHING, pages: 20_000 }, LIMITS, 1_202],
  ['the limit of Confluence', { ...NOTHING, smallFiles: 20_000 }, LIMITS, 2_002],
  ['what a worker can do', { ...NOTHING, pages: 20_000 }, { ...LIMITS, uniquePerMinute: 60_000 }, 202],
  ['bytes', { ...NOTHING, largeFiles: 10, bytes: 100 * 1024 ** 3 }, LIMITS, 10_242],
])('the time follows %s', (_name, space, limits, seconds) => {
  const guess = estimateSync({ confluence: 0, unique: 0 }, [space], 0, limits).seconds;
  expect(Math.abs(guess - seconds)).toBeLessThanOrEqual(2);
});

test('without batches each content costs two requests', () => {
  const space = { ...NOTHING, pages: 10 };
  expect(estimateSync({ confluence: 0, unique: 0 }, [space], 0, { ...LIMITS, batchSize: 1 }).uniqueRequests).toBe(21);
});
