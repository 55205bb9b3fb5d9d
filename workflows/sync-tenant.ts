import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import {
  allHandlersFinished,
  CancellationScope,
  condition,
  ContinueAsNew,
  getExternalWorkflowHandle,
  isCancellation,
  ParentClosePolicy,
  patched,
  setCurrentDetails,
  setHandler,
  startChild,
  workflowInfo,
} from '@temporalio/workflow';
import type { CloseRunInput } from '../activities/contract';
import { EVERY_SPACE } from '../rules/guard';
import { emptyReport, type Outcome, type TenantReport } from '../rules/report';
import { workflowId } from '../rules/workflow-names';
import { conclude } from './conclude';
import { answerFor } from './doorman';
import { failedStep, innermostMessage, isClosedRun, isRefusedCredential } from './failure-message';
import { checkTenantInput, mergeRequests } from './input';
import {
  pauseSignal,
  type Progress,
  progressQuery,
  requestSignal,
  resumeSignal,
  type Round,
  type SyncRequest,
  type SyncTenantInput,
  type TenantState,
} from './messages';
import { continueOnNewestBuild, mustRoll } from './must-roll';
import { forward, Pause } from './pause';
import { judgeGone, removeGone, removeReleased } from './remove-gone';
import { label } from './search-attributes';
import { mainSteps, tenantSteps, type TenantSteps } from './steps';
import { syncSpace } from './sync-space';
import { slidingWindow } from './window';

/** Part of the recorded histories: another number needs `patched`. */
const SPACES_IN_PARALLEL = 4;
const SPACE_KEYS_AT_A_TIME = 100;
/** Every space is judged before the first removal of a run. */
const GUARD_FIRST = 'guard-first';
/** What was discovered longer ago than this is not worth resuming after a pause. */
const DISCOVERY_IS_GOOD_FOR_MS = 6 * 60 * 60 * 1000;

/** Brings all that a tenant labelled in Confluence and its contents in Unique into agreement. */
export async function syncTenant(input: SyncTenantInput): Promise<TenantReport> {
  checkTenantInput(input);
  const id = workflowId.tenant(input.tenant);
  return workflowInfo().workflowId === id ? new TenantSync(input).run() : answerForTenant(id, input);
}

class TenantSync {
  private state: TenantState;
  private readonly pause: Pause;
  private readonly steps: TenantSteps;
  private readonly running = new Set<string>();
  private spacesEnded = 0;
  private keys: string[] = [];
  private keysEnd = false;
  private phase = 'opening';

  constructor(private readonly input: SyncTenantInput) {
    const chain = workflowInfo().firstExecutionRunId;
    // "Start Workflow Like This One" copies the input of a finished run, cursor and all: its chain is another one.
    this.state = input.carried?.chain === chain ? copyOf(input.carried) : newState(chain, input);
    this.steps = tenantSteps(input.tenant);
    this.pause = new Pause(this.state.paused, () => this.afterPauseOrResume());
    this.pause.listen();
    setHandler(requestSignal, (asked) => void this.state.requests.push(asked), {
      description: 'Sync again, or more, before this run ends',
    });
    setHandler(progressQuery, () => this.progress());
  }

  async run(): Promise<TenantReport> {
    let report: TenantReport;
    try {
      report = await this.sync().catch((error: unknown) => {
        if (!isClosedRun(error)) throw error;
        this.beginAnew();
        return this.sync();
      });
    } catch (error) {
      return this.endAfter(error);
    }
    return this.conclude(report);
  }

  private async sync(): Promise<TenantReport> {
    await this.open();
    for (;;) {
      await this.syncRound();
      if (this.state.round !== undefined) await this.roll();
      const report = await this.close();
      if (this.state.requests.length === 0) return report; // no await from here to the end: a late request reopens the run
      // Between two rounds only: the run is closed, so the next one discovers anew. Without a request a chain would do all of it again.
      if (mustRoll()) await this.roll();
    }
  }

  /** Somebody reset this workflow after its end: the store dropped what that run knew, so all of it is done in a new one. */
  private beginAnew(): void {
    const { runId, startTime } = workflowInfo();
    const { round, requests, chain } = this.state;
    const asked = round === undefined ? requests : [round.request, ...requests];
    this.state = {
      ...newState(chain, this.input),
      run: runId,
      startedAt: startTime.toISOString(),
      ...(asked.length > 0 ? { requests: asked } : {}),
    };
  }

