import {
  allHandlersFinished,
  CancellationScope,
  condition,
  continueAsNew,
  ContinueAsNew,
  isCancellation,
  ParentClosePolicy,
  setCurrentDetails,
  setHandler,
  startChild,
  workflowInfo,
} from '@temporalio/workflow';
import type { CloseRunInput, SpaceToDelete } from '../activities/contract';
import { emptyReport, type Outcome, type TenantReport } from '../rules/report';
import { workflowId } from '../rules/workflow-names';
import { conclude } from './conclude';
import { answerFor } from './doorman';
import { failedStep, innermostMessage } from './failure-message';
import { checkDeletionInput } from './input';
import { type DeleteTenantInput, type DeletionState, type Progress, progressQuery } from './messages';
import { mustRoll } from './must-roll';
import { label } from './search-attributes';
import { mainSteps, tenantSteps, type TenantSteps } from './steps';
import { slidingWindow } from './window';

/** Part of the recorded histories: another number needs `patched`. */
const SPACES_IN_PARALLEL = 4;
const SPACES_AT_A_TIME = 100;

/**
 * Removes all that a tenant put into Unique. Runs under the id of the tenant's sync, so that only one of them runs; a
 * request for a sync that meets it is not taken, because nobody here listens to it.
 */
export async function deleteTenant(input: DeleteTenantInput): Promise<TenantReport> {
  checkDeletionInput(input);
  const id = workflowId.tenant(input.tenant);
  if (workflowInfo().workflowId === id) return new TenantDeletion(input).run();
  const { tenant } = input;
  return answerFor(
    id,
    () =>
      startChild(deleteTenant, {
        workflowId: id,
        parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
        args: [{ tenant }],
        staticSummary: `Removal of tenant ${tenant}`,
      }),
    (outcome) => withoutWork(tenant, outcome, `${id} ${outcome === 'skipped' ? 'runs already' : 'was cancelled'}`),
  );
}

class TenantDeletion {
  private readonly state: DeletionState;
  private readonly steps: TenantSteps;
  private readonly running = new Set<string>();
  private spaces: SpaceToDelete[] = [];
  private isLast = false;
  private spacesEnded = 0;
  private phase = 'opening';

  constructor(private readonly input: DeleteTenantInput) {
    const { firstExecutionRunId: run, startTime } = workflowInfo();
    this.state =
      input.carried?.run === run ? { ...input.carried } : { run, startedAt: startTime.toISOString(), after: '' };
    this.steps = tenantSteps(input.tenant);
    setHandler(progressQuery, () => this.progress());
  }

  async run(): Promise<TenantReport> {
    let report: TenantReport;
    try {
      const nothingToDo = await this.open();
      if (nothingToDo !== undefined) return this.conclude(withoutWork(this.input.tenant, 'skipped', nothingToDo));
      await this.deleteSpaces();
      if (mustRoll()) await this.roll();
      this.enter('releasing the root scope');
      await this.steps.releaseRoot.executeWithOptions({ summary: 'Take the mark off the root scope' }, [this.key()]);
      report = await this.close();
    } catch (error) {
      return this.endAfter(error);
    }
    return this.conclude(report);
  }

  private async open(): Promise<string | undefined> {
    if (this.state.searchAttributes !== undefined) return undefined;
    const { workflowId: id } = workflowInfo();
    const opened = await mainSteps.openDeletion.executeWithOptions({ summary: 'Read the root scope, prove it ours' }, [
      { ...this.key(), workflowId: id, startedAt: this.state.startedAt },
    ]);
    this.state.searchAttributes = opened.searchAttributes;
    label(opened.searchAttributes, { SyncTenant: this.input.tenant });
    return opened.nothingToDo;
  }

  private deleteSpaces(): Promise<void> {
    this.enter('removing spaces');
    return slidingWindow({
      size: SPACES_IN_PARALLEL,
      more: () => this.spaces.length > 0 || !this.isLast,
      next: () => this.nextSpace(),
      open: () => true,
      full: () => mustRoll(),
      run: (space) => this.deleteSpace(space),
    });
  }

