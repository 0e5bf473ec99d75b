//! The HTML subset of Matrix (specification, client-server API, "m.room.message msgtypes") as a tree.

use herold_protocol::{Block, Inline, TextStyle};
use ruma::{
    UserId,
    html::{ElementData, NodeRef},
};

use super::{DEEPEST, MOST_NODES, inline, parser, plain_inlines};
use crate::text::{clean_body, clean_name};

/// `None` where nothing readable came out, or more than a reader's machine should have to draw, so that the
/// plain body is shown instead.
pub(super) fn parse(html: &str, own: &UserId) -> Option<Vec<Block>> {
    let html = parser::parse(html)?;
    let mut builder = Builder { own, nodes: 0, in_link: false };
    let blocks = builder.blocks(html.children(), 0);
    (!(blocks.is_empty() || builder.nodes > MOST_NODES)).then_some(blocks)
}

struct Builder<'a> {
    own: &'a UserId,
    /// At least as many as the tree has, so far.
    nodes: usize,
    /// A link within a link would lead elsewhere than the words around it say.
    in_link: bool,
}

/// Attribute values that fit a limit.
fn attribute(element: &ElementData, name: &str) -> Option<String> {
    element
        .attrs
        .borrow()
        .iter()
        .find(|attr| &*attr.name.local == name)
        .map(|attr| attr.value.chars().take(2048).collect())
}

