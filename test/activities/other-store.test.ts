import { withActivities } from './with-activities';

test('a worker whose store does not know the run steps aside: it writes nothing, says why, and the step is tried again', async () => {
  await withActivities({ flavor: 'data-center' }, async ({ run, steps, store, sandbox, tenant }) => {
    const space = { tenant, run: 'begun-elsewhere', spaceKey: 'ENG' };
    for (const step of [
      run(steps.acquireTokens, space),
      run(steps.discoverSpace, { ...space, round: 1 }),
      run(steps.ingestPages, { ...space, slice: 0 }),
      run(steps.removeContents, space),
    ]) {
      await expect(step).rejects.toMatchObject({
        type: 'OtherStoreError',
        nonRetryable: false,
        nextRetryDelay: 2_000,
        message: expect.stringMatching(new RegExp(`store ${store.identity} .* SYNCSPACE_STORE_URL`)),
      });
    }
    expect(sandbox.requests.count()).toBe(0);
  });
});
