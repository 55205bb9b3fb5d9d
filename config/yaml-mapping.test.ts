import { parseYamlMapping } from './yaml-mapping';

describe('parseYamlMapping', () => {
  it('reads a mapping, anchors included', () => {
    expect(parseYamlMapping('a: &x 1\nb: [*x, yes]\nc:\n')).toEqual({ mapping: { a: 1, b: [1, 'yes'], c: null } });
  });

  it.each([
    ['a: 1\n b: 2\n', 'line 1', 'second colon'],
    ['a:\n  b: 1\n c: 2\n', 'line 3', 'indentation'],
    ['a:\n\tb: 1\n', 'line 2', 'tab'],
    ['a: 1\na: 2\n', 'line 2', 'second time'],
    ['a: 1\n---\nb: 2\n', 'line 2', 'second document'],
    ['a: "open\n', 'line 2', 'quote'],
    ['a: 1\nb\n', 'line 2', 'colon'],
    ['a: !secret b\n', 'line 1', 'exclamation mark'],
  ])('names the line of the mistake in %j', (text, path, explanation) => {
    expect(parseYamlMapping(text)).toContainEqual(
      expect.objectContaining({ path, message: expect.stringContaining(explanation) }),
    );
  });

  it.each([
    ['', 'is empty'],
    ['# nothing yet\n', 'is empty'],
    ['- a\n', 'is not a mapping'],
    ['just text', 'is not a mapping'],
    ['42', 'is not a mapping'],
    ['a: *nobody\n', 'alias'],
  ])('B-202 refuses %j', (text, message) => {
    expect(parseYamlMapping(text)).toEqual([expect.objectContaining({ message: expect.stringContaining(message) })]);
  });

  it.each([
    'password: *hunter2',
    'password: &hunter2 *hunter2',
    'password: !hunter2 x',
    'password: "\\hunter2"',
    'password: hunter2: x',
    'password:hunter2',
    '%hunter2',
    'a: "hunter2',
    '? {hunter2: 1}\n: x',
    '{hunter2: [',
  ])('never repeats the text of %j', (text) => {
    const parsed = parseYamlMapping(text);
    expect('mapping' in parsed ? '' : JSON.stringify(parsed)).not.toContain('hunter2');
  });

  it('survives aliases that multiply without end', () => {
    const levels = Array.from(
      { length: 12 },
      (_, level) => `l${level + 1}: &l${level + 1} [${`*l${level},`.repeat(9)}]`,
    );
    expect(parseYamlMapping(['l0: &l0 [x]', ...levels].join('\n'))).toHaveLength(1);
  });

  it.each(['[', '{a: ', '- ', '? '])(
    'refuses nesting beyond measure before it can exhaust the stack: %j',
    (opening) => {
      const deeper = expect.objectContaining({ message: 'is nested deeper than 100 levels' });
      expect(parseYamlMapping(opening.repeat(100_000))).toEqual([deeper]);
    },
  );

  it('reads nesting that a person can write', () => {
    expect(parseYamlMapping(`a: ${'['.repeat(50)}${']'.repeat(50)}`)).toHaveProperty('mapping');
  });
});
