import {
  allHandlersFinished,
  CancellationScope,
  condition,
  ContinueAsNew,
  isCancellation,
  ParentClosePolicy,
  patched,
  setCurrentDetails,
  setHandler,
  sleep,
  startChild,
  workflowInfo,
} from '@temporalio/workflow';
import type { CloseRunInput, PlanSpaceInput, SlicePlan, SliceResult } from '../activities/contract';
import { NO_ITEMS, type Outcome } from '../rules/report';
import { workflowId } from '../rules/workflow-names';
import { answerFor } from './doorman';
import { failedStep, innermostMessage, isClosedRun } from './failure-message';
import { checkSpaceInput } from './input';
import {
  type Progress,
  progressQuery,
  type SliceName,
  type SpaceResult,
  type SpaceState,
  type SyncSpaceInput,
} from './messages';
import { continueOnNewestBuild, mustRoll } from './must-roll';
import { Pause } from './pause';
import { judgeGone, removeGone } from './remove-gone';
import { label } from './search-attributes';
import { mainSteps, tenantSteps, type TenantSteps } from './steps';
import { slidingWindow } from './window';

/** Part of the recorded histories: another number needs `patched`. */
const SLICES_IN_PARALLEL = 4;
/** Items that failed are tried again after each of these, if anything about the failure may pass. */
const RETRY_AFTER = ['10 seconds', '1 minute'] as const;
const STOPPED: SliceResult = { finished: false, ingested: 0, failed: 0 };

/** Brings one Confluence space and its contents in Unique into agreement. */
export async function syncSpace(input: SyncSpaceInput): Promise<SpaceResult> {
  checkSpaceInput(input);
  const id = workflowId.space(input.tenant, input.spaceKey);
  if (workflowInfo().workflowId === id) return new SpaceSync(input).run();
  const { carried: _notOurs, run: _nobodys, ...asked } = input;
  return answerFor(
    id,
    () =>
      startChild(syncSpace, {
        workflowId: id,
        parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
        args: [asked],
        staticSummary: `Space ${input.spaceKey}`,
      }),
    (outcome) => withoutWork(input, outcome, `${id} ${outcome === 'skipped' ? 'runs already' : 'was cancelled'}`),
  );
}

class SpaceSync {
  private state: SpaceState;
  private readonly pause: Pause;
  private readonly steps: TenantSteps;
  private alone: boolean;
  private phase = 'opening';
  private slices = 0;
  private slicesEnded = 0;

  constructor(private readonly input: SyncSpaceInput) {
    const { parent, firstExecutionRunId } = workflowInfo();
    // A space that is started again with the run of its former parent must not go on in that run.
    const isChild = input.run !== undefined && parent?.workflowId === workflowId.tenant(input.tenant);
    const chain = isChild ? input.run : firstExecutionRunId;
    this.state =
      input.carried?.chain === chain
        ? { ...input.carried, unfinished: [...input.carried.unfinished] }
        : newState(chain, input);
    this.alone = !isChild || this.state.run !== chain;
    this.steps = tenantSteps(input.tenant);
    this.pause = new Pause(this.state.paused ?? (this.alone ? undefined : input.paused), () => this.showDetails());
    this.pause.listen();
    setHandler(progressQuery, () => this.progress());
  }

  async run(): Promise<SpaceResult> {
    try {
      return await this.sync().catch((error: unknown) => {
        if (!isClosedRun(error) || !(this.alone || wasReset())) throw error;
        this.beginAnew();
        return this.sync();
      });
    } catch (error) {
      if (this.alone) await this.endAlone(error);
      throw error;
    }
  }

  private async sync(): Promise<SpaceResult> {
    const refused = await this.openAlone();
    if (refused !== undefined) return this.refuse(refused);
    await this.discoverAndPlan();
    await this.ingest();
    await this.retryFailed();
    await this.removeGone();
    return await this.close();
  }

  /** Reset after its run had ended, of which the store dropped what it knew: all of it is done in a new one, alone. */
  private beginAnew(): void {
    this.alone = true;
    this.state = { ...newState(this.state.chain, this.input), run: workflowInfo().runId };
  }

  private async discoverAndPlan(): Promise<void> {
    if (this.state.planned) return;
    label(this.state.searchAttributes, { SyncTenant: this.input.tenant, SyncSpace: this.input.spaceKey });
    await this.notPaused();
    await this.steps.acquireTokens.executeWithOptions({ summary: 'Prove the credentials of both sides' }, [this.key()]);
    this.enter('discovering pages');
    await this.notPaused();
    await this.steps.discoverSpace.executeWithOptions({ summary: 'Walk the trees below the roots' }, [this.key()]);
    this.enter('planning');
    await this.notPaused();
    const plan = await this.steps.planSpace.executeWithOptions({ summary: 'Compare, cut slices' }, [
      { ...this.key(), force: this.input.force === true, ...this.forcedPages() },
    ]);
    this.take(plan);
    this.state.candidates = plan.candidates ?? 0;
    this.state.planned = true;
  }

