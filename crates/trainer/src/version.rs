//! What `trainer --version` says.

use crate::progress::Versions;
use std::sync::LazyLock;

/// Everything that decides what this program computes: commit, Burn, instruction sets, devices, the schema of its files.
pub(crate) fn long() -> &'static str {
    static LONG: LazyLock<String> = LazyLock::new(|| {
        let Versions { trainer, commit, burn, weights_schema, devices } = Versions::here();
        let commit = commit.unwrap_or("unknown: built outside a clone");
        let in_use = zoo_kernels::instruction_set().map_or_else(|error| error, str::to_string);
        let (available, devices) = (zoo_kernels::instruction_sets().join(", "), devices.join(", "));
        format!(
            "{trainer}\ncommit {commit}\nburn {burn}\ndevices compiled in: {devices}\ninstruction set in use: {in_use} \
             (available: {available})\nweights files: schema {weights_schema}"
        )
    });
    &LONG
}
