// The whole window: where the focus goes when the control that was pressed goes away.

import { beforeEach, describe, expect, test, vi } from 'vitest';

import { emit } from '../fixture/commands/session';
import { openTimelines } from '../fixture/conversations';
import { incoming } from '../fixture/messages';
import { find, focused, openWindow, press, until } from '../fixture/whole-window';
import type { App } from './app.svelte';

vi.mock('../list/VirtualList.svelte', () => import('../list/PlainList.test.svelte'));

let app: App;

const key = (name: string) => focused().dispatchEvent(new KeyboardEvent('keydown', { key: name, bubbles: true, cancelable: true }));
const open = (roomId: string) => press(`[data-room-id="${roomId}"]`);

beforeEach(async () => {
  app = await openWindow();
});

describe('the focus', () => {
  test('after voting is on the answer, and not on what takes the vote back', async () => {
    await open('!buergerbuero:musterstadt.de');
    await until(() => find('[data-testid=poll] input:not(:checked)'));
    const poll = find('[data-testid=poll]:has(input)')!;
    const answer = poll.querySelector<HTMLInputElement>('input:not(:checked)')!;
    answer.click();
    await until(() => poll.querySelector('[data-testid=vote]'));
    const vote = poll.querySelector<HTMLElement>('[data-testid=vote]')!;
    vote.focus();
    vote.click();
    await until(() => focused() === answer && answer.checked);
    await until(() => poll.querySelector('[data-testid=withdraw-vote]'));
    expect(focused()).toBe(answer);
  });

  test('after a jump is on the message that was jumped to', async () => {
    await open('!amtsleitung:musterstadt.de');
    await until(() => find('[data-testid=reply-quote]'));
    const { original } = find('[data-testid=reply-quote]')!.dataset;
    await press('[data-testid=reply-quote]');
    await until(() => focused().dataset['eventId'] === original);
  });

  test('stays in the bar of pinned messages, from where Tab leads to the one that is shown', async () => {
    await open('!amtsleitung:musterstadt.de');
    await until(() => find('[data-testid=pin-jump]:not([disabled])') && find('[data-event-id="$gern"]'));
    await press('[data-testid=pin-jump]');
    await until(() => find('[data-event-id="$gern"]')!.tabIndex === 0);
    expect(focused()).toBe(find('[data-testid=pin-jump]'));
  });

  test('where it stays, a jump says what is shown, and what comes in meanwhile is said as well', async () => {
    // Nothing is drawn here, and what is not drawn would lose the focus.
    const drawn = vi.spyOn(HTMLElement.prototype, 'getClientRects').mockReturnValue([new DOMRect()] as unknown as DOMRectList);
    const said = () => find('[data-testid=announcer]')!.textContent;
    await open('!itbetrieb:musterstadt.de');
    await until(() => find('[data-testid=pin-jump]:not([disabled])'));
    // The latest pin is there already, the one before it is not.
    await press('[data-testid=pin-jump]');
    await until(() => said().startsWith('Message from'));
    const latest = said();
    await press('[data-testid=pin-jump]');
    await until(() => said() !== latest && said().startsWith('Message from'));
    expect(focused()).toBe(find('[data-testid=pin-jump]'));
    openTimelines.get('!itbetrieb:musterstadt.de ')!.change({ type: 'pushBack', value: incoming('Der Server läuft wieder.') });
    await until(() => said().includes('Der Server läuft wieder.'));
    expect(find('[data-testid=jump-to-latest]')!.getAttribute('aria-label')).toContain('1');
    drawn.mockRestore();
  });

  test('goes along to what a list beside the conversation shows, and back into the list', async () => {
    await open('!amtsleitung:musterstadt.de');
    await press('[data-testid=open-pins]');
    await until(() => document.querySelectorAll('[data-testid=pin-show]').length === 2);
    const show = document.querySelectorAll<HTMLElement>('[data-testid=pin-show]')[1]!;
    show.focus();
    show.click();
    await until(() => focused().dataset['eventId'] === '$haushalt');
    key('F6');
    expect(focused()).toBe(show);
  });

  test('after a message is no longer pinned is on the next one, and on the way out after the last', async () => {
    const unpin = () => find('[data-testid=unpin]');
    await open('!amtsleitung:musterstadt.de');
    await press('[data-testid=open-pins]');
    await press('[data-event-id="$gern"] [data-testid=unpin]');
    await until(() => !find('[data-testid=pinned-message][data-event-id="$gern"]'));
    await until(() => unpin() && focused() === unpin());
    unpin()!.click();
    await until(() => focused().dataset['testid'] === 'close-pins');
  });

  test('after a jump to what is new is on the first new message', async () => {
    await open('!itbetrieb:musterstadt.de');
    await press('[data-testid=go-to-unread]');
    await until(() => focused().dataset['eventId']);
    const { rowId } = focused().dataset;
    const rows = [...document.querySelectorAll<HTMLElement>('[data-row-id]')].map((row) => row.dataset['rowId']);
    expect(rows.indexOf(rowId)).toBe(3);
  });

  test('comes to what is new first, where the messages rest there', async () => {
    await open('!amtsleitung:musterstadt.de');
    await until(() => find('[data-testid=read-marker]'));
    const first = find('[data-testid=read-marker]')!.closest('[role=listitem]')!.nextElementSibling!.querySelector<HTMLElement>('[data-row]')!;
    await until(() => first.tabIndex === 0);
  });

  test('after a jump to a date is on the first message of that day, wherever it was before', async () => {
    await open('!amtsleitung:musterstadt.de');
    await press('[data-testid=open-room-menu]');
    await press('[data-testid=menu-date]');
    await until(() => find('[data-testid=date-input]'));
    const field = find('[data-testid=date-input]') as HTMLInputElement;
    field.value = new Date().toISOString().slice(0, 10);
    field.dispatchEvent(new Event('input', { bubbles: true }));
    await press('[data-testid=confirm-date]');
    await until(() => !find('[data-testid=date-dialog]'));
    await until(() => focused().dataset['eventId']);
  });

  test('stays among the messages when selecting ends, and when one of them is discarded', async () => {
    await open('!amtsleitung:musterstadt.de');
    await until(() => find('[data-event-id="$haushalt"]'));
    find('[data-event-id="$haushalt"]')!.focus();
    key('x');
    await press('[data-testid=end-selection]');
    await until(() => focused().dataset['eventId'] === '$haushalt');

    const { rowId } = find('[data-testid=cancel-send]')!.closest<HTMLElement>('[data-row-id]')!.dataset;
    const rows = [...document.querySelectorAll<HTMLElement>('[data-row-id]')].map((row) => row.dataset['rowId']);
    const next = rows[rows.indexOf(rowId) + 1];
    await press(`[data-row-id="${rowId}"] [data-testid=cancel-send]`);
    await until(() => !find(`[data-row-id="${rowId}"]`));
    await until(() => focused().dataset['rowId'] === next);
  });

  test('after a mention is taken back is on the text', async () => {
    await open('!amtsleitung:musterstadt.de');
    const field = () => find('[data-testid=composer]') as HTMLTextAreaElement;
    await until(field);
    field().focus();
    field().value = '@aylin';
    field().setSelectionRange(6, 6);
    field().dispatchEvent(new Event('input', { bubbles: true }));
    await until(() => find('[data-testid=suggestion]'));
    key('Enter');
    await press('[data-testid=remove-mention]');
    await until(() => focused() === field());
  });

  test('after a problem is dismissed is where it was before', async () => {
    await until(() => find('[data-testid=filter-unread]'));
    find('[data-testid=filter-unread]')!.focus();
    app.report({ kind: 'offline' });
    await press('[data-testid=problem] .icon-button');
    await until(() => focused().dataset['testid'] === 'filter-unread');
  });

  test('after an edit that was refused is wanted back is on its words, before what was written meanwhile', async () => {
    await open('!yilmaz:musterstadt.de');
    const conversation = { roomId: '!amtsleitung:musterstadt.de', thread: null };
    const draft = { text: 'Neue Worte', mentions: [], replyTo: null, edits: '$haushalt' };
    emit({ type: 'editRefused', error: { kind: 'forbidden', reason: 'changeRefused' }, edit: { conversation, change: { type: 'text', draft } } });
    for (let later = 0; later < 4; later += 1) app.report({ kind: 'offline' });
    await press('[data-testid=resume-edit]');
    await until(() => focused().dataset['testid'] === 'composer' && (focused() as HTMLTextAreaElement).value === 'Neue Worte');
    expect(find('[data-testid=unsent-edit]')).toBeNull();
    await until(() => find('[data-testid=edit-bar]'));
  });

  test('stays on the bell of a thread, of which the list of threads knows', async () => {
    const bell = () => find('[data-testid=follow-thread]');
    await open('!amtsleitung:musterstadt.de');
    await press('[data-testid=details-toggle]');
    await press('[data-testid=details-threads]');
    await press('[data-testid=open-thread]');
    await until(() => find('[data-testid=close-thread]') && bell()?.getAttribute('aria-pressed') === 'true');
    await press('[data-testid=follow-thread]');
    await until(() => bell()?.getAttribute('aria-pressed') === 'false' && focused() === bell());
    await press('[data-testid=details-toggle]');
    await press('[data-testid=details-threads]');
    await until(() => find('[data-testid=open-thread]') && bell()?.getAttribute('aria-pressed') === 'false');
    bell()!.click();
    await until(() => bell()?.getAttribute('aria-pressed') === 'true');
  });

  test('after a search is cleared is in its field', async () => {
    await until(() => find('[data-testid=room-search]'));
    const field = find('[data-testid=room-search]') as HTMLInputElement;
    field.value = 'b';
    field.dispatchEvent(new Event('input', { bubbles: true }));
    await press('.clear');
    expect(focused()).toBe(field);
  });
});
