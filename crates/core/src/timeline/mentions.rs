//! What mentions are called: by the names that are known on this device. What their sender wrote could say
//! somebody else's name.

use std::collections::{HashMap, HashSet};

use herold_protocol::{
    Block, GalleryItem, Inline, MentionTarget, Mentioned, MessageContent, OutgoingText,
};
use herold_rich_text::{each_inline, each_inline_mut, text::clean_name};
use matrix_sdk::{
    Room,
    ruma::{RoomOrAliasId, UserId},
};
use matrix_sdk_ui::timeline::{TimelineDetails, TimelineItem, TimelineItemContent};

use crate::{rooms::display_name, session::Session};

/// Different mentions of one text that are looked up; the others are called by their identifiers.
const MOST_LOOKED_UP: usize = 50;

type Names = HashMap<MentionTarget, String>;

impl Session {
    /// Calls whom and what a text of this room mentions by name.
    pub(crate) async fn name_mentions(&self, room: &Room, text: &mut [Block]) {
        let mut names = Names::new();
        for (index, target) in mentioned(text).into_iter().enumerate() {
            let name = if index < MOST_LOOKED_UP {
                self.name_of(room, &target).await
            } else {
                identifier(&target).map(clean_name)
            };
            if let Some(name) = name.filter(|name| !name.is_empty()) {
                names.insert(target, name);
            }
        }
        if !names.is_empty() {
            call(text, &names);
        }
    }

    /// A text in which mentions of rooms say through which servers they are found: whoever is in none of them could not
    /// follow the link otherwise (specification, "Routing").
    pub(super) async fn routed(&self, text: &OutgoingText) -> OutgoingText {
        let mut text = text.clone();
        for mention in &mut text.mentions {
            let Mentioned::Room { room } = &mut mention.target else { continue };
            let Ok(known) = self.room(room) else { continue };
            match known.matrix_to_permalink().await {
                Ok(link) => *room = link.to_string(),
                Err(error) => tracing::warn!(%error, "cannot say where a room is found"),
            }
        }
        text
    }

    /// `None` where this device does not know.
    async fn name_of(&self, room: &Room, target: &MentionTarget) -> Option<String> {
        match target {
            MentionTarget::Person { user_id, .. } => {
                let user = UserId::parse(user_id).ok()?;
                let member = room.get_member_no_sync(&user).await.ok().flatten()?;
                let name = member.display_name().map(clean_name).filter(|name| !name.is_empty());
                let name = name.unwrap_or_else(|| user.localpart().to_owned());
                Some(match member.name_ambiguous() {
                    true => clean_name(&format!("{name} ({user})")),
                    false => name,
                })
            }
            MentionTarget::Room { room } => {
                let address = RoomOrAliasId::parse(room).ok()?;
                Some(display_name(&self.known_room(&address)?))
            }
            MentionTarget::Everyone => None,
        }
    }
}

/// Whether names of members decide what a message says, or what it quotes.
pub(super) fn mentions_somebody(item: &TimelineItem) -> bool {
    let addresses = |content: &TimelineItemContent| {
        let mentions = content.as_message().and_then(|message| message.mentions());
        mentions.is_some_and(|mentions| !mentions.user_ids.is_empty())
    };
    let Some(content) = item.as_event().map(|event| event.content()) else { return false };
    addresses(content)
        || content.in_reply_to().is_some_and(|reply| {
            matches!(&reply.event, TimelineDetails::Ready(original) if addresses(&original.content))
        })
}

/// The texts of a message.
pub(super) fn texts(content: &mut MessageContent) -> Vec<&mut [Block]> {
    match content {
        MessageContent::Text { blocks }
        | MessageContent::Emote { blocks }
        | MessageContent::Notice { blocks } => vec![blocks.as_mut_slice()],
        MessageContent::Attachment { caption, .. } => {
            caption.iter_mut().map(Vec::as_mut_slice).collect()
        }
        MessageContent::Gallery { items, caption } => {
            let captions = items.iter_mut().filter_map(|item| match item {
                GalleryItem::File { caption, .. } => caption.as_mut(),
                GalleryItem::Unknown { .. } => None,
            });
            captions.chain(caption).map(Vec::as_mut_slice).collect()
        }
        _ => Vec::new(),
    }
}

/// Each once, in the order of the text.
fn mentioned(text: &[Block]) -> Vec<MentionTarget> {
    let (mut targets, mut seen) = (Vec::new(), HashSet::new());
    for block in text {
        each_inline(block, &mut |inline| {
            if let Inline::Mention { target, .. } = inline
                && seen.insert(target.clone())
            {
                targets.push(target.clone());
            }
        });
    }
    targets
}

fn identifier(target: &MentionTarget) -> Option<&str> {
    match target {
        MentionTarget::Person { user_id, .. } => Some(user_id),
        MentionTarget::Room { room } => Some(room),
        MentionTarget::Everyone => None,
    }
}

fn call(text: &mut [Block], names: &Names) {
    for block in text {
        each_inline_mut(block, &mut |inline| {
            if let Inline::Mention { target, label } = inline
                && let Some(name) = names.get(target)
            {
                // Clients differ in whether they write the sign.
                let sign = if label.starts_with('@') && !name.starts_with('@') { "@" } else { "" };
                *label = clean_name(&format!("{sign}{name}"));
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use matrix_sdk::ruma::user_id;

    use super::*;

    fn text(html: &str) -> Vec<Block> {
        herold_rich_text::from_message("", Some(html), user_id!("@me:herold.test"))
    }

    #[test]
    fn a_mention_carries_the_name_that_is_known_and_not_the_one_that_was_written() {
        let link =
            |id: &str, words: &str| format!("<a href=\"https://matrix.to/#/{id}\">{words}</a>");
        let mut blocks = text(&format!(
            "<p>{}</p><ul><li><b>{}</b>, {}</li></ul>",
            link("@eve:herold.test", "@Die Leitung"),
            link("@eve:herold.test", "Die Leitung"),
            link("@unknown:herold.test", "Ute"),
        ));
        let targets = mentioned(&blocks);
        assert_eq!(targets.len(), 2, "each once");
        call(&mut blocks, &Names::from([(targets[0].clone(), "Eve".to_owned())]));
        assert_eq!(herold_rich_text::plain(&blocks).replace('\n', " ").trim(), "@Eve Eve, Ute");
    }
}
