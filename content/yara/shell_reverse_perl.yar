rule shell_reverse_perl : reverse_shell {
  meta:
    description = "Reverse shell: Perl that gives a shell's input and output to a socket"
    severity = "critical"
    technique = "T1059"
  strings:
    $socket = /\b(connect\s{0,4}\(|IO::Socket::INET)/
    $output = /open\s{0,4}\(?\s{0,4}STDOUT\s{0,4},\s{0,4}["'][<>+]{1,2}&/
    $shell = /open\s{0,4}\(?\s{0,4}STDIN\s{0,4},\s{0,4}["'][<>+]{1,2}&.{0,250}(exec|system)\s{0,4}[({]?\s{0,4}["'](\/bin\/)?(ba)?sh\b/s
  condition:
    filesize < 64KB and all of them
}
