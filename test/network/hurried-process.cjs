/*
 * A process with clients of two tenants of one site, that send as fast as they are allowed to; started by
 * site-limits.test.ts. All they share with other such processes is the store.
 */
const { createBudget } = require('../../dist/http/budget.js');
const { createHttpClient } = require('../../dist/http/client.js');
const { openStore } = require('../../dist/store/open.js');

process.once('message', async ({ home, storeUrl, baseUrl, requestsPerMinute, callersATenant }) => {
  const store = await openStore({ home, url: storeUrl });
  const tenant = () => {
    const budget = createBudget({ requestsPerMinute, ledger: store.budgets, target: `confluence ${baseUrl}` });
    return createHttpClient({ baseUrl, budget });
  };
  for (const client of [tenant(), tenant()]) {
    for (let i = 0; i < callersATenant; i++) void send(client);
  }
});
process.once('disconnect', () => process.exit());

async function send(client) {
  for (;;) {
    try {
      await client.request({
        method: 'GET',
        path: '/rest/applinks/1.0/manifest',
        kind: 'confluence',
        responseType: 'json',
      });
    } catch (error) {
      process.send({ failed: String(error) });
    }
  }
}
