import "elf"

rule rootkit_preload : rootkit {
  meta:
    description = "Library that takes the place of directory reading and hides files, processes or connections (LD_PRELOAD rootkit)"
    severity = "critical"
    technique = "T1574.006"
  strings:
    $preload = "ld.so.preload"
    $connections = "/proc/net/tcp"
    $process1 = "/proc/self/fd/%d"
    $process2 = "/proc/%s/stat"
    $process3 = "/proc/%d/cmdline"
    $shell = "/bin/sh"
  condition:
    filesize < 2MB and elf.type == elf.ET_DYN and $preload and 1 of ($connections, $process*, $shell) and
    for 1 symbol in elf.dynsym : (
      symbol.shndx != 0 and (symbol.name == "readdir" or symbol.name == "readdir64")
    ) and
    for any symbol in elf.dynsym : (symbol.shndx == 0 and symbol.name == "dlsym")
}
