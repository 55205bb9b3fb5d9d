import { makeContinueAsNewFunc, type Workflow, workflowInfo } from '@temporalio/workflow';

/** Whether a workflow should continue as new: its history has grown long, or a newer build waits for it. */
export function mustRoll(): boolean {
  const { continueAsNewSuggested, targetWorkerDeploymentVersionChanged } = workflowInfo();
  return continueAsNewSuggested || targetWorkerDeploymentVersionChanged === true;
}

/** Continues as new, on the newest build where builds are told apart: a pinned chain would else stay on its old one, and roll for ever. */
export function continueOnNewestBuild<W extends Workflow>(...input: Parameters<W>): Promise<never> {
  const isUpgrade = workflowInfo().targetWorkerDeploymentVersionChanged === true;
  return makeContinueAsNewFunc<W>(isUpgrade ? { initialVersioningBehavior: 'AUTO_UPGRADE' } : {})(...input);
}
