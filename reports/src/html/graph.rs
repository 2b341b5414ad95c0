//! The system as a graph: services, who calls whom and how often, and where faults hit.

mod labels;
mod layers;

use std::collections::BTreeSet;

use labels::{EdgeLabel, cut, place_labels};
use layers::{LayerPosition, Layers};

use brunt_scenarios::timeline::EdgeRecord;

use crate::judge::replicas::Ready;
use crate::{FaultSite, Report, ServiceCall, format};

/// Name of the node for all callers outside of the system.
const OUTSIDE: &str = "outside";

/// Pixels: a box's height, and what lies between boxes of a column.
const HIGH: f64 = 46.0;
const BETWEEN: f64 = 22.0;
/// What lies between columns, at least and at most: labels stand there, and nowhere else.
const COLUMNS: (f64, f64) = (96.0, 190.0);

/// The system's services and edges, placed for SVG; sizes in pixels.
pub struct Graph {
    pub width: f64,
    pub height: f64,
    /// What it shows, for those who do not see it.
    pub about: String,
    pub boxes: Vec<GraphNode>,
    pub links: Vec<GraphEdge>,
}

/// A service's box.
pub struct GraphNode {
    pub x: f64,
    pub y: f64,
    pub wide: f64,
    pub name: String,
    pub note: String,
    /// `struck`, `outside` or empty.
    pub class: &'static str,
}

/// Calls from one service to another.
pub struct GraphEdge {
    pub path: String,
    /// `struck`, `idle` or empty.
    pub class: &'static str,
    /// How many requests, and the fault below it; without any, empty.
    pub label: Vec<EdgeLabel>,
    pub title: String,
}

/// `None` when nothing is known of the system.
pub fn of(report: &Report) -> Option<Graph> {
    let calls = calls(report);
    let names = names(report, &calls);
    if names.len() < 2 {
        return None;
    }
    let index = |name: Option<&str>| names.iter().position(|one| *one == name.unwrap_or(OUTSIDE));
    let ends = calls
        .iter()
        .filter_map(|call| Some((index(call.from.as_deref())?, index(Some(call.to.as_str()))?)));
    let layers = Layers::of(names.len(), &ends.collect::<Vec<_>>());
    let longest = names.iter().map(|name| name.chars().count()).max().unwrap_or(0) as f64;
    let wide = (longest * 8.0 + 30.0).clamp(118.0, 210.0);
    let words: Vec<Vec<String>> = calls.iter().map(|call| label(report, call)).collect();
    let between = labels::width(&words).clamp(COLUMNS.0, COLUMNS.1);
    let canvas = Canvas { wide, between, layers: &layers };
    let paths: Vec<_> = layers.routes.iter().map(|route| canvas.path(route)).collect();
    let middles: Vec<(f64, f64)> = paths.iter().map(|(_, middle)| *middle).collect();
    let labels = place_labels(&words, &middles, between);
    let struck = report.plan.struck.iter().map(|struck| struck.fault.as_str());
    let faults: BTreeSet<&str> = struck.collect();
    let links = calls.iter().zip(paths).zip(labels);
    let bottom = links.clone().flat_map(|(_, labels)| labels).map(|label| label.y + 10.0);
    let height = layers.rows() * (HIGH + BETWEEN) - BETWEEN + 4.0;
    Some(Graph {
        width: layers.columns.len() as f64 * (wide + between) - between + 4.0,
        height: bottom.fold(height, f64::max),
        about: about(&names, &calls, &faults),
        boxes: names
            .iter()
            .enumerate()
            .map(|(place, name)| canvas.node(report, place, name))
            .collect(),
        links: links.map(|((call, (path, _)), label)| link(report, call, path, label)).collect(),
    })
}

fn about(names: &[&str], calls: &[ServiceCall], faults: &BTreeSet<&str>) -> String {
    let call = |call: &ServiceCall| {
        format!("{} calls {}", call.from.as_deref().unwrap_or(OUTSIDE), call.to)
    };
    let calls: Vec<String> = calls.iter().map(call).collect();
    let services = names.iter().filter(|name| **name != OUTSIDE).count() as u64;
    let faults: Vec<&str> = faults.iter().copied().collect();
    let faults = if faults.is_empty() { "none".to_owned() } else { faults.join("; ") };
    format!("{}: {}. Faults: {faults}.", format::counted(services, "service"), calls.join(", "))
}

// As planned, and what was seen besides: reports of earlier versions know no plan of it.
fn calls(report: &Report) -> Vec<ServiceCall> {
    let seen = report.timeline.edges.iter().filter(|edge| edge.requests > 0 || edge.from.is_some());
    let seen = seen.map(|edge| ServiceCall { from: edge.from.clone(), to: edge.to.clone() });
    let all: BTreeSet<ServiceCall> = report.plan.calls.iter().cloned().chain(seen).collect();
    all.into_iter().filter(|call| call.from.as_ref() != Some(&call.to)).collect()
}

/// The outside first, then the services in the system file's order.
fn names<'a>(report: &'a Report, calls: &'a [ServiceCall]) -> Vec<&'a str> {
    let outside = calls.iter().any(|call| call.from.is_none()).then_some(OUTSIDE);
    let planned = report.plan.bounds.iter().map(|bounds| bounds.service.as_str());
    let called =
        calls.iter().flat_map(|call| call.from.iter().chain([&call.to])).map(String::as_str);
    let mut names: Vec<&str> = vec![];
    for name in outside.into_iter().chain(planned).chain(called) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

struct Canvas<'a> {
    wide: f64,
    between: f64,
    layers: &'a Layers,
}

