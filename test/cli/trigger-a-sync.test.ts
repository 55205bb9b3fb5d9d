import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { NO_ITEMS } from '../../rules/report';
import { report, TemporalForTests } from './with-temporal';

const example = resolve(__dirname, '../../docs/examples/trigger-a-sync.mjs');

test('the example for other services starts a sync and prints its result', async () => {
  const temporal = await TemporalForTests.start();
  try {
    const asked: unknown[] = [];
    const steps = {
      discoverPages: ({ request }: { readonly request: unknown }) => Promise.resolve({ items: asked.push(request) }),
      closeRun: () => Promise.resolve(report({ totals: { ...NO_ITEMS, new: 3, updated: 1 } })),
    };
    const { stdout } = await temporal.withWorkers('acme', steps, () =>
      promisify(execFile)(process.execPath, [example, 'acme', 'ENG'], {
        env: { ...process.env, TEMPORAL_ADDRESS: temporal.env.address },
        timeout: 30_000,
      }),
    );
    expect(stdout).toMatch(/^asked for: sync\/acme, run .+\nsucceeded: 3 new, 1 updated, 0 failed\n$/);
    expect(asked).toEqual([{ spaces: ['ENG'] }]);
  } finally {
    await temporal.stop();
  }
}, 60_000);