  private async open(): Promise<void> {
    if (this.state.searchAttributes !== undefined) return;
    const { workflowId: id } = workflowInfo();
    const { startedAt } = this.state;
    const opened = await mainSteps.openTenant.executeWithOptions({ summary: 'Prove credentials, own the root scope' }, [
      { ...this.key(), workflowId: id, startedAt },
    ]);
    this.state.searchAttributes = opened.searchAttributes;
    label(opened.searchAttributes, { SyncTenant: this.input.tenant });
  }

  /** Discovers, then syncs space by space; goes on where the run before a continue-as-new stopped. */
  private async syncRound(): Promise<void> {
    const round = this.state.round ?? this.beginRound();
    if (await this.isRefused(round)) return;
    if (!round.discovered) await this.discover(round);
    this.enter('syncing spaces');
    await slidingWindow({
      size: SPACES_IN_PARALLEL,
      more: () => !round.stale && round.guarded !== true && (this.keys.length > 0 || !this.keysEnd),
      next: () => this.nextSpace(round),
      open: () => !this.pause.active,
      full: () => mustRoll(),
      run: (spaceKey) => this.syncOne(round, spaceKey, () => void round.taken.push(spaceKey)),
    });
    if (mustRoll()) return;
    if (round.stale) this.state.requests.push(round.request);
    await this.tryTakenSpacesAgain(round);
    if (!round.stale) await (patched(GUARD_FIRST) ? this.removeGuarded(round) : this.retireSpaces(round));
    if (mustRoll() && round.removing?.length) return;
    this.noteAskedPages(round);
    delete this.state.round;
  }

  /** What was asked until now belongs to this round; whatever comes later is one more round. */
  private beginRound(): Round {
    const request = mergeRequests(this.state.requests.splice(0));
    this.keys = [];
    this.keysEnd = false;
    const round = {
      number: ++this.state.rounds,
      request,
      discoveredAt: Date.now(),
      discovered: false,
      after: '',
      stale: false,
      taken: [],
    };
    this.state.round = round;
    return round;
  }

  /** A look at the closed run tells which of them it did not find. */
  private noteAskedPages({ request }: Round): void {
    if (request.pages === undefined) delete this.state.pages;
    else this.state.pages = request.pages;
  }

  /** A fingerprint that nobody knows: the person meant something else, so nothing is done. */
  private async isRefused(round: Round): Promise<boolean> {
    delete this.state.refused;
    const { approvals } = round.request;
    if (approvals === undefined || round.discovered) return false;
    const { refused } = await this.steps.checkApprovals.executeWithOptions({ summary: 'Find what is approved' }, [
      { ...this.key(), round: round.number, approvals },
    ]);
    if (refused === undefined) return false;
    this.state.refused = refused;
    delete this.state.round;
    return true;
  }

  private async discover(round: Round): Promise<void> {
    this.enter('discovering pages');
    await condition(() => !this.pause.active);
    await this.steps.discoverPages.executeWithOptions({ summary: 'Search for labelled pages' }, [
      { ...this.key(), round: round.number, request: round.request },
    ]);
    round.discovered = true;
  }

  private async nextSpace(round: Round): Promise<string | undefined> {
    if (this.keys.length === 0 && !this.keysEnd) await this.fetchSpaceKeys(round);
    const spaceKey = this.keys.shift();
    if (spaceKey !== undefined) round.after = spaceKey;
    return spaceKey;
  }

  /** Keys come in pages after the last one: a chain carries one key, never thousands. */
  private async fetchSpaceKeys(round: Round): Promise<void> {
    const page = await this.steps.spacesWithWork.executeWithOptions({ summary: 'Find spaces with work' }, [
      { ...this.key(), after: round.after, limit: SPACE_KEYS_AT_A_TIME, request: round.request },
    ]);
    this.keys.push(...page.spaceKeys);
    if (page.lost !== undefined && page.lost.length > 0) round.lost = [...page.lost];
    if (page.next === undefined) this.keysEnd = true;
    else if (page.spaceKeys.length === 0) round.after = page.next;
  }

