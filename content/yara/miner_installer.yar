rule miner_installer : miner dropper {
  meta:
    description = "Script that fetches and starts a cryptocurrency miner"
    severity = "critical"
    technique = "T1496"
  strings:
    $shell = /^#!\s{0,4}\/(usr\/)?bin\/(env )?(ba|da|z|a)?sh/
    $fetch = /\b(curl|wget|fetch|lwp-download)\s+(-{1,2}[A-Za-z\-]{1,20}\s+){0,8}["']?(https?|ftp):\/\//
    $pool = /stratum\+(tcp|ssl):\/\/[a-z0-9.\-]{4,80}:[0-9]{2,5}/
    $miner = /\b(xmrig|xmr-stak|kdevtmpfsi|kinsing|minerd|cpuminer|ccminer|lolMiner|t-rex)\b/
    $wallet = /(-u|--user|wallet=)\s{0,2}["']?[48][0-9AB][1-9A-HJ-NP-Za-km-z]{93}/
    $run = /(chmod\s+(\+x|0?7[0-9]{2})|nohup\s|setsid\s)/
    $stay = /(crontab\s|\/etc\/cron|systemctl\s+enable|\/etc\/ld\.so\.preload)/
    $rival = /(pkill|killall|kill\s+-9)\s.{0,60}(xmr|kinsing|kdevtmpfsi|minerd|masscan|watchbog)/
  condition:
    filesize < 512KB and $shell and $fetch and ($run or $stay) and (2 of ($pool, $miner, $wallet) or $rival)
}
