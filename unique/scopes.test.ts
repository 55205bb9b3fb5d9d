import { ResponseShapeError } from '../http/errors';
import { UniqueRejectedError } from './errors';
import { failureOf, type ReceivedRequest, type ServiceAnswer, withClient } from './test-service';

const scope = (id: string, more: object = {}) => ({
  id,
  name: id.toUpperCase(),
  parentId: 'root',
  externalId: null,
  ...more,
});
const answering = (data: object) => (): ServiceAnswer => ({ json: { data } });
const variablesOf = (request: ReceivedRequest | undefined) => request?.json['variables'];

/** A platform that holds so many scopes, and gives them page by page. */
function holding(count: number) {
  const scopes = Array.from({ length: count }, (_, n) => scope(`s${n}`));
  return ({ json }: ReceivedRequest): ServiceAnswer => {
    const { skip, take } = json['variables'] as { skip: number; take: number };
    return { json: { data: { paginatedScope: { totalCount: count, nodes: scopes.slice(skip, skip + take) } } } };
  };
}

/** A platform that creates scopes, and answers what `change` makes of the right answer. */
function creating(change: (scopes: readonly object[]) => readonly unknown[] = (scopes) => scopes) {
  return ({ json }: ReceivedRequest): ServiceAnswer => {
    const { paths } = json['variables'] as { paths: string[] };
    const scopes = paths.map((path) => scope(path, { name: path.split('/').at(-1) }));
    return { json: { data: { generateScopesBasedOnPaths: change(scopes) } } };
  };
}
const paths = (count: number) => Array.from({ length: count }, (_, n) => `/Knowledge/S${n}`);

describe('a scope', () => {
  it('is read without what it does not have', async () => {
    const nodes = [scope('a', { parentId: null, externalId: '' })];
    await withClient(answering({ paginatedScope: { totalCount: 1, nodes } }), async (client) => {
      expect(await client.scope('a')).toEqual({ id: 'a', name: 'A' });
    });
  });

  it('that is not there, or not for us to see, is none', async () => {
    await withClient(holding(0), async (client) => expect(await client.scope('a')).toBeUndefined());
  });

  it('is marked and cleared', async () => {
    await withClient(
      ({ json }) => {
        const { id, input } = json['variables'] as { id: string; input: object };
        return { json: { data: { updateScope: scope(id, input) } } };
      },
      async (client) => {
        expect(await client.setExternalId('a', 'confc:x')).toMatchObject({ externalId: 'confc:x' });
        expect(await client.setExternalId('a', null)).not.toHaveProperty('externalId');
      },
    );
  });

  it('B-121 is opened to a user, without touching what lies in it', async () => {
    await withClient(answering({ createScopeAccesses: true }), async (client, { received }) => {
      await client.grantAccess('a', 'user_1', ['MANAGE', 'READ']);
      expect(variablesOf(received[0])).toEqual({
        scopeId: 'a',
        scopeAccesses: [
          { accessType: 'MANAGE', entityId: 'user_1', entityType: 'USER' },
          { accessType: 'READ', entityId: 'user_1', entityType: 'USER' },
        ],
        applyToSubScopes: false,
        skipFileAccessPropagation: true,
      });
    });
  });

  it('that is not opened is an error', async () => {
    await withClient(answering({ createScopeAccesses: false }), async (client) => {
      expect(await failureOf(client.grantAccess('a', 'user_1', ['READ']))).toBeInstanceOf(UniqueRejectedError);
    });
  });

  it('that is deleted in part tells what stayed, and why', async () => {
    const failedFolders = [
      { id: 'b', failReason: 'holds "Salaries of the board"' },
      { id: 'c', failReason: null },
    ];
    await withClient(answering({ deleteFolder: { successFolders: [], failedFolders } }), async (client) => {
      expect(await client.deleteScope('a', true)).toEqual({
        failed: [
          { id: 'b', reason: 'holds "…"' },
          { id: 'c', reason: 'no reason given' },
        ],
      });
    });
  });
});

describe('scopes', () => {
  it('below another are all read', async () => {
    await withClient(holding(250), async (client, { received }) => {
      expect(await client.childScopes('root')).toHaveLength(250);
      expect(received).toHaveLength(3);
    });
  });

  it('are found by external id, a hundred a request, none without', async () => {
    await withClient(holding(1), async (client, { received }) => {
      await client.scopesByExternalId(Array.from({ length: 101 }, (_, n) => `confc:${n}`));
      expect(received).toHaveLength(2);
      await client.scopesByExternalId([]);
      expect(received).toHaveLength(2);
    });
  });

  it('B-125 are created a hundred a request, access inherited, in order', async () => {
    await withClient(creating(), async (client, { received }) => {
      const scopes = await client.createScopes(paths(150));
      expect(scopes.map(({ id }) => id)).toEqual(paths(150));
      expect(received).toHaveLength(2);
      expect(variablesOf(received[0])).toMatchObject({ inheritAccess: true });
    });
  });

  test.each([
    ['in another order', (scopes: readonly object[]) => [...scopes].reverse()],
    ['with one missing', (scopes: readonly object[]) => scopes.slice(0, -1)],
    ['with a gap', (scopes: readonly object[]) => [null, ...scopes.slice(1)]],
    ['with one too many', (scopes: readonly object[]) => [...scopes, scopes[0]]],
  ])('B-126 that come back %s are an error, lest a space gets the scope of another', async (_, change) => {
    await withClient(creating(change), async (client) => {
      expect(await failureOf(client.createScopes(paths(3)))).toBeInstanceOf(ResponseShapeError);
    });
  });

  it('are moved together, and one that stayed is an error', async () => {
    await withClient(answering({ bulkMove: { scopeIds: ['a'] } }), async (client, { received }) => {
      await client.moveScopes(['a'], 'root');
      expect(variablesOf(received[0])).toEqual({ input: { scopeIds: ['a'], targetScopeId: 'root' } });
      expect(await failureOf(client.moveScopes(['a', 'b'], 'root'))).toBeInstanceOf(UniqueRejectedError);
    });
  });

  it('that are none are not moved', async () => {
    await withClient(answering({}), async (client, { received }) => {
      await client.moveScopes([], 'root');
      expect(received).toHaveLength(0);
    });
  });
});
