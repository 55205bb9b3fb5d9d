/**
 * Lets the Temporal SDK download one of its servers into a folder, starts it once and stops it again.
 *
 * A process of its own, so that `fetch-temporal-binary.mjs` can end it: the SDK's download has no time-out.
 * The SDK names the file `{command}-{version}`.
 *
 * Usage: node scripts/sdk-download.mjs COMMAND VERSION FOLDER
 * @see https://typescript.temporal.io/api/namespaces/testing#ephemeralserverexecutable (read 2026-11-24)
 */
import { TestWorkflowEnvironment } from '@temporalio/testing';

const [command, version, downloadDir] = process.argv.slice(2);
const server = { executable: { type: 'cached-download', version, downloadDir } };
const environment =
  command === 'temporal'
    ? await TestWorkflowEnvironment.createLocal({ server })
    : await TestWorkflowEnvironment.createTimeSkipping({ server });
await environment.teardown();
