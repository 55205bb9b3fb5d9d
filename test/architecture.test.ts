import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

interface Problem {
  readonly file: string;
  readonly rule: string | null;
  readonly message: string;
}

const ARROWS = 'syncspace/import-arrows';

/** A file of a small project with the real folders, and the rule that must object to it; none if it is fine. */
interface Snippet {
  readonly says: string;
  readonly file: string;
  readonly code: string;
  readonly rule?: string;
}

const value = (target: string): string => `import { it } from '${target}';\nexport const copy = it;\n`;
const type = (target: string): string => `import type { It } from '${target}';\nexport type Copy = It;\n`;

function refuses(folder: string, targets: readonly string[]): Snippet[] {
  return targets.map((target) => ({
    says: `${folder}/ refuses ${target}`,
    file: `${folder}/refuses-${target.replace(/\W+/g, '-')}.ts`,
    code: value(target),
    rule: ARROWS,
  }));
}

function accepts(folder: string, targets: readonly string[]): Snippet[] {
  return targets.map((target) => ({
    says: `${folder}/ accepts ${target}`,
    file: `${folder}/accepts-${target.replace(/\W+/g, '-')}.ts`,
    code: value(target),
  }));
}

const arrows: readonly Snippet[] = [
  ...accepts('http', ['../rules/item', './budget', 'axios', 'node:net']),
  ...refuses('http', [
    '../confluence/client',
    '../unique/client',
    '../store/store',
    '../config/load',
    '@temporalio/common',
  ]),
  ...accepts('confluence', ['../http/errors', '../rules/item', 'zod']),
  ...refuses('confluence', ['../unique/client', '../activities/contract', '../store/store', '@temporalio/activity']),
  ...accepts('unique', ['../http/errors', '../rules/item']),
  ...refuses('unique', ['../confluence/client', '../config/load', '../sandbox/server', '@temporalio/common']),
  ...accepts('store', ['../rules/item', 'kysely']),
  ...refuses('store', ['../http/budget', '../config/load', '../activities/contract', '@temporalio/common']),
  ...accepts('config', ['../rules/item', 'zod', 'node:fs']),
  ...refuses('config', ['../store/store', '../http/errors', '../worker/wiring']),
  ...accepts('rules', ['./item']),
  ...refuses('rules', ['../http/errors', '../config/load', 'node:crypto', 'crypto', 'zod', '@temporalio/workflow']),
  ...accepts('activities', [
    '../confluence/client',
    '../unique/client',
    '../http/errors',
    '../store/store',
    '../config/load',
  ]),
  ...accepts('activities', ['../rules/item', '@temporalio/activity', 'node:crypto']),
  ...refuses('activities', [
    '../worker/wiring',
    '../cli/main',
    '../workflows/messages',
    '../client/index',
    '../sandbox/server',
  ]),
  ...accepts('worker', ['../activities/contract', '../store/store', '../config/load', '../workflows/messages']),
  ...accepts('worker', ['../scripts/temporal-binary.cjs', '@temporalio/worker']),
  ...refuses('worker', ['../cli/main', '../workflows/sync-space', '../sandbox/server']),
  ...accepts('cli', ['../worker/wiring', '../config/load', '../store/store', '../sandbox/server', '../client/index']),
  ...refuses('cli', ['../workflows/sync-space', '../bench/run', '../test/environment']),
  ...accepts('workflows', ['../rules/item', './messages', '@temporalio/workflow', '@temporalio/common']),
  ...refuses('workflows', [
    '../activities/contract',
    '../http/errors',
    'node:crypto',
    'fs',
    'axios',
    '@temporalio/client',
  ]),
  ...accepts('client', ['../workflows/messages', '../rules/item', '@temporalio/client', '@temporalio/common']),
  ...refuses('client', [
    '../workflows/sync-space',
    '../activities/contract',
    '../config/load',
    '@temporalio/worker',
    'zod',
  ]),
  ...accepts('sandbox', ['./server', 'fastify', 'node:http']),
  ...accepts('sandbox/confluence', ['../unique/server']),
  ...refuses('sandbox', [
    '../rules/item',
    '../http/errors',
    '../confluence/client',
    '../config/load',
    '@temporalio/common',
  ]),
  ...refuses('sandbox/confluence', ['../../confluence/client']),
  {
    says: 'workflows/ accepts types of activities/',
    file: 'workflows/types.ts',
    code: type('../activities/contract'),
  },
  {
    says: 'store/ accepts types of http/',
    file: 'store/types.ts',
    code: type('../http/budget'),
  },
  {
    says: 'activities/ accepts types of workflows/messages',
    file: 'activities/types.ts',
    code: type('../workflows/messages'),
  },
  {
    says: 'sandbox/ refuses even types of the product',
    file: 'sandbox/types.ts',
    code: type('../rules/item'),
    rule: ARROWS,
  },
  {
    says: 'an export from elsewhere counts as an import',
    file: 'rules/re-export.ts',
    code: "export { it } from '../http/errors';\n",
    rule: ARROWS,
  },
  {
    says: 'an export of everything counts as an import',
    file: 'rules/re-export-all.ts',
    code: "export * from '../http/errors';\n",
    rule: ARROWS,
  },
  {
    says: 'an import at run time counts as an import',
    file: 'workflows/dynamic.ts',
    code: "export const later = (): Promise<unknown> => import('../activities/contract');\n",
    rule: ARROWS,
  },
  {
    says: 'a type written as an import counts as an import',
    file: 'http/import-type.ts',
    code: "export type Copy = import('../store/store').It;\n",
    rule: ARROWS,
  },
  { says: 'tests may import the sandbox', file: 'confluence/client.test.ts', code: value('../sandbox/server') },
  { says: 'end-to-end tests may import everything', file: 'test/end-to-end.ts', code: value('../worker/wiring') },
  { says: 'benchmarks may import everything', file: 'bench/run.ts', code: value('../sandbox/server') },
];

