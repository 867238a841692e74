rule package_install_hook : supply_chain {
  meta:
    description = "Package whose installation fetches and runs a program, or sends the environment away"
    severity = "high"
    technique = "T1195.002"
  strings:
    $name = /"name"\s{0,8}:\s{0,8}"/
    $pipe = /"(pre|post)?install"\s{0,8}:\s{0,8}"[^"\n]{0,200}(curl|wget)\s[^"\n]{0,200}\|\s{0,4}(sudo\s+)?(ba|da|z)?sh\b/
    $send = /"(pre|post)?install"\s{0,8}:\s{0,8}"[^"\n]{0,200}(curl|wget|nslookup|dig)\s[^"\n]{0,200}(\$\(|`)\s{0,4}(env|whoami|hostname|id|cat)\b/
    $eval = /"(pre|post)?install"\s{0,8}:\s{0,8}"node\s+-e\s[^"\n]{0,300}(child_process|eval\(|Buffer\.from\()/
  condition:
    filesize < 256KB and $name and any of ($pipe, $send, $eval)
}
