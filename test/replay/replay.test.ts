import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils';
import { DeterminismViolationError } from '@temporalio/workflow';
import { Worker, type WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { quietRuntime, workflowBundle } from '../workflows/environment';

// Histories of runs as they were released: running workflows of those days must survive today's code. `record.ts`
// writes new ones; the file's name is the canonical workflow id with `__` for the slashes, else the doorman would be replayed.

const folder = join(__dirname, 'histories');
const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
const workflowIdOf = (file: string) => file.replace(/^[^.]*\.|\.json$/g, '').replace(/__/g, '/');
const history = (file: string) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as Record<string, unknown>;

let bundle: WorkflowBundleWithSourceMap;
beforeAll(async () => {
  quietRuntime();
  bundle = await workflowBundle();
}, 60_000);

test('there are histories to replay', () => {
  expect(files.length).toBeGreaterThanOrEqual(3);
});

test.each(files)('%s replays', async (file) => {
  await Worker.runReplayHistory({ workflowBundle: bundle }, history(file), workflowIdOf(file));
});

test('a history that this code never wrote is refused', async () => {
  const file = files.find((one) => one.startsWith('space.')) ?? '';
  const text = readFileSync(join(folder, file), 'utf8').replace(/planSpace/g, 'planetSpace');
  expect(historyFromJSON(JSON.parse(text)).events?.length).toBeGreaterThan(10);
  const replay = Worker.runReplayHistory({ workflowBundle: bundle }, JSON.parse(text), workflowIdOf(file));
  await expect(replay).rejects.toThrow(DeterminismViolationError);
});
