//! All of the page in one HTML file.

use crate::folder::weights_files;
use crate::{read, read_text};
use anyhow::{Context, Result, bail};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use std::collections::BTreeSet;
use std::path::Path;
use zoo_page::FACTS_FILE;

/// The first of the page's modules.
const MAIN: &str = "main.js";

/// The page's HTML with its style, its modules and its files in it.
pub fn page(root: &Path, out: &Path, worker: &str, facts: &str) -> Result<String> {
    let page = root.join("crates/web/page");
    let mut files = vec![("worker.js".to_string(), worker.as_bytes().to_vec())];
    files.push((FACTS_FILE.to_string(), facts.as_bytes().to_vec()));
    for path in weights_files(root).into_iter().chain([out.join("zoo_bg.wasm")]) {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        files.push((name, read(&path)?));
    }
    let embedded = |(name, bytes): &(String, Vec<u8>)| {
        // `assets.js` finds it by its id.
        format!("<script type=\"text/plain\" id=\"file:{name}\">{}</script>\n", BASE64_STANDARD.encode(bytes))
    };
    let files: String = files.iter().map(embedded).collect();
    let script = format!("{files}<script type=\"module\">\n{}</script>", modules(&page)?);
    let style = format!("<style>\n{}</style>", read_text(&page.join("style.css"))?);
    let html = read_text(&page.join("index.html"))?;
    let html = replaced(&html, "<link rel=\"stylesheet\" href=\"style.css\">", &style)?;
    replaced(&html, "<script type=\"module\" src=\"main.js\"></script>", &script)
}

fn replaced(html: &str, tag: &str, by: &str) -> Result<String> {
    if html.matches(tag).count() != 1 {
        bail!("index.html has not exactly one {tag}");
    }
    Ok(html.replacen(tag, by, 1))
}

/// All modules as one, each after those it imports. They say so in lines of their own, `import { a, b } from "./file.js";` and `export
/// function a()`, and no two share a name at their top.
fn modules(page: &Path) -> Result<String> {
    let (mut script, mut done) = (String::new(), BTreeSet::new());
    add_module(page, MAIN, &mut script, &mut done)?;
    if script.contains("</script") {
        bail!("a module of the page holds </script, which would end the script");
    }
    Ok(script)
}

fn add_module(page: &Path, name: &str, script: &mut String, done: &mut BTreeSet<String>) -> Result<()> {
    if !done.insert(name.to_string()) {
        return Ok(());
    }
    let text = read_text(&page.join(name))?;
    for line in text.lines().filter(|line| line.starts_with("import ")) {
        let file = line.split("\"./").nth(1).and_then(|rest| rest.strip_suffix("\";"));
        add_module(page, file.with_context(|| format!("{name}: unexpected {line}"))?, script, done)?;
    }
    for line in text.lines().filter(|line| !line.starts_with("import ")) {
        script.push_str(line.strip_prefix("export ").unwrap_or(line));
        script.push('\n');
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pages_modules_are_one_script_without_imports() {
        let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../crates/web/page");
        let script = modules(&page).unwrap_or_else(|error| panic!("{error:#}"));
        assert!(!script.lines().any(|line| line.starts_with("import ") || line.starts_with("export ")));
        let names = script.lines().filter_map(|line| {
            let line = line.strip_prefix("async ").unwrap_or(line);
            let rest = ["function ", "const ", "let ", "class "].iter().find_map(|word| line.strip_prefix(word))?;
            rest.split(|letter: char| !letter.is_alphanumeric() && letter != '_').next()
        });
        let names: Vec<&str> = names.filter(|name| !name.is_empty()).collect();
        let all: BTreeSet<&str> = names.iter().copied().collect();
        assert!(names.len() > 20);
        assert_eq!(all.len(), names.len(), "two modules share a name: {names:?}");
    }
}