  private async syncOne(round: Round, spaceKey: string, whenTaken: () => void | Promise<void>): Promise<void> {
    const id = workflowId.space(this.input.tenant, spaceKey);
    try {
      const child = await startChild(syncSpace, {
        ...behindTheDoor(id),
        staticSummary: `Space ${spaceKey}`,
        args: [
          {
            ...this.key(),
            spaceKey,
            ...(round.request.force === true ? { force: true } : {}),
            ...(round.request.pages === undefined ? {} : { pages: round.request.pages }),
            ...approvalOf(round.request, spaceKey),
            ...(patched(GUARD_FIRST) ? { removesLater: true as const } : {}),
            ...(this.pause.why === undefined ? {} : { paused: this.pause.why }),
            searchAttributes: this.state.searchAttributes ?? [],
          },
        ],
      });
      this.running.add(spaceKey);
      this.showDetails();
      const unfollow = this.pause.follow({
        pauseWith: (why) => forward(() => child.signal(pauseSignal, why), id),
        resumeNow: () => forward(() => child.signal(resumeSignal), id),
      });
      const { removals = 0 } = await child.result().finally(unfollow);
      if (removals > 0) round.removing = [...(round.removing ?? []), spaceKey];
    } catch (error) {
      if (error instanceof WorkflowExecutionAlreadyStartedError) return await whenTaken();
      if (isCancellation(error) && CancellationScope.current().consideredCancelled) throw error;
      // One bad space never stops the others. Its own workflow could not record how it ended, so this one does.
      const outcome = isCancellation(error) ? 'cancelled' : 'failed';
      await this.recordSpace(spaceKey, outcome, innermostMessage(error), error);
      await this.proveCredentials(error);
    } finally {
      if (this.running.delete(spaceKey)) this.spacesEnded++;
      this.showDetails();
    }
  }

  /** A space whose id was taken by a `syncSpace` started alone is tried once more, then reported as skipped. */
  private async tryTakenSpacesAgain(round: Round): Promise<void> {
    for (const spaceKey of round.taken.splice(0)) {
      await condition(() => !this.pause.active);
      const running = `running as ${workflowId.space(this.input.tenant, spaceKey)}`;
      await this.syncOne(round, spaceKey, () => this.recordSpace(spaceKey, 'skipped', running));
    }
  }

  /** Everything is ingested, and every space judged; then the guard of the tenant is asked, and only then removed. */
  private async removeGuarded(round: Round): Promise<void> {
    if (round.guarded !== true) await this.judgeAll(round);
    const due = round.removing ?? [];
    this.enter('removing what is gone');
    await slidingWindow({
      size: SPACES_IN_PARALLEL,
      more: () => due.length > 0,
      next: () => due.shift(),
      open: () => !this.pause.active,
      full: () => mustRoll(),
      run: (spaceKey) => this.removeFrom(round, spaceKey),
    });
  }

  /** Once a round: what is left after a continue-as-new was judged before it. */
  private async judgeAll(round: Round): Promise<void> {
    this.enter('judging what is gone');
    for (const spaceKey of round.lost ?? []) await this.judgeLost(round, spaceKey);
    round.removing = [...new Set(round.removing)];
    if (round.removing.length === 0) return;
    await this.steps.guardTenant.executeWithOptions({ summary: 'Are they too many?' }, [this.key()]);
    round.guarded = true;
  }

  private async judgeLost(round: Round, spaceKey: string): Promise<void> {
    await this.orFailed(spaceKey, async () => {
      const space = { ...this.key(), spaceKey, ...approvalOf(round.request, spaceKey) };
      await judgeGone(this.steps, this.pause, { ...space, isGuardedLater: true });
      round.removing = [...(round.removing ?? []), spaceKey];
    });
  }

  private async removeFrom(round: Round, spaceKey: string): Promise<void> {
    const space = { ...this.key(), spaceKey };
    await this.orFailed(spaceKey, async () => {
      await removeReleased(this.steps, this.pause, space);
      if (round.lost?.includes(spaceKey)) await this.retireScope(spaceKey);
      await this.steps.closeSpace.executeWithOptions({ summary: `Close space ${spaceKey}` }, [space]);
    });
  }

