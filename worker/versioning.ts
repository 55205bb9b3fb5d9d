import type { WorkerOptions } from '@temporalio/worker';
import type { Environment } from '../config/environment';

/** The name under which Temporal knows all builds of this worker. */
export const DEPLOYMENT = 'syncspace';

/** Runs that began on a build stay on it until they continue as new; without a build id nothing is versioned. */
export function versioning({
  buildId,
}: Pick<Environment, 'buildId'>): Pick<WorkerOptions, 'workerDeploymentOptions'> | undefined {
  if (buildId === undefined) return undefined;
  const version = { deploymentName: DEPLOYMENT, buildId };
  return { workerDeploymentOptions: { useWorkerVersioning: true, version, defaultVersioningBehavior: 'PINNED' } };
}
