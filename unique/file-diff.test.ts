import { countRequests } from '../http/request-counts';
import { ForbiddenScopeError, ResponseShapeError, UnauthorizedError, UnavailableError } from '../http/errors';
import type { DiffFile, UniqueClient } from './client';
import { BodyLengthError, UniqueRejectedError } from './errors';
import { failureOf, type ServiceAnswer, withClient } from './test-service';

const file = (n: number): DiffFile => ({
  key: `${n}::att${n}`,
  url: `https://acme.atlassian.net/ü/${n}`,
  updatedAt: '2026-11-01T10:00:00.000Z',
});
const SPACE = {
  partialKey: 'acme/1_ENG',
  sourceKind: 'ATLASSIAN_CONFLUENCE_CLOUD',
  sourceName: 'https://acme.atlassian.net',
} as const;
const NOTHING = { newFiles: [], updatedFiles: [], movedFiles: [], deletedFiles: [] };

const diff = (client: UniqueClient, files: () => Iterable<DiffFile> | AsyncIterable<DiffFile>) =>
  client.fileDiff({ ...SPACE, files });

describe('a file diff', () => {
  it('B-080 W-38 is one request with every item, its length known beforehand', async () => {
    const files = Array.from({ length: 20_000 }, (_, n) => file(n));
    await withClient(
      ({ json }) => ({ json: { ...NOTHING, newFiles: (json['fileList'] as DiffFile[]).map(({ key }) => key) } }),
      async (client, { received }) => {
        const counted = await countRequests(async (counts) => [await diff(client, () => files), counts()] as const);
        const [{ newFiles }, counts] = counted;
        expect(newFiles).toEqual(files.map(({ key }) => key));
        expect(received).toHaveLength(1);
        expect(received[0]?.path).toBe('/v2/content/file-diff');
        expect(received[0]?.json).toEqual({ ...SPACE, fileList: files });
        expect(received[0]?.headers).toMatchObject({
          'content-type': 'application/json',
          'content-length': String(received[0]?.body.length),
        });
        expect(received[0]?.headers).not.toHaveProperty('transfer-encoding');
        expect(counts).toMatchObject({ unique: 1, uploads: 0 });
      },
    );
  });

  it.each([[[]], [[file(1)]]])('is whole JSON however few items there are', async (files) => {
    await withClient(
      () => ({ json: NOTHING }),
      async (client, { received }) => {
        await diff(client, () => files);
        expect(received[0]?.json['fileList']).toEqual(files);
      },
    );
  });

  it('tells what the platform answers', async () => {
    const answer = { newFiles: ['1'], updatedFiles: ['2'], movedFiles: ['3'], deletedFiles: ['4'] };
    await withClient(
      () => ({ json: answer }),
      async (client) => expect(await diff(client, () => [])).toEqual(answer),
    );
  });

  it('W-32 takes an answer of more keys than a call takes arguments', async () => {
    const deletedFiles = Array.from({ length: 300_000 }, (_, n) => String(n));
    await withClient(
      () => ({ json: { newFiles: [], updatedFiles: [], deletedFiles } }),
      async (client) => expect((await diff(client, () => [])).deletedFiles).toHaveLength(300_000),
    );
  });

  it('compares nothing when the items change between measuring and sending', async () => {
    let round = 0;
    await withClient(
      () => ({ json: NOTHING }),
      async (client, { received }) => {
        const error = await failureOf(diff(client, () => (round++ === 0 ? [file(1)] : [file(1), file(2)])));
        expect(error).toBeInstanceOf(BodyLengthError);
        expect(received).toHaveLength(0);
      },
    );
  });

  it('fails with the error of its list', async () => {
    const lost = new Error('the database is gone');
    let round = 0;
    const files = async function* () {
      yield file(1);
      if (round++ > 0) throw lost;
    };
    await withClient(
      () => ({ json: NOTHING }),
      async (client) => expect(await failureOf(diff(client, files))).toBe(lost),
    );
  });

  test.each([
    ['a list is missing', { json: { newFiles: [], updatedFiles: [], movedFiles: [] } }, ResponseShapeError],
    ['keys are no texts', { json: { ...NOTHING, deletedFiles: [{ key: '1' }] } }, ResponseShapeError],
    ['a page comes instead', { text: '<html>Sign in</html>' }, UnauthorizedError],
    ['it is too large', { status: 413, text: '<html>too large</html>' }, UniqueRejectedError],
    ['it is refused', { status: 400, json: { message: 'partialKey must not be empty' } }, UniqueRejectedError],
    [
      'errors come in the manner of GraphQL',
      { status: 400, json: { errors: [{ message: 'no' }] } },
      UniqueRejectedError,
    ],
    ['a permission lacks', { status: 403, json: {} }, ForbiddenScopeError],
    ['the gateway gives up', { status: 504, text: 'time-out' }, UnavailableError],
    ['the connection breaks', undefined, UnavailableError],
  ] as const)('fails when %s', async (_, answer: ServiceAnswer, type) => {
    await withClient(
      () => answer,
      async (client) => expect(await failureOf(diff(client, () => [file(1)]))).toBeInstanceOf(type),
    );
  });

  it('does without the list of moved items, which the platform never fills', async () => {
    await withClient(
      () => ({ json: { newFiles: [], updatedFiles: [], deletedFiles: [] } }),
      async (client) => expect(await diff(client, () => [])).toEqual(NOTHING),
    );
  });
});
