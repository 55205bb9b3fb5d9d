/** Bundles the workflows ahead: a worker that bundles when it starts is slower to start and keeps 70 MiB more. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';

/** Where the worker expects it: `workflowBundle: { codePath }`. */
const BUNDLE = 'workflow-bundle.js';

/**
 * @returns The file written, relative to `dist/`; its source map is inside it.
 * @throws {Error} when workflow code reaches a module that is not deterministic, such as a Node built-in.
 */
export async function emitWorkflowBundle(root, dist) {
  const { code } = await bundleWorkflowCode({
    workflowsPath: join(root, 'workflows/index.ts'),
    logger: new DefaultLogger('WARN'),
  });
  mkdirSync(dist, { recursive: true });
  writeFileSync(join(dist, BUNDLE), code);
  return [BUNDLE];
}
