//! Whether weights give what was recorded of them.

use crate::device::DeviceName;
use zoo_core::Scores;
use zoo_core::weights::Entry;

/// How far an accuracy may lie from the recorded one on a device or with vector instructions that round otherwise.
pub const TOLERANCE: f64 = 5e-4;

/// A measurement beside what was recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Agreement {
    /// Whether the same device and vector instructions promise the same bits.
    pub exact: bool,
    /// Whether the scores are the recorded ones, or the accuracy is within [`TOLERANCE`] of it.
    pub agrees: bool,
}

impl Agreement {
    /// These scores, measured on this device, beside the recorded ones.
    pub fn new(entry: &Entry, found: &Scores, device: DeviceName) -> Self {
        let instruction_set = device.instruction_set();
        let same_device = device.name() == entry.device;
        let exact = same_device && instruction_set.is_some() && instruction_set == entry.instruction_set;
        let near = (found.accuracy - entry.metrics.accuracy).abs() <= TOLERANCE;
        let agrees = if exact { *found == entry.metrics } else { near };
        Self { exact, agrees }
    }

    /// In one sentence.
    pub fn sentence(self, entry: &Entry) -> String {
        let how = match self.exact {
            true => "to the last bit",
            false => &format!("to {TOLERANCE} in accuracy, as other devices and instructions round otherwise"),
        };
        let recorded = entry.metrics.accuracy;
        match self.agrees {
            true => format!("agrees with the recorded accuracy {recorded:.4} {how}"),
            false => format!(
                "does not agree with the recorded accuracy {recorded:.4} and loss {:.6} {how}: the program, the data or the record changed",
                entry.metrics.loss
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

    use super::*;
    use crate::pretrained;

    fn entry() -> Entry {
        Entry {
            instruction_set: DeviceName::Flex.instruction_set(),
            ..pretrained::find("softmax_digits").unwrap().entry().unwrap()
        }
    }

    fn measured(change: f64, loss: f64) -> Scores {
        let recorded = entry().metrics;
        Scores { accuracy: recorded.accuracy + change, loss: recorded.loss + loss, ..recorded }
    }

    #[test]
    fn the_same_bits_are_promised_on_the_same_instructions_alone() {
        let agreement = |entry: &Entry, device, scores: &Scores| {
            let Agreement { exact, agrees } = Agreement::new(entry, scores, device);
            (exact, agrees)
        };
        assert_eq!(agreement(&entry(), DeviceName::Flex, &measured(0.0, 0.0)), (true, true));
        assert_eq!(agreement(&entry(), DeviceName::Flex, &measured(0.0, 1e-12)), (true, false));
        let other = Entry { instruction_set: Some("sse2".to_string()), ..entry() };
        assert_eq!(agreement(&other, DeviceName::Flex, &measured(4e-4, 1e-3)), (false, true));
        assert_eq!(agreement(&other, DeviceName::Flex, &measured(-6e-4, 0.0)), (false, false));
        assert_eq!(agreement(&entry(), DeviceName::Wgpu, &measured(4e-4, 1e-3)), (false, true));
        let without = Entry { instruction_set: None, device: "wgpu".to_string(), ..entry() };
        assert_eq!(agreement(&without, DeviceName::Wgpu, &measured(0.0, 1e-3)), (false, true));
    }

    #[test]
    fn scores_that_are_none_never_agree() {
        let other = Entry { instruction_set: None, ..entry() };
        for entry in [entry(), other] {
            assert!(!Agreement::new(&entry, &measured(f64::NAN, 0.0), DeviceName::Flex).agrees);
        }
    }
}
