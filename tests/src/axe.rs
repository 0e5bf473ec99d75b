//! axe-core in the real window.

use crate::Window;

const SOURCE: &str =
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../ui/node_modules/axe-core/axe.min.js"));

/// Findings on what is on screen, one line each.
pub async fn findings(window: &Window) -> Vec<String> {
    if window.script("return typeof window.axe").await != *"object" {
        window.script(SOURCE).await;
    }
    let result = window
        .script_async(
            "const done = arguments[arguments.length - 1];\
             window.axe.run(document, { resultTypes: ['violations'], runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })\
               .then((r) => done(r.violations.map((v) => v.id + ': ' + v.help + ' -> ' + v.nodes.slice(0, 3).map((n) => n.html.slice(0, 160)).join(' | '))))\
               .catch((e) => done(['axe failed: ' + e]));",
        )
        .await;
    result
        .as_array()
        .expect("a list of findings")
        .iter()
        .map(|finding| finding.as_str().unwrap_or_default().to_owned())
        .collect()
}
