// The whole window on a phone, where one pane takes the place of another: where the focus goes, and what a step back does.

import { tick } from 'svelte';
import { beforeEach, describe, expect, test, vi } from 'vitest';

import { closeWindow, find, focused, openWindow, press as pressOn, until } from '../fixture/whole-window';
import type { App } from './app.svelte';

vi.mock('../list/VirtualList.svelte', () => import('../list/PlainList.test.svelte'));

const council = '!amtsleitung:musterstadt.de';

const part = (name: string) => find(`[data-testid="${name}"]`);
const press = (name: string) => pressOn(`[data-testid="${name}"]`);
const shown = () => find('main')!.dataset['shown'];

async function openCouncil(): Promise<void> {
  await pressOn(`[data-room-id="${council}"]`);
  await until(() => focused().matches('[data-pane-heading]'));
}

let app: App;

/** The window opened at this width. happy-dom tells of a query only once it matches. */
async function open(width: number): Promise<void> {
  resize(width);
  app = await openWindow();
}

const resize = (width: number) => (window as unknown as { happyDOM: { setViewport(size: object): void } }).happyDOM.setViewport({ width, height: 844 });

beforeEach(() => open(390));

describe('on a phone', () => {
  test('a room that is opened is named first, and going back leads to its row', async () => {
    await openCouncil();
    expect(shown()).toBe('conversation');
    expect(focused().textContent).toBe('Amtsleiterrunde');
    history.back();
    await until(() => focused().dataset['roomId'] === council);
    expect(shown()).toBe('list');
  });

  test('what opens beside the conversation is named first, and going back leads to what opened it', async () => {
    await openCouncil();
    await press('details-toggle');
    await until(() => focused().textContent === 'Details' && focused().tagName === 'H2');
    await press('details-threads');
    await until(() => focused().textContent === 'Threads' && focused().tagName === 'H2');
    await press('open-thread');
    await until(() => focused().textContent === 'Thread' && focused().tagName === 'H2');
    history.back();
    await until(() => focused() === part('open-thread'));
    history.back();
    await until(() => focused() === part('details-threads'));
    history.back();
    await until(() => focused() === part('details-toggle'));
    expect(shown()).toBe('conversation');
  });

  test('what was opened in a wide window is gone back through once it is narrow', async () => {
    await closeWindow();
    await open(1280);
    await until(() => find(`[data-room-id="${council}"]`));
    find(`[data-room-id="${council}"]`)!.click();
    await press('details-toggle');
    await press('details-threads');
    await until(() => part('open-thread'));
    resize(390);
    await until(() => history.state.depth === 2);
    history.back();
    await until(() => shown() === 'conversation');
    history.back();
    await until(() => shown() === 'list');
  });

  test('a step back closes the dialog, after a question where files would be lost, and the room stays', async () => {
    await openCouncil();
    await press('composer-more');
    await press('attach-file');
    await until(() => part('attach-dialog'));
    part('attach-dialog')!.click();
    history.back();
    await until(() => part('discard-files-question'));
    history.back();
    await until(() => !part('discard-files-question'));
    expect(document.querySelectorAll('[data-testid=staged-file]')).toHaveLength(3);
    part('attach-dialog')!.dispatchEvent(new Event('cancel', { cancelable: true }));
    await press('discard-files');
    await until(() => !part('attach-dialog'));
    await until(() => focused() === part('composer-more'));
    expect(shown()).toBe('conversation');
    history.back();
    await until(() => shown() === 'list');
  });

  test('chosen files stay with their room while another is shown, until they are discarded', async () => {
    await openCouncil();
    await press('composer-more');
    await press('attach-file');
    await until(() => part('attach-dialog'));
    app.requestedRoom = { roomId: '!brandt:musterstadt.de', eventId: null };
    await until(() => !part('attach-dialog'));
    app.requestedRoom = { roomId: council, eventId: null };
    await until(() => part('attach-dialog'));
    expect(document.querySelectorAll('[data-testid=staged-file]')).toHaveLength(3);
  });

  test('a place and a reason that were typed outlive a slip, and go when they are discarded', async () => {
    await openCouncil();
    const report = async () => {
      await until(() => {
        find('[data-event-id="$haushalt"]')!.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }));
        return part('menu-report');
      });
      await press('menu-report');
    };
    const share = async () => {
      await press('composer-more');
      await press('share-location');
    };
    for (const [open, dialog, field] of [[share, 'location-dialog', 'location-description'], [report, 'report-dialog', 'report-reason']] as const) {
      const typed = () => (part(field) as HTMLInputElement).value;
      await open();
      await until(() => part(field));
      (part(field) as HTMLInputElement).value = 'Nordflügel';
      part(field)!.dispatchEvent(new Event('input', { bubbles: true }));
      await tick();
      part(dialog)!.click();
      await tick();
      expect(part(dialog)).not.toBeNull();
      part(dialog)!.dispatchEvent(new Event('cancel', { cancelable: true }));
      await until(() => !part(dialog));
      await open();
      await until(() => part(field));
      expect(typed()).toBe('Nordflügel');
      part(dialog)!.querySelector<HTMLElement>('footer .button')!.click();
      await until(() => !part(dialog));
      await open();
      await until(() => part(field));
      expect(typed()).toBe('');
      part(dialog)!.click();
      await until(() => !part(dialog));
    }
  });

  test('what was being written goes with files, and is there again without them', async () => {
    await openCouncil();
    const field = (name: string) => part(name) as HTMLTextAreaElement;
    const write = (name: string, text: string) => {
      field(name).value = text;
      field(name).dispatchEvent(new Event('input', { bubbles: true }));
    };
    write('composer', 'Der neue Plan');
    await press('composer-more');
    await press('attach-file');
    await until(() => part('attach-caption'));
    expect(field('attach-caption').value).toBe('Der neue Plan');
    write('attach-caption', 'Der neue Plan für @room');
    await press('attach-cancel');
    await until(() => !part('attach-dialog'));
    expect(field('composer').value).toBe('Der neue Plan für @room');
  });

  test('a step back closes only what lies on top', async () => {
    await press('open-settings');
    await press('sign-out');
    await until(() => part('sign-out-question'));
    history.back();
    await until(() => !part('sign-out-question'));
    expect(part('settings')).not.toBeNull();
    await until(() => focused() === part('sign-out'));
    history.back();
    await until(() => !part('settings'));
  });

  test('a step back closes a menu, and the room stays', async () => {
    await openCouncil();
    await press('open-room-menu');
    await until(() => part('room-menu'));
    history.back();
    await until(() => !part('room-menu'));
    expect(focused()).toBe(part('open-room-menu'));
    expect(shown()).toBe('conversation');
  });
});
