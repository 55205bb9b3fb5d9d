import type { Logger } from 'pino';
import type { TenantConfig } from '../config/tenant';
import type { ConfluenceClient } from '../confluence/client';
import type { Store } from '../store/store';
import type { UniqueClient } from '../unique/client';

/** Runs work when one of a bounded number of places is free. */
export type Limiter = <T>(work: () => Promise<T>) => Promise<T>;

/** Bounds the memory of pages with images in them; shared by all tenants of a process. */
export interface ImageMemory {
  /** All there is; nobody may take more. */
  readonly bytes: number;
  /** Takes them if they are free and nobody waits. */
  tryTake(bytes: number): boolean;
  /** Waits for its turn. @throws the signal's reason */
  take(bytes: number, signal: AbortSignal): Promise<void>;
  giveBack(bytes: number): void;
}

/** All that the activities of one tenant work with; built by the worker. */
export interface TenantContext {
  readonly config: TenantConfig;
  /** Hash of what decides which contents are the tenant's and where they go: site, labels, Unique, root scope, keys. */
  readonly place: string;
  readonly confluence: ConfluenceClient;
  readonly unique: UniqueClient;
  readonly store: Store;
  /** Bounds transfers in flight: `processing.concurrency`. */
  readonly transfers: Limiter;
  readonly imageMemory: ImageMemory;
  readonly log: Logger;
}

/** What the activities of a worker share. */
export interface Deployment {
  readonly store: Store;
  /**
   * What the tenant's file says now; for a run that has begun, what it said last when it still led to that run's place.
   *
   * @throws {UnknownTenantError} @throws {ConfigurationError} when the tenant's file is bad
   * @throws {PlaceChangedError} when this process never knew the place
   */
  tenant(name: string, place?: string): TenantContext;
  /** Every tenant that a file was found for, also inactive and broken ones. */
  tenantNames(): readonly {
    readonly tenant: string;
    readonly status: 'active' | 'inactive' | 'deleted' | 'broken';
    readonly problem?: string;
  }[];
  /** Custom search attributes of the namespace; created if missing and allowed. */
  searchAttributes(): Promise<readonly string[]>;
  /** The type of the workflow that runs under an id, if one does. */
  runningType(workflowId: string): Promise<string | undefined>;
  /** Whether Temporal knows a run of a workflow; not whether it is over. */
  knowsRun(workflowId: string, run: string): Promise<boolean>;
  readonly now: () => number;
}
