import { workflowInfo } from '@temporalio/workflow';

/** Whether a workflow should continue as new: its history has grown long, or a newer build waits for it. */
export function mustRoll(): boolean {
  const { continueAsNewSuggested, targetWorkerDeploymentVersionChanged } = workflowInfo();
  return continueAsNewSuggested || targetWorkerDeploymentVersionChanged === true;
}
