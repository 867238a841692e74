rule elf_upx_altered : packed {
  meta:
    description = "Executable packed with UPX and altered so that UPX does not unpack it"
    severity = "high"
    technique = "T1027.002"
  strings:
    // What UPX leaves in its loader; the plain mark `UPX!` is what is altered.
    $loader = "PROT_EXEC|PROT_WRITE failed."
    $info = "$Info: This file is packed with the UPX executable packer"
    $mark = "UPX!"
  condition:
    uint32(0) == 0x464c457f and filesize < 20MB and
    ((uint8(4) == 2 and uint16(60) == 0) or (uint8(4) == 1 and uint16(48) == 0)) and
    ($loader or $info) and not $mark in (0..1024)
}
