import { PassThrough } from 'node:stream';
import { DeletionRunsError, SyncWithoutReportError } from '../client';
import { ConfigurationError, UnknownTenantError } from '../config/errors';
import { StoreLockedError } from '../store/errors';
import { TenantNotActiveError } from './errors';
import { Output } from './output';
import { printError } from './print-error';
import { NoTemporalError, PortTakenError, TemporalUnreachableError } from './temporal/errors';

function print(error: unknown, { json = false, withStack = false } = {}) {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const code = printError(error, new Output(stdout, stderr, json), withStack);
  const text = (stream: PassThrough) => String(stream.read() ?? '');
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

const problem = {
  file: 'a-tenant-config.yaml',
  path: 'processing.concurrency',
  message: 'is 0',
  remedy: 'Write 1 or more.',
};

test.each([
  [new ConfigurationError([problem]), 2],
  [new UnknownTenantError('acne', ['acme'], 'acme'), 2],
  [new TenantNotActiveError('acme', 'inactive', 'acme-tenant-config.yaml'), 2],
  [new NoTemporalError('/home'), 2],
  [new DeletionRunsError('acme', 'deleteTenant'), 3],
  [new StoreLockedError('store.db', 4711), 1],
  [new PortTakenError('--port', 7233), 1],
  [new TemporalUnreachableError('temporal:7233'), 1],
  [new SyncWithoutReportError('sync/acme', 'run-1', 'terminated', 'by hand'), 1],
])('%s is printed as it is and ends with %i', (error, code) => {
  const printed = print(error);
  expect(printed).toEqual({ code, stdout: '', stderr: `${error.message}\n` });
});

test('what nobody foresaw is one sentence without a stack', () => {
  const printed = print(new TypeError('x is not a function\n  more'));
  expect(printed.code).toBe(1);
  expect(printed.stderr.trim().split('\n')).toEqual([
    'Something unforeseen went wrong: TypeError: x is not a function (set LOG_LEVEL=debug for the stack).',
  ]);
  expect(print(new Error('x'), { withStack: true }).stderr).toMatch(/^Error: x\n +at /);
  expect(print('just a text').code).toBe(1);
});

test('with --json the error is the one document on stdout', () => {
  const { stdout } = print(new UnknownTenantError('acne', ['acme'], 'acme'), { json: true });
  expect(JSON.parse(stdout)).toEqual({
    error: { name: 'UnknownTenantError', message: expect.stringContaining('Did you mean "acme"?') },
  });
});
