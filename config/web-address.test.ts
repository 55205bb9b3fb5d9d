import { baseUrl, isExposed, siteOf, webAddress } from './web-address';

describe('baseUrl', () => {
  it.each(['https://acme.atlassian.net', 'http://localhost:8090/confluence', 'https://[::1]:3000'])(
    'accepts %s',
    (url) => {
      expect(baseUrl().parse(` ${url} `)).toBe(url);
    },
  );

  it.each([
    ['https://acme.atlassian.net/', 'slash'],
    ['https://host/confluence/', 'slash'],
    ['acme.atlassian.net', 'begins with https://'],
    ['ftp://host', 'begins with https://'],
    ['https://', 'begins with https://'],
    ['https:///path', 'begins with https://'],
    ['https://ho st', 'begins with https://'],
    ['https://host?x=1', '? or #'],
    ['https://host#top', '? or #'],
    ['https://user:password@host', 'user name and password'],
    ['https://token@host', 'user name and password'],
    [42, 'begins with https://'],
  ])('refuses %j', (url, remedy) => {
    const { error } = baseUrl().safeParse(url);
    expect(error?.issues.map(({ message }) => message).join()).toContain(remedy);
  });
});

describe('webAddress', () => {
  it('leaves a slash at the end alone', () => {
    expect(webAddress().parse('https://id.example.com/token/')).toBe('https://id.example.com/token/');
  });
});

describe('isExposed', () => {
  it.each(['http://confluence.example.com', 'http://10.0.0.5:8090', 'http://[2001:db8::1]', 'http://127.0.0.1.nip.io'])(
    'holds for %s',
    (url) => expect(isExposed(url)).toBe(true),
  );

  it.each([
    'https://confluence.example.com',
    'http://127.0.0.1:8090',
    'http://localhost',
    'http://[::1]:3000',
    'http://node-ingestion:8091',
    'http://node-ingestion.unique.svc',
    'http://node-ingestion.unique.svc.cluster.local:8091',
  ])('does not hold for %s', (url) => expect(isExposed(url)).toBe(false));
});

describe('siteOf', () => {
  it('is one for all spellings of a site', () => {
    const spellings = ['https://Wiki.example.com/c', 'https://wiki.example.com:443/c', 'http://wiki.example.com/c'];
    expect(new Set(spellings.map(siteOf)).size).toBe(1);
  });

  it('tells context paths and ports apart', () => {
    const sites = ['https://wiki.example.com', 'https://wiki.example.com/c', 'https://wiki.example.com:8443'];
    expect(new Set(sites.map(siteOf)).size).toBe(3);
  });
});
