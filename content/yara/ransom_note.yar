rule ransom_note : ransomware {
  meta:
    description = "Ransom note: says that files were encrypted, how to pay, and where to write"
    severity = "critical"
    technique = "T1486"
  strings:
    $locked1 = /(all (of )?)?your (important |personal )?(files|data|documents|servers?|network|systems?|databases?|backups?)[^.\n]{0,80} (have been|has been|are|were|is)( all)? (encrypted|locked|stolen)/ nocase
    $locked2 = /(your|the) (network|company|files) (was|has been|have been) (hacked|penetrated|compromised) and encrypted/ nocase
    $pay = /\b(bitcoins?|BTC|monero|XMR)\b/ nocase
    $place = /\b([a-z2-7]{16}|[a-z2-7]{56})\.onion|tor browser|protonmail|tutanota|@onionmail|qtox|jabber/ nocase
    $back = /\b(decrypt(ion|or|er)?|recover(y)?|restore)\b.{0,60}\b(tool|key|software|program|files|data)\b/ nocase
    $threat = /(do not|don't) (rename|modify|delete|try to|contact)|will be (published|leaked|deleted|destroyed|lost)|price will|within [0-9]{1,3} (hours|days)/ nocase
  condition:
    filesize < 32KB and any of ($locked*) and $pay and $place and $back and $threat
}