  private forcedPages(): Pick<PlanSpaceInput, 'pages'> {
    const { pages } = this.input;
    return pages === undefined ? {} : { pages };
  }

  private take({ pages, attachments }: SlicePlan): void {
    this.state.pages = pages;
    this.state.attachments = attachments;
    this.slices += pages.to - pages.from + attachments.to - attachments.from;
  }

  /**
   * A space without a tenant's sync around it opens the tenant and searches its labels itself.
   *
   * @returns why nothing is done, if that is so
   */
  private async openAlone(): Promise<string | undefined> {
    if (!this.alone || this.state.planned) return undefined;
    const { workflowId: id, startTime } = workflowInfo();
    const opened = await mainSteps.openTenant.executeWithOptions({ summary: 'Prove credentials, own the root scope' }, [
      { ...this.key(), workflowId: id, startedAt: startTime.toISOString() },
    ]);
    this.state.searchAttributes = opened.searchAttributes;
    const { approval, spaceKey } = this.input;
    if (approval !== undefined && patched('check-approval-alone')) {
      const { refused } = await this.steps.checkApprovals.executeWithOptions({ summary: 'Find what is approved' }, [
        { ...this.key(), approvals: { [spaceKey]: approval } },
      ]);
      if (refused !== undefined) return refused;
    }
    await this.steps.discoverPages.executeWithOptions({ summary: 'Search for labelled pages' }, [
      { ...this.key(), round: 1, request: { spaces: [this.input.spaceKey] } },
    ]);
    return undefined;
  }

  /** A fingerprint that nobody knows: the person meant something else. */
  private async refuse(message: string): Promise<SpaceResult> {
    const { tenant, spaceKey } = this.input;
    label(this.state.searchAttributes, { SyncTenant: tenant, SyncSpace: spaceKey, SyncOutcome: 'blocked' });
    await this.closeRunAlone({ outcome: 'blocked', step: 'remove', message });
    return withoutWork(this.input, 'blocked', message);
  }

  /** Pages first, attachments after; slices that a pause stopped come first. */
  private async ingest(): Promise<void> {
    this.enter('ingesting');
    await slidingWindow({
      size: SLICES_IN_PARALLEL,
      more: () => this.hasSlices(),
      next: () => this.nextSlice(),
      open: () => !this.pause.active,
      full: () => mustRoll(),
      run: (slice) => this.ingestSlice(slice),
    });
    if (this.hasSlices()) await this.roll();
  }

  /** Failed items once more, later and in smaller slices; what fails then is reported. */
  private async retryFailed(): Promise<void> {
    for (;;) {
      const wait = RETRY_AFTER[this.state.retries];
      if (this.state.failed === 0 || wait === undefined) return;
      this.state.failed = 0;
      const retry = ++this.state.retries;
      this.take(
        await this.steps.planRetry.executeWithOptions({ summary: 'Find what failed' }, [{ ...this.key(), retry }]),
      );
      if (!this.hasSlices()) return;
      await sleep(wait, { summary: 'Before trying failed items again' });
      await this.ingest();
    }
  }

  /** Last, so that a page that moved is finalized in its new space before it leaves the old one. */
  private async removeGone(): Promise<void> {
    if ((this.state.candidates ?? 0) === 0) return;
    this.enter('removing what is gone');
    const { tenant, run, spaceKey } = this.key();
    const { approval, removesLater } = this.input;
    const input = { tenant, run, spaceKey, ...(approval === undefined ? {} : { approval }) };
    if (this.alone || removesLater === undefined) return removeGone(this.steps, this.pause, input);
    this.state.removals = await judgeGone(this.steps, this.pause, { ...input, isGuardedLater: true });
  }

  private hasSlices(): boolean {
    const { unfinished, pages, attachments } = this.state;
    return unfinished.length > 0 || pages.from < pages.to || attachments.from < attachments.to;
  }

  private nextSlice(): SliceName | undefined {
    const { unfinished, pages, attachments } = this.state;
    const stopped = unfinished.shift();
    if (stopped !== undefined) return stopped;
    if (pages.from < pages.to) {
      this.state.pages = { from: pages.from + 1, to: pages.to };
      return { kind: 'page', slice: pages.from };
    }
    if (attachments.from >= attachments.to) return undefined;
    this.state.attachments = { from: attachments.from + 1, to: attachments.to };
    return { kind: 'attachment', slice: attachments.from };
  }

