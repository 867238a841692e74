rule shell_reverse_php : reverse_shell web {
  meta:
    description = "Reverse shell: PHP that gives a shell's input and output to a socket"
    severity = "critical"
    technique = "T1505.003"
  strings:
    $php = /<\?(php|=)/ nocase
    $socket = /\b(fsockopen|stream_socket_client)\s{0,4}\(/ nocase
    $pipes = /proc_open\s{0,4}\(\s{0,4}(\$[a-z_]{1,30}|["'](\/bin\/)?(ba)?sh\b)/ nocase
    $redirected = /(exec|shell_exec|system|passthru|popen)\s{0,4}\(?\s{0,4}["'`](\/bin\/)?(ba)?sh\s+-i\s{0,4}<&[0-9]/ nocase
    $shell = /["'](uname -a; w; id; )?(\/bin\/)?(ba)?sh\s+-i["']/ nocase
    $chunk = /stream_select\s{0,4}\(/ nocase
  condition:
    filesize < 128KB and $php and $socket and ($redirected or ($pipes and $shell and $chunk))
}
