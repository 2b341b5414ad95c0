//! The files in the documents: what a reader copies is what brunt takes.

use std::path::Path;

use crate::workplace::Workplace;

/// What the load files of the documents refer to.
const FEED: &str = "user,password\nann,secret\n";
const PROTO: &str = "\
syntax = \"proto3\";
package shop.v1;
service Orders {
  rpc Place(Order) returns (Order);
  rpc Get(OrderId) returns (Order);
}
message Order { string id = 1; string product = 2; int32 qty = 3; }
message OrderId { string id = 1; }
";

/// A block of YAML in a document.
struct Block {
    /// The name in its first comment, or its line.
    file: String,
    text: String,
}

/// The scenarios, systems and load files of a document: all blocks that say the version of brunt's
/// formats. Others are parts of such files, or somebody else's.
fn files_in(document: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut lines = document.lines().enumerate();
    while let Some((number, line)) = lines.next() {
        if line.trim() != "```yaml" {
            continue;
        }
        let block = lines.by_ref().map(|(_, line)| line).take_while(|line| line.trim() != "```");
        let text = block.map(|line| format!("{line}\n")).collect::<String>();
        let named = text.lines().next().and_then(|first| first.strip_prefix("# "));
        let named = named.filter(|name| name.ends_with(".yaml")).map(str::to_owned);
        let file = named.unwrap_or_else(|| format!("line-{}.yaml", number + 1));
        if text.lines().any(|line| line == "version: 1") {
            blocks.push(Block { file, text });
        }
    }
    blocks
}

#[test]
fn every_file_in_the_documents_is_valid() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let docs = std::fs::read_dir(root.join("docs")).unwrap().map(|entry| entry.unwrap().path());
    let all = docs.chain([root.join("README.md")]);
    let here = Workplace::new();
    let mut with_files = Vec::new();
    for path in all.filter(|path| path.extension().is_some_and(|ending| ending == "md")) {
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let blocks = files_in(&std::fs::read_to_string(&path).unwrap());
        for (beside, text) in [("people.csv", FEED), ("shop.proto", PROTO)] {
            here.write(&format!("{name}/{beside}"), text);
        }
        for Block { file, text } in &blocks {
            here.write(&format!("{name}/{file}"), text);
        }
        for Block { file, .. } in &blocks {
            let path = format!("{name}/{file}");
            here.brunt(&["validate", &path]).must(0, &[&format!("{path}: ok")]);
        }
        with_files.extend((!blocks.is_empty()).then_some(name));
    }
    with_files.sort();
    let wanted = ["kubernetes", "load", "scenarios", "systems", "your-app-on-kubernetes"];
    assert_eq!(with_files, wanted, "a document without a file, or with a new one");
}
