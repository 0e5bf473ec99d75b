// Every screen: its name, what the fixture is asked to play (see src/fixture.ts), what to do there, and in which sizes.

import { click, clickIn, fill, focus, inView, press, room, scrollTimeline, then, type, visible } from './steps.mjs';

const all = ['desktop', 'phone', 'zoom'];
const council = room('!amtsleitung:musterstadt.de');
const pollRoom = room('!buergerbuero:musterstadt.de');
const mediaRoom = room('!bauamt:musterstadt.de');
const linkRoom = room('!presse:musterstadt.de');
const announcements = room('!aktuelles:musterstadt.de');
const nothingWritten = room('!leer:musterstadt.de');
const unreadRoom = room('!itbetrieb:musterstadt.de');

/** A button on a wide screen, an entry of the menu on a phone. */
const showFormatting = async (page) => {
  if (await page.locator('[data-testid=toggle-formatting]').isVisible()) await click('toggle-formatting')(page);
  else await then(click('composer-more'), click('menu-formatting'))(page);
  await visible('formatting-toolbar')(page);
};
const attach = then(click('composer-more'), click('attach-file'), visible('attach-dialog'));
const openEmoji = then(council, click('open-emoji'), visible('emoji-picker'));
const record = then(council, click('record-voice'));
const recording = then(record, visible('recording-stop'));
const agenda = '[data-event-id="$haushalt"]';
/** Puts the focus on the message that has everything, and presses keys there. */
const onMessage = (...keys) => then(council, inView(agenda), focus(agenda), press(...keys));
const selectThree = then(onMessage('x'), visible('selection-bar'), press('Shift+ArrowUp', 'Shift+ArrowUp'));
const editPoll = then(pollRoom, clickIn('poll-menu'), click('menu-edit-poll'), visible('poll-dialog'));
const fromRoomMenu = (which, entry) => then(which, click('open-room-menu'), click(entry));

