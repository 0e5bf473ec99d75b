//! What may not be in a tree that is drawn, whoever made it and of what.

use herold_protocol::{Block, Inline};
use url::Url;

/// What a tree may have at most. The numbers belong to the crate that makes the trees.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Blocks, inlines, and the items and cells that hold them.
    pub nodes: usize,
    /// Blocks and inlines within each other.
    pub depth: usize,
    /// Bytes of everything that is read, together.
    pub text: usize,
}

/// Everything that is wrong with a tree, in words; empty for a good one.
pub fn faults(blocks: &[Block], limits: Limits) -> Vec<String> {
    let mut look = Look::default();
    look.blocks(blocks, 1);
    for (what, has, most) in [
        ("nodes", look.nodes, limits.nodes),
        ("levels", look.deepest, limits.depth),
        ("bytes of text", look.text, limits.text),
    ] {
        if has > most {
            look.faults.push(format!("{has} {what}, more than {most}"));
        }
    }
    look.faults
}

#[derive(Default)]
struct Look {
    faults: Vec<String>,
    nodes: usize,
    deepest: usize,
    text: usize,
    in_link: bool,
}

impl Look {
    fn fault(&mut self, what: &str, value: &str) {
        // One of a kind is enough to find the others.
        if self.faults.len() < 20 {
            self.faults.push(format!("{what}: {:?}", value.chars().take(200).collect::<String>()));
        }
    }

    fn enter(&mut self, depth: usize) {
        self.nodes += 1;
        self.deepest = self.deepest.max(depth);
    }

    fn blocks(&mut self, blocks: &[Block], depth: usize) {
        for block in blocks {
            self.enter(depth);
            match block {
                Block::Paragraph { children } => self.inlines(children, depth + 1),
                Block::Heading { level, children } => {
                    if !(1..=6).contains(level) {
                        self.fault("a heading that is none", &level.to_string());
                    }
                    self.inlines(children, depth + 1);
                }
                Block::Quote { children } => self.blocks(children, depth + 1),
                Block::List { items, .. } => {
                    self.nodes += items.len();
                    items.iter().for_each(|item| self.blocks(item, depth + 1));
                }
                Block::Code { language, text } => {
                    self.text(text);
                    if let Some(name) = language {
                        let fits = (1..=32).contains(&name.len())
                            && name
                                .bytes()
                                .all(|b| b.is_ascii_alphanumeric() || b"+-#._".contains(&b));
                        if !fits {
                            self.fault("a language that may be more than a name", name);
                        }
                    }
                }
                Block::Table { head, rows } => {
                    for cell in head.iter().chain(rows.iter().flatten()) {
                        self.nodes += 1;
                        self.inlines(cell, depth + 1);
                    }
                }
                Block::Rule => {}
            }
        }
    }

    fn inlines(&mut self, inlines: &[Inline], depth: usize) {
        for inline in inlines {
            self.enter(depth);
            match inline {
                Inline::Text { text } | Inline::Code { text } => self.text(text),
                Inline::Break => {}
                Inline::Styled { children, .. } => self.inlines(children, depth + 1),
                Inline::Link { target, mismatch, children } => {
                    self.link(target, *mismatch, children);
                    let outer = std::mem::replace(&mut self.in_link, true);
                    self.inlines(children, depth + 1);
                    self.in_link = outer;
                }
                Inline::Mention { label, .. } => self.label(label),
                Inline::Spoiler { reason, children } => {
                    if let Some(reason) = reason {
                        self.label(reason);
                    }
                    self.inlines(children, depth + 1);
                }
            }
        }
    }

