//! Files as messages: one each, or together as a gallery (MSC4274).
//!
//! The SDK's queue keeps the bytes in its encrypted store until they are sent, so an upload goes on after
//! a restart. It wants a file whole: it is read here once and given away, and has several copies there while
//! it is encrypted and stored, and again while it is sent (`make bench` says how much). A gallery is
//! queued at once, with all of its files.

use futures_util::FutureExt;
use herold_protocol::{
    AttachmentKind, ConversationId, ErrorKind, ErrorReason, FileMetadata, OutgoingFiles,
    OutgoingText,
};
use herold_rich_text::text::clean_filename;
use matrix_sdk::{
    attachment::{
        AttachmentConfig, AttachmentInfo, BaseAudioInfo, BaseFileInfo, BaseImageInfo,
        BaseVideoInfo, GalleryConfig, GalleryItemInfo, Thumbnail,
    },
    ruma::{TransactionId, UInt, events::room::message::TextMessageEventContent},
};
use mime::Mime;

use super::undo::Made;
use crate::{
    Error, Result, compose,
    error::storage,
    gallery,
    outgoing::{Staged, offered_again, without_metadata},
    recordings,
    session::Session,
};

/// Files sent together; the words for `TooManyFiles` name it.
const MOST_FILES: usize = 100;
/// Files in one gallery; more become several. Each takes up to 900 bytes of an encrypted event, and the words with
/// them may take half of it.
const MOST_IN_GALLERY: usize = 24;

/// A file as the queue takes it.
struct Ready {
    filename: String,
    mime: Mime,
    bytes: Vec<u8>,
    info: AttachmentInfo,
    thumbnail: Option<Thumbnail>,
}

impl Session {
    /// Queues staged files. What is queued is staged no longer, so a repeated call goes on where the first
    /// one ended.
    ///
    /// # Errors
    /// `TooManyFiles`, `LocalFileGone`, `FileTooLarge`, `TooLittleMemory`, `MessageTooLong` for the caption,
    /// `Storage`.
    pub async fn send_files(
        &self,
        conversation: &ConversationId,
        request_id: &str,
        outgoing: OutgoingFiles,
    ) -> Result<()> {
        let room = self.joined_room(&conversation.room_id)?;
        let OutgoingFiles { files, mut caption, gallery, keep_metadata } = outgoing;
        if files.is_empty() {
            return Err(Error::new(ErrorKind::Invalid));
        }
        if files.len() > MOST_FILES {
            return Err(Error::because(ErrorKind::Invalid, ErrorReason::TooManyFiles));
        }
        if caption.text.len() > compose::longest(&room) / 2 {
            return Err(compose::too_long());
        }
        self.once(conversation, request_id, async {
            let waiting: Vec<String> =
                files.iter().filter(|id| !self.outgoing.is_queued(id)).cloned().collect();
            if waiting.len() < files.len() {
                // The words went with the first.
                caption = OutgoingText::default();
            }
            let gallery = gallery && files.len() > 1;
            let together = if gallery { MOST_IN_GALLERY } else { 1 };
            let mut staged = Vec::with_capacity(waiting.len());
            for ids in waiting.chunks(together) {
                let part =
                    ids.iter().map(|id| self.outgoing.get(id)).collect::<Result<Vec<_>>>()?;
                let sizes: Vec<u64> = part.iter().map(|staged| staged.file.size).collect();
                self.check_sizes(&sizes).await?;
                staged.extend(part);
            }
            let made = Made::Files {
                files: offered_again(&staged),
                count: staged.len(),
                caption: caption.clone(),
                gallery,
                keep_metadata,
            };
            let queueing = self
                .queue_staged(conversation, request_id, staged, caption, together, keep_metadata)
                .boxed();
            self.undoable(conversation, &room, request_id, made, queueing).await
        })
        .await
    }

