//! What a person typed, as the HTML of Matrix.
//!
//! CommonMark with tables and ~~struck~~ text, `||hidden||` text as a spoiler, which may have a reason
//! (`||reason|hidden||`), and mentions as links. HTML that was typed is text, so nobody sends an element
//! without meaning to.

use std::{borrow::Cow, collections::HashMap, ops::Range};

use herold_protocol::{Mentioned, TextMention};
use pulldown_cmark::{CowStr, Event, Options, Parser, Tag, TagEnd, TextMergeStream, html};
use ruma::{MatrixToUri, RoomAliasId, RoomId, UserId};

use crate::text::{LONGEST_NAME, one_line};

const OPTIONS: Options = Options::ENABLE_TABLES.union(Options::ENABLE_STRIKETHROUGH);

/// Private characters that stand for a mention while the markdown is read: a name may hold anything that
/// markdown would take for its own.
const OPEN: char = '\u{E000}';
const CLOSE: char = '\u{E001}';

/// The formatted text, or `None` where it would say no more than the plain one.
pub fn to_html(text: &str, mentions: &[TextMention]) -> Option<String> {
    let text = without_marks(text);
    let (marked, used) = mark(&text, mentions);
    let events = read(&marked);
    if !used && says_the_same(&events, &text) {
        return None;
    }
    let (mut events, _) = expand(spoilers(events, mentions), mentions);
    // A single paragraph needs no element of its own.
    let paragraphs = events.iter().filter(|event| is_block(event)).count();
    if paragraphs == 1 && matches!(events.first(), Some(Event::Start(Tag::Paragraph))) {
        events.remove(0);
        events.pop();
    }
    let mut out = String::with_capacity(text.len() * 2);
    html::push_html(&mut out, events.into_iter());
    out.truncate(out.trim_end().len());
    Some(out)
}

/// The mentions that become links: where only the label stands in a code, a longer name or the reason of a
/// spoiler, nobody is meant.
pub fn linked<'a>(text: &str, mentions: &'a [TextMention]) -> Vec<&'a TextMention> {
    let text = without_marks(text);
    let (marked, _) = mark(&text, mentions);
    expand(spoilers(read(&marked), mentions), mentions).1
}

fn without_marks(text: &str) -> String {
    text.chars().filter(|c| !matches!(*c, OPEN | CLOSE)).collect()
}

fn read(marked: &str) -> Vec<Event<'_>> {
    TextMergeStream::new(Parser::new_ext(marked, OPTIONS).map(own)).collect()
}

/// Labels become placeholders, the longest first, so that "@Anna Lang" is not taken for "@Anna".
fn mark<'a>(text: &'a str, mentions: &[TextMention]) -> (Cow<'a, str>, bool) {
    let mut order: Vec<usize> = (0..mentions.len()).collect();
    order.sort_by_key(|index| std::cmp::Reverse(mentions.get(*index).map_or(0, |m| m.label.len())));
    let mut out = Cow::Borrowed(text);
    let mut used = false;
    for index in order {
        let Some(label) = mentions.get(index).map(|mention| mention.label.as_str()) else {
            continue;
        };
        if label.trim().is_empty() || !out.contains(label) {
            continue;
        }
        let mut marked = String::with_capacity(out.len());
        let mut rest = &*out;
        while let Some(at) = rest.find(label) {
            let (before, from) = rest.split_at(at);
            let after = from.get(label.len()..).unwrap_or_default();
            marked.push_str(before);
            if after.chars().next().is_some_and(char::is_alphanumeric) {
                marked.push_str(label);
            } else {
                marked.push_str(&format!("{OPEN}{index}{CLOSE}"));
                used = true;
            }
            rest = after;
        }
        marked.push_str(rest);
        out = Cow::Owned(marked);
    }
    (out, used)
}