  /** As runs did it that began before every space was judged first. */
  private async retireSpaces(round: Round): Promise<void> {
    for (const spaceKey of round.lost?.splice(0) ?? []) {
      const space = { ...this.key(), spaceKey };
      this.enter(`retiring space ${spaceKey}`);
      await this.orFailed(spaceKey, async () => {
        await removeGone(this.steps, this.pause, { ...space, ...approvalOf(round.request, spaceKey) });
        await this.retireScope(spaceKey);
        await this.steps.closeSpace.executeWithOptions({ summary: `Close space ${spaceKey}` }, [space]);
      });
    }
  }

  private async retireScope(spaceKey: string): Promise<void> {
    const summary = `Retire the scope of ${spaceKey}`;
    await this.steps.retireScope.executeWithOptions({ summary }, [{ ...this.key(), spaceKey }]);
  }

  /** One bad space never stops the others. */
  private async orFailed(spaceKey: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (isCancellation(error) && CancellationScope.current().consideredCancelled) throw error;
      await this.recordSpace(spaceKey, 'failed', innermostMessage(error), error);
      await this.proveCredentials(error);
    }
  }

  /** Refused credentials meet every space alike: the run then ends with one failure, not with one for each space. */
  private async proveCredentials(error: unknown): Promise<void> {
    if (!isRefusedCredential(error)) return;
    await this.steps.acquireTokens.executeWithOptions({ summary: 'Prove the credentials once more' }, [
      { ...this.key(), afresh: true },
    ]);
  }

  private async recordSpace(spaceKey: string, outcome: Outcome, message: string, error?: unknown): Promise<void> {
    const step = failedStep(error, 'plan');
    await this.steps.recordSpace.executeWithOptions({ summary: `Record space ${spaceKey} as ${outcome}` }, [
      { ...this.key(), spaceKey, outcome, step, message },
    ]);
  }

  private async close(): Promise<TenantReport> {
    if (this.state.refused === undefined && patched('verify-contents')) {
      this.enter("waiting for Unique's own ingestion");
      await this.steps.verifyContents.executeWithOptions({ summary: 'Look what Unique made of it' }, [this.key()]);
    }
    this.enter('closing');
    const { workflowId: id } = workflowInfo();
    return this.steps.closeRun.executeWithOptions({ summary: 'Seal the counts' }, [
      { ...this.key(), workflowId: id, startedAt: this.state.startedAt, ...this.askedPages(), ...this.refusal() },
    ]);
  }

  private askedPages(): Pick<CloseRunInput, 'pages'> {
    const { pages } = this.state;
    return pages === undefined ? {} : { pages };
  }

  private refusal(): Pick<CloseRunInput, 'ended'> {
    const { refused } = this.state;
    return refused === undefined ? {} : { ended: { outcome: 'blocked', step: 'remove', message: refused } };
  }

  private conclude(report: TenantReport): TenantReport {
    const message = 'Every space failed; see the report in the details.';
    return conclude(report, this.state.searchAttributes ?? [], { type: 'SyncFailed', message });
  }

  /** The run did not come to its end: the store learns how it stands, and Temporal keeps the original reason. */
  private async endAfter(error: unknown): Promise<TenantReport> {
    if (error instanceof ContinueAsNew) throw error;
    const { workflowId: id } = workflowInfo();
    const cancelled = isCancellation(error) && CancellationScope.current().consideredCancelled;
    const outcome: Outcome = cancelled ? 'cancelled' : 'failed';
    const message = cancelled ? 'cancelled' : innermostMessage(error);
    const ended = { outcome, step: failedStep(error, 'discover'), message };
    const input = { ...this.key(), workflowId: id, startedAt: this.state.startedAt, ended };
    const report = await CancellationScope.nonCancellable(() =>
      mainSteps.closeRun.executeWithOptions({ summary: `Record the run as ${outcome}` }, [input]),
    ).catch(() =>
      // Also without a store (an unknown tenant, say) the caller gets a report.
      emptyReport(this.input.tenant, id, this.state.run, outcome, new Date().toISOString(), message),
    );
    if (cancelled) throw error;
    return this.conclude({ ...report, message });
  }

  private async roll(): Promise<never> {
    await condition(allHandlersFinished);
    const { paused: _before, ...state } = this.state;
    const paused = this.pause.why === undefined ? {} : { paused: this.pause.why };
    return continueOnNewestBuild<typeof syncTenant>({ ...this.input, carried: { ...state, ...paused } });
  }

  private afterPauseOrResume(): void {
    const { round } = this.state;
    if (round?.discovered && !this.pause.active && Date.now() - round.discoveredAt > DISCOVERY_IS_GOOD_FOR_MS) {
      round.stale = true;
    }
    this.showDetails();
  }

  private key(): { readonly tenant: string; readonly run: string } {
    return { tenant: this.input.tenant, run: this.state.run };
  }

  private enter(phase: string): void {
    this.phase = phase;
    this.showDetails();
  }

  private progress(): Progress {
    return {
      phase: this.phase,
      ...(this.pause.why === undefined ? {} : { paused: this.pause.why }),
      round: this.state.rounds,
      runningSpaces: [...this.running],
      spacesEnded: this.spacesEnded,
    };
  }

  private showDetails(): void {
    const { namespace } = workflowInfo();
    const link = (spaceKey: string) => {
      const id = encodeURIComponent(workflowId.space(this.input.tenant, spaceKey));
      return `- [${spaceKey}](/namespaces/${namespace}/workflows/${id})`;
    };
    const paused = this.pause.active ? `> **Paused: ${this.pause.why}.** Send the signal \`resume\` to go on.\n\n` : '';
    const spaces = [...this.running].map(link).join('\n');
    setCurrentDetails(`${paused}**${this.phase}**, ${this.spacesEnded} spaces ended\n\n${spaces}`);
  }
}

