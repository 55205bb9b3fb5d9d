import { ResponseShapeError } from '../http/errors';
import { UniqueRejectedError } from './errors';
import { failureOf, type ReceivedRequest, type ServiceAnswer, withClient } from './test-service';

const node = (key: string, more: object = {}) => ({
  id: `id-${key}`,
  key,
  ownerId: 'scope_1',
  metadata: { spaceKey: 'ENG' },
  byteSize: 3,
  ingestionState: 'FINISHED',
  ...more,
});

/** A platform that holds contents with these keys. */
function holding(keys: readonly string[]) {
  return ({ json }: ReceivedRequest): ServiceAnswer => {
    const { skip, take, where } = json['variables'] as {
      skip: number;
      take: number;
      where: { key: { in?: string[]; startsWith?: string } };
    };
    const { in: wanted, startsWith = '' } = where.key;
    const found = keys.filter((key) => wanted?.includes(key) ?? key.startsWith(startsWith));
    const nodes = found.slice(skip, skip + take).map((key) => node(key));
    return { json: { data: { paginatedContent: { nodes, totalCount: found.length } } } };
  };
}

const answering = (data: object, errors?: unknown) => (): ServiceAnswer => ({
  json: { data, ...(errors ? { errors } : {}) },
});
const keys = (count: number) => Array.from({ length: count }, (_, n) => `acme/1_ENG/${n}`);

describe('contents', () => {
  it('are found by the beginning of their keys, page by page', async () => {
    await withClient(holding(keys(5)), async (client) => {
      const page = await client.contentsByKeyPrefix({ prefix: 'acme/1_ENG/', skip: 2, take: 2 });
      expect(page.totalCount).toBe(5);
      expect(page.nodes.map(({ key }) => key)).toEqual(['acme/1_ENG/2', 'acme/1_ENG/3']);
      expect(page.nodes[0]).toEqual({ ...node('acme/1_ENG/2') });
    });
  });

  it('are counted without being read', async () => {
    await withClient(holding(keys(7)), async (client, { received }) => {
      expect(await client.countByKeyPrefix('acme/')).toBe(7);
      expect(received[0]?.json['variables']).toMatchObject({ skip: 0, take: 0 });
    });
  });

  it('are found by their keys, a hundred a request', async () => {
    await withClient(holding(keys(250)), async (client, { received }) => {
      const found = await client.contentsByKeys([...keys(230), 'acme/none']);
      expect(found.map(({ key }) => key)).toEqual(keys(230));
      expect(received).toHaveLength(3);
    });
  });

  it('are all found when more than one has a key', async () => {
    await withClient(holding([...keys(100), ...keys(100)]), async (client) => {
      expect(await client.contentsByKeys(keys(100))).toHaveLength(200);
    });
  });

  it('may lack what they do not have yet, and tell large sizes as text', async () => {
    const nodes = [
      node('a', { byteSize: null, ingestionState: null, metadata: null }),
      node('b', { byteSize: '5000000000' }),
    ];
    await withClient(answering({ paginatedContent: { nodes, totalCount: 2 } }), async (client) => {
      const [first, second] = (await client.contentsByKeyPrefix({ prefix: '', skip: 0, take: 10 })).nodes;
      expect(first).toEqual({ id: 'id-a', key: 'a', ownerId: 'scope_1', metadata: {} });
      expect(second?.byteSize).toBe(5_000_000_000);
    });
  });

  it('of another shape are an error that names the place and no value', async () => {
    const nodes = [node('secret-key', { id: 7 })];
    await withClient(answering({ paginatedContent: { nodes, totalCount: 1 } }), async (client) => {
      const error = await failureOf(client.contentsByKeys(['secret-key']));
      expect(error).toBeInstanceOf(ResponseShapeError);
      expect(error.message).toContain('data.paginatedContent.nodes.0.id');
      expect(error.message).not.toContain('secret-key');
    });
  });
});

describe('deleting contents', () => {
  it('B-170 goes by twenty and tells which are really gone', async () => {
    await withClient(
      ({ json }) => {
        const { contentIds } = json['variables'] as { contentIds: string[] };
        const deleted = contentIds.filter((id) => id !== 'c3').map((id) => ({ id }));
        return { json: { data: { contentDeleteByContentIds: deleted } } };
      },
      async (client, { received }) => {
        const ids = Array.from({ length: 45 }, (_, n) => `c${n}`);
        expect(await client.deleteContents(ids)).toEqual(ids.filter((id) => id !== 'c3'));
        expect(received).toHaveLength(3);
      },
    );
  });

  it('tells those that are gone when others failed with an error', async () => {
    const errors = [{ message: 'locked', path: ['contentDeleteByContentIds', 1] }];
    await withClient(answering({ contentDeleteByContentIds: [{ id: 'a' }, null] }, errors), async (client) => {
      expect(await client.deleteContents(['a', 'b'])).toEqual(['a']);
    });
  });

  it('tells only what it was asked for', async () => {
    await withClient(answering({ contentDeleteByContentIds: [{ id: 'z' }] }), async (client) => {
      expect(await client.deleteContents(['a'])).toEqual([]);
    });
  });

  it('fails when the platform says no more than an error', async () => {
    await withClient(answering({ contentDeleteByContentIds: null }, [{ message: 'no' }]), async (client) => {
      expect(await failureOf(client.deleteContents(['a']))).toBeInstanceOf(UniqueRejectedError);
    });
  });

  it('B-170 of none makes no request', async () => {
    await withClient(answering({}), async (client, { received }) => {
      expect(await client.deleteContents([])).toEqual([]);
      expect(received).toHaveLength(0);
    });
  });
});

describe('ingestion states', () => {
  it('are counted per scope', async () => {
    await withClient(
      answering({ statisticsIngestion: { counts: { FINISHED: 4, FAILED_PARSING: 1 } } }),
      async (client) => {
        const states = await client.ingestionStates('scope_1');
        expect([...(states ?? [])]).toEqual([
          ['FINISHED', 4],
          ['FAILED_PARSING', 1],
        ]);
      },
    );
  });
});
