import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import type { Trigger } from './completion';
import { Suggestions, type Suggestion } from './suggestions.svelte';

const person = (name: string): Suggestion => ({ id: name, insert: `@${name} `, mention: null, name, detail: null, face: { avatar: null }, emoji: null, words: [name] });
const people = ['Thomas Brandt', 'Theo Lang', 'Aylin Yılmaz'].map(person);

function list() {
  const find = vi.fn(async (trigger: Trigger) => people.filter((one) => one.name.toLowerCase().includes(trigger.query.toLowerCase())));
  return { find, suggestions: new Suggestions(find) };
}
const type = (suggestions: Suggestions, text: string) => suggestions.look(text, text.length);

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('suggestions', () => {
  test('fast typing asks once', async () => {
    const { find, suggestions } = list();
    for (const text of ['@', '@t', '@th', '@tho']) type(suggestions, text);
    await vi.advanceTimersByTimeAsync(60);
    expect(find).toHaveBeenCalledTimes(1);
    expect(suggestions.items.map((one) => one.name)).toEqual(['Thomas Brandt']);
  });

  test('who no longer answers what is typed cannot be chosen, not even for a moment', async () => {
    const { suggestions } = list();
    type(suggestions, '@th');
    await vi.advanceTimersByTimeAsync(60);
    expect(suggestions.items).toHaveLength(2);
    type(suggestions, '@the');
    expect(suggestions.items.map((one) => one.name)).toEqual(['Theo Lang']);
    type(suggestions, '@thex');
    expect(suggestions.choose()).toBeNull();
  });

  test('a list closed with Escape stays closed until another sign is typed', async () => {
    const { suggestions } = list();
    type(suggestions, '@t');
    await vi.advanceTimersByTimeAsync(60);
    suggestions.refuse();
    type(suggestions, '@th');
    await vi.advanceTimersByTimeAsync(60);
    expect(suggestions.open).toBe(false);
    type(suggestions, '@th ');
    type(suggestions, '@th @ay');
    await vi.advanceTimersByTimeAsync(60);
    expect(suggestions.items.map((one) => one.name)).toEqual(['Aylin Yılmaz']);
  });

  test('an answer that comes too late shows nothing', async () => {
    const { suggestions } = list();
    type(suggestions, '@t');
    await vi.advanceTimersByTimeAsync(59);
    suggestions.close();
    await vi.advanceTimersByTimeAsync(60);
    expect(suggestions.open).toBe(false);
  });

  test('choosing says what to replace', async () => {
    const { suggestions } = list();
    type(suggestions, 'Hallo @th');
    await vi.advanceTimersByTimeAsync(60);
    suggestions.move(1);
    expect(suggestions.choose()).toMatchObject({ trigger: { start: 6, end: 9 }, item: { name: 'Theo Lang' } });
    expect(suggestions.open).toBe(false);
  });
});