    /// Queues files, so many at once: as a gallery where that is more than one. The words go with the first.
    async fn queue_staged(
        &self,
        conversation: &ConversationId,
        request_id: &str,
        staged: Vec<Staged>,
        mut caption: OutgoingText,
        together: usize,
        keep_metadata: bool,
    ) -> Result<()> {
        let mut staged = staged.into_iter().peekable();
        while staged.peek().is_some() {
            let caption = self.routed(&std::mem::take(&mut caption)).await;
            let part: Vec<Staged> = staged.by_ref().take(together).collect();
            let ids: Vec<String> = part.iter().map(|staged| staged.file.id.clone()).collect();
            if together > 1 {
                self.queue_gallery(conversation, request_id, part, &caption, keep_metadata).await?;
            } else {
                for file in part {
                    let (file, words) = (ready(file, keep_metadata).await?, text(&caption));
                    self.queue_file(conversation, request_id, file, words, &caption).await?;
                }
            }
            self.outgoing.queued(&ids);
        }
        Ok(())
    }

    /// Sends a text that is too long for a message as a file. It answers and addresses whom the message would have.
    pub async fn send_text_as_file(
        &self,
        conversation: &ConversationId,
        request_id: &str,
        filename: &str,
        message: OutgoingText,
    ) -> Result<()> {
        if message.text.trim().is_empty() {
            return Err(Error::new(ErrorKind::Invalid));
        }
        self.check_sizes(&[message.text.len() as u64]).await?;
        let bytes = message.text.clone().into_bytes();
        let file = Ready {
            filename: clean_filename(filename),
            mime: mime::TEXT_PLAIN_UTF_8,
            info: AttachmentInfo::File(BaseFileInfo { size: UInt::try_from(bytes.len()).ok() }),
            bytes,
            thumbnail: None,
        };
        let room = self.joined_room(&conversation.room_id)?;
        self.once(conversation, request_id, async {
            let made = Made::Text(message.clone());
            let queueing = self.queue_file(conversation, request_id, file, None, &message).boxed();
            self.undoable(conversation, &room, request_id, made, queueing).await
        })
        .await
    }

    /// Queues the recording of a conversation as a voice message (MSC3245). What is queued is kept no
    /// longer. `filename` is what clients show that know no voice messages.
    ///
    /// # Errors
    /// `LocalFileGone` where nothing was recorded, `FileTooLarge`, `TooLittleMemory`, `Storage`.
    pub async fn send_recording(
        &self,
        conversation: &ConversationId,
        request_id: &str,
        filename: &str,
        reply_to: Option<String>,
    ) -> Result<()> {
        let mime = recordings::MIME_TYPE
            .parse::<Mime>()
            .map_err(|error| Error::new(ErrorKind::Internal).with_source(error))?;
        let room = self.joined_room(&conversation.room_id)?;
        let answer = OutgoingText { reply_to: reply_to.clone(), ..OutgoingText::default() };
        self.once(conversation, request_id, async {
            let recording = self.recordings.get(conversation)?;
            self.check_sizes(&[recording.bytes.len() as u64]).await?;
            let file = Ready {
                filename: clean_filename(filename),
                mime,
                info: AttachmentInfo::Voice(BaseAudioInfo {
                    duration: Some(recording.duration),
                    size: UInt::try_from(recording.bytes.len()).ok(),
                    waveform: Some(recording.waveform.clone()),
                }),
                bytes: recording.bytes.clone(),
                thumbnail: None,
            };
            let made = Made::Recording { recording, reply_to };
            let queueing = self.queue_file(conversation, request_id, file, None, &answer).boxed();
            self.undoable(conversation, &room, request_id, made, queueing).await?;
            self.recordings.discard(conversation);
            Ok(())
        })
        .await
    }

    /// `message` says whom it addresses and what it answers.
    async fn queue_file(
        &self,
        conversation: &ConversationId,
        request_id: &str,
        file: Ready,
        caption: Option<TextMessageEventContent>,
        message: &OutgoingText,
    ) -> Result<()> {
        let room = self.joined_room(&conversation.room_id)?;
        let transaction = TransactionId::new();
        let mut config = AttachmentConfig::new()
            .info(file.info)
            .thumbnail(file.thumbnail)
            .txn_id(transaction.clone());
        config.caption = caption;
        config.mentions = Some(compose::addressed(&message.text, &message.mentions));
        config.reply = self.reply(conversation, &room, message.reply_to.as_deref()).await?;
        let handle = room
            .send_queue()
            .send_attachment(file.filename, file.mime, file.bytes, config)
            .await
            .map_err(storage)?;
        self.latest_sent.note(request_id, &room, handle, Some(transaction));
        Ok(())
    }

