//! The catalogue of emulations: one file each, in the order of the list below.

mod account_creation;
mod address_randomisation;
mod audit_silenced;
mod awk_shell;
mod backup_removal;
mod boot_script;
mod bot_listener;
mod bpf_program;
mod bulk_removal;
mod busybox_shell;
mod capability_attribute;
mod capability_given;
mod cloud_credentials;
mod cloud_key_search;
mod cluster_keys;
mod container_cgroup;
mod container_client;
mod container_disk;
mod container_host_root;
mod container_new_program;
mod cron_job;
mod crontab_install;
mod database_shell;
mod debugger_check;
mod debugger_injection;
mod decoded_script;
mod defence_search;
mod device_rule;
mod discovery_command;
mod dns_tunnel;
mod downloaded_script;
mod drop_service;
mod dropped_download;
mod dynamic_name;
mod encoded_program;
mod encrypted_shell;
mod engine_port;
mod engine_socket;
mod environment_preload;
mod environment_read;
mod false_kernel_thread;
mod false_ssh_server;
mod file_upload;
mod firewall_flush;
mod git_hook;
mod global_preload;
mod greeting_script;
mod group_joined;
mod hidden_file;
mod hidden_process;
mod hidden_program;
mod history_off;
mod history_removal;
mod history_theft;
mod host_container;
mod host_namespaces;
mod immutable_bit;
mod journal_shortened;
mod kernel_helper;
mod key_search;
mod library_path;
mod loader_start;
mod loader_tunables;
mod log_clearing;
mod log_removal;
mod lookup_exfiltration;
mod memory_copy;
mod memory_dump;
mod memory_injection;
mod memory_program;
mod memory_read;
mod memory_unpacking;
mod metadata_service;
mod miner;
mod mining_pool;
mod module_file;
mod module_load;
mod module_settings;
mod namespace_entry;
mod netcat_shell;
mod network_scan;
mod node_shell;
mod package_hook;
mod packet_socket;
mod page_fault_handler;
mod password_cracker;
mod password_hash_read;
mod password_search;
mod path_traversal;
mod peer_port;
mod perl_shell;
mod php_shell;
mod pipe_shell;
mod polkit_overflow;
mod private_key_theft;
mod privileged_search;
mod process_attach;
mod program_replacement;
mod protection_lowered;
mod python_shell;
mod python_startup;
mod ransom_extension;
mod ransom_note;
mod reverse_shell;
mod rootkit_file;
mod rootkit_signal;
mod ruby_shell;
mod script_memory_file;
mod second_root;
mod secrets_archive;
mod security_process;
mod security_service_stop;
mod self_deletion;
mod sensitive_hardlink;
mod sensitive_symlink;
mod server_ssh;
mod service_name;
mod service_token;
mod service_unit;
mod setuid_bit;
mod shared_memory_mode;
mod shared_memory_program;
mod shell_connection;
mod shell_escape;
mod shell_network_path;
mod shell_startup;
mod sign_in_module;
mod ssh_agent;
mod ssh_guessing;
mod ssh_key;
mod ssh_settings;
mod ssh_tunnel;
mod ssh_worm;
mod sudo_number;
mod sudo_overflow;
mod sudo_rights;
mod sudo_root;
mod terminal_upgrade;
mod thread_name;
mod timestomp;
mod tunnel;
mod upload_run;
mod uring_setup;
mod user_namespace;
mod user_overlay;
mod weakness_finder;
mod web_discovery;
mod web_script;
mod web_shell;
mod worm_port;

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
    uring_setup::EMULATION,
    memory_unpacking::EMULATION,
    capability_attribute::EMULATION,
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
    python_shell::EMULATION,
    perl_shell::EMULATION,
    ruby_shell::EMULATION,
    php_shell::EMULATION,
    node_shell::EMULATION,
    awk_shell::EMULATION,
    pipe_shell::EMULATION,
    encrypted_shell::EMULATION,
    busybox_shell::EMULATION,
    terminal_upgrade::EMULATION,
    shell_connection::EMULATION,
    mining_pool::EMULATION,
    ssh_guessing::EMULATION,
    worm_port::EMULATION,
    peer_port::EMULATION,
    bot_listener::EMULATION,
    engine_port::EMULATION,
    engine_socket::EMULATION,
    ssh_agent::EMULATION,
    password_cracker::EMULATION,
    private_key_theft::EMULATION,
    cloud_credentials::EMULATION,
    service_token::EMULATION,
    cluster_keys::EMULATION,
    history_theft::EMULATION,
    memory_dump::EMULATION,
    password_search::EMULATION,
    memory_copy::EMULATION,
    memory_injection::EMULATION,
    sign_in_module::EMULATION,
    boot_script::EMULATION,
    device_rule::EMULATION,
    greeting_script::EMULATION,
    git_hook::EMULATION,
    module_settings::EMULATION,
    package_hook::EMULATION,
    ssh_settings::EMULATION,
    library_path::EMULATION,
    python_startup::EMULATION,
    crontab_install::EMULATION,
    second_root::EMULATION,
    group_joined::EMULATION,
    false_ssh_server::EMULATION,
    capability_given::EMULATION,
    host_container::EMULATION,
    shell_escape::EMULATION,
    sudo_number::EMULATION,
    sudo_root::EMULATION,
    user_overlay::EMULATION,
    thread_name::EMULATION,
    service_name::EMULATION,
    address_randomisation::EMULATION,
    protection_lowered::EMULATION,
    hidden_process::EMULATION,
    immutable_bit::EMULATION,
    audit_silenced::EMULATION,
    security_process::EMULATION,
    log_removal::EMULATION,
    journal_shortened::EMULATION,
    rootkit_file::EMULATION,
    rootkit_signal::EMULATION,
    module_file::EMULATION,
    script_memory_file::EMULATION,
    loader_start::EMULATION,
    debugger_injection::EMULATION,
    encoded_program::EMULATION,
    web_script::EMULATION,
    upload_run::EMULATION,
    server_ssh::EMULATION,
    ssh_worm::EMULATION,
    ssh_tunnel::EMULATION,
    tunnel::EMULATION,
    dns_tunnel::EMULATION,
    dynamic_name::EMULATION,
    container_host_root::EMULATION,
    container_client::EMULATION,
    container_cgroup::EMULATION,
    container_disk::EMULATION,
    host_namespaces::EMULATION,
    ransom_extension::EMULATION,
    ransom_note::EMULATION,
    backup_removal::EMULATION,
    secrets_archive::EMULATION,
    file_upload::EMULATION,
    drop_service::EMULATION,
    lookup_exfiltration::EMULATION,
    weakness_finder::EMULATION,
    privileged_search::EMULATION,
    discovery_command::EMULATION,
    defence_search::EMULATION,
    dropped_download::EMULATION,
    shared_memory_mode::EMULATION,
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
            // `--only` takes beginnings: an id must be able to choose one alone.
            let longer = CATALOGUE.iter().filter(|other| other.id.starts_with(emulation.id));
            assert_eq!(longer.count(), 1, "{} begins another id", emulation.id);
        }
    }
}
