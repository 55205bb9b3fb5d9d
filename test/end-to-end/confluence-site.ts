import { type Flavor, Site } from '../../sandbox';

/** Titles with everything that may stand in one. */
export const ODD_TITLES = [
  'Grüße "Q" & <b>',
  'a%2Fb + c?d=e#f',
  "'; -- ] AND type = page",
  '😀 日本語\u0301',
  '..\\..\\x',
];

/**
 * A small site with what makes Confluence hard: trees below roots of every type, a blog post and a page with more
 * attachments than a row shows, odd titles, and spaces that are not synced.
 */
export function hardSite(flavor: Flavor): Site {
  const site = new Site();
  site.addSpace({ key: 'ENG', name: 'Engineering' });
  const page = (title: string, more: Partial<Parameters<Site['addPage']>[0]> = {}) =>
    site.addPage({ spaceKey: 'ENG', title, body: `<p>${title}</p>`, ...more }).id;
  page('First of the listing', { labels: ['ai-ingest'] });
  for (const type of rootTypes(flavor)) {
    const root = page(`Root ${type}`, { type, labels: ['ai-ingest-all'] });
    // Inside a tree, a tree of its own; a page that two searches find is one item.
    const inner = page(`Below ${type}`, { parentId: root, labels: ['ai-ingest-all', 'ai-ingest'] });
    page(`Deep below ${type}`, { parentId: inner });
  }
  for (const type of ['page', 'blogpost']) {
    const id = page(`Many files of a ${type}`, { type, labels: ['ai-ingest'] });
    for (let i = 0; i < 30; i++) addFile(site, id, `${ODD_TITLES[i % ODD_TITLES.length]} ${i}.txt`);
  }
  for (const title of ODD_TITLES) addFile(site, page(title, { labels: ['ai-ingest'] }), `${title}.txt`);
  const many = page('Many labels', {
    labels: [...Array.from({ length: 198 }, (_, i) => `label-${i}`), 'ai-ingest-all'],
  });
  page('Below many labels', { parentId: many });
  page('Not wanted');
  page('Empty', { labels: ['ai-ingest'], body: '' });
  addOtherSpaces(site, flavor);
  return site;
}

function rootTypes(flavor: Flavor): readonly string[] {
  return flavor === 'cloud' ? ['page', 'folder', 'database', 'whiteboard', 'embed'] : ['page'];
}

function addFile(site: Site, pageId: string, title: string): void {
  site.addAttachment(pageId, { title, mediaType: 'text/plain', bytes: Buffer.from(`bytes of ${title}`) });
}

function addOtherSpaces(site: Site, flavor: Flavor): void {
  const types = flavor === 'cloud' ? ['collaboration', 'knowledge_base', 'something_new', 'personal'] : ['personal'];
  for (const type of types) {
    const key = type === 'personal' ? '~712020abc' : type.slice(0, 4).toUpperCase();
    site.addSpace({ key, name: type, type });
    site.addPage({ spaceKey: key, title: `In a ${type} space`, body: '<p>x</p>', labels: ['ai-ingest'] });
  }
  for (const key of ['OLD', 'SECRET']) {
    site.addSpace({ key });
    site.addPage({ spaceKey: key, title: `In ${key}`, body: '<p>x</p>', labels: ['ai-ingest'] });
  }
  site.setSpaceStatus('OLD', 'archived');
  site.setSpaceHidden('SECRET', true);
}

/** More pages than any listing shows at once, half of them below a root. */
export function longSite(): Site {
  const site = new Site();
  site.addSpace({ key: 'ENG', name: 'Engineering' });
  const page = (title: string, more: Partial<Parameters<Site['addPage']>[0]>) =>
    site.addPage({ spaceKey: 'ENG', title, body: `<p>${title}</p>`, ...more }).id;
  const parentId = page('Root', { labels: ['ai-ingest-all'] });
  for (let i = 0; i < 220; i++) page(`Below ${i}`, { parentId });
  for (let i = 0; i < 220; i++) page(`Page ${i}`, { labels: ['ai-ingest'] });
  return site;
}
