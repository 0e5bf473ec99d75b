//! Generates the TypeScript twin of this crate.

use ts_rs::{Config, TS};

use crate::*;

const HEADER: &str = "// Generated from crates/protocol by `make generate`. Do not edit.\n";

/// The whole of `ui/src/protocol.ts`.
pub fn typescript() -> String {
    let config = Config::new().with_large_int("number");
    let mut out = String::from(HEADER);
    macro_rules! types {
        ($($ty:ty),* $(,)?) => {
            $(declare::<$ty>(&mut out, &config);)*
        };
    }
    types![
        ErrorKind,
        ErrorReason,
        WireError,
        SubscriptionId,
        Batch<()>,
        ListOp<()>,
        MediaToken,
        Picture,
        AttachmentKind,
        Attachment,
        Block,
        Inline,
        TextStyle,
        MentionTarget,
        RoomListQuery,
        RoomSection,
        RoomFilter,
        RoomKind,
        Membership,
        Unread,
        RoomRow,
        Preview,
        PreviewContent,
        RoomDetails,
        RoomPermissions,
        MemberRow,
        MemberRole,
        MoreOutcome,
        Account,
        ProfilePermissions,
        VerificationStatus,
        ServerInfo,
        PasswordSignIn,
        DemoAccount,
        SecureStorage,
        SessionState,
        StartupRemedy,
        ConnectionState,
        OfflineReason,
        UnsentChange,
        UnsentEdit,
        AppEvent,
        AppSnapshot,
        Language,
        Theme,
        Settings,
        ManagedSetting,
        Translations,
        LinkOutcome,
        LinkPreview,
        LinkCard,
        TimelineRow,
        TimelineRowContent,
        Sender,
        MessageRow,
        MessageContent,
        GalleryItem,
        DecryptionFailure,
        SendState,
        ReplyPreview,
        Reaction,
        Shield,
        PlaceMap,
        MapTile,
        Poll,
        PollAnswer,
        Tally,
        RoomChange,
        TimelineFocus,
        FileFilter,
        Direction,
        UploadProgress,
        ThreadSummary,
        ThreadRow,
        ConversationId,
        Mentioned,
        TextMention,
        OutgoingText,
        Draft,
        PollDraft,
        FileMetadata,
        StagedFile,
        RecordingFacts,
        OutgoingFiles,
        Place,
        TakenBack,
        Forward,
        RoomSuggestion,
        MessageDetails,
        Reader,
        ReactionDetails,
        Revision,
        PollVotes,
        AnswerVoters,
        FileOutcome,
        SavedFile,
        FileText,
        RecordingEvent,
        VoiceRecording,
        RecordingEnd,
    ];
    out
}

fn declare<T: TS + 'static>(out: &mut String, config: &Config) {
    if let Some(docs) = T::docs() {
        out.push('\n');
        out.push_str(docs.trim());
    }
    out.push_str("\nexport ");
    out.push_str(&T::decl(config));
    out.push('\n');
}

#[cfg(test)]
mod tests {
    #[test]
    fn committed_typescript_is_current() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../ui/src/protocol.ts");
        let committed = std::fs::read_to_string(path).unwrap_or_default();
        assert!(
            committed == super::typescript(),
            "ui/src/protocol.ts is stale: run `make generate` and commit the result"
        );
    }
}
