rule botnet_mirai : botnet {
  meta:
    description = "Mirai and what was made of it: a bot for devices, its words hidden with one key"
    severity = "critical"
    technique = "T1583.005"
  strings:
    $watchdog = "/dev/watchdog" xor(1-255)
    $misc = "/dev/misc/watchdog" xor(1-255)
    $busybox = "/bin/busybox " xor(1-255)
    $connections = "/proc/net/tcp" xor(1-255)
    $applet = ": applet not found" xor(1-255)
    $prompt = "ncorrect" xor(1-255)
    $open1 = "/bin/busybox MIRAI"
    $open2 = "listening tun0"
    $open3 = "TSource Engine Query"
  condition:
    filesize < 2MB and uint32(0) == 0x464c457f and
    (4 of ($watchdog, $misc, $busybox, $connections, $applet, $prompt) or 2 of ($open*))
}
