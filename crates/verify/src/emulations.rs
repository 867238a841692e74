//! The catalogue of emulations: one file each, in the order of the list below.

mod account_creation;
mod bpf_program;
mod bulk_removal;
mod cloud_key_search;
mod container_new_program;
mod cron_job;
mod database_shell;
mod debugger_check;
mod decoded_script;
mod downloaded_script;
mod environment_preload;
mod environment_read;
mod false_kernel_thread;
mod firewall_flush;
mod global_preload;
mod hidden_file;
mod hidden_program;
mod history_off;
mod history_removal;
mod kernel_helper;
mod key_search;
mod loader_tunables;
mod log_clearing;
mod memory_program;
mod memory_read;
mod metadata_service;
mod miner;
mod module_load;
mod namespace_entry;
mod netcat_shell;
mod network_scan;
mod packet_socket;
mod page_fault_handler;
mod password_hash_read;
mod path_traversal;
mod polkit_overflow;
mod process_attach;
mod program_replacement;
mod reverse_shell;
mod security_service_stop;
mod self_deletion;
mod sensitive_hardlink;
mod sensitive_symlink;
mod service_unit;
mod setuid_bit;
mod shared_memory_program;
mod shell_network_path;
mod shell_startup;
mod ssh_key;
mod sudo_overflow;
mod sudo_rights;
mod timestomp;
mod user_namespace;
mod web_discovery;
mod web_shell;

use crate::Emulation;

static CATALOGUE: &[Emulation] = &[
    password_hash_read::EMULATION,
    path_traversal::EMULATION,
    web_shell::EMULATION,
    web_discovery::EMULATION,
    database_shell::EMULATION,
    reverse_shell::EMULATION,
    shell_network_path::EMULATION,
    netcat_shell::EMULATION,
    memory_program::EMULATION,
    shared_memory_program::EMULATION,
    hidden_program::EMULATION,
    hidden_file::EMULATION,
    container_new_program::EMULATION,
    ssh_key::EMULATION,
    cron_job::EMULATION,
    service_unit::EMULATION,
    global_preload::EMULATION,
    environment_preload::EMULATION,
    loader_tunables::EMULATION,
    shell_startup::EMULATION,
    log_clearing::EMULATION,
    history_removal::EMULATION,
    history_off::EMULATION,
    key_search::EMULATION,
    cloud_key_search::EMULATION,
    setuid_bit::EMULATION,
    sensitive_symlink::EMULATION,
    sensitive_hardlink::EMULATION,
    process_attach::EMULATION,
    debugger_check::EMULATION,
    memory_read::EMULATION,
    environment_read::EMULATION,
    module_load::EMULATION,
    namespace_entry::EMULATION,
    user_namespace::EMULATION,
    bpf_program::EMULATION,
    page_fault_handler::EMULATION,
    packet_socket::EMULATION,
    metadata_service::EMULATION,
    miner::EMULATION,
    sudo_overflow::EMULATION,
    polkit_overflow::EMULATION,
    decoded_script::EMULATION,
    downloaded_script::EMULATION,
    timestomp::EMULATION,
    self_deletion::EMULATION,
    false_kernel_thread::EMULATION,
    bulk_removal::EMULATION,
    network_scan::EMULATION,
    account_creation::EMULATION,
    sudo_rights::EMULATION,
    program_replacement::EMULATION,
    kernel_helper::EMULATION,
    security_service_stop::EMULATION,
    firewall_flush::EMULATION,
];

/// Every emulation, in the order they run.
pub fn catalogue() -> &'static [Emulation] {
    CATALOGUE
}

/// The emulation of this id.
pub fn find(id: &str) -> Option<&'static Emulation> {
    CATALOGUE.iter().find(|emulation| emulation.id == id)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use yagura_event::Technique;

    use super::*;

    #[test]
    fn every_emulation_names_a_technique_and_a_rule() {
        let mut ids = HashSet::new();
        for emulation in CATALOGUE {
            assert!(ids.insert(emulation.id), "{} stands twice", emulation.id);
            assert!(Technique::parse(emulation.technique).is_some(), "{}", emulation.id);
            assert!(
                emulation.technique_v18.is_none_or(|id| Technique::parse(id).is_some()),
                "{}",
                emulation.id
            );
            assert!(!emulation.rules.is_empty(), "{}", emulation.id);
        }
    }
}
