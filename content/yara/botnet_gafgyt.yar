rule botnet_gafgyt : botnet {
  meta:
    description = "Gafgyt (Bashlite) and what was made of it: a bot that floods on command"
    severity = "critical"
    technique = "T1498"
  strings:
    $c1 = "LOLNOGTFO"
    $c2 = "KILLATTK"
    $c3 = "GETLOCALIP"
    $c4 = "PONG!"
    $c5 = "JUNK Flooding"
    $c6 = "UDP Flooding"
    $c7 = "HOLD Flooding"
    $c8 = "Killed %d."
    $c9 = "SCANNER ON | OFF"
    $c10 = "BOGOMIPS"
  condition:
    filesize < 2MB and uint32(0) == 0x464c457f and 4 of them
}