function approvalOf({ approvals }: SyncRequest, spaceKey: string): { readonly approval?: string } {
  const approval = approvals?.[spaceKey] ?? approvals?.[EVERY_SPACE];
  return approval === undefined ? {} : { approval };
}

const behindTheDoor = (id: string) => ({ workflowId: id, parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL });

/** Started under another id: answers for the canonical run, and hands over what it was asked if that runs already. */
async function answerForTenant(id: string, input: SyncTenantInput): Promise<TenantReport> {
  const { tenant, carried: _notOurs, ...asked } = input;
  const { runId } = workflowInfo();
  const report = (outcome: Outcome, message: string) =>
    emptyReport(tenant, id, runId, outcome, new Date().toISOString(), message);
  return answerFor(
    id,
    () =>
      startChild(syncTenant, { ...behindTheDoor(id), args: [{ tenant, ...asked }], staticSummary: `Tenant ${tenant}` }),
    async (outcome) => {
      if (outcome === 'cancelled') return report(outcome, `${id} was cancelled`);
      const running = await mainSteps.findRunning.executeWithOptions({ summary: 'See what runs already' }, [
        { workflowId: id },
      ]);
      if (running.type === 'deleteTenant') return report('skipped', `tenant ${tenant} is being removed by ${id}`);
      const skipped = report('skipped', `${id} runs already`);
      // A plain scheduled start hands nothing over, else a sync longer than its interval would never end.
      if (Object.keys(asked).length === 0) return skipped;
      try {
        // Awaited: the server drops a signal whose sender ends in the same breath.
        await getExternalWorkflowHandle(id).signal(requestSignal, asked);
        return skipped;
      } catch (error) {
        if (isCancellation(error)) throw error;
        return answerForTenant(id, input); // it has just ended, so the id is free
      }
    },
  );
}

function newState(chain: string, input: SyncTenantInput): TenantState {
  const { tenant: _tenant, carried: _carried, ...asked } = input;
  const startedAt = workflowInfo().startTime.toISOString();
  return { chain, run: chain, requests: [asked satisfies SyncRequest], rounds: 0, startedAt };
}

/** Never the input itself: state changes, and an aliased input would compare an object with itself. */
function copyOf(carried: TenantState): TenantState {
  const { lost } = carried.round ?? {};
  const round = carried.round && {
    ...carried.round,
    taken: [...carried.round.taken],
    ...(lost === undefined ? {} : { lost: [...lost] }),
  };
  return { ...carried, requests: [...carried.requests], ...(round === undefined ? {} : { round }) };
}
