//! Parses HTML from other people without letting it take more than a small, fixed amount of work.
//!
//! How much work a text makes does not show in the text: elements that are left open are repeated in
//! every paragraph after them, and the tree is dropped recursively. So the limits are where the work is
//! done: the tree being built counts its nodes and its depth, and the parser is fed in small pieces
//! until it has had enough. Reading the tree is `html`.

use std::{borrow::Cow, cell::Cell, rc::Rc};

use html5ever::{
    Attribute, ExpandedName, ParseOpts, QualName, local_name, ns, parse_fragment,
    tendril::{StrTendril, TendrilSink},
    tree_builder::{ElementFlags, NodeOrText, QuirksMode, TreeSink},
};
use ruma::html::{Html, NodeRef};

/// Elements that may be made, those the parser adds by itself included.
const MOST_ELEMENTS: usize = 20_000;
/// Nesting; the specification asks for no more than 100.
const DEEPEST: usize = 100;
/// Bytes of one tag or comment. Each attribute is compared with all before it.
const LONGEST_TAG: usize = 8 * 1024;
/// Bytes between two looks at the limits. Within them, little can happen.
const PIECE: usize = 256;

/// The tree of a fragment, or `None` where it would be unreasonably large or deep.
pub(super) fn parse(html: &str) -> Option<Html> {
    let spent = Rc::new(Spent::default());
    let sink = Limited { tree: Html::default(), spent: spent.clone() };
    let context = QualName::new(None, ns!(html), local_name!("div"));
    let mut parser = parse_fragment(sink, ParseOpts::default(), context, Vec::new(), true);
    let mut rest = html;
    // Text reaches the tree as it comes, a tag only when it ends.
    let (mut calls, mut silent) = (0, 0);
    while !rest.is_empty() && !spent.too_much() && silent <= LONGEST_TAG {
        let (piece, after) = rest.split_at(rest.floor_char_boundary(PIECE.min(rest.len())));
        parser.process(piece.into());
        rest = after;
        silent = if spent.calls.get() == calls { silent + piece.len() } else { 0 };
        calls = spent.calls.get();
    }
    if silent > LONGEST_TAG {
        return None;
    }
    let tree = parser.finish();
    (!spent.too_much()).then_some(tree)
}

#[derive(Default)]
struct Spent {
    /// How often the tree was touched.
    calls: Cell<usize>,
    elements: Cell<usize>,
    deepest: Cell<usize>,
}

impl Spent {
    fn too_much(&self) -> bool {
        self.elements.get() > MOST_ELEMENTS || self.deepest.get() > DEEPEST
    }
}

/// ruma's tree, which counts what is put into it.
struct Limited {
    tree: Html,
    spent: Rc<Spent>,
}

impl Limited {
    fn note_call(&self) {
        self.spent.calls.set(self.spent.calls.get() + 1);
    }

    fn note_depth_below(&self, parent: &NodeRef) {
        let mut depth = 1;
        let mut ancestor = parent.parent();
        while let Some(node) = ancestor {
            depth += 1;
            if depth > DEEPEST {
                break;
            }
            ancestor = node.parent();
        }
        self.spent.deepest.set(self.spent.deepest.get().max(depth));
    }
}

impl TreeSink for Limited {
    type Handle = NodeRef;
    type Output = Html;
    type ElemName<'a> = ExpandedName<'a>;

    fn finish(self) -> Html {
        self.tree
    }

