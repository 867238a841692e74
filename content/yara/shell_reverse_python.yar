rule shell_reverse_python : reverse_shell {
  meta:
    description = "Reverse shell: Python that gives a shell's input and output to a socket"
    severity = "critical"
    technique = "T1059.006"
  strings:
    $all = /\.connect\s{0,4}\(\s{0,4}\(.{1,500}os\.dup2\s{0,4}\(\s{0,4}[A-Za-z_]{1,20}\.fileno\(\)\s{0,4},\s{0,4}([012]|[a-z]{1,8})\s{0,4}\).{1,500}(pty\.spawn|subprocess\.(call|run|Popen|check_call)|os\.(system|execl|execv))\s{0,4}\(\s{0,4}\[?\s{0,4}["'](\/(usr\/)?bin\/)?(ba|z|da)?sh["']/s
  condition:
    filesize < 256KB and $all
}
