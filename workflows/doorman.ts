import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import {
  ApplicationFailure,
  CancellationScope,
  type ChildWorkflowHandle,
  ChildWorkflowFailure,
  isCancellation,
  setCurrentDetails,
  setHandler,
  type Workflow,
  type WorkflowResultType,
} from '@temporalio/workflow';
import { pauseSignal, requestSignal, resumeSignal } from './messages';
import { forward } from './pause';

/**
 * A workflow that was started under any id but the canonical one starts the canonical one as its child, passes on what
 * it is told, and answers with the child's report.
 *
 * Ids alone lock nothing: a Schedule's run gets its time behind the id, and the UI lets one choose any.
 *
 * @param without the answer when the canonical one runs already, or was cancelled by somebody else
 */
export async function answerFor<W extends Workflow>(
  id: string,
  start: () => Promise<ChildWorkflowHandle<W>>,
  without: (outcome: 'skipped' | 'cancelled') => WorkflowResultType<W> | Promise<WorkflowResultType<W>>,
): Promise<WorkflowResultType<W>> {
  try {
    const child = await start();
    setHandler(pauseSignal, (why) => forward(() => child.signal(pauseSignal, why), id));
    setHandler(resumeSignal, () => forward(() => child.signal(resumeSignal), id));
    setHandler(requestSignal, (asked) => forward(() => child.signal(requestSignal, asked), id));
    setCurrentDetails(`This run only answers for \`${id}\`: open that one to see the work.`);
    return await child.result();
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return await without('skipped');
    if (isCancellation(error) && !CancellationScope.current().consideredCancelled) return await without('cancelled');
    // Red, with the report in the details, as the child itself.
    if (error instanceof ChildWorkflowFailure && error.cause instanceof ApplicationFailure) throw error.cause;
    throw error;
  }
}
