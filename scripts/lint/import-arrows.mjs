/**
 * Imports point one way: a lint rule that knows which folder may import which, and which packages.
 *
 * Paths are resolved, not matched as text: `sandbox/confluence/` is the sandbox's own, `../confluence/` may be the product's.
 */
import { isBuiltin } from 'node:module';
import { dirname, relative, resolve, sep } from 'node:path';

const belowActivities = ['confluence', 'unique', 'http', 'store', 'config', 'rules'];
const belowWorker = ['activities', ...belowActivities, 'client', 'workflows/messages', 'scripts/temporal-binary.cjs'];
const isTemporal = (name) => name.startsWith('@temporalio/');
const anyButTemporal = (name) => !isTemporal(name);
const only =
  (...names) =>
  (name) =>
    names.includes(name);

/**
 * For each folder of the product: from where it may import values, from where types beyond that, and which packages and
 * Node built-ins. A folder name means everything in it; with a path, that module alone. Folders that are not here
 * (`bench`, `test`) and test files may import anything.
 */
export const arrows = {
  rules: { values: [], types: [], packages: only() },
  http: { values: ['rules'], types: [], packages: anyButTemporal },
  confluence: { values: ['http', 'rules'], types: [], packages: anyButTemporal },
  unique: { values: ['http', 'rules'], types: [], packages: anyButTemporal },
  // The budget of a site is a row in the store; what it must offer is the http client's to say.
  store: { values: ['rules'], types: ['http'], packages: anyButTemporal },
  config: { values: ['rules'], types: [], packages: anyButTemporal },
  // Inputs and reports of workflows are messages; the activities that make them speak the same types.
  activities: { values: belowActivities, types: ['workflows/messages'], packages: () => true },
  worker: { values: belowWorker, types: ['workflows'], packages: () => true },
  cli: { values: [...belowWorker, 'worker', 'sandbox'], types: ['workflows'], packages: () => true },
  workflows: { values: ['rules'], types: ['activities'], packages: only('@temporalio/workflow', '@temporalio/common') },
  client: {
    values: ['rules', 'workflows/messages'],
    types: [],
    packages: (name) => isBuiltin(name) || only('@temporalio/client', '@temporalio/common')(name),
  },
  // Nothing of the product, so that one mistake cannot hide in both.
  sandbox: { values: [], types: [], packages: anyButTemporal },
};

/** The ESLint rule; give it to TypeScript files. */
export const importArrows = {
  meta: {
    type: 'problem',
    schema: [],
    messages: {
      project:
        '{{from}}/ may not import {{what}} from {{target}}: imports point one way. It may import {{allowed}} (table in scripts/lint/import-arrows.mjs).',
      package: '{{from}}/ may not import the package {{target}} (table in scripts/lint/import-arrows.mjs).',
    },
  },
  create(context) {
    const [from] = relative(context.cwd, context.filename).split(sep);
    const arrow = arrows[from];
    if (!arrow) return {};

    function check(node, source, isTypeOnly) {
      if (typeof source?.value !== 'string') return;
      const target = source.value;
      if (!target.startsWith('.')) {
        const name = isBuiltin(target)
          ? target
          : target
              .split('/')
              .slice(0, target.startsWith('@') ? 2 : 1)
              .join('/');
        if (!arrow.packages(name)) context.report({ node, messageId: 'package', data: { from, target } });
        return;
      }
      const path = relative(context.cwd, resolve(dirname(context.filename), target))
        .split(sep)
        .join('/');
      const allowed = isTypeOnly ? [...arrow.values, ...arrow.types] : arrow.values;
      if ([from, ...allowed].some((place) => path === place || path.startsWith(`${place}/`))) return;
      const listed = [...arrow.values, ...arrow.types.map((place) => `types of ${place}`)].join(', ') || 'nothing';
      const data = { from, target: path, what: isTypeOnly ? 'types' : 'values', allowed: listed };
      context.report({ node, messageId: 'project', data });
    }

    return {
      ImportDeclaration: (node) => check(node, node.source, hasOnlyTypes(node, 'importKind')),
      ExportNamedDeclaration: (node) => check(node, node.source, hasOnlyTypes(node, 'exportKind')),
      ExportAllDeclaration: (node) => check(node, node.source, node.exportKind === 'type'),
      ImportExpression: (node) => check(node, node.source, false),
      TSImportType: (node) => check(node, node.source ?? node.argument?.literal, true),
      TSExternalModuleReference: (node) => check(node, node.expression, false),
      'CallExpression[callee.name="require"]': (node) => check(node, node.arguments[0], false),
    };
  },
};

/** True of `import type { A }` and of `import { type A, type B }`, which the compiler drops alike. */
function hasOnlyTypes(node, kind) {
  const { specifiers } = node;
  return node[kind] === 'type' || (specifiers.length > 0 && specifiers.every((each) => each[kind] === 'type'));
}
