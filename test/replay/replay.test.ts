import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils';
import { DeterminismViolationError } from '@temporalio/workflow';
import { Worker, type WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { believableSite } from '../../sandbox';
import { credentialsOf } from '../../sandbox/credentials';
import { quietRuntime, workflowBundle } from '../workflows/environment';

// Histories of runs as they were released: running workflows of those days must survive today's code. `record.ts`
// writes new ones; the file's name is the canonical workflow id with `__` for the slashes, else the doorman would be replayed.

const folder = join(__dirname, 'histories');
const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
const workflowIdOf = (file: string) => file.replace(/^[^.]*\.|\.json$/g, '').replace(/__/g, '/');
const history = (file: string) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as Record<string, unknown>;

/** All of it, payloads decoded. */
const textOf = (file: string): string =>
  readFileSync(join(folder, file), 'utf8').replace(/"data": "([^"]*)"/g, (_all, data: string) =>
    Buffer.from(data, 'base64').toString('utf8'),
  );
const isText = (value: unknown): value is string => typeof value === 'string' && value.length > 4;

let bundle: WorkflowBundleWithSourceMap;
beforeAll(async () => {
  quietRuntime();
  bundle = await workflowBundle();
}, 60_000);

test('there are histories of everything that a release does', () => {
  const syncs = ['tenant', 'tenant-removals', 'tenant-cancelled', 'tenant-failed', 'tenant-refused', 'tenant-rolls-1'];
  const spaces = ['space', 'space-alone', 'space-cancelled', 'space-removals', 'space-retry', 'space-rolls-1'];
  const others = ['doorman', 'doorman-asking', 'doorman-skipped', 'plan', 'deletion'];
  const recorded = files.map((file) => file.slice(0, file.indexOf('.')));
  expect(recorded).toEqual(expect.arrayContaining([...syncs, ...spaces, ...others]));
});

test.each(files)('%s names no machine, no page and no credential', (file) => {
  const text = textOf(file);
  const site = believableSite('cloud');
  const pages = [...site.contents()].filter(({ type }) => type === 'page' || type === 'blogpost');
  const titles = pages.flatMap(({ id, title }) => [title, ...site.attachmentsOf(id).map((one) => one.title)]);
  expect(titles.length).toBeGreaterThan(20);
  const secrets = ['v0-1', 'v0-2', 'v0-2-rolls'].flatMap((tenant) => Object.values(credentialsOf(tenant)));
  expect([...titles, ...secrets.filter(isText)].filter((one) => text.includes(one))).toEqual([]);
  expect(text).not.toMatch(/<(p|h\d|ac:\w+)[ >]|Bearer |scoped\/upload|[?&](key|token|sig)=|"eyJ/);
  expect(text).not.toMatch(/\/(home|root|tmp|work|Users|builds)\/|[A-Z]:\\\\|\d@\w/);
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