fn own(event: Event<'_>) -> Event<'_> {
    match event {
        Event::SoftBreak => Event::HardBreak,
        Event::Html(text) | Event::InlineHtml(text) => Event::Text(text),
        Event::Start(Tag::HtmlBlock) => Event::Start(Tag::Paragraph),
        Event::End(TagEnd::HtmlBlock) => Event::End(TagEnd::Paragraph),
        other => other,
    }
}

fn says_the_same(events: &[Event<'_>], source: &str) -> bool {
    let mut said = String::new();
    for event in events {
        match event {
            Event::Text(text) => said.push_str(text),
            Event::HardBreak | Event::Start(Tag::Paragraph) | Event::End(TagEnd::Paragraph) => {}
            _ => return false,
        }
    }
    let has_spoiler = said.matches(SPOILER).count() > 1;
    let words = |text: &str| text.split_whitespace().collect::<String>();
    !has_spoiler && words(&said) == words(source)
}

fn is_block(event: &Event<'_>) -> bool {
    matches!(
        event,
        Event::Rule
            | Event::Start(
                Tag::Paragraph
                    | Tag::Heading { .. }
                    | Tag::BlockQuote(_)
                    | Tag::CodeBlock(_)
                    | Tag::List(_)
                    | Tag::Table(_)
            )
    )
}

/// Begins and ends a spoiler.
const SPOILER: &str = "||";

/// One end of a spoiler.
struct Mark {
    event: usize,
    /// What of the event's text it stands for.
    place: Range<usize>,
    /// What takes its place.
    element: CowStr<'static>,
}

impl Mark {
    fn opening(event: usize, at: usize, text: &str, mentions: &[TextMention]) -> Self {
        let from = at + SPOILER.len();
        match reason(text.get(from..).unwrap_or_default(), mentions) {
            Some((reason, length)) => {
                let mut element = String::from("<span data-mx-spoiler=\"");
                // Escapes what would end the attribute.
                let _ = pulldown_cmark_escape::escape_html(&mut element, &reason);
                element.push_str("\">");
                Self { event, place: at..from + length, element: CowStr::from(element) }
            }
            None => {
                let element = CowStr::Borrowed("<span data-mx-spoiler>");
                Self { event, place: at..from, element }
            }
        }
    }

    fn closing(event: usize, at: usize) -> Self {
        let element = CowStr::Borrowed("</span>");
        Self { event, place: at..at + SPOILER.len(), element }
    }
}

/// The reason of a spoiler, from the text behind its beginning, and how much of that it takes with its pipe.
/// What is empty, longer than people are shown, or has nothing to hide behind it is none.
fn reason(text: &str, mentions: &[TextMention]) -> Option<(String, usize)> {
    let (within, ends) = match text.split_once(SPOILER) {
        Some((within, _)) => (within, true),
        None => (text, false),
    };
    let (reason, hidden) = within.split_once('|')?;
    if ends && hidden.trim().is_empty() {
        return None;
    }
    let said = with_labels(reason, mentions);
    let clean = one_line(&said, LONGEST_NAME);
    let fits = !clean.is_empty() && said.chars().count() <= LONGEST_NAME;
    fits.then(|| (clean, reason.len() + 1))
}

/// Turns pairs of `||` into spoilers. A pair stands within one element, so that elements stay nested.
fn spoilers<'a>(events: Vec<Event<'a>>, mentions: &[TextMention]) -> Vec<Event<'a>> {
    let mut parents = vec![0_usize];
    let mut next = 1;
    let mut verbatim = 0_usize;
    // By the element that they are in.
    let mut open: HashMap<usize, Mark> = HashMap::new();
    let mut marks: Vec<Mark> = Vec::new();
    for (index, event) in events.iter().enumerate() {
        match event {
            Event::Start(tag) => {
                parents.push(next);
                next += 1;
                verbatim += usize::from(matches!(tag, Tag::CodeBlock(_) | Tag::Image { .. }));
            }
            Event::End(tag) => {
                parents.pop();
                let ends = matches!(tag, TagEnd::CodeBlock | TagEnd::Image);
                verbatim = verbatim.saturating_sub(usize::from(ends));
            }
            Event::Text(text) if verbatim == 0 => {
                let parent = parents.last().copied().unwrap_or_default();
                for (at, _) in text.match_indices(SPOILER) {
                    match open.remove(&parent) {
                        Some(opening) => marks.extend([opening, Mark::closing(index, at)]),
                        None => {
                            open.insert(parent, Mark::opening(index, at, text, mentions));
                        }
                    }
                }
            }
            _ => {}
        }
    }
    if marks.is_empty() {
        return events;
    }
    marks.sort_unstable_by_key(|mark| (mark.event, mark.place.start));
    let mut out = Vec::with_capacity(events.len() + marks.len() * 2);
    let mut marks = marks.into_iter().peekable();
    for (index, event) in events.into_iter().enumerate() {
        let Event::Text(text) = &event else {
            out.push(event);
            continue;
        };
        let mut from = 0;
        while let Some(mark) = marks.next_if(|mark| mark.event == index) {
            push_text(&mut out, text.get(from..mark.place.start));
            out.push(Event::InlineHtml(mark.element));
            from = mark.place.end;
        }
        push_text(&mut out, text.get(from..));
    }
    out
}

