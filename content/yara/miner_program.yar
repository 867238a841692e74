rule miner_program : miner {
  meta:
    description = "Cryptocurrency miner: an executable that speaks to a mining pool"
    severity = "high"
    technique = "T1496"
  strings:
    $pool1 = /stratum\+(tcp|ssl):\/\//
    $pool2 = "mining.subscribe"
    $pool3 = "mining.authorize"
    $pool4 = "\"method\":\"keepalived\""
    $kind1 = "donate-level"
    $kind2 = "randomx" nocase
    $kind3 = "cryptonight" nocase
    $kind4 = "nicehash" nocase
    $kind5 = "--rig-id"
    $kind6 = "hashrate" nocase
    $kind7 = "algo-perf"
  condition:
    (uint32(0) == 0x464c457f or uint16(0) == 0x5a4d) and 1 of ($pool*) and 3 of ($kind*)
}
