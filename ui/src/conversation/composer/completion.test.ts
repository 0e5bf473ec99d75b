import { describe, expect, test } from 'vitest';

import { closedNameAt, stillMatches, triggerAt } from './completion';

const at = (text: string, caret = text.length) => {
  const trigger = triggerAt(text, caret);
  return trigger && [trigger.kind, trigger.query, trigger.start];
};

describe('completion', () => {
  test('a sign at the beginning of a word asks for suggestions', () => {
    expect(at('@')).toEqual(['member', '', 0]);
    expect(at('Hallo @Tho')).toEqual(['member', 'Tho', 6]);
    expect(at('(@Tho')).toEqual(['member', 'Tho', 1]);
    expect(at('siehe\n#Bau')).toEqual(['room', 'Bau', 6]);
    expect(at('gut :dau')).toEqual(['emoji', 'dau', 4]);
  });

  test('a sign within a word asks for nothing', () => {
    expect(at('vogt@musterstadt')).toBeNull();
    expect(at('10:30')).toBeNull();
    expect(at('Punkt:oder')).toBeNull();
    expect(at('C#Kurs')).toBeNull();
  });

  test('a full name is one query, and a blank at the end is not part of it', () => {
    expect(at('@Thomas Br')).toEqual(['member', 'Thomas Br', 0]);
    expect(at('@Thomas ')).toBeNull();
    expect(at('@Thomas Brandt hat')).toBeNull();
  });

  test('an identifier can be typed as well', () => {
    expect(at('@person7:muster')).toEqual(['member', 'person7:muster', 0]);
  });

  test('headings and numbers are not rooms', () => {
    expect(at('# ')).toBeNull();
    expect(at('## Thema')).toBeNull();
    expect(at('#5')).toBeNull();
  });

  test('an emoji needs two letters, so that a smiley is left alone', () => {
    expect(at(':D')).toBeNull();
    expect(at(':-)')).toBeNull();
    expect(at(':)')).toBeNull();
    expect(at(':+1')).toEqual(['emoji', '+1', 0]);
    expect(at(':thumbs_up')).toEqual(['emoji', 'thumbs_up', 0]);
  });

  test('a second colon closes the name of an emoji', () => {
    const closed = (text: string) => closedNameAt(text, text.length);
    expect(closed('Danke :tada:')).toEqual({ name: 'tada', start: 6, end: 12 });
    expect(closed(':+1:')).toEqual({ name: '+1', start: 0, end: 4 });
    expect(closed(':-1:')).toEqual({ name: '-1', start: 0, end: 4 });
    expect(closed(':thumbs_up:')).toEqual({ name: 'thumbs_up', start: 0, end: 11 });
    expect(closed('10:30:')).toBeNull();
    expect(closed('std::move:')).toBeNull();
    expect(closed('::')).toBeNull();
    expect(closed(':tada: ')).toBeNull();
    expect(closed(`a:${'x'.repeat(62)}:`)).toBeNull();
    expect(closedNameAt(':tada: und mehr', 6)).toEqual({ name: 'tada', start: 0, end: 6 });
  });

  test('what counts is where the caret stands', () => {
    expect(at('@Tho und mehr', 4)).toEqual(['member', 'Tho', 0]);
    expect(at('@Tho und mehr', 13)).toBeNull();
  });

  test('a sign is not found across a long text, and not mistaken where the text is cut', () => {
    expect(at(`@${'x'.repeat(80)}`)).toBeNull();
    expect(at(`a@${'x'.repeat(63)}`)).toBeNull();
    expect(at(`${'Satz. '.repeat(10_000)}@Ay`)?.slice(0, 2)).toEqual(['member', 'Ay']);
  });

  test('suggestions for less letters are narrowed by those typed since', () => {
    expect(stillMatches(['Thomas Brandt', '@brandt:amt.de'], 'thomas b')).toBe(true);
    expect(stillMatches(['Thomas Brandt', '@brandt:amt.de'], 'theo')).toBe(false);
  });
});
