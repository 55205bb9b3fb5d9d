import * as fc from 'fast-check';
import { metadataLabels } from './content-metadata';
import { canonicalJson, fingerprintText, type PageTraits } from './fingerprint';

const PAGE: PageTraits = {
  version: 3,
  title: 'T',
  labels: ['a'],
  spaceKey: 'ENG',
  spaceName: 'Engineering',
  url: 'https://x',
};
const INGESTION = { storeInternally: true, ingestionConfig: { a: 1, b: { c: 2 } } };

test('the order of keys makes no difference', () => {
  const turned = { ...INGESTION, ingestionConfig: { b: { c: 2 }, a: 1 } };
  expect(fingerprintText(PAGE, turned)).toBe(fingerprintText(PAGE, INGESTION));
});

test.each<[string, Partial<PageTraits>]>([
  ['version', { version: 4 }],
  ['title', { title: 'U' }],
  ['labels', { labels: ['a', 'b'] }],
  ['space name', { spaceName: 'Eng' }],
  ['url', { url: 'https://y' }],
])('W-18 another %s is another fingerprint', (_name, change) => {
  expect(fingerprintText({ ...PAGE, ...change }, INGESTION)).not.toBe(fingerprintText(PAGE, INGESTION));
});

test('W-22 another configuration is another fingerprint', () => {
  expect(fingerprintText(PAGE, { ...INGESTION, ingestionConfig: { a: 2 } })).not.toBe(fingerprintText(PAGE, INGESTION));
});

test('canonical JSON reads back as what it was', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) =>
      expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value))),
    ),
  );
});

test('B-054 metadata has all labels but the two of the sync, sorted', () => {
  const sync = { single: 'ai-ingest', all: 'AI-Ingest-All' };
  expect(metadataLabels(['zeta', 'ai-ingest', 'alpha', 'ai-ingest-all'], sync)).toEqual(['alpha', 'zeta']);
  expect(metadataLabels(['ai-ingest'], sync)).toEqual([]);
});
