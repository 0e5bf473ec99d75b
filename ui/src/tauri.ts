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
  windowReady: () => invoke('window_ready'),
  updateSettings: (settings) => invoke('update_settings', { settings }),

  discoverServer: (server) => invoke('discover_server', { server }),
  signIn: (request) => invoke('sign_in', { request }),
  enterPassword: (password) => invoke('enter_password', { password }),
  signOut: () => invoke('sign_out'),
  resolveStartup: (remedy, passphrase) => invoke('resolve_startup', { remedy, passphrase }),

  subscribeRooms: (query, onBatch) => invoke('subscribe_rooms', { query, batches: channel(onBatch) }),
  setRoomListQuery: (subscription, query) => invoke('set_room_list_query', { subscription, query }),
  subscribeTimeline: (roomId, onBatch) => invoke('subscribe_timeline', { roomId, batches: channel(onBatch) }),
  subscribeMembers: (roomId, onBatch) => invoke('subscribe_members', { roomId, batches: channel(onBatch) }),
  acknowledge: (subscription, seq) => invoke('acknowledge', { subscription, seq }),
  resync: (subscription) => invoke('resync', { subscription }),
  loadMore: (subscription) => invoke('load_more', { subscription }),
  unsubscribe: (subscription) => invoke('unsubscribe', { subscription }),

  subscribeRoom: (roomId, onDetails) => invoke('subscribe_room', { roomId, details: channel(onDetails) }),
  setVisibleRooms: (roomIds) => invoke('set_visible_rooms', { roomIds }),
  markRead: (roomId) => invoke('mark_read', { roomId }),
  acceptInvitation: (roomId) => invoke('accept_invitation', { roomId }),
  declineInvitation: (roomId) => invoke('decline_invitation', { roomId }),

  sendText: (roomId, requestId, body) => invoke('send_text', { roomId, requestId, body }),
  retrySend: (roomId, rowId) => invoke('retry_send', { roomId, rowId }),
  cancelSend: (roomId, rowId) => invoke('cancel_send', { roomId, rowId }),
  loadDraft: (roomId) => invoke('load_draft', { roomId }),
  saveDraft: (roomId, text) => invoke('save_draft', { roomId, text }),
  vote: (roomId, eventId, answers) => invoke('vote', { roomId, eventId, answers }),

  mediaUrl: (token) => convertFileSrc(token, 'herold-media'),
  saveFile: (token, filename) => invoke('save_file', { token, filename }),
  openLink: (target, confirmed) => invoke('open_link', { target, confirmed }),
};

export default backend;
