//! Whom an edit addresses (specification, "User and room mentions"): its new content names everybody whom the message
//! addresses from now on, and the edit itself those whom the state before it did not. The SDK (0.19.1) takes the first state
//! for the last one, and forgets the person who is answered.

use std::collections::BTreeSet;

use herold_protocol::Mentioned;
use matrix_sdk::{
    Room,
    ruma::{
        EventId, OwnedUserId, UserId,
        events::{
            AnyMessageLikeEventContent, AnySyncMessageLikeEvent, AnySyncTimelineEvent, Mentions,
            SyncMessageLikeEvent,
            room::message::{Relation, RoomMessageEventContent},
        },
    },
};

use crate::compose;

type People = BTreeSet<OwnedUserId>;

/// Whom a message addresses because it answers them. Nobody where it is not known.
pub(super) async fn answered(room: &Room, event_id: &EventId) -> People {
    let Ok(event) = room.load_or_fetch_event(event_id, None).await else { return People::new() };
    match event.raw().deserialize() {
        Ok(AnySyncTimelineEvent::MessageLike(AnySyncMessageLikeEvent::RoomMessage(
            SyncMessageLikeEvent::Original(message),
        ))) => unnamed(message.content, room.own_user_id()),
        _ => People::new(),
    }
}

/// Those whom an answer addresses, and its words do not.
fn unnamed(message: RoomMessageEventContent, own: &UserId) -> People {
    let (Some(_), Some(mentions)) = (&message.relates_to, &message.mentions) else {
        return People::new();
    };
    let named: Vec<Mentioned> = compose::source(&message.msgtype, Some(mentions), own)
        .mentions
        .into_iter()
        .map(|mention| mention.target)
        .collect();
    let is_named =
        |user: &OwnedUserId| named.contains(&Mentioned::Person { user_id: user.to_string() });
    mentions.user_ids.iter().filter(|user| !is_named(user)).cloned().collect()
}

/// `before` is whom the state addressed that is edited.
pub(super) fn readdress(
    edit: &mut AnyMessageLikeEventContent,
    answered: &People,
    before: &Mentions,
) {
    let AnyMessageLikeEventContent::RoomMessage(content) = edit else { return };
    let Some(Relation::Replacement(replacement)) = &mut content.relates_to else { return };
    let all = replacement.new_content.mentions.get_or_insert_with(Mentions::new);
    all.user_ids.extend(answered.iter().cloned());
    let is_new =
        |user: &&OwnedUserId| !before.user_ids.contains(*user) && !answered.contains(*user);
    let mut new = Mentions::with_user_ids(all.user_ids.iter().filter(is_new).cloned());
    new.room = all.room && !before.room;
    content.mentions = Some(new);
}

#[cfg(test)]
mod tests {
    use matrix_sdk::ruma::{
        OwnedEventId, event_id,
        events::{
            relation::{InReplyTo, Reply},
            room::message::{ReplacementMetadata, RoomMessageEventContentWithoutRelation},
        },
        owned_user_id, user_id,
    };

    use super::*;

    fn people(users: &[OwnedUserId]) -> Mentions {
        Mentions::with_user_ids(users.iter().cloned())
    }

    fn edited(now: Mentions, answered: &[OwnedUserId], before: &Mentions) -> (Mentions, Mentions) {
        let message: OwnedEventId = event_id!("$message").to_owned();
        let new = RoomMessageEventContentWithoutRelation::text_plain("neu").add_mentions(now);
        // The first state addressed nobody.
        let metadata = ReplacementMetadata::new(message, Some(Mentions::new()));
        let mut edit = new.make_replacement(metadata).into();
        readdress(&mut edit, &answered.iter().cloned().collect(), before);
        let AnyMessageLikeEventContent::RoomMessage(content) = edit else { panic!("no message") };
        let Some(Relation::Replacement(replacement)) = content.relates_to else {
            panic!("no edit")
        };
        (content.mentions.unwrap(), replacement.new_content.mentions.unwrap())
    }

    fn same(one: &Mentions, other: &Mentions) -> bool {
        one.user_ids == other.user_ids && one.room == other.room
    }

    #[test]
    fn an_edit_notifies_nobody_twice() {
        let ben = owned_user_id!("@ben:herold.test");
        let clara = owned_user_id!("@clara:herold.test");
        let both = people(&[ben.clone(), clara.clone()]);
        let (new, all) = edited(both.clone(), &[], &people(std::slice::from_ref(&ben)));
        assert!(same(&new, &people(&[clara])) && same(&all, &both));
        let (new, all) = edited(both.clone(), &[], &both);
        assert!(same(&new, &Mentions::new()) && same(&all, &both));
    }

    #[test]
    fn everybody_is_called_once() {
        let room = Mentions::with_room_mention();
        let (new, all) = edited(room.clone(), &[], &Mentions::new());
        assert!(new.room && all.room);
        let (new, all) = edited(room.clone(), &[], &room);
        assert!(!new.room && all.room);
    }

    #[test]
    fn who_is_answered_stays_addressed_and_is_not_notified_again() {
        let ben = owned_user_id!("@ben:herold.test");
        let (new, all) = edited(Mentions::new(), std::slice::from_ref(&ben), &Mentions::new());
        assert!(same(&new, &Mentions::new()) && same(&all, &people(&[ben])));
    }

    #[test]
    fn who_is_answered_is_who_is_addressed_without_being_named() {
        let (ben, clara) =
            (owned_user_id!("@ben:herold.test"), owned_user_id!("@clara:herold.test"));
        let html = format!("<a href=\"https://matrix.to/#/{clara}\">@Clara</a> sagt: neun");
        let mut answer = RoomMessageEventContent::text_html("@Clara sagt: neun", html)
            .add_mentions(people(&[ben.clone(), clara]));
        let own = user_id!("@anna:herold.test");
        assert!(unnamed(answer.clone(), own).is_empty(), "it answers nothing");
        let question = InReplyTo::new(event_id!("$question").to_owned());
        answer.relates_to = Some(Relation::Reply(Reply::new(question)));
        assert_eq!(unnamed(answer, own), People::from([ben]));
    }
}
