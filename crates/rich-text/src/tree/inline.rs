//! Links and mentions within a line.

use herold_protocol::{Inline, MentionTarget};
use linkify::{LinkFinder, LinkKind};
use ruma::{UserId, matrix_uri::MatrixId};
use url::Url;

use crate::{links, text::clean_name};

/// Appends a line of plain text, with addresses turned into links.
pub(super) fn push_linkified(out: &mut Vec<Inline>, line: &str, own: &UserId) {
    let mut finder = LinkFinder::new();
    finder.kinds(&[LinkKind::Url]);
    for span in finder.spans(line) {
        let text = span.as_str();
        match span.kind() {
            Some(LinkKind::Url) => out.push(
                link(text, vec![Inline::Text { text: text.to_owned() }], text, own)
                    .unwrap_or_else(|_| Inline::Text { text: text.to_owned() }),
            ),
            _ if !text.is_empty() => out.push(Inline::Text { text: text.to_owned() }),
            _ => {}
        }
    }
}

/// A link or, for a Matrix link, a mention. The children again where the scheme is not allowed.
pub(super) fn link(
    target: &str,
    children: Vec<Inline>,
    shown: &str,
    own: &UserId,
) -> Result<Inline, Vec<Inline>> {
    if let Some(mention) = mention(target, shown, own) {
        return Ok(mention);
    }
    let Some(url) = links::allowed(target) else { return Err(children) };
    let mismatch = links::shows_another_target(&url, shown);
    Ok(Inline::Link { target: url.to_string(), mismatch, children })
}

fn mention(target: &str, shown: &str, own: &UserId) -> Option<Inline> {
    let (target, fallback) = match links::matrix_id(target)? {
        MatrixId::User(user) => {
            let is_self = user == own;
            (MentionTarget::Person { user_id: user.to_string(), is_self }, user.to_string())
        }
        MatrixId::Room(room) => (MentionTarget::Room { room: room.to_string() }, room.to_string()),
        MatrixId::RoomAlias(alias) => {
            (MentionTarget::Room { room: alias.to_string() }, alias.to_string())
        }
        // A link to an event stays a link: its text says what it is about.
        _ => return None,
    };
    let label = clean_name(shown);
    let is_address = Url::parse(shown).is_ok();
    // An alias may hold any character.
    let label = if label.is_empty() || is_address { clean_name(&fallback) } else { label };
    Some(Inline::Mention { target, label })
}
