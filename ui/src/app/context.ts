import { getContext, setContext } from 'svelte';

import type { Conversation } from '../conversation/conversation.svelte';
import type { App } from './app.svelte';

const appKey = Symbol('app');
const conversationKey = Symbol('conversation');

export const provideApp = (app: App): App => setContext(appKey, app);
export const useApp = (): App => getContext<App>(appKey);

export const provideConversation = (conversation: () => Conversation): void => void setContext(conversationKey, conversation);
/** The open conversation. A function, because the pane outlives the room it shows. */
export const useConversation = (): (() => Conversation) => getContext<() => Conversation>(conversationKey);
