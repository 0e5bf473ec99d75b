// A core made of thin air, for looking at screens and for tests. Never part of a release.
//
// The address chooses what it plays:
//   ?session=signedOut|signedIn|starting|passwordNeeded|blocked|signingOut   &error=<reason or kind>
//   &connection=online|connecting|catchingUp|offline   &reason=<offline reason>   &rooms=5000   &messages=10000
//   &language=de|en|fr   &theme=system|light|dark|highContrast   &empty   &managed   &previews=on|ask   &folded   &keys=off   &live   &drop   &fail=<command>
//   &recording=silent|lost   &demo=no   &problem   &refused
//
// `fixture/commands/` answers, in the order of `backend.ts`; beside it is what it answers with.

import type { Backend } from './backend';
import { fileCommands, staged } from './fixture/commands/files';
import { linkCommands } from './fixture/commands/links';
import { listCommands } from './fixture/commands/lists';
import { messageCommands } from './fixture/commands/messages';
import { pollCommands } from './fixture/commands/polls';
import { roomCommands } from './fixture/commands/rooms';
import { emit, sessionCommands } from './fixture/commands/session';
import { timelineCommands } from './fixture/commands/timelines';
import { voiceCommands } from './fixture/commands/voice';
import { writingCommands } from './fixture/commands/writing';
import { openTimelines } from './fixture/conversations';
import { chosenError, delay, options } from './fixture/options';

/** Once a conversation is there to take them. */
async function dropFiles(): Promise<void> {
  while (openTimelines.size === 0) await delay();
  await delay(500);
  emit({ type: 'filesDropped', files: [staged('Übersichtskarte der Baustelle Lindenstraße, Stand November.png', 'image/png', 2_384_133), staged('Aufzeichnung.mp4', 'video/mp4', 340_000_000)] });
}

const backend: Backend = {
  ...sessionCommands,
  ...listCommands,
  ...timelineCommands,
  ...roomCommands,
  ...writingCommands,
  ...messageCommands,
  ...pollCommands,
  ...fileCommands,
  ...voiceCommands,
  ...linkCommands,
};

if (options.has('drop')) void dropFiles();
if (options.has('problem')) setTimeout(() => emit({ type: 'problem', error: chosenError('diskFull') }), 200);
if (options.has('refused')) {
  const conversation = { roomId: '!amtsleitung:musterstadt.de', thread: null };
  const draft = { text: 'Die Sitzung beginnt **um 14 Uhr** im großen Saal, nicht um 13 Uhr.', mentions: [], replyTo: null, edits: '$haushalt' };
  setTimeout(() => emit({ type: 'editRefused', error: { kind: 'forbidden', reason: 'changeRefused' }, edit: { conversation, change: { type: 'text', draft } } }), 200);
}

export default backend;
