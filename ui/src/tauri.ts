// Talks to the core through Tauri. The only file that imports it.

import { Channel, convertFileSrc, invoke } from '@tauri-apps/api/core';

import type { Backend } from './backend';

/** A channel that hands every message on, also those that arrive before the call resolves. */
function channel<T>(onMessage: (message: T) => void): Channel<T> {
  const result = new Channel<T>();
  result.onmessage = onMessage;
  return result;
}

const backend: Backend = {
  subscribeApp: (onEvent) => invoke('subscribe_app', { events: channel(onEvent) }),
  windowReady: (background) => invoke('window_ready', { background }),
  updateSettings: (settings) => invoke('update_settings', { settings }),
  retryConnection: () => invoke('retry_connection'),

  discoverServer: (server) => invoke('discover_server', { server }),
  signIn: (request) => invoke('sign_in', { request }),
  enterPassword: (password) => invoke('enter_password', { password }),
  unsentCount: () => invoke('unsent_count'),
  signOut: () => invoke('sign_out'),
  resolveStartup: (remedy, passphrase) => invoke('resolve_startup', { remedy, passphrase }),

  profilePermissions: () => invoke('profile_permissions'),
  setDisplayName: (name) => invoke('set_display_name', { name }),
  setPicture: (staged) => invoke('set_picture', { staged }),

  subscribeRooms: (query, onBatch) => invoke('subscribe_rooms', { query, batches: channel(onBatch) }),
  setRoomListQuery: (subscription, query) => invoke('set_room_list_query', { subscription, query }),
  subscribeTimeline: (roomId, focus, onBatch) => invoke('subscribe_timeline', { roomId, focus, batches: channel(onBatch) }),
  subscribeThreads: (roomId, onBatch) => invoke('subscribe_threads', { roomId, batches: channel(onBatch) }),
  subscribeMembers: (roomId, onBatch) => invoke('subscribe_members', { roomId, batches: channel(onBatch) }),
  acknowledge: (subscription, seq) => invoke('acknowledge', { subscription, seq }),
  resync: (subscription) => invoke('resync', { subscription }),
  loadMore: (subscription, direction) => invoke('load_more', { subscription, direction }),
  unsubscribe: (subscription) => invoke('unsubscribe', { subscription }),

  subscribeRoom: (roomId, onDetails) => invoke('subscribe_room', { roomId, details: channel(onDetails) }),
  setVisibleRooms: (roomIds) => invoke('set_visible_rooms', { roomIds }),
  markRead: (conversation) => invoke('mark_read', { conversation }),
  lookAway: (roomId) => invoke('look_away', { roomId }),
  setUnread: (roomId, unread) => invoke('set_unread', { roomId, unread }),
  setTyping: (roomId, typing) => invoke('set_typing', { roomId, typing }),
  threadOf: (roomId, eventId) => invoke('thread_of', { roomId, eventId }),
  eventAtDate: (roomId, timestampMs) => invoke('event_at_date', { roomId, timestampMs }),
  isThreadFollowed: (roomId, rootId) => invoke('is_thread_followed', { roomId, rootId }),
  setThreadFollowed: (roomId, rootId, followed) => invoke('set_thread_followed', { roomId, rootId, followed }),
  acceptInvitation: (roomId) => invoke('accept_invitation', { roomId }),
  declineInvitation: (roomId) => invoke('decline_invitation', { roomId }),

  sendMessage: (conversation, requestId, message) => invoke('send_message', { conversation, requestId, message }),
  sendTextAsFile: (conversation, requestId, filename, message) => invoke('send_text_as_file', { conversation, requestId, filename, message }),
  sendLocation: (conversation, requestId, place) => invoke('send_location', { conversation, requestId, place }),
  previewText: (message) => invoke('preview_text', { message }),
  suggestMembers: (roomId, query) => invoke('suggest_members', { roomId, query }),
  suggestRooms: (query) => invoke('suggest_rooms', { query }),
  retrySend: (conversation, rowId) => invoke('retry_send', { conversation, rowId }),
  cancelSend: (conversation, rowId) => invoke('cancel_send', { conversation, rowId }),
  undoSend: (requestId) => invoke('undo_send', { requestId }),
  loadDraft: (conversation) => invoke('load_draft', { conversation }),
  saveDraft: (conversation, draft) => invoke('save_draft', { conversation, draft }),

  messageSource: (conversation, message) => invoke('message_source', { conversation, message }),
  messageDetails: (roomId, eventId) => invoke('message_details', { roomId, eventId }),
  editHistory: (roomId, eventId) => invoke('edit_history', { roomId, eventId }),
  toggleReaction: (conversation, eventId, key) => invoke('toggle_reaction', { conversation, eventId, key }),
  redactMessage: (roomId, eventId, reason) => invoke('redact_message', { roomId, eventId, reason }),
  reportMessage: (roomId, eventId, reason) => invoke('report_message', { roomId, eventId, reason }),
  setPinned: (roomId, eventId, pinned) => invoke('set_pinned', { roomId, eventId, pinned }),
  forwardMessages: (roomId, requestId, messages, targets) => invoke('forward_messages', { roomId, requestId, messages, targets }),
  permalink: (roomId, eventId) => invoke('permalink', { roomId, eventId }),

  sendPoll: (conversation, requestId, poll) => invoke('send_poll', { conversation, requestId, poll }),
  editPoll: (conversation, eventId, poll) => invoke('edit_poll', { conversation, eventId, poll }),
  vote: (conversation, eventId, answers) => invoke('vote', { conversation, eventId, answers }),
  endPoll: (conversation, eventId, words) => invoke('end_poll', { conversation, eventId, words }),
  pollVotes: (roomId, eventId) => invoke('poll_votes', { roomId, eventId }),

  pickFiles: () => invoke('pick_files'),
  pickPicture: () => invoke('pick_picture'),
  // The content travels as it is, not as JSON; what it is called goes beside it.
  stageFile: (filename, mimeType, content) =>
    invoke('stage_file', content, { headers: { 'x-filename': encodeURIComponent(filename), 'x-mime-type': encodeURIComponent(mimeType) } }),
  stageCopiedPicture: (filename) => invoke('stage_copied_picture', { filename }),
  describeStaged: (id, facts) => invoke('describe_staged', { id, facts }),
  discardStaged: (ids) => invoke('discard_staged', { ids }),
  sendFiles: (conversation, requestId, files) => invoke('send_files', { conversation, requestId, files }),
  openFile: (token, filename, confirmed) => invoke('open_file', { token, filename, confirmed }),
  fileText: (token) => invoke('file_text', { token }),
  saveText: (filename, text) => invoke('save_text', { filename, text }),

  startRecording: (conversation, onEvent) => invoke('start_recording', { conversation, events: channel(onEvent) }),
  stopRecording: (conversation) => invoke('stop_recording', { conversation }),
  keptRecording: (conversation) => invoke('kept_recording', { conversation }),
  discardRecording: (conversation) => invoke('discard_recording', { conversation }),
  sendRecording: (conversation, requestId, filename, replyTo) => invoke('send_recording', { conversation, requestId, filename, replyTo }),

  mediaUrl: (token) => convertFileSrc(token, 'herold-media'),
  bytesUrl: (token) => `${convertFileSrc(token, 'herold-media')}?bytes`,
  saveFile: (token, filename) => invoke('save_file', { token, filename }),
  openLink: (target, shown, confirmed) => invoke('open_link', { target, shown, confirmed }),
  linkPreview: (roomId, target, confirmed) => invoke('link_preview', { roomId, target, confirmed }),
};

export default backend;