  private async nextSpace(): Promise<SpaceToDelete | undefined> {
    if (this.spaces.length === 0 && !this.isLast) {
      const page = await this.steps.spacesToDelete.executeWithOptions({ summary: 'Find spaces of the tenant' }, [
        { ...this.key(), after: this.state.after, limit: SPACES_AT_A_TIME },
      ]);
      this.spaces.push(...page.spaces);
      this.isLast = page.isLast;
    }
    const space = this.spaces.shift();
    if (space !== undefined) this.state.after = space.spaceKey;
    return space;
  }

  /** One space never stops the others. */
  private async deleteSpace(space: SpaceToDelete): Promise<void> {
    const { spaceKey } = space;
    const input = { ...this.key(), ...space };
    this.running.add(spaceKey);
    this.showDetails();
    try {
      let portion = { finished: false, left: 0 };
      while (!portion.finished) {
        portion = await this.steps.deleteContents.executeWithOptions({ summary: `Contents of ${spaceKey}` }, [input]);
      }
      await this.steps.closeDeletedSpace.executeWithOptions({ summary: `Scope of ${spaceKey}` }, [
        { ...input, left: portion.left },
      ]);
    } catch (error) {
      if (isCancellation(error) && CancellationScope.current().consideredCancelled) throw error;
      const [step, message] = [failedStep(error, 'remove'), innermostMessage(error)];
      await this.steps.recordSpace.executeWithOptions({ summary: `Record space ${spaceKey} as failed` }, [
        { ...this.key(), spaceKey, outcome: 'failed', step, message },
      ]);
    } finally {
      this.running.delete(spaceKey);
      this.spacesEnded++;
      this.showDetails();
    }
  }

  private close(ended?: CloseRunInput['ended']): Promise<TenantReport> {
    const { workflowId: id } = workflowInfo();
    const { startedAt } = this.state;
    return mainSteps.closeRun.executeWithOptions({ summary: 'Seal the counts' }, [
      { ...this.key(), workflowId: id, startedAt, purpose: 'deletion', ...(ended === undefined ? {} : { ended }) },
    ]);
  }

  private conclude(report: TenantReport): TenantReport {
    const message = 'No space could be removed; see the report in the details.';
    return conclude(report, this.state.searchAttributes ?? [], { type: 'DeletionFailed', message });
  }

  private async endAfter(error: unknown): Promise<TenantReport> {
    if (error instanceof ContinueAsNew) throw error;
    const cancelled = isCancellation(error) && CancellationScope.current().consideredCancelled;
    const outcome = cancelled ? 'cancelled' : 'failed';
    const message = cancelled ? 'cancelled' : innermostMessage(error);
    const step = failedStep(error, 'root');
    const report = await CancellationScope.nonCancellable(() => this.close({ outcome, step, message })).catch(() =>
      withoutWork(this.input.tenant, outcome, message),
    );
    if (cancelled) throw error;
    return this.conclude({ ...report, message });
  }

  private async roll(): Promise<never> {
    await condition(allHandlersFinished);
    return continueAsNew<typeof deleteTenant>({ tenant: this.input.tenant, carried: this.state });
  }

  private key(): { readonly tenant: string; readonly run: string } {
    return { tenant: this.input.tenant, run: this.state.run };
  }

  private enter(phase: string): void {
    this.phase = phase;
    this.showDetails();
  }

  private progress(): Progress {
    return { phase: this.phase, runningSpaces: [...this.running], spacesEnded: this.spacesEnded };
  }

  private showDetails(): void {
    const running = [...this.running].map((spaceKey) => `- ${spaceKey}`).join('\n');
    setCurrentDetails(`**${this.phase}**, ${this.spacesEnded} spaces ended\n\n${running}`);
  }
}

function withoutWork(tenant: string, outcome: Outcome, message: string): TenantReport {
  const { workflowId: id, firstExecutionRunId: run } = workflowInfo();
  const at = new Date().toISOString();
  return { ...emptyReport(tenant, id, run, outcome, at, message), purpose: 'deletion' };
}
