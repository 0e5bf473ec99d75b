// Prints what is loaded of a conversation. The list on screen draws only what is in view, so the printer
// gets a document of its own, there only while it prints.

import { flushSync, mount, unmount } from 'svelte';

import type { Conversation } from '../conversation/conversation.svelte';
import { saysAddress, writtenAddress } from '../message/link-address';
import { roomName } from '../words/room-words';
import PrintView from './PrintView.svelte';

/** A picture that does not come must not hold up the rest. */
const pictureWaitMs = 3000;

export async function printConversation(conversation: Conversation, context: Map<unknown, unknown>): Promise<void> {
  const { details, roomId, timeline } = conversation;
  const view = mount(PrintView, { target: document.body, context, props: { roomId, room: details ? roomName(details) : '', rows: timeline.rows } });
  flushSync();
  uncover(document.querySelectorAll<HTMLElement>('.print-view [aria-expanded=false]'));
  spellOut(document.querySelectorAll<HTMLElement>('.print-view [data-address]'));
  const { title } = document;
  try {
    await loaded([...document.querySelectorAll<HTMLImageElement>('.print-view img')]);
    // The title becomes the name of a file that is printed to.
    if (details) document.title = roomName(details);
    await finished();
  } finally {
    document.title = title;
    await unmount(view);
  }
}

/** On paper nobody can uncover a text. */
function uncover(covers: Iterable<HTMLElement>): void {
  for (const cover of covers) cover.click();
  flushSync();
}

/** On paper nobody can ask where a link leads: the address follows, where the words do not say it. */
function spellOut(links: Iterable<HTMLElement>): void {
  for (const link of links) {
    const address = link.dataset['address'] ?? '';
    if (saysAddress(link.textContent, address)) continue;
    const written = document.createElement('bdi');
    written.textContent = `(${writtenAddress(address)})`;
    link.after(' ', written);
  }
}

function loaded(pictures: readonly HTMLImageElement[]): Promise<unknown> {
  const all = Promise.allSettled(pictures.map((picture) => picture.decode()));
  return Promise.race([all, new Promise((resolve) => setTimeout(resolve, pictureWaitMs))]);
}

/** Some webviews come back from `print` at once, and say later when they are done. */
function finished(): Promise<void> {
  return new Promise((resolve) => {
    window.addEventListener('afterprint', () => resolve(), { once: true });
    window.print();
    // Where nothing ever says so, the next thing a person does comes after it.
    window.addEventListener('pointerdown', () => resolve(), { once: true });
    window.addEventListener('keydown', () => resolve(), { once: true });
  });
}
