import type { Flavor } from '../../switches';
import type { Site } from '../site';
import type { Author } from './author';
import { code, table } from './markup';
import { MEDIA_TYPES } from './media-types';
import { pdf } from './pdf';

/** Space KB: single-labelled answers for customers with text files, some of them below pages that are not labelled. */
export function addKnowledge(site: Site, author: Author, flavor: Flavor): void {
  site.addSpace({ key: 'KB', name: 'Customer Knowledge', type: flavor === 'cloud' ? 'knowledge_base' : 'global' });
  const page = author.writesIn('KB');
  const home = page({ title: 'Customer Knowledge', body: '<p>Answers.</p>' });
  const product = page({ title: 'Product', parentId: home, body: '<p>About it.</p>' });
  const install = page({
    title: 'How do I install it?',
    parentId: product,
    labels: ['ai-ingest', 'faq'],
    body: `<p>One command:</p>${code('bash', 'npm ci && npx syncspace up')}`,
  });
  const when = author.nextMoment();
  site.addAttachment(install, { when, title: 'Manual.pdf', mediaType: MEDIA_TYPES.pdf, bytes: pdf('Manual') });
  site.addAttachment(install, {
    when,
    title: 'prices, 2026.csv',
    mediaType: 'text/csv',
    bytes: Buffer.from('plan,chf\nsmall,10\nlarge,100\n'),
  });
  site.addAttachment(install, {
    when,
    title: 'release notes.html',
    mediaType: 'text/html',
    bytes: Buffer.from('<!doctype html><title>Release notes</title><p>Faster.</p>'),
  });
  page({
    title: 'Limits',
    parentId: product,
    labels: ['ai-ingest', 'faq'],
    body: table(['What', 'How much'], ['File size', '200 MB'], ['Spaces', 'as many as you like']),
  });
  page({ title: 'Draft answers', parentId: product, body: '<p>Not yet.</p>' });
}