const screens = [
  ['sign-in', 'session=signedOut', null, all],
  ['sign-in-wrong', 'session=signedOut', then(fill('homeserver-input', 'musterstadt.de'), fill('username-input', 'sabine.vogt'), fill('password-input', 'falsch'), click('sign-in'), visible('sign-in-error')), ['desktop', 'phone']],
  ['password', 'session=passwordNeeded', null, ['desktop', 'zoom']],
  ['blocked-key-file', 'session=blocked&error=keyringMissing', null, all],
  ['blocked-damaged', 'session=blocked&error=storeUnreadable', click('remedy-setAside'), ['desktop', 'phone']],
  ['signing-out', 'session=signingOut', null, ['desktop']],
  ['starting', 'session=starting', null, ['desktop', 'phone']],
  ['main-list', '', visible('room-row'), all],
  ['main-empty', 'empty', null, ['desktop', 'phone']],
  ['main-conversation', '', council, all],
  ['main-conversation-end', '', then(council, scrollTimeline('end')), ['desktop', 'phone']],
  ['main-conversation-rich', '', then(council, scrollTimeline(900)), all],
  ['main-direct', '', room('!yilmaz:musterstadt.de'), ['desktop', 'phone']],
  ['main-announcements', '', announcements, ['desktop']],
  ['main-nothing-written', '', nothingWritten, ['desktop']],
  ['main-invitation', '', room('!einladung1:land.de'), all],
  ['main-details', '', then(council, click('details-toggle'), visible('member')), all],
  ['main-offline', 'connection=offline', council, all],
  ['main-offline-certificate', 'connection=offline&reason=certificate', then(council, focus('try-now')), all],
  ['main-catching-up', 'connection=catchingUp', council, ['desktop']],
  ['main-problem', 'problem', visible('problem'), ['desktop', 'phone']],
  ['main-edit-refused', 'refused', visible('unsent-edit'), all],
  ['main-room-error', 'fail=subscribeRoom&error=forbidden', council, ['desktop']],
  ['main-list-error', 'fail=subscribeRooms&error=storage', null, ['desktop']],
  ['main-older-failed', 'fail=loadMore&error=offline', then(council, scrollTimeline(0)), ['desktop']],
  ['main-send-failed', 'fail=sendMessage&error=diskFull', then(council, fill('composer', 'Dieser Text darf nicht verloren gehen.\nAuch die zweite Zeile nicht.'), click('send')), ['desktop', 'phone']],
  ['composer-suggestions', '', then(council, type('Guten Tag @t'), visible('suggestion')), all],
  ['composer-mention', '', then(council, type('Guten Tag @aylin'), visible('suggestion'), press('Enter'), type('und @room '), visible('mentions')), all],
  ['composer-everyone', '', then(council, type('@room'), visible('suggestion'), press('Enter'), type('Die Sitzung fällt aus.'), press('Enter'), visible('everyone-question')), all],
  ['composer-emoji-name', '', then(council, type('Danke :dau'), visible('suggestion')), ['desktop', 'phone']],
  ['composer-emoji-code', '', then(council, type('Danke :heart_'), visible('suggestion')), ['desktop', 'phone']],
  ['composer-emoji', '', openEmoji, all],
  ['composer-emoji-people', '', then(openEmoji, click('emoji-group-people'), click('emoji-tone')), all],
  ['composer-emoji-search', '', then(openEmoji, fill('emoji-search', 'herz')), ['desktop', 'phone']],
  ['composer-menu', '', then(council, click('composer-more'), visible('composer-menu')), all],
  ['composer-formatting', '', then(council, showFormatting, type('Bitte **bis Freitag** hochladen'), click('text-preview-toggle'), visible('text-preview')), all],
  ['composer-edit', '', then(council, focus('composer'), press('ArrowUp'), visible('edit-bar')), all],
  ['composer-reply', '', then(council, scrollTimeline('end'), (page) => page.locator('[data-testid=message]').filter({ hasText: 'Es dauert nicht lange.' }).hover(), click('toolbar-reply'), visible('reply-bar')), ['desktop', 'phone']],
  ['composer-undo', '', then(council, type('Ist erledigt.'), press('Enter'), visible('undo-send')), all],
  ['composer-files', '', then(council, attach), all],
  ['composer-dropped', 'drop', then(council, visible('attach-dialog')), all],
  ['composer-files-text', '', then(council, type('Guten Tag @aylin'), visible('suggestion'), press('Enter'), attach, focus('attach-caption'), (page) => page.keyboard.type('und @t'), visible('suggestion')), all],
  ['composer-location', '', then(council, click('composer-more'), click('share-location'), visible('location-dialog'), click('location-send')), all],
  ['voice-recording', '', recording, all],
  ['voice-recorded', '', then(recording, click('recording-stop'), visible('voice-player')), all],
  ['voice-silent', 'recording=silent', then(record, visible('recording-notice')), all],
  ['voice-lost', 'recording=lost', then(record, visible('recording-notice')), ['desktop', 'phone']],
  ['voice-delete', '', then(recording, press('Escape'), visible('recording-question')), all],
  ['voice-not-sent', 'fail=sendRecording&error=diskFull', then(recording, click('recording-send'), visible('recording-error')), ['desktop', 'phone']],
  ['voice-refused', 'fail=startRecording&error=microphoneRefused', then(record, visible('problem')), ['desktop', 'phone']],
  ['composer-too-long', '', then(council, fill('composer', 'Sehr geehrte Damen und Herren. '.repeat(2000)), visible('send-as-file')), all],
  ['search', '', fill('room-search', 'bgr'), ['desktop', 'phone']],
  ['search-nothing', '', fill('room-search', 'xqz'), ['desktop']],
  ['switcher', '', then(press('Control+k'), visible('switcher-result')), all],
  ['shortcuts', '', then(press('?'), visible('shortcut-sheet')), all],
  ['settings', 'managed', then(click('open-settings'), visible('settings')), all],
  ['sign-out', '', then(click('open-settings'), click('sign-out'), visible('confirm-sign-out')), all],
  ['polls-room', '', then(pollRoom, inView('poll')), all],
  ['polls-table', '', then(pollRoom, clickIn('poll-as-table')), ['desktop', 'phone']],
  ['polls-menu', '', then(pollRoom, clickIn('poll-menu'), visible('[role=menuitem]')), all],
  ['polls-results', '', then(pollRoom, clickIn('[data-testid=poll]:has-text("24.12.") [data-testid=poll-open-results]'), visible('poll-missing')), all],
  ['polls-results-many', '', then(announcements, clickIn('poll-open-results'), visible('poll-missing')), ['desktop']],
  ['polls-end', '', then(pollRoom, clickIn('poll-menu'), click('menu-end-poll'), visible('end-poll')), all],
  ['polls-new', '', then(editPoll, fill('poll-question', ''), fill('[data-testid=poll-answer] >> nth=1', 'Schifffahrt'), click('poll-template-dates'), click('poll-create')), all],
  ['polls-dates', '', then(editPoll, click('poll-template-dates'), fill('poll-date', '2030-12-10'), fill('poll-date-from', '09:00'), fill('poll-date-to', '10:30'), click('poll-date-add'), (page) => page.locator('[data-testid=poll-date]').scrollIntoViewIfNeeded()), ['desktop', 'phone']],
  ['polls-list', '', then(fromRoomMenu(pollRoom, 'menu-polls'), visible('poll-entry')), all],
  ['files-list', '', then(fromRoomMenu(mediaRoom, 'menu-files'), visible('file-entry')), all],
  ['files-pictures', '', then(fromRoomMenu(mediaRoom, 'menu-files'), click('files-pictures'), visible('picture-tile')), ['desktop', 'phone']],
  ['files-nothing', '', then(fromRoomMenu(nothingWritten, 'menu-files'), visible('files-empty')), ['desktop']],
  ['media-room', '', then(mediaRoom, inView('voice-player')), all],
  ['media-room-end', '', then(mediaRoom, scrollTimeline('end')), all],
  ['media-voice', '', then(mediaRoom, clickIn('[data-testid=message]:not(:has-text("Mitschnitt")) [data-testid=voice-play]'), visible('[data-testid=voice-player][data-state=ready]'), clickIn('[data-testid=message]:has-text("Mitschnitt") [data-testid=voice-play]'), visible('[data-testid=voice-player][data-state=refused]')), ['desktop', 'phone']],
  ['media-video', '', then(mediaRoom, clickIn('play-video'), visible('[data-testid=video][data-state=ready]')), ['desktop', 'phone']],
  ['media-picture', '', then(mediaRoom, clickIn('[aria-label*="Baustelle 3"]'), visible('.full.loaded'), press('+', '+', 'ArrowRight')), all],
  ['media-open-question', '', then(mediaRoom, clickIn('[data-testid=open-file][aria-label*=".exe"]'), visible('open-question')), ['desktop', 'phone']],
  ['media-text', '', then(mediaRoom, clickIn('[data-testid=preview-file][aria-label*=".csv"]'), visible('[data-testid=text-preview] pre')), ['desktop', 'phone']],
  ['media-pdf', '', then(mediaRoom, clickIn('[data-testid=preview-file][aria-label*="Niederschrift vom"]'), visible('[data-testid=pdf-sheet][data-drawn=true]')), all],
  ['message-focus', '', onMessage('ArrowDown', 'ArrowUp'), ['desktop', 'phone']],
  ['message-menu', '', then(onMessage('Enter'), visible('message-menu')), all],
  ['message-select', '', selectThree, all],
  ['message-forward', '', then(onMessage('f'), visible('forward-room')), all],
  ['message-details', '', then(onMessage('i'), visible('reader-list')), all],
  ['message-history', '', then(onMessage('i'), click('open-history'), visible('revision')), ['desktop', 'phone']],
  ['message-delete', '', then(onMessage('Delete'), visible('delete-dialog')), all],
  ['message-delete-failed', 'fail=redactMessage&error=diskFull', then(selectThree, click('delete-selection'), click('confirm-delete'), visible('delete-failed')), all],
  ['message-report', '', then(onMessage('Enter'), click('menu-report'), visible('report-dialog')), ['desktop', 'zoom']],
  ['message-emoji', '', then(onMessage('+'), visible('emoji-search')), ['desktop', 'phone']],
  ['changes-unfolded', '', then(council, clickIn('folded-changes')), ['desktop', 'phone']],
  ['thread', '', then(council, clickIn('thread-summary'), visible('close-thread')), all],
  ['room-menu', '', then(council, click('open-room-menu'), visible('room-menu')), all],
  ['threads', '', then(fromRoomMenu(council, 'menu-threads'), visible('thread')), all],
  ['pins', '', then(fromRoomMenu(council, 'menu-pins'), visible('pinned-message')), all],
  ['pins-none', '', then(fromRoomMenu(linkRoom, 'menu-pins'), visible('pins-empty')), ['desktop']],
  ['date', '', then(fromRoomMenu(council, 'menu-date'), click('confirm-date')), all],
  ['jump-unread', '', then(unreadRoom, visible('jump-to-unread')), all],
  ['jumped', '', then(unreadRoom, click('[data-testid=jump-to-unread] button'), visible('.flashed')), ['desktop', 'phone']],
  ['room-row-menu', '', then(click('[data-testid=room-row] >> nth=3', { button: 'right' }), visible('room-row-menu')), ['desktop', 'phone']],
  ['link-previews', 'previews=on', then(linkRoom, visible('link-card'), inView('link-card')), all],
  ['link-previews-above', 'previews=on', then(linkRoom, visible('link-card'), inView('.place .host:text("recht.example")')), ['desktop', 'phone']],
  ['link-preview-ask', 'previews=ask', then(linkRoom, visible('load-link-preview'), inView('load-link-preview'), focus('load-link-preview')), all],
  ['link-preview-loaded', 'previews=ask', then(linkRoom, visible('load-link-preview'), clickIn('load-link-preview'), visible('link-card')), ['desktop', 'phone']],
  ['settings-link-previews', '', then(click('open-settings'), click('link-previews'), (page) => page.locator('[data-testid=link-previews]').scrollIntoViewIfNeeded()), ['desktop', 'phone']],
  ['link-question', '', then(council, clickIn('.mismatch'), visible('link-question')), ['desktop', 'phone']],
];

export default screens.map(([name, query, act, sizes]) => ({ name, query, act, sizes }));
