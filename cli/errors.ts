/** Thrown when a tenant is asked for what its status forbids: a sync, or its removal. */
export class TenantNotActiveError extends Error {
  override readonly name = 'TenantNotActiveError';

  constructor(tenant: string, status: string, file: string, wanted: 'active' | 'deleted' = 'active') {
    const nothing = wanted === 'active' ? 'nothing is synced' : 'nothing is removed';
    super(
      `Tenant ${tenant} is ${status} (status in ${file}), so ${nothing}. Set status: ${wanted} there and try again.`,
    );
  }
}

/** Thrown when the store is held by a process that does not serve this command's Temporal, so that the sync would wait for ever. */
export class WorkerElsewhereError extends Error {
  override readonly name = 'WorkerElsewhereError';

  constructor(reason: string, options?: ErrorOptions) {
    super(
      `${reason}\nThat process polls another Temporal server than this command, so what was asked would wait for ever. ` +
        'End it, or set TEMPORAL_ADDRESS to the server that it uses. What was asked is kept and done by the next worker.',
      options,
    );
  }
}

/** Thrown when a demo is to start while another one runs from the same folder. */
export class DemoRunsError extends Error {
  override readonly name = 'DemoRunsError';

  constructor(home: string) {
    super(`Another demo uses ${home}. End it with Ctrl-C, then start this one again.`);
  }
}