    fn parse_error(&self, _message: Cow<'static, str>) {}

    fn get_document(&self) -> NodeRef {
        self.tree.get_document()
    }

    fn elem_name<'a>(&'a self, target: &'a NodeRef) -> ExpandedName<'a> {
        self.tree.elem_name(target)
    }

    fn create_element(
        &self,
        name: QualName,
        attributes: Vec<Attribute>,
        flags: ElementFlags,
    ) -> NodeRef {
        self.note_call();
        self.spent.elements.set(self.spent.elements.get() + 1);
        self.tree.create_element(name, attributes, flags)
    }

    fn create_comment(&self, text: StrTendril) -> NodeRef {
        self.tree.create_comment(text)
    }

    fn create_pi(&self, target: StrTendril, data: StrTendril) -> NodeRef {
        self.tree.create_pi(target, data)
    }

    fn append(&self, parent: &NodeRef, child: NodeOrText<NodeRef>) {
        self.note_call();
        if matches!(child, NodeOrText::AppendNode(_)) {
            self.note_depth_below(parent);
        }
        self.tree.append(parent, child);
    }

    fn append_based_on_parent_node(
        &self,
        element: &NodeRef,
        previous: &NodeRef,
        child: NodeOrText<NodeRef>,
    ) {
        self.note_depth_below(element);
        self.tree.append_based_on_parent_node(element, previous, child);
    }

    fn append_doctype_to_document(&self, _: StrTendril, _: StrTendril, _: StrTendril) {}

    fn get_template_contents(&self, target: &NodeRef) -> NodeRef {
        self.tree.get_template_contents(target)
    }

    fn same_node(&self, one: &NodeRef, other: &NodeRef) -> bool {
        self.tree.same_node(one, other)
    }

    fn set_quirks_mode(&self, _mode: QuirksMode) {}

    fn append_before_sibling(&self, sibling: &NodeRef, child: NodeOrText<NodeRef>) {
        self.note_call();
        self.note_depth_below(sibling);
        self.tree.append_before_sibling(sibling, child);
    }

    fn add_attrs_if_missing(&self, target: &NodeRef, attributes: Vec<Attribute>) {
        self.tree.add_attrs_if_missing(target, attributes);
    }

    fn remove_from_parent(&self, target: &NodeRef) {
        self.tree.remove_from_parent(target);
    }

    fn reparent_children(&self, node: &NodeRef, parent: &NodeRef) {
        self.note_depth_below(parent);
        self.tree.reparent_children(node, parent);
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;

    /// Generous for an unoptimised build on a busy machine; without limits each of these takes minutes or
    /// overflows the stack.
    const LONG: Duration = Duration::from_secs(2);

    fn refused_soon(html: &str) {
        let started = Instant::now();
        assert!(parse(html).is_none());
        assert!(started.elapsed() < LONG, "{:?}", started.elapsed());
    }

    #[test]
    fn elements_left_open_in_every_paragraph_do_not_multiply() {
        refused_soon(&(0..6000).map(|n| format!("<p><b a={n}></p>")).collect::<String>());
        let cells =
            (0..1500).map(|n| format!("<b a={n}><table><td></b></table>")).collect::<String>();
        refused_soon(&format!("{cells}{}", "<p>".repeat(2000)));
        refused_soon(&(0..8000).map(|n| format!("<p><font a={n}>")).collect::<String>());
    }

    #[test]
    fn a_tower_is_refused_before_it_overflows_the_stack() {
        refused_soon(&"<blockquote>".repeat(5000));
        refused_soon(&"<span>".repeat(10_000));
        refused_soon(&"<table><tr><td>".repeat(3000));
        refused_soon(&"<a><b><i><u>".repeat(4000));
    }

    #[test]
    fn a_tag_with_thousands_of_attributes_takes_no_time() {
        let attributes: String = (0..12_000).map(|n| format!(" a{n}")).collect();
        refused_soon(&format!("<span{attributes}>x</span>"));
        refused_soon(&format!("<span x=\">\"{attributes}>x</span>"));
    }

    #[test]
    fn what_people_write_is_not_refused() {
        let long = "<p><strong>Beschluss</strong> mit <em>Begründung</em>.</p>".repeat(800);
        assert!(parse(&long).is_some());
        assert!(parse(&"Ein langer Absatz ohne ein einziges Element. ".repeat(1000)).is_some());
        let deep = format!("{}tief{}", "<blockquote>".repeat(40), "</blockquote>".repeat(40));
        assert!(parse(&deep).is_some());
    }
}
