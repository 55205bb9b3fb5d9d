import { searchPath, send, withSandbox } from '../sandbox-fixture';

const SEARCH = searchPath('label = "ai-ingest"');
const FOREIGN = { authorization: 'Bearer nobody-gave-this-out' };

describe('Cloud', () => {
  it('says 403 on v1 and a 404 without a name on v2 to a credential that it does not know', async () => {
    await withSandbox({ flavor: 'cloud' }, async ({ get }) => {
      const v1 = await get(SEARCH, FOREIGN);
      const v2 = await get('/api/v2/attachments/att1', FOREIGN);

      expect(v1.json).toMatchObject({ statusCode: 403, message: expect.stringContaining('cannot access Confluence') });
      expect([v2.status, v2.json]).toEqual([
        404,
        { errors: [{ status: 404, code: 'NOT_FOUND', title: 'Not Found', detail: null }] },
      ]);
    });
  });

  it('names the thing in the 404 of v2 when the credential is fine', async () => {
    await withSandbox({ flavor: 'cloud' }, async ({ get }) => {
      const reply = await get('/api/v2/pages/1/attachments');

      expect(reply.json.errors[0].title).toBe('Cannot find a page with id [1]');
    });
  });

  it('lets tokens expire, and the gateway say so when told to', async () => {
    await withSandbox({ flavor: 'cloud' }, async ({ get, sandbox }) => {
      expect((await get(SEARCH)).status).toBe(200);
      sandbox.site.clock.shift(3_600_001);
      expect((await get(SEARCH)).status).toBe(403);
      sandbox.switches.expiredToken = 'gateway';
      expect((await get(SEARCH)).json).toEqual({ code: 401, message: 'Unauthorized' });
    });
  });

  it('checks scopes before anything else', async () => {
    await withSandbox({ flavor: 'cloud' }, async ({ get, sandbox }) => {
      const outside = await get('/rest/api/content?spaceKey=ENG&title=Glossary');
      expect([outside.status, outside.json]).toEqual([
        401,
        { code: 401, message: 'Unauthorized; scope does not match' },
      ]);
      expect(outside.headers.get('x-failure-category')).toBe('FAILURE_CLIENT_SCOPE_CHECK');

      sandbox.switches.scopes = ['read:attachment:confluence'];
      expect((await get('/rest/api/content/search?cql=')).status).toBe(401);
    });
  });

  it('shows removed endpoints as deprecated or gone to who has their scope', async () => {
    await withSandbox({ flavor: 'cloud' }, async ({ get, sandbox }) => {
      sandbox.switches.scopes = ['read:confluence-content.summary'];
      const { id } = sandbox.site.byTitle('Glossary');
      const deprecated = await get(`/rest/api/content/${id}`);
      expect([deprecated.status, deprecated.json.title]).toEqual([200, 'Glossary']);
      expect(deprecated.headers.get('deprecation')).toBe('Wed, 1 Mar 2023 00:00:00 GMT');

      sandbox.switches.v1Removed = 'gone';
      const gone = await get(`/rest/api/content/${id}/child/attachment`);
      expect([gone.status, gone.json.message]).toEqual([
        410,
        'com.atlassian.confluence.api.service.exceptions.GoneException: This deprecated endpoint has been removed.',
      ]);
    });
  });

  it('accepts the gateway without /wiki, and no token at the address of the site', async () => {
    await withSandbox({ flavor: 'cloud' }, async ({ get, sandbox }) => {
      expect((await get(SEARCH.replace('/rest', '/../rest'))).status).toBe(200);
      const atSite = await send(`${sandbox.confluenceUrl}/wiki${SEARCH}`, { headers: FOREIGN });
      expect([atSite.status, atSite.text]).toEqual([401, expect.stringContaining('HTTP Status 401 – Unauthorized')]);
    });
  });

  it('refuses a wrong client secret in the form of OAuth', async () => {
    await withSandbox({ flavor: 'cloud' }, async ({ sandbox }) => {
      const body = JSON.stringify({
        grant_type: 'client_credentials',
        client_id: 'sandbox-client',
        client_secret: 'x',
      });
      const reply = await send(`${sandbox.apiUrl}/oauth/token`, { method: 'POST', body });

      expect([reply.status, reply.json]).toEqual([401, { error: 'access_denied', error_description: 'Unauthorized' }]);
    });
  });

  it('tells when the rate limit is near', async () => {
    await withSandbox({ flavor: 'cloud' }, async ({ get, sandbox }) => {
      sandbox.switches.nearLimitHeaders = true;
      const { headers } = await get(SEARCH);

      expect(headers.get('x-ratelimit-nearlimit')).toBe('true');
      expect(Date.parse(headers.get('x-ratelimit-reset') ?? '')).toBeGreaterThan(Date.now());
    });
  });
});

describe('Data Center', () => {
  const basic = (name: string, password: string) => ({
    authorization: `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`,
  });

  it('accepts a personal token, a password in UTF-8 and a service account', async () => {
    await withSandbox({ flavor: 'data-center', confluenceAuth: 'basic' }, async ({ get, sandbox }) => {
      const { username } = (sandbox.tenantConfig()['confluence'] as { auth: { username: string } }).auth;
      expect((await get(SEARCH, basic(username, sandbox.environment['CONFLUENCE_PASSWORD'] ?? ''))).status).toBe(200);
    });
    await withSandbox({ flavor: 'data-center', confluenceAuth: 'oauth_2lo' }, async ({ get, sandbox }) => {
      const token = (scope: Record<string, string>) =>
        send(`${sandbox.confluenceUrl}/rest/oauth2/latest/token`, {
          method: 'POST',
          body: new URLSearchParams({
            grant_type: 'client_credentials',
            client_id: 'sandbox-client',
            client_secret: sandbox.environment['CONFLUENCE_CLIENT_SECRET'] ?? '',
            ...scope,
          }),
        });
      expect((await token({})).json.error).toBe('invalid_scope');
      const { access_token } = (await token({ scope: 'READ' })).json;
      expect((await get(SEARCH, { authorization: `Bearer ${access_token}` })).status).toBe(200);
      sandbox.switches.dataCenterVersion = '9.2.4';
      expect((await token({ scope: 'READ' })).status).toBe(404);
    });
    await withSandbox({ flavor: 'data-center' }, async ({ get }) => expect((await get(SEARCH)).status).toBe(200));
  });

  it('answers a refused credential with the page of its servlet container', async () => {
    await withSandbox({ flavor: 'data-center' }, async ({ get }) => {
      const asBasic = await get(SEARCH, basic('sandbox-sync', 'wrong'));
      const asToken = await get(SEARCH, FOREIGN);

      expect([asBasic.status, asToken.status]).toEqual([401, 401]);
      expect(asBasic.text).toContain('Basic Authentication Failure - Reason : AUTHENTICATED_FAILED');
      expect(asBasic.headers.get('x-seraph-loginreason')).toBe('AUTHENTICATED_FAILED');
    });
  });

  it('tells who it is without a credential, in XML unless JSON is asked for', async () => {
    await withSandbox({ flavor: 'data-center' }, async ({ sandbox }) => {
      const url = `${sandbox.confluenceUrl}/rest/applinks/1.0/manifest`;
      const { id } = (await send(url, { headers: { accept: 'application/json' } })).json;

      expect(id).toMatch(/^[0-9a-f-]{36}$/);
      expect((await send(url)).text).toContain(`<manifest><id>${id}</id>`);
      sandbox.switches.manifestXml = false;
      expect((await send(url)).json.id).toBe(id);
    });
  });
});