    async fn queue_gallery(
        &self,
        conversation: &ConversationId,
        request_id: &str,
        staged: Vec<Staged>,
        caption: &OutgoingText,
        keep_metadata: bool,
    ) -> Result<()> {
        let room = self.joined_room(&conversation.room_id)?;
        let transaction = TransactionId::new();
        let mut gallery = GalleryConfig::new()
            .txn_id(transaction.clone())
            .mentions(Some(compose::addressed(&caption.text, &caption.mentions)))
            .reply(self.reply(conversation, &room, caption.reply_to.as_deref()).await?);
        let mut names = Vec::new();
        for file in staged {
            let file = ready(file, keep_metadata).await?;
            names.push(file.filename.clone());
            gallery = gallery.add_item(GalleryItemInfo {
                filename: file.filename,
                content_type: file.mime,
                data: file.bytes,
                attachment_info: file.info,
                caption: None,
                thumbnail: file.thumbnail,
            });
        }
        // Clients that know no galleries show nothing else of it.
        let names = gallery::listed(names.iter().map(String::as_str));
        let body = text(caption).unwrap_or_else(|| TextMessageEventContent::plain(names));
        let gallery = gallery.caption(Some(body));
        let handle = room.send_queue().send_gallery(gallery).await.map_err(storage)?;
        self.latest_sent.note(request_id, &room, handle, Some(transaction));
        Ok(())
    }
}

fn text(caption: &OutgoingText) -> Option<TextMessageEventContent> {
    compose::caption(&caption.text, &caption.mentions)
}

/// Reads a file away from the asynchronous tasks: it may be large, and on a slow disk.
async fn ready(staged: Staged, keep_metadata: bool) -> Result<Ready> {
    tokio::task::spawn_blocking(move || {
        let mut bytes = staged.read()?;
        if staged.inspected.metadata == FileMetadata::Removable && !keep_metadata {
            bytes = without_metadata(bytes);
        }
        let size = UInt::try_from(bytes.len()).ok();
        let Staged { file, inspected, .. } = staged;
        let (width, height) = (inspected.width.map(UInt::from), inspected.height.map(UInt::from));
        let (duration, blurhash) = (inspected.duration, inspected.blurhash);
        let info = match inspected.kind {
            AttachmentKind::Image => AttachmentInfo::Image(BaseImageInfo {
                width,
                height,
                size,
                blurhash,
                is_animated: None,
            }),
            AttachmentKind::Video => {
                AttachmentInfo::Video(BaseVideoInfo { duration, height, width, size, blurhash })
            }
            AttachmentKind::Audio | AttachmentKind::Voice => {
                AttachmentInfo::Audio(BaseAudioInfo { duration, size, waveform: None })
            }
            AttachmentKind::File => AttachmentInfo::File(BaseFileInfo { size }),
        };
        let thumbnail = inspected.thumbnail.map(|thumbnail| Thumbnail {
            size: UInt::try_from(thumbnail.bytes.len()).unwrap_or(UInt::MAX),
            width: thumbnail.width.into(),
            height: thumbnail.height.into(),
            content_type: mime::IMAGE_JPEG,
            data: thumbnail.bytes,
        });
        // The type decides how other clients draw it: what cannot be drawn is a file.
        let mime = match inspected.kind {
            AttachmentKind::File if inspected.mime.type_() == mime::IMAGE => {
                mime::APPLICATION_OCTET_STREAM
            }
            _ => inspected.mime,
        };
        Ok(Ready { filename: file.filename, mime, bytes, info, thumbnail })
    })
    .await
    .map_err(|error| Error::new(ErrorKind::Internal).with_source(error))?
}
