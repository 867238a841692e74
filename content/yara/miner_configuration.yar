rule miner_configuration : miner {
  meta:
    description = "Configuration of a cryptocurrency miner"
    severity = "high"
    technique = "T1496"
  strings:
    $pools = /"pools"\s{0,8}:\s{0,8}\[/
    $donate = /"donate-level"\s{0,8}:/
    $wallet = /"user"\s{0,8}:\s{0,8}"[0-9A-Za-z.+_\-]{20,140}"/
    $engine = /"(randomx|opencl|cuda|cn\/?0?|rx\/?0?)"\s{0,8}:/
    $keep = /"(keepalive|nicehash|rig-id|tls-fingerprint)"\s{0,8}:/
  condition:
    filesize < 64KB and $pools and $wallet and 2 of ($donate, $engine, $keep)
}
