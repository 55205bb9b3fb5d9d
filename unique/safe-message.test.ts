import fc from 'fast-check';
import { safeMessage } from './safe-message';

describe('a message of the platform', () => {
  test.each([
    [
      'keeps what names a thing of the API',
      'Unknown argument "sourceKind" on field "contentUpsert".',
      'Unknown argument "sourceKind" on field "contentUpsert".',
    ],
    ['keeps ids', "Scope 'scope_x1y2' not found", "Scope 'scope_x1y2' not found"],
    ['hides quoted text that is no id', 'Content "Salaries of the board" is locked', 'Content "…" is locked'],
    ['hides quotes of other kinds', 'Inhalt „Gehälter 2026“ gesperrt', 'Inhalt „…“ gesperrt'],
    ['hides a quotation that is cut off', 'bad value "Salaries of the', 'bad value "…'],
    ['leaves apostrophes alone', "It doesn't work and won't", "It doesn't work and won't"],
    ['hides addresses', 'PUT https://blob.host/c/f?sig=abc failed', 'PUT (address) failed'],
    ['hides signatures of relative addresses', 'PUT /scoped/upload?key=a&sig=b failed', 'PUT /scoped/upload?… failed'],
    [
      'hides the values of a refused variable',
      'Variable "$input0" got invalid value { title: "x", key: 3 }; no',
      'Variable "$input0" got invalid value {…}; no',
    ],
    ['is one line', 'one\n  two\tthree', 'one two three'],
  ])('%s', (_, message, safe) => {
    expect(safeMessage(message)).toBe(safe);
  });

  it('does not repeat a title that was sent, quoted or not, escaped or not', () => {
    const title = 'Plan "B"';
    const message = `Plan "B" clashes; got ${JSON.stringify({ t: title }).slice(5, -1)} for Plan "B"`;
    expect(safeMessage(message, [title])).not.toContain('Plan');
  });

  it('keeps its words when a title is as short as a syllable', () => {
    expect(safeMessage('Content "a" is not allowed', ['a'])).toBe('Content "…" is not allowed');
  });

  it('is one line of at most 200 characters and never holds a sent title, whatever comes', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.stringMatching(/^[A-Z][a-z]{5,9} [a-z]{2,5}$/),
        fc.string({ maxLength: 300 }),
        (before, title, after) => {
          const safe = safeMessage(`${before}${title}${after}`, [title]);
          expect(safe.length).toBeLessThanOrEqual(200);
          expect(safe).not.toMatch(/[\n\r\t]/);
          expect(safe).not.toContain(title);
        },
      ),
    );
  });
});
