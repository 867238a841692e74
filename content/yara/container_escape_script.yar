rule container_escape_script : escape {
  meta:
    description = "Script that leaves a container through the release agent of a control group"
    severity = "critical"
    technique = "T1611"
  strings:
    $mount = /mount\s+-t\s+cgroup\s+-o\s+[a-z_,]{2,40}\s/
    $notify = /echo\s+["']?1["']?\s{0,4}>\s{0,4}[^\n]{1,80}notify_on_release/
    $agent = /(>\s{0,4}[^\n]{1,80}release_agent)/
    $host = /(upperdir|perdir|\/etc\/mtab|\/proc\/(self\/)?mount)/
    $trigger = /\$\$[^\n]{0,40}>\s{0,4}[^\n]{1,80}cgroup\.procs|>\s{0,4}[^\n]{1,80}\/cgroup\.procs/
  condition:
    filesize < 16KB and $notify and $agent and $trigger and ($mount or $host)
}
