rule botnet_ipstorm : botnet {
  meta:
    description = "IPStorm: a bot in Go that is steered over a peer-to-peer network"
    severity = "critical"
    technique = "T1095"
  strings:
    $p1 = "storm/backshell"
    $p2 = "storm/filetransfer"
    $p3 = "storm/scan_tools"
    $p4 = "storm/malware-guard"
    $p5 = "storm/avbypass"
    $p6 = "storm/reque_client"
    $p7 = "storm/storm_runtime"
    $p8 = "storm/starter"
    $p9 = "storm/statik"
  condition:
    filesize < 32MB and (uint32(0) == 0x464c457f or uint16(0) == 0x5a4d) and 3 of them
}
