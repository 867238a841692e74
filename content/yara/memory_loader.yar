rule memory_loader : dropper fileless {
  meta:
    description = "Script that starts a program from memory alone (memfd_create)"
    severity = "high"
    technique = "T1620"
  strings:
    $script = /^#!\s{0,4}\/(usr\/)?bin\/(env )?(perl|python|php|ruby)/
    $perl = /syscall\s{0,4}\(\s{0,4}(319|279|356|385)\s{0,4},/
    $python = /\.syscall\s{0,4}\(\s{0,4}(319|279|356|385)\s{0,4},|os\.memfd_create\s{0,4}\(/
    $exec1 = /exec\s{0,4}\{?\s{0,4}["']\/proc\/(\$\$|self)\/fd\//
    $exec2 = /os\.(execve?|execl|posix_spawn)\s{0,4}\(\s{0,4}f?["']\/proc\/(self|\{|%)/
    $fetch = /(https?:\/\/|urlopen|b64decode|pack\s{0,4}\(?["']H\*|unhexlify)/
  condition:
    filesize < 16MB and ($script at 0 or filesize < 64KB) and 1 of ($perl, $python) and 1 of ($exec*) and $fetch
}
