//! What a fault that begins or ends means for streams that are open.

use super::relay::Http2Relay;

impl Http2Relay<'_> {
    pub(super) fn faults_changed(&mut self) {
        self.look_for_limits();
        let mut cut = Vec::new();
        for (id, stream) in &mut self.streams {
            if let Some(fault) = stream.held_by {
                if !stream.edge.faults.is_in_force(fault) {
                    cut.push(*id);
                }
                continue;
            }
            if stream.edge.faults.cuts_open_stream(&mut stream.seen) {
                stream.count_fault();
                cut.push(*id);
            }
        }
        for id in cut {
            self.cut_stream(id);
        }
    }
}
