// Dialogs over the window.

import type { Attachment } from 'svelte/attachments';

import { keepFocus } from '../app/focus';

/** How each open dialog is closed, the topmost last. */
const open: (() => void)[] = [];

/** Dialogs that are open over each other. */
export const openDialogs = (): number => open.length;

/** As Escape does it. */
export const closeTopmost = (): void => open.at(-1)?.();

/** Opens a dialog for as long as it is mounted: Escape closes it, and what had the focus before gets it back. */
export function modal(close: () => void): Attachment<HTMLDialogElement> {
  return (dialog) => {
    const giveFocusBack = keepFocus();
    const cancel = (event: Event) => {
      event.preventDefault();
      close();
    };
    dialog.addEventListener('cancel', cancel);
    dialog.showModal();
    open.push(close);
    return () => {
      open.splice(open.indexOf(close), 1);
      dialog.removeEventListener('cancel', cancel);
      giveFocusBack();
    };
  };
}
