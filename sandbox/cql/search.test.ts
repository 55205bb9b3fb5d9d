import { Site } from '../site/site';
import { CqlError } from './errors';
import { searchDocuments } from './search';

const JUNE = Date.UTC(2026, 5, 1, 12, 30);

/** A space with a root, a labelled child with a file, a grandchild, a blog post, and a page in a personal space. */
function siteOfSix() {
  const site = new Site();
  site.addSpace({ key: 'ENG', type: 'collaboration' });
  site.addSpace({ key: '~ada', type: 'personal' });
  const root = site.addPage({ spaceKey: 'ENG', title: 'Root', id: '10', labels: ['all'], when: JUNE });
  const child = site.addPage({
    spaceKey: 'ENG',
    title: 'He said "hi"',
    id: '11',
    parentId: root.id,
    labels: ['one', 'two'],
    when: JUNE + 86_400_000,
  });
  site.addPage({ spaceKey: 'ENG', title: 'Grandchild', id: '12', parentId: child.id, when: JUNE + 2 * 86_400_000 });
  site.addPage({ spaceKey: 'ENG', title: 'News', id: '13', type: 'blogpost', labels: ['one'], when: JUNE });
  site.addPage({ spaceKey: '~ada', title: 'Mine', id: '14', labels: ['one'], when: JUNE });
  site.addAttachment(child.id, { title: 'a.pdf', mediaType: 'application/pdf', bytes: Buffer.from('a'), when: JUNE });
  return site;
}

function find(cql: string, flavor: 'cloud' | 'data-center' = 'cloud', offsetMinutes = 0): readonly string[] {
  const site = siteOfSix();
  const context = {
    index: site.index,
    flavor,
    offsetMinutes,
    findSpace: (key: string) => site.findSpace(key),
    now: JUNE + 3 * 86_400_000,
    bodyOf: () => '',
  };
  return searchDocuments(cql, context).map(({ title }) => title);
}

const CHILD = 'He said "hi"';

it.each<[string, readonly string[]]>([
  ['label = "one"', [CHILD, 'News', 'Mine']],
  ['label = ONE', [CHILD, 'News', 'Mine']],
  ['label = nobody-has-it', []],
  ['(label = "one" or label = "all") and type != attachment', ['Root', CHILD, 'News', 'Mine']],
  ['label in ("one", "all") and space = eng', ['Root', CHILD, 'News']],
  ['label = one and space.type = personal', ['Mine']],
  ['label = one and label not in (two)', ['News', 'Mine']],
  ['label = one and not (type = blogpost or space = "~ada")', [CHILD]],
  ['label = all or label = one and type = blogpost', ['Root', 'News']],
  ['ancestor in (10)', [CHILD, 'Grandchild', 'a.pdf']],
  ['ancestor in (10, 99999) and type != attachment', [CHILD, 'Grandchild']],
  ['ancestor = "11"', ['Grandchild', 'a.pdf']],
  ['parent = 10', [CHILD]],
  ['container = 11', ['a.pdf']],
  ['id in (10,11,99999)', ['Root', CHILD]],
  ['content = 12', ['Grandchild']],
  ['type = attachment', ['a.pdf']],
  ['type = folder', []],
  ['space = ENG AND title = "he said \\"hi\\"" AND type = page', [CHILD]],
  ['title ~ "grand*"', ['Grandchild']],
  ['space = nowhere', []],
  ['space = ENG order by lastmodified desc, title asc', ['Grandchild', CHILD, 'a.pdf', 'News', 'Root']],
  ['type = page order by id desc', ['Mine', 'Grandchild', CHILD, 'Root']],
  ['created >= "2026-06-02" and type = page', [CHILD, 'Grandchild']],
  ['created > "2026-06-01 12:30" and type = page', [CHILD, 'Grandchild']],
  ['created >= "2026/06/01 12:30" and created < "2026-06-02" and type = page', ['Root', 'Mine']],
  ['created = "2026-06-01" and type = blogpost', ['News']],
  ['lastmodified > now("-2d")', ['Grandchild']],
])('%s finds what it says', (cql, titles) => {
  expect(find(cql)).toEqual(titles);
});

it('reads dates in the zone of the server, to the minute', () => {
  expect(find('type = blogpost and created < "2026-06-01 14:30"', 'data-center', 120)).toEqual([]);
  expect(find('type = blogpost and created <= "2026-06-01 14:30"', 'data-center', 120)).toEqual(['News']);
});

it.each<[string, string]>([
  ['', 'Could not parse cql : '],
  ['label =', 'Could not parse cql : label ='],
  ['label = "open', 'Could not parse cql : label = "open'],
  ['label = one and', 'Could not parse cql : label = one and'],
  ['label = one)', 'Could not parse cql : label = one)'],
  ['label one', 'Could not parse cql : label one'],
  ['type in page', 'Could not parse cql : type in page'],
  ['label != one', 'Could not parse cql : label != one'],
  ['(type not in (page)) and label = one', 'Could not parse cql : (type not in (page)) and label = one'],
  ['not label = one', 'Could not parse cql : not label = one'],
  ['status = current', "No field exists with the name: 'status' Did you mean one of : "],
  ['label = one order by status', "No field exists with the name: 'status' Did you mean one of : "],
  ['type = pgae', 'Unsupported value for type, got : pgae, expected one of :[space, user, page, blogpost, '],
  ['label ~ one', "Unsupported operator '~' for field 'label'"],
  ['title = ""', 'Title must not be empty'],
  ['id = abc', "Invalid content id 'abc' for field 'id'"],
  ['created > "2026-06-01T00:00:00Z"', "Could not parse date '2026-06-01T00:00:00Z' for field 'created'"],
  ['created > "2026-13-01"', "Could not parse date '2026-13-01' for field 'created'"],
])('%s is refused as Confluence does', (cql, message) => {
  const search = () => find(cql);

  expect(search).toThrow(CqlError);
  expect(search).toThrow(message);
});

it('knows folders on Cloud alone', () => {
  expect(() => find('type = folder', 'data-center')).toThrow('Unsupported value for type, got : folder');
});

it('does not let a quote in a value end it', () => {
  expect(find('title = "a\\" or type = page or title = \\"b"')).toEqual([]);
});
