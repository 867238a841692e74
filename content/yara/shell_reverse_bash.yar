rule shell_reverse_bash : reverse_shell {
  meta:
    description = "Reverse shell: bash with a network connection for its input and output"
    severity = "critical"
    technique = "T1059.004"
  strings:
    $interactive = /\b(ba|z|k)?sh\s+-i\s{0,4}(>&|&>|>)\s{0,4}\/dev\/(tcp|udp)\/[^\/\s'"]{4,64}\/[0-9]{1,5}\s{0,4}0(>|<)&1/
    $descriptor = /exec\s+([3-9]|[1-9][0-9]{1,2})<>\s{0,2}\/dev\/(tcp|udp)\/[^\/\s'"]{4,64}\/[0-9]{1,5}\s{0,4};.{0,120}(while\s+read|<&|sh\b)/
  condition:
    filesize < 1MB and $interactive or filesize < 4KB and $descriptor
}
