import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Thrown when the workflows were not bundled: a checkout that was not built. */
export class WorkflowBundleMissingError extends Error {
  override readonly name = 'WorkflowBundleMissingError';

  constructor(path: string) {
    super(`The workflows are not built (${path} is missing). Run \`npm run build\`.`);
  }
}

/**
 * The workflows, bundled ahead by `npm run build`: bundling at run time takes seconds and 75 MiB more.
 *
 * Found from this file both in `dist/` and in the sources, which tests run.
 */
export function workflowBundlePath(): string {
  const path = join(packageRoot(__dirname), 'dist', 'workflow-bundle.js');
  if (!existsSync(path)) throw new WorkflowBundleMissingError(path);
  return path;
}

function packageRoot(from: string): string {
  return existsSync(join(from, 'package.json')) ? from : packageRoot(dirname(from));
}
