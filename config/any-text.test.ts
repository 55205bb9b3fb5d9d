import { inspect } from 'node:util';
import * as fc from 'fast-check';
import { stringify } from 'yaml';
import { ConfigurationError } from './errors';
import { tenantFileSchema } from './schema';
import { readTenantFile } from './tenant-file';
import { FIXTURE_ENVIRONMENT, cloudFile, dataCenterFile } from './tenant-file-fixture';

// Part of every secret below, and of nothing else.
const MARK = 'Q7vK';

const schema = tenantFileSchema(FIXTURE_ENVIRONMENT);

function read(content: string, schemaToUse = schema) {
  return readTenantFile({ tenant: 'acme', file: '/acme-tenant-config.yaml', content }, schemaToUse);
}

/** Everything that may reach a log or a terminal. */
function printed(outcome: ReturnType<typeof read>): string {
  const message = outcome.problems.length === 0 ? '' : new ConfigurationError(outcome.problems).message;
  return [message, inspect(outcome, { depth: 20 }), JSON.stringify(outcome)].join('\n');
}

function expectAResult(content: string): void {
  const outcome = read(content);
  expect(outcome.config === undefined).toBe(outcome.problems.length > 0);
}

describe('any text', () => {
  it('gives a tenant or problems, never a crash', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 300 }), expectAResult), { numRuns: 300 });
  });

  it('in the characters of YAML gives a tenant or problems, never a crash', () => {
    const unit = fc.constantFrom(...'ab: -?[]{},&*!|>%@`"\'#\n\t\\~<=.0'.split(''));
    fc.assert(fc.property(fc.string({ unit, maxLength: 80 }), expectAResult), { numRuns: 500 });
  });

  it('that is YAML of any values gives a tenant or problems, never a crash', () => {
    const key = fc.oneof(
      fc.constantFrom('status', 'confluence', 'unique', 'auth', 'ingestion', 'instanceType', 'mode', 'serviceAuthMode'),
      fc.constantFrom('__proto__', 'constructor', 'toString', 'hasOwnProperty'),
      fc.string(),
    );
    const scalar = fc.oneof(
      fc.constantFrom('cloud', 'data-center', 'pat', 'external'),
      fc.string(),
      fc.double(),
      fc.boolean(),
      fc.constant(null),
    );
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        scalar,
        fc.array(tie('value'), { maxLength: 3 }),
        tie('mapping'),
      ),
      mapping: fc.dictionary(key, tie('value'), { maxKeys: 5 }),
    }));
    const files = fc.dictionary(key, value, { maxKeys: 6 }).map((content) => stringify(content));
    fc.assert(fc.property(files, expectAResult), { numRuns: 200 });
  });
});

describe('a secret', () => {
  const secret = fc
    .string({ unit: fc.constantFrom(...'abcXYZ019-_.!&*#%@:"\'{[>|'), maxLength: 12 })
    .map((tail) => MARK + tail);
  const kind = fc.constantFrom<'literal' | 'variable'>('literal', 'variable');

  /** Two valid files whose every secret is the given one. */
  function filesWith(value: string, where: 'literal' | 'variable'): readonly string[] {
    const held = where === 'literal' ? value : 'os.environ/HELD';
    const unique = { zitadelProjectId: held, zitadelClientSecret: held };
    const basic = { mode: 'basic', token: undefined, username: held, password: held };
    return [
      cloudFile({ confluence: { auth: { clientSecret: held } }, unique }),
      dataCenterFile({ confluence: { auth: { token: held } } }),
      dataCenterFile({ confluence: { auth: basic } }),
    ];
  }

  it('never appears in what a file gives', () => {
    fc.assert(
      fc.property(secret, kind, (value, where) => {
        for (const file of filesWith(value, where)) {
          const outcome = read(file, tenantFileSchema({ HELD: value }));
          expect(outcome.config).toBeDefined();
          expect(printed(outcome)).not.toContain(MARK);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('never appears in the problems of a file that was spoiled by a slip of the hand', () => {
    const slip = fc.record({
      line: fc.nat(40),
      how: fc.constantFrom(
        'drop',
        'repeat',
        'indent',
        'outdent',
        'join',
        'no colon',
        'no blank',
        'quote',
        'tab',
        'empty',
        'misspell',
        'list',
      ),
    });
    fc.assert(
      fc.property(secret, fc.array(slip, { minLength: 1, maxLength: 2 }), (value, slips) => {
        for (const file of filesWith(value, 'literal')) {
          const spoiled = slips.reduce((text, { line, how }) => spoil(text, line, how), file);
          expect(printed(read(spoiled))).not.toContain(MARK);
        }
      }),
      { numRuns: 200 },
    );
  });
});

/** One slip of the hand in one line of a file. */
function spoil(text: string, at: number, how: string): string {
  const lines = text.split('\n');
  const index = at % lines.length;
  const line = lines[index] ?? '';
  const slips: Record<string, readonly string[]> = {
    drop: [],
    repeat: [line, line],
    indent: [`    ${line}`],
    outdent: [line.replace(/^ {2}/, '')],
    'no colon': [line.replace(':', '')],
    'no blank': [line.replace(': ', ':')],
    quote: [line.replace(': ', ': "')],
    tab: [`\t${line}`],
    empty: [line.replace(/:.*/, ':')],
    misspell: [line.replace(/[a-z]:/, ':')],
    list: [line.replace(/^( *)/, '$1- ')],
  };
  if (how === 'join') lines.splice(index, 2, `${line}${lines[index + 1] ?? ''}`);
  else lines.splice(index, 1, ...(slips[how] ?? [line]));
  return lines.join('\n');
}
