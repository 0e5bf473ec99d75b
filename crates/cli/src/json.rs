//! What the commands print with `--json`, by example, for `--help`.

pub(crate) const ACCOUNT: &str = r#"With --json, one line:
  {"userId":"@anna:example.org","deviceId":"LMNOPQRSTU","displayName":null,"avatar":null,
   "homeserver":"https://matrix.example.org/","verification":"unverified"}"#;

pub(crate) const SIGNED_OUT: &str = r#"With --json, one line:
  {"signedOut":true,"unsent":0,"serverTold":true}
unsent counts what was not sent and is lost, null where nobody knows. Where serverTold is false, this device
is still listed on the server: remove it in another session."#;

pub(crate) const ROOM: &str = r#"With --json, one line a room, with these fields and more:
  {"id":"!abc:example.org","name":"Operations","kind":"group","membership":"joined",
   "encrypted":true,"muted":false,
   "unread":{"messages":2,"notifications":1,"mentions":0,"marked":false}}
membership is "joined" or "invited", kind is "direct", "group" or "announcements"."#;

pub(crate) const MESSAGE: &str = r#"With --json, one line a message, with these fields and more:
  {"roomId":"!abc:example.org","eventId":"$def","timestampMs":1735689600000,"own":false,
   "sender":{"id":"@ben:example.org","name":"Ben","nameAmbiguous":false,"avatar":null},
   "content":{"type":"text","blocks":[]},"edited":false,"text":"Good morning"}
text is the words without formatting. eventId is null while the message waits to be sent."#;

pub(crate) const SENT: &str = r#"With --json, one line:
  {"roomId":"!abc:example.org","eventId":"$def"}"#;

pub(crate) const INCOMING: &str = r#"With --json, one line a message:
  {"roomId":"!abc:example.org","roomName":"Operations","eventId":"$def",
   "sender":"@ben:example.org","senderName":"Ben","timestampMs":1735689600000,
   "text":"Good morning"}"#;

pub(crate) const POLL: &str = r#"With --json, one line, with these fields and more:
  {"roomId":"!abc:example.org","eventId":"$def","question":"When?","open":true,"ended":false,
   "maxSelections":1,"voters":1,"answers":[{"id":"a","text":"Monday","votes":1,"own":true}],
   "votes":{"answers":[{"id":"a","voters":[{"id":"@ben:example.org","name":"Ben"}]}],
            "missing":[],"members":1}}
While a secret poll runs, an answer's votes are null, and votes names nobody."#;

pub(crate) const VERIFICATION: &str = r#"With --json, one line:
  {"verification":"unverified"}
It is "verified", "unverified" or "unknown"."#;