impl Builder<'_> {
    /// Counts a node, and says whether there are too many.
    fn exhausted(&mut self) -> bool {
        self.nodes += 1;
        self.nodes > MOST_NODES
    }

    fn flush(&mut self, loose: &mut Vec<Inline>, blocks: &mut Vec<Block>) {
        if let Some(paragraph) = paragraph(std::mem::take(loose)) {
            self.nodes += 1;
            blocks.push(paragraph);
        }
    }

    /// Blocks of a container. Loose inline content between blocks becomes paragraphs.
    fn blocks(&mut self, children: impl Iterator<Item = NodeRef>, depth: usize) -> Vec<Block> {
        let mut blocks = Vec::new();
        let mut loose = Vec::new();
        for child in children {
            if self.exhausted() {
                break;
            }
            let Some(element) = child.as_element() else {
                self.inline(&child, depth, &mut loose);
                continue;
            };
            match &*element.name.local {
                name @ ("p" | "div" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "blockquote"
                | "ul" | "ol" | "pre" | "table" | "hr" | "details" | "summary") => {
                    self.flush(&mut loose, &mut blocks);
                    if depth < DEEPEST {
                        self.block(name, element, &child, depth + 1, &mut blocks);
                    } else {
                        self.nodes += 1;
                        blocks.push(Block::Paragraph {
                            children: vec![Inline::Text { text: text_of(&child) }],
                        });
                    }
                }
                _ => self.inline(&child, depth, &mut loose),
            }
        }
        self.flush(&mut loose, &mut blocks);
        blocks
    }

    fn block(
        &mut self,
        name: &str,
        element: &ElementData,
        node: &NodeRef,
        depth: usize,
        out: &mut Vec<Block>,
    ) {
        match name {
            "hr" => out.push(Block::Rule),
            "blockquote" => {
                let children = self.blocks(node.children(), depth);
                if !children.is_empty() {
                    out.push(Block::Quote { children });
                }
            }
            "ul" | "ol" => {
                let mut items = Vec::new();
                for item in node.children().filter(|child| is(child, "li")) {
                    if self.exhausted() {
                        break;
                    }
                    items.push(self.blocks(item.children(), depth));
                }
                let start = attribute(element, "start").and_then(|s| s.parse().ok()).unwrap_or(1);
                if !items.is_empty() {
                    out.push(Block::List { ordered: name == "ol", start, items });
                }
            }
            "pre" => out.push(code_block(node)),
            "table" => self.table(node, depth, out),
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                let level = name.as_bytes().get(1).map_or(1, |digit| digit - b'0');
                let children = self.inlines(node, depth);
                if !children.is_empty() {
                    out.push(Block::Heading { level, children });
                }
            }
            // A paragraph may hold blocks where the sender's client was careless.
            _ => out.extend(self.blocks(node.children(), depth)),
        }
    }

    fn table(&mut self, table: &NodeRef, depth: usize, out: &mut Vec<Block>) {
        let mut head = Vec::new();
        let mut rows = Vec::new();
        let mut stack: Vec<NodeRef> = table.children().collect();
        stack.reverse();
        while let Some(node) = stack.pop() {
            if self.exhausted() {
                break;
            }
            if is(&node, "thead") || is(&node, "tbody") || is(&node, "tfoot") {
                let mut inner: Vec<NodeRef> = node.children().collect();
                inner.reverse();
                stack.extend(inner);
            } else if is(&node, "tr") {
                let cells: Vec<NodeRef> =
                    node.children().filter(|cell| is(cell, "td") || is(cell, "th")).collect();
                let heading =
                    rows.is_empty() && head.is_empty() && cells.iter().all(|c| is(c, "th"));
                self.nodes += cells.len();
                let cells: Vec<_> = cells.iter().map(|cell| self.inlines(cell, depth)).collect();
                if heading {
                    head = cells;
                } else {
                    rows.push(cells);
                }
            }
        }
        if !(head.is_empty() && rows.is_empty()) {
            out.push(Block::Table { head, rows });
        }
    }

    fn inlines(&mut self, node: &NodeRef, depth: usize) -> Vec<Inline> {
        let mut out = Vec::new();
        for child in node.children() {
            if self.exhausted() {
                break;
            }
            self.inline(&child, depth + 1, &mut out);
        }
        out
    }

    /// Appends text, with the addresses in it as links: they have no element of their own in what most clients send.
    fn text(&mut self, text: String, out: &mut Vec<Inline>) {
        let mut parts = Vec::new();
        if self.in_link {
            parts.push(Inline::Text { text });
        } else {
            inline::push_linkified(&mut parts, &text, self.own);
        }
        // Two for each link.
        self.nodes += 2 * parts.len().saturating_sub(1);
        for part in parts {
            match (out.last_mut(), part) {
                (Some(Inline::Text { text: before }), Inline::Text { text }) => {
                    before.push_str(&text);
                }
                (_, part) => out.push(part),
            }
        }
    }

    fn inline(&mut self, node: &NodeRef, depth: usize, out: &mut Vec<Inline>) {
        if let Some(text) = node.as_text() {
            let text = collapse(&clean_body(&text.borrow()));
            if text.is_empty() {
                return;
            }
            // White space at the start of a block is not part of the text.
            if !out.is_empty() || !text.trim().is_empty() {
                self.text(text, out);
            }
            return;
        }
        let Some(element) = node.as_element() else { return };
        if depth >= DEEPEST {
            out.push(Inline::Text { text: text_of(node) });
            return;
        }
        let name = &*element.name.local;
        let style = match name {
            "strong" | "b" => Some(TextStyle::Strong),
            "em" | "i" => Some(TextStyle::Emphasis),
            "u" | "ins" => Some(TextStyle::Underline),
            "del" | "s" | "strike" => Some(TextStyle::Strike),
            "sup" => Some(TextStyle::Superscript),
            "sub" => Some(TextStyle::Subscript),
            _ => None,
        };
        if let Some(style) = style {
            let children = self.inlines(node, depth);
            if !children.is_empty() {
                out.push(Inline::Styled { style, children });
            }
            return;
        }
        match name {
            // The old fallback of replies, and what must never be shown.
            "mx-reply" | "script" | "style" | "template" | "iframe" | "object" | "svg" | "math"
            | "noscript" | "title" | "head" | "textarea" | "select" => {}
            "br" => out.push(Inline::Break),
            "code" => out.push(Inline::Code { text: text_of(node) }),
            "img" => {
                // Pictures within text are not loaded; their description stands for them.
                if let Some(alt) = attribute(element, "alt").map(|alt| clean_name(&alt)) {
                    out.push(Inline::Text { text: alt });
                }
            }
            "a" => {
                let nested = std::mem::replace(&mut self.in_link, true);
                let children = self.inlines(node, depth);
                self.in_link = nested;
                let href = attribute(element, "href").filter(|_| !nested);
                let link = match href {
                    Some(href) => {
                        let mut shown = String::new();
                        plain_inlines(&children, &mut shown);
                        inline::link(&href, children, &shown, self.own)
                    }
                    None => Err(children),
                };
                match link {
                    Ok(link) => out.push(link),
                    Err(children) => out.extend(children),
                }
            }
            "span" | "font" => {
                let children = self.inlines(node, depth);
                match attribute(element, "data-mx-spoiler") {
                    Some(reason) => {
                        let reason = Some(clean_name(&reason)).filter(|reason| !reason.is_empty());
                        out.push(Inline::Spoiler { reason, children });
                    }
                    None => out.extend(children),
                }
            }
            _ => out.extend(self.inlines(node, depth)),
        }
    }
}

