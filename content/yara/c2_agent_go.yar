rule c2_agent_go : c2 {
  meta:
    description = "Agent of an open attack framework in Go (Sliver, Merlin, Poseidon)"
    severity = "critical"
    technique = "T1219"
  strings:
    $sliver1 = "github.com/bishopfox/sliver/implant/" nocase
    $sliver2 = "sliverpb.BeaconTasks"
    $merlin = "github.com/Ne0nd0g/merlin-agent" nocase
    $poseidon = "MythicAgents/poseidon/" nocase
    $go = "Go build"
    $runtime = "runtime.goexit"
  condition:
    filesize < 32MB and (uint32(0) == 0x464c457f or uint16(0) == 0x5a4d) and
    any of ($go, $runtime) and any of ($sliver*, $merlin, $poseidon)
}
