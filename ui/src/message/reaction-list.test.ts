import { flushSync, mount, tick, unmount } from 'svelte';
import { expect, test } from 'vitest';

import { m } from '../paraglide/messages';
import ReactionList from './ReactionList.svelte';

test('of very many reactions some are shown, and one’s own; the rest comes part by part, and the focus goes on', async () => {
  const reactions = Array.from({ length: 70 }, (_, index) => ({ key: `Z${index}`, count: 1, own: index === 60, names: ['Anna'] }));
  const mounted = mount(ReactionList, { target: document.body, props: { reactions, ontoggle: () => {} } });
  flushSync();
  const keys = () => [...document.querySelectorAll<HTMLElement>('[data-testid=reaction]')].map((button) => button.dataset['key']);
  const more = () => document.querySelector<HTMLElement>('[data-testid=more-reactions]');
  expect(keys()).toEqual([...reactions.slice(0, 25), reactions[60]!].map(({ key }) => key));
  expect([more()?.textContent, more()?.getAttribute('aria-label')]).toEqual(['+44', m.reactions_more({ count: 44, shown: '44' })]);

  more()!.click();
  await tick();
  await tick();
  expect(keys()).toHaveLength(51);
  expect(document.activeElement?.getAttribute('data-key')).toBe('Z25');
  more()!.click();
  await tick();
  await tick();
  expect(keys()).toEqual(reactions.map(({ key }) => key));
  expect(more()).toBeNull();
  await unmount(mounted);
});
