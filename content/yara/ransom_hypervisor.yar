rule ransom_hypervisor : ransomware {
  meta:
    description = "Ransomware for ESXi: stops virtual machines and encrypts their disks"
    severity = "critical"
    technique = "T1486"
  strings:
    $kill1 = "esxcli vm process kill"
    $kill2 = "vim-cmd vmsvc/power.off"
    $kill3 = /esxcli[^\n]{0,80}vm process list/
    $snapshot = "vim-cmd vmsvc/snapshot.removeall"
    $disk1 = ".vmdk"
    $disk2 = "/vmfs/volumes"
    $disk3 = ".vmsn"
    $crypt = /encrypt/ nocase
    $note = /(\.onion|README|HOW[_ ]TO[_ ](RESTORE|DECRYPT)|your files)/ nocase
  condition:
    filesize < 16MB and (uint32(0) == 0x464c457f or uint16(0) == 0x2123) and
    1 of ($kill*, $snapshot) and 2 of ($disk*) and $crypt and $note
}
