import { describe, expect, it } from 'vitest';
import { errorStack, errorText } from '../../src/domain/error-text.ts';

const bare = new Error('no stack');
delete bare.stack;

describe('errorText', () => {
  it.each([
    ['an error', new TypeError('port 0 is none'), 'port 0 is none'],
    ['a text', 'gone', 'gone'],
    ['nothing', undefined, 'undefined'],
  ])('says of %s what went wrong', (_, thrown, text) => {
    expect(errorText(thrown)).toBe(text);
  });
});

describe('errorStack', () => {
  it('says where an error comes from', () => {
    expect(errorStack(new TypeError('port 0 is none'))).toMatch(
      /^TypeError: port 0 is none\n {4}at .*error-text\.test\.ts/,
    );
  });

  it.each([
    ['an error without a stack', bare, 'no stack'],
    ['what is no error', 7, '7'],
  ])('says of %s what there is', (_, thrown, text) => {
    expect(errorStack(thrown)).toBe(text);
  });
});
