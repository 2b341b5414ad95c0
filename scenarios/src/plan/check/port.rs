//! Checks of ports.

use super::checker::Checker;
use crate::source::Located;
use crate::system::ServiceSpec;

impl Checker<'_> {
    /// Ports on which `brunt up` offers services: each is one service's.
    pub(super) fn ports(&mut self, written: &crate::SystemSpec) {
        let mut seen: Vec<(String, &Located<u16>)> = Vec::new();
        for (name, service) in &written.services {
            let own = service.port.iter().map(|port| (name.clone(), port));
            let named = service.ports.iter().filter_map(|(port_name, port)| {
                Some((format!("{name}.ports.{port_name}"), port.port.as_ref()?))
            });
            for (name, port) in own.chain(named) {
                if let Some((other, _)) = seen.iter().find(|(_, one)| one.value == port.value) {
                    let what = format!("`{name}` and `{other}` have the same port {port}");
                    self.wrong(port.span, what);
                }
                seen.push((name, port));
            }
        }
    }

    /// Names of further ports, as Kubernetes has them.
    pub(super) fn named_ports(&mut self, name: &str, written: &ServiceSpec) {
        for port in written.ports.keys() {
            let is_part = |letter: char| letter.is_ascii_alphanumeric() || letter == '-';
            if port.is_empty() || !port.chars().all(is_part) {
                let place = self.place_of_key(port);
                let what = format!("`{name}`: a port cannot be called `{}`", port.escape_debug());
                self.wrong(place, what).help =
                    Some("use letters, digits and `-`, such as `admin`".to_owned());
            }
            if written.url.is_some() {
                let place = self.place_of_key("ports");
                self.wrong(place, format!("`{name}` has a url, which has one port")).help =
                    Some("write its other port as a service of its own".to_owned());
            }
        }
    }
}
