// What was taken back, or refused, goes on where it was made. Whatever is being made there keeps its place on screen, or
// comes after it.

import { m } from '../../paraglide/messages';
import { asked, PollForm } from '../../poll/poll-form.svelte';
import type { TakenBack, UnsentChange } from '../../protocol';
import type { Conversation } from '../conversation.svelte';
import type { Writing } from './writing.svelte';

/** `true` where one goes on in the text field. */
export async function giveBack(writing: Writing, made: Exclude<TakenBack, { type: 'text' }>): Promise<boolean> {
  const { conversation } = writing;
  const { draft, unsent } = conversation;
  writing.said = m.taken_back();
  switch (made.type) {
    case 'poll':
      unsent.resumePoll('', new PollForm(asked(made.poll)), conversation.composing === 'poll');
      break;
    case 'place': {
      const { description, latitude, longitude } = made.place;
      unsent.resumePlace({ description, latitude: `${latitude}`, longitude: `${longitude}` }, conversation.composing === 'location');
      break;
    }
    case 'copies':
      return true;
    case 'files':
      if (!made.complete) conversation.notice = m.taken_back_without_files();
      if (made.files.length > 0) await writing.attach((attachments) => attachments.restore(made));
      else draft.restore(made.caption);
      return made.files.length === 0;
    case 'recording':
      draft.restore(made.caption);
      if (made.recording === null) conversation.notice = m.taken_back_without_recording();
      else await writing.hold(made.recording);
      return made.recording === null;
  }
  if (!writing.closed) conversation.composing ??= made.type === 'poll' ? 'poll' : 'location';
  return false;
}

/** On with an edit of a poll that was refused. */
export function resumePollEdit(conversation: Conversation, { eventId, poll }: Extract<UnsentChange, { type: 'poll' }>): void {
  const { pollTask, unsent } = conversation;
  unsent.resumePoll(eventId, new PollForm(asked(poll)), pollTask?.type === 'edit' && pollTask.eventId === eventId);
  conversation.pollTask ??= { type: 'edit', eventId, poll: asked(poll) };
}