    fn link(&mut self, target: &str, mismatch: bool, children: &[Inline]) {
        if self.in_link {
            self.fault("a link within a link", target);
        }
        let Ok(url) = Url::parse(target) else {
            return self.fault("a target that is no address", target);
        };
        match url.scheme() {
            "http" | "https" if url.host_str().is_some_and(|host| !host.is_empty()) => {}
            "mailto" | "tel" => return,
            _ => return self.fault("a target that may not open", target),
        }
        let host = url.host_str().unwrap_or_default();
        if mismatch {
            return;
        }
        if !url.username().is_empty() {
            self.fault("a user name that may be taken for the host", target);
        }
        if host.split('.').any(|label| label.starts_with("xn--")) {
            self.fault("a host that may be taken for another", target);
        }
        // What can be said without knowing how the tree was made: the text is an address, of another host.
        let mut shown = String::new();
        words(children, &mut shown);
        if let Ok(other) = Url::parse(shown.trim())
            && matches!(other.scheme(), "http" | "https")
            && let Some(named) = other.host_str()
            && named.trim_start_matches("www.") != host.trim_start_matches("www.")
        {
            self.fault("a link that shows another host", &format!("{shown} -> {target}"));
        }
    }

    /// Text of one or more lines: no control characters, nothing that reverses what is read.
    fn text(&mut self, text: &str) {
        self.text += text.len();
        let bad = |c: char| {
            (c.is_control() && !matches!(c, '\n' | '\t')) || matches!(c, '\u{202D}' | '\u{202E}')
        };
        if let Some(c) = text.chars().find(|&c| bad(c)) {
            self.fault("a character that changes what is read", &c.to_string());
        }
    }

    /// What stands beside text that is not its sender's: in addition, one short line without direction
    /// marks.
    fn label(&mut self, label: &str) {
        self.text(label);
        let bad = |c: char| {
            c.is_control()
                || matches!(c, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
        };
        if label.chars().any(bad) || label.chars().count() > 255 {
            self.fault("a label that changes what is beside it", label);
        }
    }
}

fn words(inlines: &[Inline], out: &mut String) {
    for inline in inlines {
        match inline {
            Inline::Text { text } | Inline::Code { text } => out.push_str(text),
            Inline::Break => out.push(' '),
            Inline::Styled { children, .. }
            | Inline::Link { children, .. }
            | Inline::Spoiler { children, .. } => words(children, out),
            Inline::Mention { label, .. } => out.push_str(label),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits { nodes: 10, depth: 4, text: 100 };

    fn text(text: &str) -> Vec<Inline> {
        vec![Inline::Text { text: text.to_owned() }]
    }

    fn link(target: &str, shown: &str) -> Inline {
        Inline::Link { target: target.to_owned(), mismatch: false, children: text(shown) }
    }

    fn found(children: Vec<Inline>) -> Vec<String> {
        faults(&[Block::Paragraph { children }], LIMITS)
    }

    #[test]
    fn a_good_tree_has_no_fault() {
        assert!(found(vec![link("https://bund.de/", "https://bund.de/")]).is_empty());
        assert!(found(text("Zeile\n\tzwei")).is_empty());
    }

    #[test]
    fn each_fault_is_found() {
        for (children, fault) in [
            (vec![link("javascript:alert(1)", "x")], "may not open"),
            (vec![link("//evil.example", "x")], "no address"),
            (vec![link("https://bund.de@evil.example/", "x")], "taken for the host"),
            (vec![link("https://xn--bnd-hoa.de/", "x")], "taken for another"),
            (vec![link("https://evil.example/", "https://bund.de/")], "shows another host"),
            (
                vec![Inline::Link {
                    target: "https://bund.de/".into(),
                    mismatch: false,
                    children: vec![link("https://bund.de/", "x")],
                }],
                "within a link",
            ),
            (text("a\0"), "changes what is read"),
            (text("\u{202E}"), "changes what is read"),
            (
                vec![Inline::Spoiler { reason: Some("a\u{2067}".into()), children: text("x") }],
                "beside it",
            ),
            (text(&"x".repeat(101)), "bytes of text"),
            ((0..10).map(|_| Inline::Break).collect(), "nodes"),
        ] {
            let found = found(children);
            assert!(found.iter().any(|found| found.contains(fault)), "{fault}: {found:?}");
        }
        let deep = (0..4).fold(Block::Rule, |inner, _| Block::Quote { children: vec![inner] });
        assert!(faults(&[deep], LIMITS)[0].contains("levels"));
        let code = Block::Code { language: Some("a b".into()), text: String::new() };
        assert!(faults(&[code], LIMITS)[0].contains("language"));
    }
}
