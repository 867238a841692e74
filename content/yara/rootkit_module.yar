rule rootkit_module : rootkit {
  meta:
    description = "Kernel module that hides itself and changes system calls"
    severity = "critical"
    technique = "T1014"
  strings:
    $module = "vermagic="
    $lookup = "kallsyms_lookup_name"
    $hide1 = "hide_module"
    $hide2 = "module_hide"
    $hide3 = "hide_pid"
    $hide4 = "is_invisible"
    $call1 = "hacked_getdents"
    $call2 = "hook_getdents"
    $call3 = "orig_getdents"
    $call4 = "hacked_kill"
    $call5 = "orig_kill"
    $call6 = "tcp4_seq_show"
    $root1 = "give_root"
    $root2 = "get_root"
    $root3 = "set_root"
  condition:
    filesize < 4MB and uint32(0) == 0x464c457f and uint16(16) == 1 and $module and
    1 of ($hide*) and 1 of ($call*) and ($lookup or 1 of ($root*))
}