fn is(node: &NodeRef, name: &str) -> bool {
    node.as_element().is_some_and(|element| &*element.name.local == name)
}

/// Loose inlines as a paragraph, unless nothing of them would show.
fn paragraph(mut loose: Vec<Inline>) -> Option<Block> {
    while matches!(loose.last(), Some(Inline::Break)) {
        loose.pop();
    }
    if let Some(Inline::Text { text }) = loose.last_mut() {
        text.truncate(text.trim_end().len());
    }
    let empty =
        loose.iter().all(|inline| matches!(inline, Inline::Text { text } if text.is_empty()));
    (!empty).then_some(Block::Paragraph { children: loose })
}

fn code_block(node: &NodeRef) -> Block {
    let language = node
        .children()
        .find(|child| is(child, "code"))
        .and_then(|code| attribute(code.as_element()?, "class"))
        .and_then(|class| {
            let name = class.split_whitespace().find_map(|c| c.strip_prefix("language-"))?;
            (!name.is_empty()
                && name.chars().all(|c| c.is_ascii_alphanumeric() || "+-#._".contains(c)))
            .then(|| name.chars().take(32).collect())
        });
    let mut text = text_of(node);
    text.truncate(text.trim_end_matches('\n').len());
    Block::Code { language, text }
}

/// All text beneath a node, without recursion: the nesting comes from other people.
fn text_of(node: &NodeRef) -> String {
    let mut out = String::new();
    let mut stack = vec![node.clone()];
    while let Some(node) = stack.pop() {
        if let Some(text) = node.as_text() {
            out.push_str(&clean_body(&text.borrow()));
        } else if is(&node, "br") {
            out.push('\n');
        } else if !(is(&node, "script") || is(&node, "style")) {
            let mut children: Vec<NodeRef> = node.children().collect();
            children.reverse();
            stack.extend(children);
        }
    }
    out
}