fn push_text(out: &mut Vec<Event<'_>>, text: Option<&str>) {
    if let Some(text) = text.filter(|text| !text.is_empty()) {
        out.push(Event::Text(CowStr::from(text.to_owned())));
    }
}

/// Placeholders become links; in code they become the label again. Also says which became links.
fn expand<'a, 'm>(
    events: Vec<Event<'a>>,
    mentions: &'m [TextMention],
) -> (Vec<Event<'a>>, Vec<&'m TextMention>) {
    let mut out = Vec::with_capacity(events.len());
    let mut linked = Vec::new();
    let mut verbatim = 0_usize;
    for event in events {
        match &event {
            Event::Start(Tag::CodeBlock(_) | Tag::Link { .. } | Tag::Image { .. }) => verbatim += 1,
            Event::End(TagEnd::CodeBlock | TagEnd::Link | TagEnd::Image) => {
                verbatim = verbatim.saturating_sub(1);
            }
            Event::Code(text) if text.contains(OPEN) => {
                out.push(Event::Code(CowStr::from(with_labels(text, mentions))));
                continue;
            }
            Event::Text(text) if text.contains(OPEN) => {
                if verbatim > 0 {
                    out.push(Event::Text(CowStr::from(with_labels(text, mentions))));
                } else {
                    pieces(text, mentions, |piece| match piece {
                        Piece::Text(text) => push_text(&mut out, Some(text)),
                        Piece::Mention(mention) => {
                            push_mention(&mut out, mention);
                            linked.push(mention);
                        }
                    });
                }
                continue;
            }
            _ => {}
        }
        out.push(event);
    }
    (out, linked)
}

