import type { Attachment } from 'svelte/attachments';

import type { App } from '../app/app.svelte';
import { onReconnect } from './reconnected.svelte';

/** A picture that failed is asked for again: when the connection is back, and when the button around it is pressed. */
export const retried =
  (app: App): Attachment<HTMLImageElement> =>
  (image) => {
    let failed = false;
    const retry = () => {
      if (!failed) return;
      failed = false;
      image.setAttribute('src', image.getAttribute('src') ?? '');
    };
    const button = image.closest('button');
    const fail = () => (failed = true);
    image.addEventListener('error', fail);
    button?.addEventListener('click', retry);
    onReconnect(app, retry);
    return () => {
      image.removeEventListener('error', fail);
      button?.removeEventListener('click', retry);
    };
  };
