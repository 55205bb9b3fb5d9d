import type { ItemKind } from '../rules/item';
import type { EmptyItem, SliceRow, Writer } from '../store/store';
import type { SliceInput, SliceResult } from './contract';
import { whileClaimed } from './claim';
import type { TenantContext } from './context';
import { ingestBatch, type ItemFailure, type ReadyItem } from './ingest-batch';
import { OutageWatch } from './outage';
import { LEASE_MS } from './plan-space';

/** Batches that are on their way at the same time: one is read while another is registered and a third uploaded. */
const BATCHES_IN_FLIGHT = 3;
/** An item may take down the request that it shares with others: each retry round shares less, the last one nothing. */
const SMALLER_EACH_RETRY = 5;

/** What one read of the source yields: an item to ingest, one to skip, or one that failed already. */
export type Source =
  /** The source waits for memory: what is ready must not wait for more. */
  | { readonly kind: 'make-room' }
  | { readonly kind: 'ready'; readonly item: ReadyItem }
  | { readonly kind: 'skipped'; readonly row: SliceRow; readonly empty?: EmptyItem }
  | { readonly kind: 'failed'; readonly failure: ItemFailure };

export interface SliceRun {
  readonly context: TenantContext;
  readonly input: SliceInput;
  readonly itemKind: ItemKind;
  readonly attempt: string;
  readonly now: () => number;
  readonly signal: AbortSignal;
}

/** Opens the sources of rows, in their order. */
export type Read = (run: SliceRun, rows: readonly SliceRow[], scopeId: string) => AsyncIterable<Source>;

/**
 * Ingests the rows of a slice that have no outcome yet: batch by batch from `read`, several batches in flight, the
 * outcome of each recorded as it comes.
 *
 * Safe to run twice: rows with an outcome are left out, and the attempt that came last is the only one that may write.
 */
export async function ingestSlice(run: SliceRun, read: Read): Promise<SliceResult> {
  const { input, itemKind, now } = run;
  const { store } = run.context;
  const writer: Writer = { ...keyOf(input), slice: `${itemKind}/${input.slice}`, attempt: run.attempt };
  await store.leases.holdSpace(writer, now(), LEASE_MS);
  await store.leases.claimSlice(writer, now());
  return whileClaimed(store, writer, now, run.signal, (signal) => ingestRows({ ...run, signal }, writer, read));
}

async function ingestRows(run: SliceRun, writer: Writer, read: Read): Promise<SliceResult> {
  const { context, input, itemKind, now, signal } = run;
  const { store, config } = context;
  const rows = await store.plan.slice(writer, itemKind, input.slice);
  const { scopeId } = (await store.spaces.get(input.tenant, input.spaceKey)) ?? {};
  if (rows.length === 0 || scopeId === undefined) return { finished: true, ingested: 0, failed: 0 };

  const inFlight = new Set<Promise<void>>();
  const errors: unknown[] = [];
  let ingested = 0;
  let failed = 0;
  const outage = new OutageWatch((step) =>
    step === 'download' ? context.confluence.probe(signal) : context.unique.scope(scopeId, signal),
  );

  const collect = async (items: readonly ReadyItem[]): Promise<void> => {
    const result = await ingestBatch(context, writer, items, now, signal);
    ingested += result.ingested;
    if (result.ingested > 0) outage.itemsPassed();
    await fail(result.failed);
    await store.leases.renewSpace(writer, now(), LEASE_MS);
  };
  const fail = async (failures: readonly ItemFailure[]): Promise<void> => {
    if (failures.length > 0) await record(await outage.itemsFailed(failures));
  };
  const record = async (failures: readonly ItemFailure[]): Promise<void> => {
    if (failures.length === 0) return;
    await store.ledger.recordFailed(
      writer,
      failures.map(({ failure, inDoubt }) => ({ ...failure, inDoubt })),
      now(),
    );
    failed += failures.length;
  };
  const start = async (items: readonly ReadyItem[]): Promise<void> => {
    while (inFlight.size >= BATCHES_IN_FLIGHT) await Promise.race(inFlight);
    const batch: Promise<void> = collect(items)
      .catch((error: unknown) => void errors.push(error))
      .finally(() => {
        for (const { release } of items) release?.();
        inFlight.delete(batch);
      });
    inFlight.add(batch);
  };

  const batch: ReadyItem[] = [];
  const batchSize = Math.max(1, Math.floor(config.unique.batchSize / SMALLER_EACH_RETRY ** (input.retry ?? 0)));
  const startBatch = async (): Promise<void> => {
    if (batch.length > 0) await start(batch.splice(0));
  };
  try {
    for await (const source of read(run, rows, scopeId)) {
      if (signal.aborted || errors.length > 0) break;
      if (source.kind === 'make-room') await startBatch();
      else if (source.kind === 'failed') await fail([source.failure]);
      else if (source.kind === 'skipped') await store.ledger.recordSkipped(writer, [skipped(source)], now());
      else if (Buffer.isBuffer(source.item.body)) batch.push(source.item);
      else await start([source.item]); // a stream waits for nobody
      if (batch.length >= batchSize) await startBatch();
    }
    if (!signal.aborted && errors.length === 0) await startBatch();
  } catch (error) {
    errors.push(error);
  }
  await Promise.all(inFlight);
  if (signal.aborted) return { finished: false, ingested, failed };
  if (errors.length > 0) throw errors[0];
  await record(await outage.cleared());
  return { finished: true, ingested, failed };
}

const keyOf = ({ tenant, run, spaceKey }: SliceInput) => ({ tenant, run, spaceKey });

function skipped({ row, empty }: Source & { kind: 'skipped' }) {
  return { itemKey: row.itemKey, ...(empty === undefined ? {} : { empty }) };
}