enum Piece<'a, 'm> {
    Text(&'a str),
    Mention(&'m TextMention),
}

fn pieces<'a, 'm>(text: &'a str, mentions: &'m [TextMention], mut take: impl FnMut(Piece<'a, 'm>)) {
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(OPEN) {
        take(Piece::Text(before));
        let Some((number, after)) = after.split_once(CLOSE) else { break };
        if let Some(mention) = number.parse().ok().and_then(|index: usize| mentions.get(index)) {
            take(Piece::Mention(mention));
        }
        rest = after;
    }
    take(Piece::Text(rest));
}

fn with_labels(text: &str, mentions: &[TextMention]) -> String {
    let mut out = String::new();
    pieces(text, mentions, |piece| {
        out.push_str(match piece {
            Piece::Text(text) => text,
            Piece::Mention(mention) => &mention.label,
        });
    });
    out
}

fn push_mention(out: &mut Vec<Event<'_>>, mention: &TextMention) {
    let label = Event::Text(CowStr::from(mention.label.clone()));
    match address(&mention.target) {
        Some(target) => {
            let mut link = String::from("<a href=\"");
            // Escapes what would end the attribute.
            let _ = pulldown_cmark_escape::escape_href(&mut link, &target);
            link.push_str("\">");
            out.push(Event::InlineHtml(CowStr::from(link)));
            out.push(label);
            out.push(Event::InlineHtml(CowStr::Borrowed("</a>")));
        }
        None => out.push(label),
    }
}

/// The matrix.to address of who or what is mentioned (specification, "matrix.to navigation").
fn address(target: &Mentioned) -> Option<String> {
    match target {
        Mentioned::Person { user_id } => {
            Some(UserId::parse(user_id).ok()?.matrix_to_uri().to_string())
        }
        Mentioned::Room { room } if room.starts_with('#') => {
            Some(RoomAliasId::parse(room).ok()?.matrix_to_uri().to_string())
        }
        // With the servers through which it is found, as `routed` of the core writes it.
        Mentioned::Room { room } if room.starts_with("https://matrix.to/") => {
            Some(MatrixToUri::parse(room).ok()?.to_string())
        }
        Mentioned::Room { room } => Some(RoomId::parse(room).ok()?.matrix_to_uri().to_string()),
        Mentioned::Everyone => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(label: &str) -> TextMention {
        let target = Mentioned::Person { user_id: "@anna:example.org".into() };
        TextMention { label: label.into(), target }
    }

    #[test]
    fn what_has_no_formatting_stays_plain() {
        assert_eq!(to_html("Guten Tag\nzusammen", &[]), None);
        assert_eq!(to_html("Erster Absatz\n\nZweiter Absatz", &[]), None);
        assert_eq!(to_html("2 < 3 & 4 > 1", &[]), None);
    }

    #[test]
    fn markdown_becomes_html() {
        assert_eq!(to_html("**wichtig**", &[]).unwrap(), "<strong>wichtig</strong>");
        assert_eq!(to_html("a ~~b~~", &[]).unwrap(), "a <del>b</del>");
        assert!(to_html("| a |\n|---|\n| b |", &[]).unwrap().contains("<table>"));
        assert_eq!(to_html("\\*nicht\\*", &[]).unwrap(), "*nicht*");
        assert_eq!(to_html("- a\n- b", &[]).unwrap(), "<ul>\n<li>a</li>\n<li>b</li>\n</ul>");
    }

    #[test]
    fn typed_html_is_text() {
        let html = to_html("**x** <img src=x onerror=alert(1)>", &[]).unwrap();
        assert!(!html.contains("<img"), "{html}");
        let html = to_html("<div>\nhallo\n</div>\n\n*b*", &[]).unwrap();
        assert!(!html.contains("<div"), "{html}");
    }

    #[test]
    fn a_mention_becomes_a_link_whatever_the_name_holds() {
        let html = to_html("Hallo @Anna *Lang*!", &[person("@Anna *Lang*")]).unwrap();
        assert_eq!(
            html,
            "Hallo <a href=\"https://matrix.to/#/@anna:example.org\">@Anna *Lang*</a>!"
        );
        assert_eq!(to_html("@Annabell", &[person("@Anna")]), None);
        let html = to_html("`@Anna` und @Anna", &[person("@Anna")]).unwrap();
        assert!(html.starts_with("<code>@Anna</code> und <a "), "{html}");
    }

    #[test]
    fn a_room_is_linked_with_the_servers_that_know_it() {
        let room = "https://matrix.to/#/!plan?via=herold.test&via=example.org".to_owned();
        let mention = TextMention { label: "#Plan".into(), target: Mentioned::Room { room } };
        let html = to_html("siehe #Plan", &[mention]).unwrap();
        let link = "https://matrix.to/#/!plan?via=herold.test&amp;via=example.org";
        assert_eq!(html, format!("siehe <a href=\"{link}\">#Plan</a>"));
    }

    #[test]
    fn nobody_is_meant_where_no_link_is() {
        let anna = [person("@Anna")];
        assert_eq!(linked("Hallo @Anna!", &anna).len(), 1);
        for text in ["Hallo @Annabell", "`@Anna`", "```\n@Anna\n```", "Hallo"] {
            assert!(linked(text, &anna).is_empty(), "{text}");
        }
        let both = [person("@Anna"), person("@Anna Lang")];
        assert_eq!(linked("Hallo @Anna Lang", &both), [&both[1]]);
    }

    #[test]
    fn hidden_text_is_a_spoiler() {
        assert_eq!(
            to_html("Ergebnis: ||**angenommen**||.", &[]).unwrap(),
            "Ergebnis: <span data-mx-spoiler><strong>angenommen</strong></span>."
        );
        assert_eq!(to_html("a || b", &[]), None);
        let html = to_html("**a ||b** c||", &[]).unwrap();
        assert_eq!(html, "<strong>a ||b</strong> c||");
    }

    #[test]
    fn hidden_text_may_have_a_reason() {
        let hides = |typed: &str, reason: &str, hidden: &str| {
            let html = format!("a <span data-mx-spoiler=\"{reason}\">{hidden}</span>");
            assert_eq!(to_html(&format!("a {typed}"), &[]).unwrap(), html);
        };
        hides("||Ende|der **Gärtner**||", "Ende", "der <strong>Gärtner</strong>");
        hides("||das Ende|`x || y`||", "das Ende", "<code>x || y</code>");
        hides("|| Ende |a|b||", "Ende", "a|b");
        hides("||\"><b>'|x||", "&quot;&gt;&lt;b&gt;&#39;", "x");
        hides("||a\u{202E}\u{200B}b|x||", "ab", "x");
        assert_eq!(
            to_html("||a|b|| ||c|d||", &[]).unwrap(),
            "<span data-mx-spoiler=\"a\">b</span> <span data-mx-spoiler=\"c\">d</span>"
        );
    }

    #[test]
    fn what_is_no_reason_is_hidden_like_the_rest() {
        let long = "x".repeat(256) + "|y";
        for hidden in ["|x", " |x", "\u{200B}|x", "x| ", long.as_str()] {
            let html = format!("<span data-mx-spoiler>{hidden}</span>");
            assert_eq!(to_html(&format!("||{hidden}||"), &[]), Some(html));
        }
        assert_eq!(to_html("||*a*|x||", &[]).unwrap(), "<span data-mx-spoiler><em>a</em>|x</span>");
        assert_eq!(to_html("||a\n|x||", &[]).unwrap(), "<span data-mx-spoiler>a<br />\n|x</span>");
    }

    #[test]
    fn pipes_that_hide_nothing_stay_as_they_are() {
        for typed in ["||a|b", "a|b||", "||a|b|", "a|b|c"] {
            assert_eq!(to_html(typed, &[]), None, "{typed}");
        }
        for typed in ["**||a|b** c||", "`||a|b||`", "```\n||a|b||\n```", "![||a|b||](https://x.y/)"]
        {
            let html = to_html(typed, &[]).unwrap();
            assert!(html.contains("||a|b") && !html.contains("spoiler"), "{html}");
        }
    }

    #[test]
    fn a_cell_of_a_table_hides_what_stands_between_escaped_pipes() {
        let html = to_html("| x |\n|---|\n| \\|\\|a\\|b\\|\\| |", &[]).unwrap();
        assert!(html.contains("<td><span data-mx-spoiler=\"a\">b</span></td>"), "{html}");
        let html = to_html("| x |\n|---|\n| ||a|b|| |", &[]).unwrap();
        assert!(!html.contains("spoiler"), "{html}");
    }

    #[test]
    fn a_mention_in_a_reason_is_its_label_and_addresses_nobody() {
        let anna = [person("@Anna | Amt")];
        let typed = "||@Anna | Amt|x||";
        assert_eq!(
            to_html(typed, &anna).unwrap(),
            "<span data-mx-spoiler=\"@Anna | Amt\">x</span>"
        );
        assert!(linked(typed, &anna).is_empty());
        assert_eq!(linked("||Ende|@Anna | Amt||", &anna).len(), 1);
    }

    #[test]
    fn thousands_of_spoilers_keep_their_reasons() {
        let html = to_html(&"*a* ||b|c|| ".repeat(5_000), &[]).unwrap();
        assert_eq!(html.matches("<span data-mx-spoiler=\"b\">c</span>").count(), 5_000);
        let html = to_html(&"||b|".repeat(15_000), &[]).unwrap();
        assert_eq!(html.matches("<span").count(), html.matches("</span>").count());
    }
}