const correctness: readonly Snippet[] = [
  {
    says: 'a promise that nobody awaits is refused',
    file: 'http/floating.ts',
    code: 'export function start(): void {\n  Promise.resolve(1);\n}\n',
    rule: '@typescript-eslint/no-floating-promises',
  },
  {
    says: 'a type imported as a value is refused',
    file: 'http/value-import.ts',
    code: "import { It } from './budget';\nexport type Copy = It;\n",
    rule: '@typescript-eslint/consistent-type-imports',
  },
  {
    says: 'any is refused',
    file: 'http/any.ts',
    code: 'export type Anything = any;\n',
    rule: '@typescript-eslint/no-explicit-any',
  },
  {
    says: 'an import cycle is refused',
    file: 'http/cycle.ts',
    code: "import { back } from './cycle-back';\nexport const there = (): number => back();\n",
    rule: 'import-x/no-cycle',
  },
  {
    says: 'the other end of an import cycle is refused',
    file: 'http/cycle-back.ts',
    code: "import { there } from './cycle';\nexport const back = (): number => there();\n",
    rule: 'import-x/no-cycle',
  },
  {
    says: 'a package that only develops the project is refused',
    file: 'http/development.ts',
    code: "import ts from 'typescript';\nexport const version = ts.version;\n",
    rule: 'import-x/no-extraneous-dependencies',
  },
  {
    says: 'a default export is refused',
    file: 'http/default-export.ts',
    code: 'export default 1;\n',
    rule: 'no-restricted-syntax',
  },
];

describe('lint', () => {
  let folder: string;
  let problems: readonly Problem[];

  beforeAll(() => {
    folder = mkdtempSync(join(realpathSync(tmpdir()), 'syncspace-lint-'));
    const write = (file: string, text: string): void => {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), text);
    };
    write('tsconfig.json', JSON.stringify({ compilerOptions: { strict: true, module: 'node16', types: [] } }));
    write('package.json', JSON.stringify({ devDependencies: { typescript: '*' } }));
    symlinkSync(join(__dirname, '../node_modules'), join(folder, 'node_modules'));
    write('http/budget.ts', 'export type It = number;\nexport const it: It = 1;\n');
    for (const { file, code } of [...arrows, ...correctness]) write(file, code);
    const script = join(__dirname, '../scripts/lint/lint-folder.mjs');
    problems = JSON.parse(execFileSync(process.execPath, [script, folder], { encoding: 'utf8' })) as Problem[];
  }, 120_000);

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const rulesAgainst = (file: string): string[] =>
    problems.filter((problem) => problem.file === file).map(({ rule }) => rule ?? 'does not parse');

  // Unresolved imports are `any` to the compiler; only the rules in question count for the arrows.
  test.each(arrows)('$says', ({ file, rule }) => {
    expect(rulesAgainst(file).filter((name) => name === ARROWS || name === 'does not parse')).toEqual(
      rule ? [rule] : [],
    );
  });

  test.each(correctness)('$says', ({ file, rule }) => {
    expect(rulesAgainst(file)).toContain(rule);
  });

  test('says which way imports point and where the table is', () => {
    const message = problems.find(({ file }) => file === 'confluence/refuses--unique-client.ts')?.message;
    expect(message).toBe(
      'confluence/ may not import values from unique/client: imports point one way. It may import http, rules (table in scripts/lint/import-arrows.mjs).',
    );
  });
});
