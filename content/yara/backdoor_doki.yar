rule backdoor_doki : backdoor {
  meta:
    description = "Doki: a backdoor for containers that finds its server through the Dogecoin block chain"
    severity = "critical"
    technique = "T1568.002"
  strings:
    $chain = /dogechain\.info\/api\/v1\/(address\/sent|unspent)\//
    $domain = ".ddns.net"
    $tls = "mbedtls"
    $shell = "/bin/sh"
  condition:
    filesize < 20MB and uint32(0) == 0x464c457f and $chain and 1 of ($domain, $tls, $shell)
}
