rule dropper_script : dropper {
  meta:
    description = "Script that fetches a program, starts it, stays, and clears the way for it"
    severity = "high"
    technique = "T1105"
  strings:
    $shell = /^#!\s{0,4}\/(usr\/)?bin\/(env )?(ba|da|z|a)?sh/
    $fetch = /\b(curl|wget|tftp|ftpget|lwp-download)\s+[^\n]{0,80}(https?:\/\/)?[0-9]{1,3}(\.[0-9]{1,3}){3}(:[0-9]{2,5})?\/[^\n]{0,80}/
    $run = /chmod\s+(\+x|0?7[0-9]{2}|a\+x)[^\n]{0,80}(;|&&|\n)\s{0,4}(nohup\s+)?(\.\/|\/tmp\/|\/var\/tmp\/|\/dev\/shm\/)/
    $hidden = /(\/tmp|\/var\/tmp|\/dev\/shm|\/run)\/\.[A-Za-z0-9_\-]{1,40}/
    $cron = /(crontab\s+-|\/etc\/cron(\.d|tab)|\/var\/spool\/cron)/
    $keys = /(ssh-(rsa|ed25519)\s+AAAA[^\n]{20,}|authorized_keys)/
    $immutable = /chattr\s+[\-+]i?[aie]{1,4}\s/
    $firewall = /(iptables\s+-F|ufw\s+disable|setenforce\s+0|systemctl\s+(stop|disable)\s+(firewalld|apparmor|falcon|aliyun|aegis|cloudmonitor|ufw))/
    $traces = /(history\s+-c|HISTFILE=\/dev\/null|unset\s+HISTFILE|rm\s+-rf?\s+[^\n]{0,40}(\/var\/log|\.bash_history))/
    $rivals = /(pkill|killall|kill\s+-9)\s[^\n]{0,80}(xmr|kinsing|kdevtmpfsi|masscan|watchbog|cryptonight|minerd)/
  condition:
    filesize < 512KB and $shell and $fetch and
    4 of ($run, $hidden, $cron, $keys, $immutable, $firewall, $traces, $rivals)
}
