import { runFaults } from './suite/run';

// The same as `npm run faults`, as short as it can be; docs/reliability.md has the long runs.
test('edits, faults and kills at random: afterwards Unique equals the model', async () => {
  const result = await runFaults({
    seed: 5,
    minutes: 0.1,
    kills: 2,
    store: 'sqlite',
    workers: 1,
    tenants: 1,
    pagesPerSpace: 5,
  });
  expect(result).toMatchObject({ violations: [], evidence: {} });
  expect(result.items).toBeGreaterThan(0);
}, 240_000);