// As many as planned, and how many there were when there were more: a rollout's surge, or
// an autoscaler's work.
fn replicas_of(report: &Report, service: &str, planned: u32) -> String {
    let most = Ready::of(&report.timeline, service).most(0.0).unwrap_or_default() as u64;
    match most > u64::from(planned) {
        true => format!("{planned} to {most} replicas"),
        false => format::counted(u64::from(planned), "replica"),
    }
}

impl Canvas<'_> {
    /// The upper left corner of a place.
    fn at(&self, place: LayerPosition) -> (f64, f64) {
        let missing = self.layers.rows() - self.layers.columns[place.column].len() as f64;
        let x = place.column as f64 * (self.wide + self.between) + 2.0;
        (x, (place.row as f64 + missing / 2.0) * (HIGH + BETWEEN) + 2.0)
    }

    fn node(&self, report: &Report, place: usize, name: &str) -> GraphNode {
        let (x, y) = self.at(self.layers.places[place]);
        let mut faults: Vec<String> = vec![];
        for struck in
            report.plan.struck.iter().filter(|struck| struck.from.is_none() && struck.to == name)
        {
            if !faults.contains(&struck.fault) {
                faults.push(struck.fault.clone());
            }
        }
        let replicas = report.plan.bounds.iter().find(|bounds| bounds.service == name);
        let replicas = replicas.map(|bounds| replicas_of(report, name, bounds.replicas));
        let class = match name {
            _ if !faults.is_empty() => "struck",
            OUTSIDE => "outside",
            _ => "",
        };
        let note = match faults.len() {
            0 => replicas.unwrap_or_default(),
            _ => format!("⚡ {}", format::first_few(&faults[..1], faults.len() as u64, ", ")),
        };
        let fits = ((self.wide - 24.0) / 6.6) as usize;
        GraphNode { x, y, wide: self.wide, name: cut(name, fits), note: cut(&note, fits), class }
    }

    /// A curve through these positions, and the position of its label.
    fn path(&self, route: &[LayerPosition]) -> (String, (f64, f64)) {
        let middle = HIGH / 2.0;
        let mut path = String::new();
        let mut label = (0.0, 0.0);
        for (step, ends) in route.windows(2).enumerate() {
            let ((x0, y0), (x1, y1)) = (self.at(ends[0]), self.at(ends[1]));
            let (x0, y0, y1) = (x0 + self.wide, y0 + middle, y1 + middle);
            if step == 0 {
                path.push_str(&format!("M{x0} {y0}"));
            }
            let bend = self.between / 2.0;
            path.push_str(&format!("C{} {y0} {} {y1} {x1} {y1}", x0 + bend, x1 - bend));
            label = ((x0 + x1) / 2.0, (y0 + y1) / 2.0);
            // A place that only lets the curve pass is as wide as a box.
            if step + 2 < route.len() {
                path.push_str(&format!("H{}", x1 + self.wide));
            }
        }
        (path, label)
    }
}

fn meets(call: &ServiceCall, from: Option<&String>, to: &String) -> bool {
    from == call.from.as_ref() && *to == call.to
}

fn edge<'r>(report: &'r Report, call: &ServiceCall) -> Option<&'r EdgeRecord> {
    let mut edges = report.timeline.edges.iter();
    edges.find(|edge| meets(call, edge.from.as_ref(), &edge.to))
}

fn fault<'r>(report: &'r Report, call: &ServiceCall) -> Option<&'r FaultSite> {
    let mut struck = report.plan.struck.iter().filter(|struck| struck.from.is_some());
    struck.find(|struck| meets(call, struck.from.as_ref(), &struck.to))
}

fn ends(call: &ServiceCall) -> String {
    format!("{} → {}", call.from.as_deref().unwrap_or(OUTSIDE), call.to)
}

/// How many requests there were, and below it the fault.
fn label(report: &Report, call: &ServiceCall) -> Vec<String> {
    let requests = edge(report, call).map_or(0, |edge| edge.requests);
    let count = (requests > 0).then(|| format::count(requests));
    let fault = fault(report, call);
    let fault = fault.map(|fault| format!("⚡ {}", fault.fault.replace(&ends(call), "").trim()));
    count.into_iter().chain(fault).collect()
}

fn link(report: &Report, call: &ServiceCall, path: String, label: Vec<EdgeLabel>) -> GraphEdge {
    let (edge, fault) = (edge(report, call), fault(report, call));
    let requests = edge.map_or(0, |edge| edge.requests);
    let mut title = ends(call);
    if let Some(edge) = edge {
        let asked = format::counted(edge.requests, "request");
        title += &format!(": {asked}, {} met a fault", format::count(edge.faulted));
    }
    if let Some(fault) = fault {
        title += &format!("; ⚡ {}", fault.fault);
    }
    let class = match (fault, requests) {
        (Some(_), _) => "struck",
        (None, 0) => "idle",
        (None, _) => "",
    };
    GraphEdge { path, class, label, title }
}
