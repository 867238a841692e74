rule shell_reverse_pipe : reverse_shell {
  meta:
    description = "Reverse shell: a named pipe between a shell and netcat, openssl or telnet"
    severity = "critical"
    technique = "T1059.004"
  strings:
    $pipe = /mkfifo\s+["']?[^\s;&|"']{1,80}["']?\s{0,4}(;|&&?).{0,160}\|\s{0,4}(\/bin\/)?(ba|da)?sh(\s+-i)?(\s+2>&1)?\s{0,4}\|\s{0,4}(nc|ncat|netcat|telnet|openssl\s+s_client|socat)\s.{0,120}>/
    $exec = /\b(nc|ncat|netcat)(\s+-[a-z]{1,6}){0,4}\s+(-e|--exec|-c|--sh-exec)\s+["']?(\/(usr\/)?bin\/)?(ba|da)?sh["']?\s+[0-9]{1,3}(\.[0-9]{1,3}){3}\s+[0-9]{2,5}/
  condition:
    filesize < 256KB and any of them
}
