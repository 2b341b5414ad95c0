//! Renders reports on a made-up run, to look at: `cargo run -p brunt-reports --example sample
//! FOLDER`.

#[allow(dead_code)]
#[path = "../../tests/all/fixture.rs"]
mod fixture;
mod made_up;

use std::path::Path;

use brunt_reports::{Colour, html, json, junit, markdown, text};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::args().nth(1).ok_or("which folder?")?;
    let folder = Path::new(&folder);
    std::fs::create_dir_all(folder)?;
    for (name, report) in made_up::all() {
        let write =
            |kind: &str, text: String| std::fs::write(folder.join(format!("{name}.{kind}")), text);
        write("html", html(&report)?)?;
        write("json", json(&report)?)?;
        write("md", markdown(&report)?)?;
        write("xml", junit(&report)?)?;
        println!(
            "{}",
            text(&report, Colour::On, Some(&format!("{}/{name}.html", folder.display())))
        );
    }
    Ok(())
}
