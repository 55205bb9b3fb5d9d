import { Connection } from '@temporalio/client';

/**
 * The id of the cluster that answers at an address, once it can be worked with; `undefined` when none answers in time.
 * It is kept in the server's database, so it says which one this is.
 *
 * @param withinMs how long to wait for it
 */
export async function askClusterId(address: string, withinMs: number): Promise<string | undefined> {
  const deadline = Date.now() + withinMs;
  while (Date.now() < deadline) {
    const clusterId = await askOnce(address, deadline);
    if (clusterId !== undefined) return clusterId;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return undefined;
}

async function askOnce(address: string, deadline: number): Promise<string | undefined> {
  const connection = Connection.lazy({ address, connectTimeout: Math.max(1, deadline - Date.now()), interceptors: [] });
  try {
    return await connection.withDeadline(deadline, async () => {
      const { clusterId } = await connection.workflowService.getClusterInfo({});
      await connection.workflowService.describeNamespace({ namespace: 'default' });
      return clusterId ?? undefined;
    });
  } catch {
    return undefined; // not listening yet, or not ready
  } finally {
    await connection.close();
  }
}
