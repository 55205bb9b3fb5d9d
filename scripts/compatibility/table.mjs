/** The compatibility table: read from docs/compatibility.yaml, and rendered as docs/compatibility.md. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

/** Behaviours have three digits, traps two. */
export const NUMBER = /\b[BW]-\d{2,3}\b/g;

const RELATIONS = ['match', 'option', 'differs', 'planned'];
const NEEDS = { option: 'instead', differs: 'instead', planned: 'topic' };
const FIELDS = ['we', 'shipped', 'instead', 'trap', 'topic'];

/**
 * Reads the table.
 *
 * @returns groups `{ title, entries: [{ number, we, shipped, instead?, trap?, topic? }] }` in their order
 * @throws {Error} that names the number whose entry is wrong
 */
export function readTable(file) {
  const groups = parse(readFileSync(file, 'utf8')).map(({ title, numbers }) => ({
    title,
    entries: Object.entries(numbers).map(([number, entry]) => ({ number, ...entry })),
  }));
  const entries = groups.flatMap((group) => group.entries);
  const known = new Set(entries.map(({ number }) => number));
  if (known.size < entries.length) throw new Error(`${file}: a number stands there twice.`);
  for (const entry of entries) {
    const wrong = problemOf(entry, known);
    if (wrong !== undefined) throw new Error(`${file}: ${entry.number} ${wrong}.`);
  }
  return groups;
}

function problemOf(entry, known) {
  const { number, we, shipped, trap } = entry;
  if (!/^(B-\d{3}|W-\d{2})$/.test(number)) return 'is no number of a behaviour or a trap';
  if (!RELATIONS.includes(we)) return `relates in an unknown way: ${we}`;
  if (typeof shipped !== 'string') return 'does not say what the shipped connector does';
  if (NEEDS[we] !== undefined && typeof entry[NEEDS[we]] !== 'string') return `lacks ${NEEDS[we]}`;
  if (trap !== undefined && !known.has(trap)) return `names an unknown trap: ${trap}`;
  const strange = Object.keys(entry).find((field) => field !== 'number' && !FIELDS.includes(field));
  return strange === undefined ? undefined : `has a field that nothing reads: ${strange}`;
}

const HEAD = `# Compatibility with the connector that ships with Unique

Tenant files, content keys, scopes and addresses of that connector are taken over as they are. This page lists what it
does (B-…) and its defects (W-…), and what SyncSpace does. Each number that is not planned has a test that carries it in
its name: \`npm run compatibility\` prints them and fails where one is missing.

Generated from [compatibility.yaml](compatibility.yaml) by \`npm run compatibility -- --write\`.
`;

/** The page for users; prettier would leave it as it is. */
export function renderPage(groups) {
  return [HEAD, ...groups.map(({ title, entries }) => `## ${title}\n\n${entries.map(renderEntry).join('\n')}\n`)].join(
    '\n',
  );
}

function renderEntry({ number, we, shipped, instead, trap, topic }) {
  const avoids = trap === undefined ? '' : ` (avoids ${trap})`;
  const relation = {
    match: '',
    option: ` **As an option:** ${instead}.`,
    differs: ` **Instead:** ${instead}${avoids}`,
    planned: ` **Planned** with ${topic}.`,
  };
  return `- ${number} ${shipped}${relation[we]}`;
}
