import { inspect } from 'node:util';
import { Secret } from './secret';

describe('Secret', () => {
  const secret = new Secret('hunter2');

  it.each([
    ['a template', `${secret}`],
    ['concatenation', '' + secret],
    ['String()', String(secret)],
    ['JSON', JSON.stringify({ secret })],
    ['inspection', inspect({ nested: { secret } }, { depth: 9, showHidden: true })],
    ['a thrown error', String(new Error(`cannot use ${secret}`))],
  ])('B-207 prints as [redacted] in %s', (_, printed) => {
    expect(printed).toContain('[redacted]');
    expect(printed).not.toContain('hunter2');
  });

  it('shows nothing to those who list or copy its properties', () => {
    expect(JSON.stringify([Object.entries(secret), { ...secret }, structuredClone({ ...secret })])).not.toContain(
      'hunter2',
    );
  });

  it('gives the text when asked', () => {
    expect(secret.reveal()).toBe('hunter2');
  });

  it('reads anew each time if it was given a function', () => {
    let current = 'old';
    const rotating = new Secret(() => current);
    current = 'new';
    expect(rotating.reveal()).toBe('new');
  });
});
