import { getContext, setContext } from 'svelte';

import type { MessageActions } from './message-actions.svelte';

const key = Symbol('message actions');

export const provideMessageActions = (actions: MessageActions): MessageActions => setContext(key, actions);
/** None where a message stands outside a timeline. */
export const useMessageActions = (): MessageActions | undefined => getContext<MessageActions | undefined>(key);
