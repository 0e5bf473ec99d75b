// Every screen: its name, what the fixture is asked to play (see src/fixture.ts), what to do there, and in which sizes.

import { click, clickIn, fill, focus, inView, press, room, scrollTimeline, steps, type, visible } from './steps.mjs';

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
  else await steps(click('composer-more'), click('menu-formatting'))(page);
  await visible('formatting-toolbar')(page);
};
const attach = steps(click('composer-more'), click('attach-file'), visible('attach-dialog'));
const openEmoji = steps(council, click('open-emoji'), visible('emoji-picker'));
const record = steps(council, click('record-voice'));
const recording = steps(record, visible('recording-stop'));
const agenda = '[data-event-id="$haushalt"]';
const own = '[data-event-id="$gern"]';
/** Puts the focus on the message that has everything, and presses keys there. */
const onMessage = (...keys) => steps(council, inView(agenda), focus(agenda), press(...keys));
const selectThree = steps(onMessage('x'), visible('selection-bar'), press('Shift+ArrowUp', 'Shift+ArrowUp'));
const editPoll = steps(pollRoom, clickIn('poll-menu'), click('menu-edit-poll'), visible('poll-dialog'));
const fromRoomMenu = (which, entry) => steps(which, click('open-room-menu'), click(entry));

const screens = [
  ['sign-in', 'session=signedOut', null, all],
  ['sign-in-wrong', 'session=signedOut', steps(fill('homeserver-input', 'musterstadt.de'), fill('username-input', 'sabine.vogt'), fill('password-input', 'falsch'), click('sign-in'), visible('sign-in-error')), ['desktop', 'phone']],
  ['password', 'session=passwordNeeded', null, ['desktop', 'zoom']],
  ['blocked-key-file', 'session=blocked&error=keyringMissing', null, all],
  ['blocked-damaged', 'session=blocked&error=storeUnreadable', click('remedy-setAside'), ['desktop', 'phone']],
  ['signing-out', 'session=signingOut', null, ['desktop']],
  ['starting', 'session=starting', null, ['desktop', 'phone']],
  ['main-list', '', visible('room-row'), all],
  ['main-folded', 'folded', steps(visible('folded-unread')), ['desktop']],
  ['main-empty', 'empty', null, ['desktop', 'phone']],
  ['main-conversation', '', council, all],
  ['main-conversation-end', '', steps(council, scrollTimeline('end')), ['desktop', 'phone']],
  ['main-conversation-rich', '', steps(council, scrollTimeline(900)), all],
  ['main-direct', '', room('!yilmaz:musterstadt.de'), ['desktop', 'phone']],
  ['main-announcements', '', announcements, ['desktop']],
  ['main-nothing-written', '', nothingWritten, ['desktop']],
  ['main-invitation', '', room('!einladung1:land.de'), all],
  ['main-details', '', steps(council, click('details-toggle'), visible('member')), all],
  ['details-topic-menu', '', steps(mediaRoom, click('details-toggle'), (page) => page.locator('[data-testid=topic] [data-address]').click({ button: 'right' }), visible('topic-menu')), ['desktop', 'phone']],
  ['main-offline', 'connection=offline', council, all],
  ['main-offline-certificate', 'connection=offline&reason=certificate', steps(council, focus('try-now')), all],
  ['main-catching-up', 'connection=catchingUp', council, ['desktop']],
  ['main-problem', 'problem', visible('problem'), ['desktop', 'phone']],
  ['main-edit-refused', 'refused', visible('unsent-edit'), all],
  ['main-room-error', 'fail=subscribeRoom&error=forbidden', council, ['desktop']],
  ['main-list-error', 'fail=subscribeRooms&error=storage', null, ['desktop']],
  ['main-older-failed', 'fail=loadMore&error=offline', steps(council, scrollTimeline(0)), ['desktop']],
  ['main-send-failed', 'fail=sendMessage&error=diskFull', steps(council, fill('composer', 'Dieser Text darf nicht verloren gehen.\nAuch die zweite Zeile nicht.'), click('send')), ['desktop', 'phone']],
  ['composer-suggestions', '', steps(council, type('Guten Tag @t'), visible('suggestion')), all],
  ['composer-mention', '', steps(council, type('Guten Tag @aylin'), visible('suggestion'), press('Enter'), type('und @room '), visible('mentions')), all],
  ['composer-everyone', '', steps(council, type('@room'), visible('suggestion'), press('Enter'), type('Die Sitzung fällt aus.'), press('Enter'), visible('everyone-question')), all],
  ['composer-emoji-name', '', steps(council, type('Danke :dau'), visible('suggestion')), ['desktop', 'phone']],
  ['composer-emoji-code', '', steps(council, type('Danke :heart_'), visible('suggestion')), ['desktop', 'phone']],
  ['composer-emoji', '', openEmoji, all],
  ['composer-emoji-people', '', steps(openEmoji, click('emoji-group-people'), click('emoji-tone')), all],
  ['composer-emoji-search', '', steps(openEmoji, fill('emoji-search', 'herz')), ['desktop', 'phone']],
  ['composer-menu', '', steps(council, click('composer-more'), visible('composer-menu')), all],
  ['composer-formatting', '', steps(council, showFormatting, type('Bitte **bis Freitag** hochladen'), click('text-preview-toggle'), visible('text-preview')), all],
  ['composer-edit', '', steps(council, inView(own), focus(own), press('e'), visible('edit-bar')), all],
  ['composer-reply', '', steps(council, scrollTimeline('end'), (page) => page.locator('[data-testid=message]').filter({ hasText: 'Es dauert nicht lange.' }).hover(), click('toolbar-reply'), visible('reply-bar')), ['desktop', 'phone']],
  ['composer-undo', '', steps(council, type('Ist erledigt.'), press('Enter'), visible('undo-send')), all],
  ['composer-files', '', steps(council, attach), all],
  ['composer-files-discard', '', steps(council, attach, press('Escape'), visible('discard-files-question')), ['desktop', 'phone']],
  ['composer-dropped', 'drop', steps(council, visible('attach-dialog')), all],
  ['composer-files-text', '', steps(council, type('Guten Tag @aylin'), visible('suggestion'), press('Enter'), attach, focus('attach-caption'), (page) => page.keyboard.type('und @t'), visible('suggestion')), all],
  ['composer-location', '', steps(council, click('composer-more'), click('share-location'), visible('location-dialog'), click('location-send')), all],
  ['voice-recording', '', recording, all],
  ['voice-recorded', '', steps(recording, click('recording-stop'), visible('voice-player')), all],
  ['voice-silent', 'recording=silent', steps(record, visible('recording-notice')), all],
  ['voice-lost', 'recording=lost', steps(record, visible('recording-notice')), ['desktop', 'phone']],
  ['voice-delete', '', steps(recording, press('Escape'), visible('recording-question')), all],
  ['voice-not-sent', 'fail=sendRecording&error=diskFull', steps(recording, click('recording-send'), visible('recording-error')), ['desktop', 'phone']],
  ['voice-refused', 'fail=startRecording&error=microphoneRefused', steps(record, visible('problem')), ['desktop', 'phone']],
  ['composer-too-long', '', steps(council, fill('composer', 'Sehr geehrte Damen und Herren. '.repeat(2000)), visible('send-as-file')), all],
  ['search', '', fill('room-search', 'bgr'), ['desktop', 'phone']],
  ['search-nothing', '', fill('room-search', 'xqz'), ['desktop']],
  ['switcher', '', steps(press('Control+k'), visible('switcher-result')), all],
  ['shortcuts', '', steps(press('?'), visible('shortcut-sheet')), all],
  ['shortcuts-single-off', 'keys=off', steps(press('F1'), visible('shortcut-sheet')), ['desktop']],
  ['settings', 'managed', steps(click('open-settings'), visible('settings')), all],
  ['settings-managed', 'managed', steps(click('open-settings'), (page) => page.locator('[data-testid=managed-settings]').scrollIntoViewIfNeeded()), ['desktop', 'phone']],
  ['settings-keys', '', steps(click('open-settings'), (page) => page.locator('[data-testid=single-key-shortcuts]').scrollIntoViewIfNeeded()), ['desktop', 'zoom']],
  ['settings-name', '', steps(click('open-settings'), click('change-name'), fill('name-input', 'Dr. Sabine Vogt-Oberhausen (Amt für Stadtentwicklung, Referat 42, Zimmer 4.17) '.repeat(2)), focus('name-input')), all],
  ['settings-picture-failed', 'fail=setPicture&error=serverUnreachable', steps(click('open-settings'), click('change-picture'), visible('retry-picture'), focus('retry-picture')), all],
  ['sign-out', '', steps(click('open-settings'), click('sign-out'), visible('confirm-sign-out')), all],
  ['polls-room', '', steps(pollRoom, inView('poll')), all],
  ['polls-table', '', steps(pollRoom, clickIn('poll-as-table')), ['desktop', 'phone']],
  ['polls-menu', '', steps(pollRoom, clickIn('poll-menu'), visible('[role=menuitem]')), all],
  ['polls-results', '', steps(pollRoom, clickIn('[data-testid=poll]:has-text("24.12.") [data-testid=poll-open-results]'), visible('poll-missing')), all],
  ['polls-uncounted', '', steps(announcements, inView('[data-testid=poll-tally]')), all],
  ['polls-results-many', '', steps(announcements, clickIn('poll-open-results'), visible('poll-missing')), ['desktop']],
  ['polls-end', '', steps(pollRoom, clickIn('poll-menu'), click('menu-end-poll'), visible('end-poll')), all],
  ['polls-new', '', steps(editPoll, fill('poll-question', ''), fill('[data-testid=poll-answer] >> nth=1', 'Schifffahrt'), click('poll-template-dates'), click('poll-create')), all],
  ['polls-dates', '', steps(editPoll, click('poll-template-dates'), fill('poll-date', '2030-12-10'), fill('poll-date-from', '09:00'), fill('poll-date-to', '10:30'), click('poll-date-add'), (page) => page.locator('[data-testid=poll-date]').scrollIntoViewIfNeeded()), ['desktop', 'phone']],
  ['polls-list', '', steps(fromRoomMenu(pollRoom, 'menu-polls'), visible('poll-entry')), all],
  ['files-list', '', steps(fromRoomMenu(mediaRoom, 'menu-files'), visible('file-entry')), all],
  ['files-pictures', '', steps(fromRoomMenu(mediaRoom, 'menu-files'), click('files-pictures'), visible('picture-tile')), ['desktop', 'phone']],
  ['files-picture', '', steps(fromRoomMenu(mediaRoom, 'menu-files'), click('files-pictures'), (page) => page.locator('[data-testid=picture-tile]').first().click(), visible('picture-dialog')), ['phone']],
  ['files-nothing', '', steps(fromRoomMenu(nothingWritten, 'menu-files'), visible('files-empty')), ['desktop']],
  ['media-room', '', steps(mediaRoom, inView('voice-player')), all],
  ['media-room-end', '', steps(mediaRoom, scrollTimeline('end')), all],
  ['media-map', '', steps(mediaRoom, inView('place-map')), all],
  ['media-voice', '', steps(mediaRoom, clickIn('[data-testid=message]:not(:has-text("Mitschnitt")) [data-testid=voice-play]'), visible('[data-testid=voice-player][data-state=ready]'), clickIn('[data-testid=message]:has-text("Mitschnitt") [data-testid=voice-play]'), visible('[data-testid=voice-player][data-state=refused]')), ['desktop', 'phone']],
  ['media-video', '', steps(mediaRoom, clickIn('play-video'), visible('[data-testid=video][data-state=ready]')), ['desktop', 'phone']],
  ['media-moving', '', steps(mediaRoom, inView('picture-motion')), all],
  ['media-picture', '', steps(mediaRoom, clickIn('[aria-label*="Baustelle 3"]'), visible('.full.loaded'), press('+', '+', 'ArrowRight')), all],
  ['media-open-question', '', steps(mediaRoom, clickIn('[data-testid=open-file][aria-label*=".exe"]'), visible('open-question')), ['desktop', 'phone']],
  ['media-text', '', steps(mediaRoom, clickIn('[data-testid=preview-file][aria-label*=".csv"]'), visible('[data-testid=text-preview] pre')), ['desktop', 'phone']],
  ['media-pdf', '', steps(mediaRoom, clickIn('[data-testid=preview-file][aria-label*="Niederschrift vom"]'), visible('[data-testid=pdf-sheet][data-drawn=true]')), all],
  ['message-focus', '', onMessage('ArrowDown', 'ArrowUp'), ['desktop', 'phone']],
  ['message-menu', '', steps(onMessage('Enter'), visible('message-menu')), all],
  ['message-menu-link', '', steps(council, clickIn('.mismatch', { button: 'right' }), visible('menu-address')), ['desktop', 'phone']],
  ['message-select', '', selectThree, all],
  ['message-forward', '', steps(onMessage('f'), visible('forward-room'), fill('forward-search', 'rat')), all],
  ['message-forward-exposes', '', steps(onMessage('f'), visible('forward-room'), fill('forward-search', 'kantine'), click('[data-testid=forward-room] input'), visible('forward-exposes')), ['desktop', 'phone']],
  ['message-details', '', steps(onMessage('i'), visible('reader-list')), all],
  ['message-history', '', steps(onMessage('i'), click('open-history'), visible('revision')), ['desktop', 'phone']],
  ['message-delete', '', steps(onMessage('Delete'), visible('delete-dialog')), all],
  ['message-delete-failed', 'fail=redactMessage&error=diskFull', steps(selectThree, click('delete-selection'), click('confirm-delete'), visible('delete-failed')), all],
  ['message-report', '', steps(onMessage('Enter'), click('menu-report'), visible('report-dialog')), ['desktop', 'zoom']],
  ['message-emoji', '', steps(onMessage('+'), visible('emoji-search')), ['desktop', 'phone']],
  ['changes-unfolded', '', steps(council, clickIn('folded-changes')), ['desktop', 'phone']],
  ['thread', '', steps(council, clickIn('thread-summary'), visible('close-thread')), all],
  ['room-menu', '', steps(council, click('open-room-menu'), visible('room-menu')), all],
  ['threads', '', steps(fromRoomMenu(council, 'menu-threads'), visible('thread')), all],
  ['pins', '', steps(fromRoomMenu(council, 'menu-pins'), visible('pinned-message')), all],
  ['pins-none', '', steps(fromRoomMenu(linkRoom, 'menu-pins'), visible('pins-empty')), ['desktop']],
  ['date', '', steps(fromRoomMenu(council, 'menu-date'), click('confirm-date')), all],
  ['jump-unread', '', steps(unreadRoom, visible('jump-to-unread')), all],
  ['jumped', '', steps(unreadRoom, click('[data-testid=jump-to-unread] button'), visible('.flashed')), ['desktop', 'phone']],
  ['room-row-menu', '', steps(click('[data-testid=room-row] >> nth=3', { button: 'right' }), visible('room-row-menu')), ['desktop', 'phone']],
  ['link-previews', 'previews=on', steps(linkRoom, visible('link-card'), inView('link-card')), all],
  ['link-previews-above', 'previews=on', steps(linkRoom, visible('link-card'), inView('.place .host:text("recht.example")')), ['desktop', 'phone']],
  ['link-preview-ask', 'previews=ask', steps(linkRoom, visible('load-link-preview'), inView('load-link-preview'), focus('load-link-preview')), all],
  ['link-preview-loaded', 'previews=ask', steps(linkRoom, visible('load-link-preview'), clickIn('load-link-preview'), visible('link-card')), ['desktop', 'phone']],
  ['settings-link-previews', '', steps(click('open-settings'), click('link-previews'), (page) => page.locator('[data-testid=link-previews]').scrollIntoViewIfNeeded()), ['desktop', 'phone']],
  ['link-question', '', steps(council, clickIn('.mismatch'), visible('link-question')), ['desktop', 'phone']],
];

export default screens.map(([name, query, act, sizes]) => ({ name, query, act, sizes }));
