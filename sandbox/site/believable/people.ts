import type { Flavor } from '../../switches';
import type { Site } from '../site';
import type { Author } from './author';
import { jpeg, png } from './image';
import { image, imageOf, info, macro } from './markup';
import { MEDIA_TYPES } from './media-types';
import { pptx, xlsx } from './office';

/** Space HR: on Cloud an all-labelled folder; everywhere a blog post with attachments, and titles in several scripts. */
export function addPeople(site: Site, author: Author, flavor: Flavor): void {
  site.addSpace({ key: 'HR', name: 'People & Culture', type: 'global' });
  const page = author.writesIn('HR');
  page({ title: 'People & Culture', body: `<p>Who we are.</p>${macro('children')}` });
  addPolicies(author, flavor);
  addNews(site, author);
  const office = page({
    title: 'Büro Zürich 🏔️',
    labels: ['ai-ingest', 'offices'],
    body: `<p>Bahnhofstraße 1, 8001 Zürich</p>${image('Zürich office.jpg')}${imageOf('Database failover', 'topology.png', 'ENG')}`,
  });
  const when = author.nextMoment();
  site.addAttachment(office, { when, title: 'Zürich office.jpg', mediaType: 'image/jpeg', bytes: jpeg() });
  site.addAttachment(office, { when, title: 'empty.txt', mediaType: 'text/plain', bytes: Buffer.alloc(0) });
  site.addAttachment(office, {
    when,
    title: 'keycard.bin',
    mediaType: 'application/octet-stream',
    bytes: Buffer.from(Array.from({ length: 256 }, (_, index) => index)),
  });
  page({ title: '東京オフィス', labels: ['ai-ingest', 'offices'], body: '<p>東京都千代田区丸の内</p>' });
  page({ title: 'Salary bands', body: '<p>Not for everybody.</p>' });
}

/** Cloud has folders, which can carry labels but have no body; on Data Center a page stands in its place. */
function addPolicies(author: Author, flavor: Flavor): void {
  const page = author.writesIn('HR');
  const policies = page({
    title: 'Policies',
    labels: ['ai-ingest-all'],
    ...(flavor === 'cloud' ? { type: 'folder' } : { body: macro('children') }),
  });
  const leave = page({ title: 'Leave', parentId: policies, body: '<p>30 days, ask your lead.</p>' });
  page({ title: 'Parental leave', parentId: leave, body: info('<p>Sixteen weeks for everybody.</p>') });
  page({
    title: 'Travel & expenses',
    parentId: policies,
    labels: ['finance'],
    body: '<p>By train &amp; second class.</p>',
  });
}

function addNews(site: Site, author: Author): void {
  const post = author.writesIn('HR')({
    type: 'blogpost',
    title: 'Summer party 🎉',
    labels: ['ai-ingest', 'news'],
    body: `<p>It was warm.</p>${image('party.png')}`,
  });
  const when = author.nextMoment();
  site.addAttachment(post, { when, title: 'party.png', mediaType: 'image/png', bytes: png(40, 30, 0xffaa00) });
  site.addAttachment(post, {
    when,
    title: 'Budget.xlsx',
    mediaType: MEDIA_TYPES.xlsx,
    bytes: xlsx([
      ['Item', 'CHF'],
      ['Drinks', '420'],
    ]),
  });
  site.addAttachment(post, { when, title: 'Speech.pptx', mediaType: MEDIA_TYPES.pptx, bytes: pptx('Thank you all') });
}