/// White space as HTML shows it: runs become one blank.
fn collapse(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut blank = false;
    for c in text.chars() {
        if matches!(c, ' ' | '\n' | '\t' | '\r') {
            if !blank {
                out.push(' ');
            }
            blank = true;
        } else {
            out.push(c);
            blank = false;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plain;
    use herold_protocol::MentionTarget;
    use ruma::user_id;

    fn blocks(html: &str) -> Vec<Block> {
        parse(html, user_id!("@me:example.org")).unwrap_or_default()
    }

    #[test]
    fn scripts_and_styles_vanish_with_their_content() {
        let tree = blocks("<p>a<script>alert(1)</script><style>x{}</style>b</p>");
        assert_eq!(plain(&tree).trim(), "ab");
        assert!(blocks("<script>alert(1)</script>").is_empty());
    }

    #[test]
    fn a_link_with_a_script_scheme_is_only_its_text() {
        let tree = blocks(r#"<a href="javascript:alert(1)">click</a>"#);
        assert!(matches!(&tree[0], Block::Paragraph { children }
            if matches!(&children[0], Inline::Text { text } if text == "click")));
    }

    #[test]
    fn an_address_without_an_element_is_a_link() {
        let link = |inline: &Inline| match inline {
            Inline::Link { target, .. } => target.clone(),
            other => panic!("{other:?}"),
        };
        let tree = blocks(
            "<p>Hallo <b>Anna</b>, siehe https://stadt.example/plan, <em>https://a.example</em></p>",
        );
        let [Block::Paragraph { children }] = &tree[..] else { panic!("{tree:?}") };
        assert_eq!(link(&children[3]), "https://stadt.example/plan");
        assert!(matches!(&children[5], Inline::Styled { children, .. }
            if link(&children[0]) == "https://a.example/"));
        assert_eq!(
            plain(&tree).trim(),
            "Hallo Anna, siehe https://stadt.example/plan, https://a.example"
        );

        let tree = blocks(
            r#"<a href="https://a.example">https://b.example</a><code>https://c.example</code>"#,
        );
        let [Block::Paragraph { children }] = &tree[..] else { panic!("{tree:?}") };
        assert!(matches!(&children[0], Inline::Link { mismatch: true, children, .. }
            if matches!(children[..], [Inline::Text { .. }])));
        assert!(matches!(&children[1], Inline::Code { .. }));
        // A list of nothing else is cut like every other.
        assert!(parse(&"https://a.example ".repeat(20_000), user_id!("@me:example.org")).is_none());
    }

    #[test]
    fn a_link_that_shows_another_host_is_marked() {
        let tree = blocks(r#"<a href="https://evil.example/">https://bund.de/login</a>"#);
        assert!(matches!(&tree[0], Block::Paragraph { children }
            if matches!(&children[0], Inline::Link { mismatch: true, .. })));
        let tree = blocks(r#"<a href="https://bund.de/login">https://bund.de</a>"#);
        assert!(matches!(&tree[0], Block::Paragraph { children }
            if matches!(&children[0], Inline::Link { mismatch: false, .. })));
    }

    #[test]
    fn the_description_of_a_picture_is_text_of_its_link() {
        let tree = blocks(r#"<a href="https://evil.example/"><img alt="https://bund.de/"></a>"#);
        assert!(matches!(&tree[0], Block::Paragraph { children }
            if matches!(&children[0], Inline::Link { mismatch: true, .. })));
    }

    #[test]
    fn a_link_within_a_link_is_only_its_text() {
        let tree = blocks(
            r#"<a href="https://bund.de/">a<table><td><a href="https://evil.example/">b</a></td></table></a>"#,
        );
        assert!(!format!("{tree:?}").contains("evil.example"), "{tree:?}");
        assert_eq!(plain(&tree).trim(), "ab");
    }

    #[test]
    fn what_is_too_much_to_draw_is_none_and_not_a_part() {
        assert!(blocks(&format!("<table><tr>{}", "<td>x".repeat(13_000))).is_empty());
        assert!(blocks(&format!("<ul>{}</ul>", "<li>x".repeat(13_000))).is_empty());
    }

    #[test]
    fn a_matrix_link_to_the_reader_is_a_mention_of_the_reader() {
        let tree = blocks(r#"<a href="https://matrix.to/#/@me:example.org">Me</a>: hello"#);
        assert!(matches!(&tree[0], Block::Paragraph { children }
            if matches!(&children[0], Inline::Mention { target: MentionTarget::Person { is_self: true, .. }, label }
                if label == "Me")));
    }

    #[test]
    fn lists_code_and_tables_keep_their_structure() {
        let tree = blocks(
            "<ol start=\"3\"><li>a</li><li>b</li></ol>\
             <pre><code class=\"language-rust\">fn main() {}\n</code></pre>\
             <table><tr><th>x</th></tr><tr><td>1</td></tr></table>",
        );
        assert!(
            matches!(&tree[0], Block::List { ordered: true, start: 3, items } if items.len() == 2)
        );
        assert!(
            matches!(&tree[1], Block::Code { language: Some(l), text } if l == "rust" && text == "fn main() {}")
        );
        assert!(
            matches!(&tree[2], Block::Table { head, rows } if head.len() == 1 && rows.len() == 1)
        );
    }
}
