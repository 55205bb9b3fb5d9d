import { Client } from '@temporalio/client';
import { localServer } from '../../test/workflows/environment';
import { connect } from './connect';

const passes = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

test('a call that still waits when a command ends does not throw where nobody can catch it', async () => {
  const uncaught: unknown[] = [];
  const remember = (error: unknown) => uncaught.push(error);
  process.on('uncaughtException', remember);
  const server = await localServer();
  const { connection, disconnect } = await connect(server.address, { address: server.address });
  const client = new Client({ connection });
  const handle = await client.workflow.start('anything', { workflowId: 'waits', taskQueue: 'nobody' });
  const waiting = handle.result().catch((error: unknown) => error);
  await passes(300);

  await disconnect();
  await server.teardown(); // cuts the call off, as stopping an embedded server does
  await passes(1_500);
  process.off('uncaughtException', remember);
  expect(uncaught).toEqual([]);
  expect(await waiting).toBeInstanceOf(Error);
});
