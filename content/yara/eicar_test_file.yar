rule eicar_test_file : test {
  meta:
    description = "EICAR test file: harmless, made to see whether a scanner looks"
    severity = "low"
    reference = "https://www.eicar.org/download-anti-malware-testfile/"
  strings:
    $test = /X5O!P%@AP\[4\\PZX54\(P\^\)7CC\)7\}\$EI[C]AR-/
  condition:
    filesize <= 200 and $test at 0
}
