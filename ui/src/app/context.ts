import { getContext, setContext } from 'svelte';

import type { Conversation } from '../conversation/conversation.svelte';
import type { App } from './app.svelte';
import type { Navigation } from './navigation.svelte';

const appKey = Symbol('app');
const conversationKey = Symbol('conversation');
const navigationKey = Symbol('navigation');

export const provideApp = (app: App): App => setContext(appKey, app);
export const useApp = (): App => getContext<App>(appKey);

export const provideConversation = (conversation: () => Conversation): void => void setContext(conversationKey, conversation);
/** The open conversation. A function, because the pane outlives the room it shows. */
export const useConversation = (): (() => Conversation) => getContext<() => Conversation>(conversationKey);

export const provideNavigation = (navigation: Navigation): void => void setContext(navigationKey, navigation);
export const useNavigation = (): Navigation => getContext<Navigation>(navigationKey);
