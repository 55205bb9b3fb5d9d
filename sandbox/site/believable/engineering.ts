import type { Flavor } from '../../switches';
import type { Site } from '../site';
import type { Author } from './author';
import { png } from './image';
import { code, image, info, macro, pageLink, table, tasks } from './markup';
import { MEDIA_TYPES } from './media-types';
import { docx } from './office';
import { pdf } from './pdf';
import { zip } from './zip';

/** Space ENG: an all-labelled root with a tree of four levels, single-labelled pages, and pages that nobody labelled. */
export function addEngineering(site: Site, author: Author, flavor: Flavor): void {
  site.addSpace({ key: 'ENG', name: 'Engineering', type: flavor === 'cloud' ? 'collaboration' : 'global' });
  const page = author.writesIn('ENG');
  page({ title: 'Engineering', body: `<p>Welcome.</p>${macro('children')}` });
  const handbook = page({
    title: 'Engineering handbook',
    labels: ['ai-ingest-all', 'handbook'],
    body: `<h1>How we build</h1>${macro('toc')}<p>Everything below is kept in the knowledge base.</p>`,
  });
  addOperations(site, author, handbook);
  addArchitecture(site, author, handbook);
  page({ title: 'Empty page', parentId: handbook, body: '' });
  page({
    title: 'Glossary',
    labels: ['ai-ingest', 'terms'],
    body: table(['Word', 'Meaning'], ['SLO', 'What we promise'], ['RTO', 'How fast we are back']),
  });
  page({ title: 'Lunch plans', body: '<p>Nobody needs this in a knowledge base.</p>' });
}

function addOperations(site: Site, author: Author, parentId: string): void {
  const page = author.writesIn('ENG');
  const operations = page({ title: 'Operations', parentId, body: `<p>On call, deploys, incidents.</p>` });
  const runbooks = page({ title: 'Runbooks', parentId: operations, body: macro('children') });
  const failover = page({
    title: 'Database failover',
    parentId: runbooks,
    labels: ['runbook'],
    body: `${info('<p>Read all of it before you begin.</p>')}${code('bash', 'pg_ctl promote && echo "done" < /dev/null')}${image('topology.png')}`,
  });
  const stamp = { when: author.nextMoment() };
  site.addAttachment(failover, {
    ...stamp,
    title: 'topology.png',
    mediaType: 'image/png',
    bytes: png(64, 48, 0x3366cc),
  });
  site.addAttachment(failover, {
    ...stamp,
    title: 'Failover checklist.pdf',
    mediaType: MEDIA_TYPES.pdf,
    bytes: pdf('Failover checklist'),
  });
  site.addAttachment(failover, {
    ...stamp,
    title: 'scripts.zip',
    mediaType: 'application/zip',
    bytes: zip([{ name: 'promote.sh', bytes: Buffer.from('#!/bin/sh\npg_ctl promote\n') }]),
  });
  page({
    title: 'Certificate renewal',
    parentId: runbooks,
    body: tasks('Renew', 'Reload', 'Check the date with a browser'),
  });
  const logs = page({ title: 'Log archive', parentId: operations, body: '<p>Thirty parts, one a day.</p>' });
  for (let day = 1; day <= 30; day += 1) {
    const title = `log-${String(day).padStart(2, '0')}.txt`;
    const bytes = Buffer.from(`2026-06-${String(day).padStart(2, '0')} all services up\n`);
    site.addAttachment(logs, { title, mediaType: 'text/plain', bytes, when: author.nextMoment() });
  }
}

function addArchitecture(site: Site, author: Author, parentId: string): void {
  const page = author.writesIn('ENG');
  const architecture = page({
    title: 'Architecture',
    parentId,
    body: `<p>See ${pageLink('Operations')} for how it is run.&nbsp;&mdash; the team</p>`,
  });
  const decisions = page({ title: 'Decisions', parentId: architecture, body: macro('children') });
  const one = page({
    title: 'ADR 1: R&D / 100% "plain" C++',
    parentId: decisions,
    body: `<p>Accepted. Costs &lt; 5&nbsp;%.</p>${code('cpp', 'template <class T> T max(T a, T b) { return a < b ? b : a; }')}`,
  });
  site.addAttachment(one, {
    title: 'Minutes.docx',
    mediaType: MEDIA_TYPES.docx,
    bytes: docx('Minutes of the decision', 'All agreed.'),
    when: author.nextMoment(),
  });
  page({ title: 'ADR 2: Übersicht über Größen', parentId: decisions, body: '<p>Maße und Gewichte für Zürich.</p>' });
}
