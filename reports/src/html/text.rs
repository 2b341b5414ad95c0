//! Style and script of the pages: small files, one after the other.

/// The report's style.
pub const STYLE: &str = concat!(
    include_str!("../../templates/css/page.css"),
    include_str!("../../templates/css/picture.css"),
    include_str!("../../templates/css/graph.css"),
    include_str!("../../templates/css/curve.css"),
    include_str!("../../templates/css/media.css"),
);

/// The style of the page over many runs.
pub const INDEX_STYLE: &str = concat!(
    include_str!("../../templates/css/page.css"),
    include_str!("../../templates/css/index.css"),
    include_str!("../../templates/css/media.css"),
);

/// The report's script. It draws nothing that is not there without it.
pub const SCRIPT: &str = concat!(
    "\"use strict\";\n",
    include_str!("../../templates/js/words.js"),
    include_str!("../../templates/js/view.js"),
    include_str!("../../templates/js/series.js"),
    include_str!("../../templates/js/readout.js"),
    include_str!("../../templates/js/tools.js"),
    include_str!("../../templates/js/pointer.js"),
    include_str!("../../templates/js/keys.js"),
    include_str!("../../templates/js/start.js"),
);

/// What the live page does besides.
pub const LIVE_SCRIPT: &str = include_str!("../../templates/js/live.js");
