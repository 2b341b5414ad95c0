//! How many of a workload's replicas a number or a percentage means. Pure.

use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

#[derive(Clone, Copy)]
pub(super) enum Rounding {
    Up,
    Down,
}

/// A number, or a percentage of the replicas; 25 % unless given.
pub(super) fn share(value: Option<&IntOrString>, replicas: u32, rounding: Rounding) -> u32 {
    let percent = match value {
        Some(IntOrString::Int(number)) => return u32::try_from(*number).unwrap_or_default(),
        Some(IntOrString::String(text)) => text.trim_end_matches('%').parse().unwrap_or(25),
        None => 25,
    };
    match rounding {
        Rounding::Up => (replicas * percent).div_ceil(100),
        Rounding::Down => replicas * percent / 100,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn surge_is_rounded_up_and_max_unavailable_down() {
        let percent = IntOrString::String("25%".to_owned());
        assert_eq!(share(Some(&percent), 3, Rounding::Up), 1);
        assert_eq!(share(Some(&percent), 3, Rounding::Down), 0);
        assert_eq!(share(None, 8, Rounding::Down), 2);
        assert_eq!(share(Some(&IntOrString::Int(3)), 8, Rounding::Up), 3);
    }
}
