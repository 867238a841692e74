rule elf_stager : dropper {
  meta:
    description = "Tiny executable without sections whose only segment is writable and executable, as stagers of attack tools are"
    severity = "high"
    technique = "T1587.001"
  condition:
    filesize < 4KB and uint32(0) == 0x464c457f and uint16(16) == 2 and
    (
      // 64 bits: no section headers, one program header, of type LOAD, readable, writable and executable.
      (uint8(4) == 2 and uint16(60) == 0 and uint16(56) == 1 and uint32(64) == 1 and uint32(68) == 7)
      or
      (uint8(4) == 1 and uint16(48) == 0 and uint16(44) == 1 and uint32(52) == 1 and uint32(76) == 7)
    )
}