  private async ingestSlice(name: SliceName): Promise<void> {
    const stoppable = new CancellationScope();
    const unfollow = this.pause.follow({ pauseWith: () => stoppable.cancel(), resumeNow: () => undefined });
    const result = await stoppable
      .run(() => this.transfer(name))
      .catch((error: unknown): SliceResult => {
        // Temporal retries nothing whose cancellation was asked for: a slice stopped by a pause may end cancelled,
        // failed, or timed out because its worker is dead. All of these are unfinished work, not a failed space.
        if (stoppable.consideredCancelled && !CancellationScope.current().consideredCancelled) return STOPPED;
        throw error;
      })
      .finally(unfollow);
    this.state.failed += result.failed;
    if (result.finished) this.slicesEnded++;
    else this.state.unfinished.push(name);
    this.showDetails();
  }

  private transfer({ kind, slice }: SliceName): Promise<SliceResult> {
    const { retries } = this.state;
    const input = { ...this.key(), slice, ...(retries === 0 ? {} : { retry: retries }) };
    return kind === 'page'
      ? this.steps.ingestPages.executeWithOptions({ summary: `Pages, slice ${slice + 1}` }, [input])
      : this.steps.ingestAttachments.executeWithOptions({ summary: `Attachments, slice ${slice + 1}` }, [input]);
  }

  private async close(): Promise<SpaceResult> {
    this.enter('closing');
    const closed = await this.steps.closeSpace.executeWithOptions({ summary: 'Count what was done' }, [this.key()]);
    label(this.state.searchAttributes, { SyncOutcome: closed.outcome });
    if (this.alone && patched('verify-contents')) {
      const { tenant, run } = this.key();
      await this.steps.verifyContents.executeWithOptions({ summary: 'Look what Unique made of it' }, [{ tenant, run }]);
    }
    if (this.alone) await this.closeRunAlone();
    const { removals } = this.state;
    const left = removals === undefined ? {} : { removals };
    return { tenant: this.input.tenant, spaceKey: this.input.spaceKey, ...closed, ...left };
  }

  private async closeRunAlone(ended?: CloseRunInput['ended']): Promise<void> {
    const { workflowId: id, startTime } = workflowInfo();
    const { tenant, run } = this.key();
    await mainSteps.closeRun.executeWithOptions({ summary: 'Seal the counts' }, [
      { tenant, run, workflowId: id, startedAt: startTime.toISOString(), ...(ended === undefined ? {} : { ended }) },
    ]);
  }

  private async endAlone(error: unknown): Promise<void> {
    if (error instanceof ContinueAsNew) return;
    const cancelled = isCancellation(error);
    const message = cancelled ? 'cancelled' : innermostMessage(error);
    const ended = {
      outcome: cancelled ? 'cancelled' : 'failed',
      step: failedStep(error, 'discover'),
      message,
    } as const;
    await CancellationScope.nonCancellable(() => this.closeRunAlone(ended)).catch(() => undefined);
  }

  private async roll(): Promise<never> {
    await condition(allHandlersFinished);
    const { paused: _before, ...state } = this.state;
    const paused = this.pause.why === undefined ? {} : { paused: this.pause.why };
    return continueOnNewestBuild<typeof syncSpace>({ ...this.input, carried: { ...state, ...paused } });
  }

  private notPaused(): Promise<void> {
    return condition(() => !this.pause.active);
  }

  private key(): { readonly tenant: string; readonly run: string; readonly spaceKey: string; readonly round: number } {
    return { tenant: this.input.tenant, run: this.state.run, spaceKey: this.input.spaceKey, round: 1 };
  }

  private enter(phase: string): void {
    this.phase = phase;
    this.showDetails();
  }

  private progress(): Progress {
    return {
      phase: this.phase,
      ...(this.pause.why === undefined ? {} : { paused: this.pause.why }),
      slicesEnded: this.slicesEnded,
      slices: this.slices,
    };
  }

  private showDetails(): void {
    const paused = this.pause.active ? `> **Paused: ${this.pause.why}.** Send the signal \`resume\` to go on.\n\n` : '';
    setCurrentDetails(`${paused}**${this.phase}**, ${this.slicesEnded} of ${this.slices} slices ended`);
  }
}

/** The run id in the first event survives a reset, the own one does not. */
function wasReset(): boolean {
  const { runId, originalExecutionRunId } = workflowInfo();
  return runId !== originalExecutionRunId;
}

function newState(chain: string, input: SyncSpaceInput): SpaceState {
  const none = { from: 0, to: 0 };
  const searchAttributes = input.searchAttributes ?? [];
  return {
    chain,
    run: chain,
    searchAttributes,
    planned: false,
    retries: 0,
    failed: 0,
    pages: none,
    attachments: none,
    unfinished: [],
  };
}

function withoutWork(input: SyncSpaceInput, outcome: Outcome, message: string): SpaceResult {
  return { tenant: input.tenant, spaceKey: input.spaceKey, outcome, totals: NO_ITEMS, message };
}
