//! Message bodies as a typed tree.
//!
//! HTML from other people is parsed here and never reaches the webview as HTML. Elements that are not
//! on the list below dissolve into their children; scripts and styles vanish with their content.
//! Depth and size are limited, so that no message can freeze a reader's machine.

mod html;
mod inline;
mod parser;

use herold_protocol::{Block, Inline};
use ruma::UserId;

use crate::text::clean_body;

/// Bytes of formatted text that are parsed; beyond that the plain body is shown. No event is larger.
const LONGEST_HTML: usize = 64 * 1024;
/// Nodes of a finished tree: blocks, inlines, and the items and cells that hold them. What would have more
/// is shown without formatting.
pub const MOST_NODES: usize = 20_000;
/// Nesting of elements. What lies deeper is text.
pub const DEEPEST: usize = 32;

/// Builds the tree of a message (specification, "m.room.message msgtypes"). `html` is its formatted body,
/// where it has one in HTML; where that holds nothing to show, or too much, `body` is shown. `own` marks
/// mentions of the reader.
pub fn from_message(body: &str, html: Option<&str>, own: &UserId) -> Vec<Block> {
    if let Some(html) = html
        && html.len() <= LONGEST_HTML
        && let Some(blocks) = html::parse(html, own)
    {
        return blocks;
    }
    from_plain(body, own)
}

/// Paragraphs at empty lines, links and Matrix links recognised.
pub fn from_plain(body: &str, own: &UserId) -> Vec<Block> {
    let body = clean_body(body);
    let mut blocks = Vec::new();
    for paragraph in body.split("\n\n") {
        let paragraph = paragraph.trim_matches('\n');
        if paragraph.trim().is_empty() {
            continue;
        }
        let mut children = Vec::new();
        for (index, line) in paragraph.split('\n').enumerate() {
            if index > 0 {
                children.push(Inline::Break);
            }
            inline::push_linkified(&mut children, line, own);
        }
        blocks.push(Block::Paragraph { children });
    }
    if nodes(&blocks) > MOST_NODES {
        return vec![Block::Code { language: None, text: body }];
    }
    blocks
}

fn nodes(blocks: &[Block]) -> usize {
    let mut nodes = blocks.len();
    blocks.iter().for_each(|block| each_inline(block, &mut |_| nodes += 1));
    nodes
}

/// Visits every inline of a block, the outer ones first.
pub fn each_inline(block: &Block, visit: &mut impl FnMut(&Inline)) {
    match block {
        Block::Paragraph { children } | Block::Heading { children, .. } => {
            inlines(children, visit);
        }
        Block::Quote { children } => children.iter().for_each(|block| each_inline(block, visit)),
        Block::List { items, .. } => {
            items.iter().flatten().for_each(|block| each_inline(block, visit));
        }
        Block::Table { head, rows } => {
            head.iter().chain(rows.iter().flatten()).for_each(|cell| inlines(cell, visit));
        }
        Block::Code { .. } | Block::Rule => {}
    }
}

fn inlines(children: &[Inline], visit: &mut impl FnMut(&Inline)) {
    for inline in children {
        visit(inline);
        match inline {
            Inline::Styled { children, .. }
            | Inline::Link { children, .. }
            | Inline::Spoiler { children, .. } => inlines(children, visit),
            _ => {}
        }
    }
}

/// Changes every inline of a block, the outer ones first.
pub fn each_inline_mut(block: &mut Block, change: &mut impl FnMut(&mut Inline)) {
    match block {
        Block::Paragraph { children } | Block::Heading { children, .. } => {
            inlines_mut(children, change);
        }
        Block::Quote { children } => {
            children.iter_mut().for_each(|block| each_inline_mut(block, change));
        }
        Block::List { items, .. } => {
            items.iter_mut().flatten().for_each(|block| each_inline_mut(block, change));
        }
        Block::Table { head, rows } => {
            let cells = head.iter_mut().chain(rows.iter_mut().flatten());
            cells.for_each(|cell| inlines_mut(cell, change));
        }
        Block::Code { .. } | Block::Rule => {}
    }
}

fn inlines_mut(children: &mut [Inline], change: &mut impl FnMut(&mut Inline)) {
    for inline in children {
        change(inline);
        match inline {
            Inline::Styled { children, .. }
            | Inline::Link { children, .. }
            | Inline::Spoiler { children, .. } => inlines_mut(children, change),
            _ => {}
        }
    }
}

/// The words of a tree, without formatting.
pub fn plain(blocks: &[Block]) -> String {
    words(blocks, None)
}

/// What stands for the words of a spoiler.
const HIDDEN: &str = "▒▒▒";

/// The same where people have not asked to see it: spoilers stay hidden.
pub fn summary(blocks: &[Block]) -> String {
    words(blocks, Some(HIDDEN))
}

fn words(blocks: &[Block], hidden: Option<&str>) -> String {
    let mut out = String::new();
    for (index, block) in blocks.iter().enumerate() {
        if index > 0 {
            out.push('\n');
        }
        match block {
            Block::Paragraph { children } | Block::Heading { children, .. } => {
                push_words(children, hidden, &mut out);
            }
            Block::Quote { children } => out.push_str(&words(children, hidden)),
            Block::List { items, .. } => {
                let items: Vec<_> = items.iter().map(|item| words(item, hidden)).collect();
                out.push_str(&items.join("\n"));
            }
            Block::Code { text, .. } => out.push_str(text),
            Block::Table { head, rows } => {
                for cell in head.iter().chain(rows.iter().flatten()) {
                    push_words(cell, hidden, &mut out);
                    out.push('\t');
                }
            }
            Block::Rule => {}
        }
    }
    out
}

pub(crate) fn plain_inlines(inlines: &[Inline], out: &mut String) {
    push_words(inlines, None, out);
}

fn push_words(inlines: &[Inline], hidden: Option<&str>, out: &mut String) {
    for inline in inlines {
        match (inline, hidden) {
            (Inline::Text { text } | Inline::Code { text }, _) => out.push_str(text),
            (Inline::Break, _) => out.push('\n'),
            (Inline::Spoiler { reason, .. }, Some(hidden)) => {
                if let Some(reason) = reason {
                    out.push_str(reason);
                    out.push(' ');
                }
                out.push_str(hidden);
            }
            (
                Inline::Styled { children, .. }
                | Inline::Link { children, .. }
                | Inline::Spoiler { children, .. },
                _,
            ) => push_words(children, hidden, out),
            (Inline::Mention { label, .. }, _) => out.push_str(label),
        }
    }
}

#[cfg(test)]
mod tests {
    use ruma::user_id;

    use super::*;

    #[test]
    fn a_summary_hides_spoilers_and_keeps_items_apart() {
        let html = "Es war <b><span data-mx-spoiler=\"Ende\">der Gärtner</span></b><ul><li>eins</li><li>zwei</li></ul>";
        let tree = from_message("egal", Some(html), user_id!("@me:example.org"));
        assert_eq!(summary(&tree), "Es war Ende ▒▒▒\neins\nzwei");
        assert_eq!(plain(&tree), "Es war der Gärtner\neins\nzwei");
    }

    #[test]
    fn thousands_of_lines_are_one_node_and_none_is_lost() {
        let body = "z\n".repeat(30_000);
        let tree = from_plain(&body, user_id!("@me:example.org"));
        assert_eq!(tree, [Block::Code { language: None, text: body }]);
    }
}
